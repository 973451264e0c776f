#include "native/ice_candidate.h"

#include "native/bridge/convert.h"

namespace node_libwebrtc {

napi_value MakeIceCandidate(napi_env env, const webrtc::Candidate& candidate,
                            absl::string_view sdp_mid, int sdp_mline_index) {
  return MakeObject(env, {{"candidate", ToJs(env, candidate.ToCandidateAttribute(true))},
                          {"sdpMid", ToJs(env, sdp_mid)},
                          {"sdpMLineIndex", ToJs(env, sdp_mline_index)},
                          {"usernameFragment", ToJs(env, candidate.username())},
                          {"url", ToJs(env, candidate.url())},
                          {"relayProtocol", ToJs(env, candidate.relay_protocol())}});
}

}  // namespace node_libwebrtc
