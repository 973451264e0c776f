#include "native/runtime/codecs.h"

#include "api/audio_codecs/builtin_audio_decoder_factory.h"
#include "api/audio_codecs/builtin_audio_encoder_factory.h"
#include "api/video_codecs/builtin_video_decoder_factory.h"
#include "api/video_codecs/builtin_video_encoder_factory.h"
#include "native/forwarding_encoder.h"

// OpenH264 writes its warnings to stderr, and libwebrtc gives no way to its settings. So the linker
// puts ours in the place of the constructor of what it logs by (see CMakeLists.txt).
extern "C" {
void __real__ZN14welsCodecTraceC1Ev(void* trace);
void _ZN14welsCodecTrace13SetTraceLevelEi(void* trace, int level);

void __wrap__ZN14welsCodecTraceC1Ev(void* trace) {
  constexpr int kQuiet = 0;
  __real__ZN14welsCodecTraceC1Ev(trace);
  _ZN14welsCodecTrace13SetTraceLevelEi(trace, kQuiet);
}
}

namespace node_libwebrtc {

void SetCodecs(webrtc::PeerConnectionFactoryDependencies& dependencies) {
  dependencies.audio_encoder_factory = webrtc::CreateBuiltinAudioEncoderFactory();
  dependencies.audio_decoder_factory = webrtc::CreateBuiltinAudioDecoderFactory();
  dependencies.video_encoder_factory =
      CreateForwardingEncoderFactory(webrtc::CreateBuiltinVideoEncoderFactory());
  dependencies.video_decoder_factory = webrtc::CreateBuiltinVideoDecoderFactory();
}

}  // namespace node_libwebrtc
