#ifndef NATIVE_SYNTHETIC_AUDIO_H_
#define NATIVE_SYNTHETIC_AUDIO_H_

#include <cstddef>
#include <memory>

#include "api/scoped_refptr.h"
#include "native/audio_source.h"
#include "native/runtime/media_clock.h"

namespace node_libwebrtc {

struct SyntheticAudioOptions {
  // A multiple of 100, from 8000 to 96000.
  int sample_rate;
  // At most eight, which all get the same.
  size_t channel_count;
  // Noise with the spectrum and the rhythm of speech rather than a tone.
  bool is_speech;
  double frequency;
};

// A microphone without a membrane. It rests while nobody listens.
webrtc::scoped_refptr<AudioSourceOrigin> CreateSyntheticAudio(std::shared_ptr<MediaClock> clock,
                                                              const SyntheticAudioOptions& options);

}  // namespace node_libwebrtc

#endif  // NATIVE_SYNTHETIC_AUDIO_H_
