#ifndef NATIVE_EVENT_LOG_KEY_FRAME_REQUESTS_H_
#define NATIVE_EVENT_LOG_KEY_FRAME_REQUESTS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <span>

#include "absl/functional/any_invocable.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Tells transforms of one connection that the peer wants a key frame of what they transform.
//
// libwebrtc tells its encoders alone. But it shows every RTCP packet that it has decrypted to the
// event log of the connection, which shows them to this. While nobody listens that costs a look at
// a flag. Any thread may call anything.
class KeyFrameRequests final {
 public:
  // Gets the SSRC of the stream that is meant.
  using Listener = absl::AnyInvocable<void(uint32_t ssrc)>;

  // After `Remove` the listener is not called any more.
  void Add(const void* owner, Listener listener);
  void Remove(const void* owner);

  // One RTCP packet of the peer, which may be several compounded.
  void OnRtcp(std::span<const uint8_t> packet) {
    if (wanted_.load(std::memory_order_relaxed)) Parse(packet);
  }

 private:
  void Parse(std::span<const uint8_t> packet);
  // False for the repetition of a request that has been seen.
  bool IsNew(uint32_t ssrc, uint8_t sequence_number) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<bool> wanted_ = false;
  webrtc::Mutex mutex_;
  std::map<const void*, Listener> listeners_ RTC_GUARDED_BY(mutex_);
  // Of the last Full Intra Request for each SSRC.
  std::map<uint32_t, uint8_t> sequence_numbers_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_EVENT_LOG_KEY_FRAME_REQUESTS_H_
