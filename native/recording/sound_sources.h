#ifndef NATIVE_RECORDING_SOUND_SOURCES_H_
#define NATIVE_RECORDING_SOUND_SOURCES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "api/frame_transformer_interface.h"
#include "api/transport/rtp/rtp_source.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Whose sound packets have brought in the last ten seconds, and how loud it was (RFC 6464), without
// decoding it: what libwebrtc knows only of sound that is played out. Any thread may call anything.
class SoundSources final {
 public:
  void OnPacket(const webrtc::TransformableAudioFrameInterface& packet);
  // Nothing is known any more.
  void Forget();
  // The newest first; nothing while nothing is known.
  std::optional<std::vector<webrtc::RtpSource>> Find() const;

 private:
  void Put(const webrtc::RtpSource& source) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable webrtc::Mutex mutex_;
  std::vector<webrtc::RtpSource> sources_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_SOUND_SOURCES_H_
