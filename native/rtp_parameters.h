#ifndef NATIVE_RTP_PARAMETERS_H_
#define NATIVE_RTP_PARAMETERS_H_

#include <napi.h>

#include <optional>
#include <vector>

#include "api/media_types.h"
#include "api/priority.h"
#include "api/rtc_error.h"
#include "api/rtp_parameters.h"
#include "api/rtp_transceiver_direction.h"

namespace node_libwebrtc {

// The dictionaries of lib/native_media.ts that describe RTP, in both directions. Readers take what
// they find and leave out the rest, as the readers of bridge/convert.h do; what libwebrtc would not
// survive is an error.

const char* ToString(webrtc::MediaType kind);
std::optional<webrtc::MediaType> ReadMediaKind(napi_env env, napi_value value);

const char* ToString(webrtc::RtpTransceiverDirection direction);
// Null for no direction.
napi_value MakeDirection(napi_env env, std::optional<webrtc::RtpTransceiverDirection> direction);
// With or without `stopped`.
std::optional<webrtc::RtpTransceiverDirection> ReadDirection(napi_env env, napi_value value,
                                                             bool may_be_stopped);

// `NativeRtpCodec`, for a section of the given kind.
webrtc::RTCErrorOr<webrtc::RtpCodecCapability> ReadCodec(napi_env env, napi_value value);

// `NativeRtpEncodingParameters[]`, over the encodings of `base`: what the dictionaries do not speak
// of stays as it is there.
webrtc::RTCErrorOr<std::vector<webrtc::RtpEncodingParameters>> ReadEncodings(
    napi_env env, napi_value value, const std::vector<webrtc::RtpEncodingParameters>& base);

// Priorities are a sender's in libwebrtc, and those of its first encoding; it refuses any others.
// Takes them out and gives what they were, for `MakeSendParameters`.
struct EncodingPriorities {
  double bitrate;
  webrtc::Priority network;
};
std::vector<EncodingPriorities> TakePriorities(
    std::vector<webrtc::RtpEncodingParameters>& encodings);

// `NativeRtpParameters`, for a receiver.
napi_value MakeReceiveParameters(napi_env env, const webrtc::RtpParameters& parameters);
// `NativeRtpSendParameters`.
napi_value MakeSendParameters(napi_env env, webrtc::RtpParameters parameters,
                              webrtc::MediaType kind,
                              const std::vector<EncodingPriorities>& priorities);
// Changes in `parameters` what a script may change.
webrtc::RTCError ReadSendParameters(napi_env env, napi_value value,
                                    webrtc::RtpParameters& parameters);

// `NativeRtpCapabilities`.
napi_value MakeCapabilities(napi_env env, const webrtc::RtpCapabilities& capabilities);

// `{ uri, direction }[]`.
napi_value MakeHeaderExtensions(
    napi_env env, const std::vector<webrtc::RtpHeaderExtensionCapability>& extensions);
webrtc::RTCErrorOr<std::vector<webrtc::RtpHeaderExtensionCapability>> ReadHeaderExtensions(
    napi_env env, napi_value value);

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_PARAMETERS_H_
