#include "native/ice_values.h"

#include "native/bridge/convert.h"
#include "native/ice_candidate.h"

namespace node_libwebrtc {

const char* ToString(webrtc::IceTransportState state) {
  switch (state) {
    case webrtc::IceTransportState::kNew:
      return "new";
    case webrtc::IceTransportState::kChecking:
      return "checking";
    case webrtc::IceTransportState::kConnected:
      return "connected";
    case webrtc::IceTransportState::kCompleted:
      return "completed";
    case webrtc::IceTransportState::kFailed:
      return "failed";
    case webrtc::IceTransportState::kDisconnected:
      return "disconnected";
    case webrtc::IceTransportState::kClosed:
      break;
  }
  return "closed";
}

const char* ToString(webrtc::IceRole role) {
  switch (role) {
    case webrtc::ICEROLE_CONTROLLING:
      return "controlling";
    case webrtc::ICEROLE_CONTROLLED:
      return "controlled";
    case webrtc::ICEROLE_UNKNOWN:
      break;
  }
  return "unknown";
}

napi_value MakeIceCandidatePair(napi_env env, const webrtc::CandidatePair& pair,
                                absl::string_view mid) {
  return MakeObject(env, {{"local", MakeIceCandidate(env, pair.local, mid, 0)},
                          {"remote", MakeIceCandidate(env, pair.remote, mid, 0)}});
}

}  // namespace node_libwebrtc
