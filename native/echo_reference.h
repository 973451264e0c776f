#ifndef NATIVE_ECHO_REFERENCE_H_
#define NATIVE_ECHO_REFERENCE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// What is played out, for those who take its echo out of a microphone's sound. Any thread may call
// anything.
class EchoReference final {
 public:
  class Listener {
   public:
    // 10 ms of one channel.
    virtual void OnPlayed(const int16_t* samples, int sample_rate, size_t frames) = 0;

   protected:
    virtual ~Listener() = default;
  };

  void Add(Listener* listener) {
    webrtc::MutexLock lock(&mutex_);
    listeners_.push_back(listener);
  }
  // After this the listener hears nothing more.
  void Remove(Listener* listener) {
    webrtc::MutexLock lock(&mutex_);
    std::erase(listeners_, listener);
  }
  bool has_listeners() const {
    webrtc::MutexLock lock(&mutex_);
    return !listeners_.empty();
  }
  void Play(const int16_t* samples, int sample_rate, size_t frames) {
    webrtc::MutexLock lock(&mutex_);
    for (Listener* listener : listeners_) listener->OnPlayed(samples, sample_rate, frames);
  }

 private:
  mutable webrtc::Mutex mutex_;
  std::vector<Listener*> listeners_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_ECHO_REFERENCE_H_
