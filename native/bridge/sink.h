#ifndef NATIVE_BRIDGE_SINK_H_
#define NATIVE_BRIDGE_SINK_H_

#include <napi.h>

#include <utility>
#include <vector>

namespace node_libwebrtc {

using SinkArguments = std::vector<napi_value>;

// `handle.sink[name]`, or null if there is no such function.
napi_value FindSinkFunction(Napi::Env env, napi_value handle, napi_value* sink, const char* name);

// Calls a JS function. An exception becomes an uncaught one of the process.
void CallFunction(Napi::Env env, napi_value receiver, napi_value function,
                  const SinkArguments& arguments);

// Calls `handle.sink[name]` with the arguments that `fill(env, arguments)` appends, if there is
// such a function.
template <typename Fill>
void CallSink(Napi::Env env, napi_value handle, const char* name, Fill fill) {
  napi_value sink = nullptr;
  napi_value function = FindSinkFunction(env, handle, &sink, name);
  if (!function) return;
  SinkArguments arguments;
  fill(env, arguments);
  CallFunction(env, sink, function, arguments);
}

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_SINK_H_
