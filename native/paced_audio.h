#ifndef NATIVE_PACED_AUDIO_H_
#define NATIVE_PACED_AUDIO_H_

#include <memory>

#include "api/scoped_refptr.h"
#include "native/audio_source.h"
#include "native/runtime/media_clock.h"

namespace node_libwebrtc {

// Samples of the application that are heard at the pace of the clock, however fast they come: what
// comes too early waits. It rests while there is nothing, and plays whether anybody listens or not.
webrtc::scoped_refptr<AudioSourceOrigin> CreatePacedAudio(std::shared_ptr<MediaClock> clock);

}  // namespace node_libwebrtc

#endif  // NATIVE_PACED_AUDIO_H_
