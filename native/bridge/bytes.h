#ifndef NATIVE_BRIDGE_BYTES_H_
#define NATIVE_BRIDGE_BYTES_H_

#include <napi.h>

#include <cstdint>
#include <optional>
#include <span>

namespace node_libwebrtc {

// The bytes of an ArrayBuffer or of any view; nothing for another value. They belong to JS, and
// are valid until it runs again.
std::optional<std::span<uint8_t>> ReadBytes(napi_env env, napi_value value);

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_BYTES_H_
