#ifndef NATIVE_RTP_CAPABILITIES_H_
#define NATIVE_RTP_CAPABILITIES_H_

#include <napi.h>

namespace node_libwebrtc {

// `rtpSenderCapabilities` and `rtpReceiverCapabilities` of lib/native_media.ts. They start the
// engine, if it does not run.
Napi::Value RtpSenderCapabilities(const Napi::CallbackInfo& info);
Napi::Value RtpReceiverCapabilities(const Napi::CallbackInfo& info);

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_CAPABILITIES_H_
