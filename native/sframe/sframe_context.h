#ifndef NATIVE_SFRAME_SFRAME_CONTEXT_H_
#define NATIVE_SFRAME_SFRAME_CONTEXT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "native/sframe/sframe_key.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Why something cannot be decrypted.
enum class SframeFailure { kSyntax, kKeyId, kAuthentication };

// The keys and the counter of one transform. Any thread may call anything; no lock is held while
// it encrypts.
class SframeContext final {
 public:
  // A frame of video, or anything else.
  enum class Kind { kKeyFrame, kDeltaFrame, kOther };

  struct Decrypted {
    // Nothing if it failed.
    std::optional<std::vector<uint8_t>> data;
    SframeFailure failure = SframeFailure::kSyntax;
    // Of what had a header.
    std::optional<uint64_t> key_id;
  };

  explicit SframeContext(SframeSuite suite) : suite_(suite) {}

  // Replaces the key of that id. What is encrypted from now on is encrypted with it. False if it
  // does not have the suite's length.
  bool SetKey(uint64_t key_id, std::span<const uint8_t> key, std::span<const uint8_t> salt);

  // Nothing while there is no key.
  std::optional<std::vector<uint8_t>> Encrypt(Kind kind, std::span<const uint8_t> metadata,
                                              std::span<const uint8_t> data);
  Decrypted Decrypt(std::span<const uint8_t> metadata, std::span<const uint8_t> data) const;

 private:
  uint64_t TakeCounter(Kind kind) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const SframeSuite suite_;
  mutable webrtc::Mutex mutex_;
  std::map<uint64_t, std::shared_ptr<const SframeKey>> keys_ RTC_GUARDED_BY(mutex_);
  uint64_t encryption_key_id_ RTC_GUARDED_BY(mutex_) = 0;
  // They go on when a key is set, for it may be one that was set before.
  uint64_t next_counter_ RTC_GUARDED_BY(mutex_) = 0;
  // The two that take its place with the first frame of video.
  struct FrameCounters {
    uint64_t next_key_frame;
    uint64_t next_delta_frame;
  };
  std::optional<FrameCounters> frame_counters_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SFRAME_SFRAME_CONTEXT_H_
