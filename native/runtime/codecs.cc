#include "native/runtime/codecs.h"

#include "api/audio_codecs/builtin_audio_decoder_factory.h"
#include "api/audio_codecs/builtin_audio_encoder_factory.h"
#include "api/video_codecs/builtin_video_decoder_factory.h"
#include "api/video_codecs/builtin_video_encoder_factory.h"

namespace node_libwebrtc {

void SetCodecs(webrtc::PeerConnectionFactoryDependencies& dependencies) {
  dependencies.audio_encoder_factory = webrtc::CreateBuiltinAudioEncoderFactory();
  dependencies.audio_decoder_factory = webrtc::CreateBuiltinAudioDecoderFactory();
  dependencies.video_encoder_factory = webrtc::CreateBuiltinVideoEncoderFactory();
  dependencies.video_decoder_factory = webrtc::CreateBuiltinVideoDecoderFactory();
}

}  // namespace node_libwebrtc
