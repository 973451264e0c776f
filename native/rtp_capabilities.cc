#include "native/rtp_capabilities.h"

#include <optional>

#include "api/media_types.h"
#include "api/peer_connection_interface.h"
#include "api/rtc_error.h"
#include "native/bridge/error.h"
#include "native/rtp_parameters.h"
#include "native/runtime/runtime.h"

namespace node_libwebrtc {

namespace {

using GetCapabilities =
    webrtc::RtpCapabilities (webrtc::PeerConnectionFactoryInterface::*)(webrtc::MediaType) const;

Napi::Value Capabilities(const Napi::CallbackInfo& info, GetCapabilities get) {
  Napi::Env env = info.Env();
  const std::optional<webrtc::MediaType> kind = ReadMediaKind(env, info[0]);
  if (!kind) {
    Throw(env, webrtc::RTCError::InvalidParameter("Not a kind of media"));
    return env.Undefined();
  }
  Runtime::Lease lease = Runtime::From(env)->Acquire();
  if (!lease) {
    Throw(env, webrtc::RTCError::InvalidState("The environment is being torn down"));
    return env.Undefined();
  }
  return {env, MakeCapabilities(env, (lease->factory()->*get)(*kind))};
}

}  // namespace

Napi::Value RtpSenderCapabilities(const Napi::CallbackInfo& info) {
  return Capabilities(info, &webrtc::PeerConnectionFactoryInterface::GetRtpSenderCapabilities);
}

Napi::Value RtpReceiverCapabilities(const Napi::CallbackInfo& info) {
  return Capabilities(info, &webrtc::PeerConnectionFactoryInterface::GetRtpReceiverCapabilities);
}

}  // namespace node_libwebrtc
