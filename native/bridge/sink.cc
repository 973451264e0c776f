#include "native/bridge/sink.h"

namespace node_libwebrtc {

// Plain Node-API calls: an environment that is being terminated makes any of them fail at any time,
// and all there is to do then is to leave.

napi_value FindSinkFunction(Napi::Env env, napi_value handle, napi_value* sink, const char* name) {
  if (!handle) return nullptr;
  napi_valuetype type;
  if (napi_get_named_property(env, handle, "sink", sink) != napi_ok ||
      napi_typeof(env, *sink, &type) != napi_ok || type != napi_object) {
    return nullptr;
  }
  napi_value function = nullptr;
  if (napi_get_named_property(env, *sink, name, &function) != napi_ok ||
      napi_typeof(env, function, &type) != napi_ok || type != napi_function) {
    return nullptr;
  }
  return function;
}

void CallFunction(Napi::Env env, napi_value receiver, napi_value function,
                  const SinkArguments& arguments) {
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return;
  const napi_status status =
      napi_call_function(env, receiver, function, arguments.size(), arguments.data(), nullptr);
  if (status != napi_pending_exception) return;
  // Left pending, it would become a warning. Reported at once, Node also puts its stack of
  // asynchronous contexts right, which is out of step when the exception came through the queue of
  // ticks.
  napi_value exception;
  if (napi_get_and_clear_last_exception(env, &exception) == napi_ok) {
    napi_fatal_exception(env, exception);
  }
}

}  // namespace node_libwebrtc
