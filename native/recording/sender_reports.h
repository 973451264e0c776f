#ifndef NATIVE_RECORDING_SENDER_REPORTS_H_
#define NATIVE_RECORDING_SENDER_REPORTS_H_

#include <map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "api/frame_transformer_interface.h"
#include "native/recording/encoded_chunk.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Brings the sender reports of audio streams to their taps. What a stream and its tap both know is
// the stream's frame transformer. Any thread may call anything.
class SenderReports final {
 public:
  using Listener = absl::AnyInvocable<void(const SenderReportTimes&)>;

  // After `Remove` the listeners of the owner are not called any more.
  void Add(const webrtc::FrameTransformerInterface* transformer, const void* owner,
           Listener listener) {
    webrtc::MutexLock lock(&mutex_);
    listeners_.emplace(transformer, Entry{.owner = owner, .listener = std::move(listener)});
  }
  void Remove(const void* owner) {
    webrtc::MutexLock lock(&mutex_);
    std::erase_if(listeners_, [&](const auto& entry) { return entry.second.owner == owner; });
  }
  void Notify(const webrtc::FrameTransformerInterface* transformer,
              const SenderReportTimes& report) {
    webrtc::MutexLock lock(&mutex_);
    auto [first, last] = listeners_.equal_range(transformer);
    for (; first != last; ++first) first->second.listener(report);
  }

 private:
  struct Entry {
    const void* owner;
    Listener listener;
  };

  webrtc::Mutex mutex_;
  std::multimap<const webrtc::FrameTransformerInterface*, Entry> listeners_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_SENDER_REPORTS_H_
