#ifndef NATIVE_RECORDING_KEY_FRAME_GATE_H_
#define NATIVE_RECORDING_KEY_FRAME_GATE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "absl/functional/function_ref.h"
#include "api/frame_transformer_interface.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Lets no key frame overtake the pictures before it.
//
// libwebrtc's jitter buffer leaves out pictures that are late as soon as it has a key frame behind
// them: whoever watches wants to see what is now. Whoever records wants everything that has come.
// So a key frame, and what follows it, is held until the picture before it has been taken; or for a
// while, because a picture need not be one that can be decoded. Any thread may call anything.
class KeyFrameGate final {
 public:
  using Frame = std::unique_ptr<webrtc::TransformableFrameInterface>;
  // Where frames go. It may not call the gate.
  using Exit = absl::FunctionRef<void(Frame)>;

  // Frames are held only for somebody who takes each of them.
  void AddTaker();
  // With the last taker all that is held goes.
  void RemoveTaker(Exit exit);

  void Insert(Frame frame, Exit exit);
  // The picture of this time has been taken.
  void OnTaken(uint32_t rtp_timestamp, Exit exit);

 private:
  bool HasToWait(const webrtc::TransformableFrameInterface& frame) const
      RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Pass(Frame frame, Exit exit) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Lets the first frame go, and those behind it up to the next one that has to wait.
  void Open(Exit exit) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  webrtc::Mutex mutex_;
  int takers_ RTC_GUARDED_BY(mutex_) = 0;
  std::deque<Frame> held_ RTC_GUARDED_BY(mutex_);
  int64_t held_since_us_ RTC_GUARDED_BY(mutex_) = 0;
  // The last ones; nothing before there are any.
  std::optional<uint32_t> passed_ RTC_GUARDED_BY(mutex_);
  std::optional<uint32_t> taken_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_KEY_FRAME_GATE_H_
