#include "native/bridge/bytes.h"

namespace node_libwebrtc {

std::optional<std::span<uint8_t>> ReadBytes(napi_env env, napi_value value) {
  void* data = nullptr;
  size_t size = 0;
  bool matches = false;
  if (!value) return std::nullopt;
  if (napi_is_arraybuffer(env, value, &matches) == napi_ok && matches) {
    if (napi_get_arraybuffer_info(env, value, &data, &size) != napi_ok) return std::nullopt;
    return std::span(static_cast<uint8_t*>(data), size);
  }
  // A typed array's length counts elements; Node-API's notion of a buffer is any view, in bytes.
  if (napi_is_buffer(env, value, &matches) == napi_ok && matches) {
    if (napi_get_buffer_info(env, value, &data, &size) != napi_ok) return std::nullopt;
    return std::span(static_cast<uint8_t*>(data), size);
  }
  return std::nullopt;
}

}  // namespace node_libwebrtc
