#ifndef NATIVE_RUNTIME_PLAYOUT_DEMAND_H_
#define NATIVE_RUNTIME_PLAYOUT_DEMAND_H_

#include <utility>

#include "absl/functional/any_invocable.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// How many want to hear remote audio. Without any the audio device need not pull it out of
// libwebrtc, which would decode and mix it. Any thread may call anything.
class PlayoutDemand final {
 public:
  void Add() { Change(1); }
  void Remove() { Change(-1); }

  // Calls `listener(wanted)` now and whenever that changes, one call at a time, on whatever thread.
  // It may not call back. The one before it is not called any more.
  void SetListener(absl::AnyInvocable<void(bool)> listener) {
    webrtc::MutexLock lock(&mutex_);
    listener_ = std::move(listener);
    if (listener_) listener_(count_ > 0);
  }

 private:
  void Change(int difference) {
    webrtc::MutexLock lock(&mutex_);
    const bool wanted = count_ > 0;
    count_ += difference;
    if (listener_ && wanted != (count_ > 0)) listener_(count_ > 0);
  }

  webrtc::Mutex mutex_;
  int count_ RTC_GUARDED_BY(mutex_) = 0;
  absl::AnyInvocable<void(bool)> listener_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_PLAYOUT_DEMAND_H_
