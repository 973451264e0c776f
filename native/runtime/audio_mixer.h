#ifndef NATIVE_RUNTIME_AUDIO_MIXER_H_
#define NATIVE_RUNTIME_AUDIO_MIXER_H_

#include <memory>

#include "api/audio/audio_mixer.h"
#include "api/scoped_refptr.h"

namespace node_libwebrtc {

class EchoReference;

// libwebrtc's mixer, for those who hear the mix; there is nobody but echo cancellers. Without one
// every source is still asked for its sound, which its sinks get on the way, but it gives it at the
// rate that it has, and nothing is mixed.
webrtc::scoped_refptr<webrtc::AudioMixer> CreateAudioMixer(
    std::shared_ptr<EchoReference> echo_reference);

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_AUDIO_MIXER_H_
