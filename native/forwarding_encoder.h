#ifndef NATIVE_FORWARDING_ENCODER_H_
#define NATIVE_FORWARDING_ENCODER_H_

#include <memory>

#include "api/video_codecs/video_encoder_factory.h"

namespace node_libwebrtc {

// A factory whose encoders hand on what is encoded already (`ForwardedBuffer`), without touching
// the encoder that `factory` makes, and encode everything else with that.
std::unique_ptr<webrtc::VideoEncoderFactory> CreateForwardingEncoderFactory(
    std::unique_ptr<webrtc::VideoEncoderFactory> factory);

}  // namespace node_libwebrtc

#endif  // NATIVE_FORWARDING_ENCODER_H_
