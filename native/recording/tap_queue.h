#ifndef NATIVE_RECORDING_TAP_QUEUE_H_
#define NATIVE_RECORDING_TAP_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "native/recording/encoded_chunk.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Encoded media on its way to JS. It begins with a key frame. When it is full, what comes is thrown
// away up to the next key frame, so that what JS has can always be decoded. Any thread may call
// anything.
class TapQueue final : public EncodedConsumer {
 public:
  struct Batch {
    std::vector<EncodedChunk> chunks;
    std::vector<SenderReportTimes> reports;
    bool ended = false;
    std::optional<std::string> failure;
    // Nothing comes before the next key frame, because chunks were thrown away.
    bool needs_key = false;
  };

  // `wake_up`, on any thread, says that there is something to take, once until it is taken; `now`
  // if it should not wait for company.
  TapQueue(size_t capacity, absl::AnyInvocable<void(bool now)> wake_up);

  Batch Take();
  // Only the chunks.
  std::vector<EncodedChunk> TakeChunks();
  // Instead of `Take`, when nobody listens yet: what comes next wakes again.
  void Defer();
  // Takes nothing more, and forgets what it has.
  void Close();
  uint64_t dropped() const;

  // EncodedConsumer
  void OnChunk(const EncodedChunk& chunk) override;
  void OnSenderReport(const SenderReportTimes& report) override;
  void OnEnded() override;
  void OnFailed(std::string message) override;

 private:
  bool TakesChunk(const EncodedChunk& chunk) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t capacity_;
  absl::AnyInvocable<void(bool now)> wake_up_;
  mutable webrtc::Mutex mutex_;
  Batch batch_ RTC_GUARDED_BY(mutex_);
  // A key frame has come; chunks are being thrown away up to the next one.
  bool started_ RTC_GUARDED_BY(mutex_) = false;
  bool dropping_ RTC_GUARDED_BY(mutex_) = false;
  uint64_t dropped_ RTC_GUARDED_BY(mutex_) = 0;
  bool scheduled_ RTC_GUARDED_BY(mutex_) = false;
  bool closed_ RTC_GUARDED_BY(mutex_) = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_TAP_QUEUE_H_
