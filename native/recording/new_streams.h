#ifndef NATIVE_RECORDING_NEW_STREAMS_H_
#define NATIVE_RECORDING_NEW_STREAMS_H_

#include <map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Tells whoever waits for encoded video that a connection of the engine has a new video stream.
//
// A peer need not say its SSRCs beforehand, and one that offers simulcast does not. libwebrtc makes
// the stream of such a peer with its first packet, and forgets who wanted encoded frames before.
// Any thread may call anything.
class NewStreams final {
 public:
  using Listener = absl::AnyInvocable<void()>;

  // After `Remove` the listener is not called any more.
  void Add(const void* owner, Listener listener) {
    webrtc::MutexLock lock(&mutex_);
    listeners_[owner] = std::move(listener);
  }
  void Remove(const void* owner) {
    webrtc::MutexLock lock(&mutex_);
    listeners_.erase(owner);
  }
  void Notify() {
    webrtc::MutexLock lock(&mutex_);
    for (auto& [owner, listener] : listeners_) listener();
  }

 private:
  webrtc::Mutex mutex_;
  std::map<const void*, Listener> listeners_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_NEW_STREAMS_H_
