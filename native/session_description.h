#ifndef NATIVE_SESSION_DESCRIPTION_H_
#define NATIVE_SESSION_DESCRIPTION_H_

#include <napi.h>

#include <memory>
#include <optional>

#include "api/jsep.h"
#include "api/rtc_error.h"

namespace node_libwebrtc {

// What reading a `NativeSessionDescription` of lib/native.ts gives: a description or an error.
struct ParsedDescription {
  // Null if there is an error.
  std::unique_ptr<webrtc::SessionDescriptionInterface> description;
  webrtc::RTCError error;
  // One-based, where the parser knows it.
  std::optional<int> line_number;
};

ParsedDescription ReadDescription(napi_env env, napi_value value);

// `NativeSessionDescription | null`.
napi_value MakeDescription(napi_env env, const webrtc::SessionDescriptionInterface* description);

}  // namespace node_libwebrtc

#endif  // NATIVE_SESSION_DESCRIPTION_H_
