#ifndef NATIVE_BRIDGE_ERROR_H_
#define NATIVE_BRIDGE_ERROR_H_

#include <napi.h>

#include <optional>

#include "api/rtc_error.h"

namespace node_libwebrtc {

// A `NativeError`, as lib/native.ts describes it; `null` if `error` is none.
napi_value ToJs(napi_env env, const webrtc::RTCError& error,
                std::optional<int> sdp_line_number = std::nullopt);

// Throws `error` in JS when the running call returns. It must not be OK.
void Throw(napi_env env, const webrtc::RTCError& error);

}  // namespace node_libwebrtc

#endif  // NATIVE_BRIDGE_ERROR_H_
