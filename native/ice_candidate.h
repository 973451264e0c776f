#ifndef NATIVE_ICE_CANDIDATE_H_
#define NATIVE_ICE_CANDIDATE_H_

#include <napi.h>

#include "absl/strings/string_view.h"
#include "api/candidate.h"

namespace node_libwebrtc {

// `NativeIceCandidate` of lib/native.ts. The candidate knows neither its media section's name nor
// its index.
napi_value MakeIceCandidate(napi_env env, const webrtc::Candidate& candidate,
                            absl::string_view sdp_mid, int sdp_mline_index);

}  // namespace node_libwebrtc

#endif  // NATIVE_ICE_CANDIDATE_H_
