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

  // After `Remove` the listener is not called any more.
  void Add(const webrtc::FrameTransformerInterface* transformer, Listener listener) {
    webrtc::MutexLock lock(&mutex_);
    listeners_[transformer] = std::move(listener);
  }
  void Remove(const webrtc::FrameTransformerInterface* transformer) {
    webrtc::MutexLock lock(&mutex_);
    listeners_.erase(transformer);
  }
  void Notify(const webrtc::FrameTransformerInterface* transformer,
              const SenderReportTimes& report) {
    webrtc::MutexLock lock(&mutex_);
    if (auto entry = listeners_.find(transformer); entry != listeners_.end()) {
      entry->second(report);
    }
  }

 private:
  webrtc::Mutex mutex_;
  std::map<const webrtc::FrameTransformerInterface*, Listener> listeners_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_SENDER_REPORTS_H_
