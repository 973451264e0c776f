#ifndef NATIVE_RUNTIME_MEDIA_CLOCK_H_
#define NATIVE_RUNTIME_MEDIA_CLOCK_H_

#include <cstdint>
#include <memory>

#include "native/runtime/exit_guard.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

class EventLoop;

// What sound cards and cameras would otherwise give: one thread for all devices of an environment
// that are made of software. It runs while there is one. Any thread may call anything but the
// constructor and `Close`, which belong to the JS thread.
class MediaClock final : public std::enable_shared_from_this<MediaClock>, public ExitGuard::Member {
 public:
  class Client {
   public:
    virtual ~Client() = default;
    // On the clock's thread. `due_us` is the time that was planned, by `webrtc::TimeMicros`. False
    // when it shall not be called again.
    virtual bool OnTick(int64_t due_us) = 0;
  };

  explicit MediaClock(EventLoop& loop);
  ~MediaClock();

  // Calls the client every `interval_us`, from now on and as long as it lives. The times do not
  // drift: late calls are made up for, after a long break they are left out.
  void Start(std::weak_ptr<Client> client, double interval_us);

  // Stops the thread; nobody is called any more.
  void Close();

 private:
  struct Beat {
    std::weak_ptr<Client> client;
    double interval_us;
    int64_t start_us;
    int64_t index;

    int64_t due_us() const;
  };

  void Run(Beat beat);
  void Finish();
  void StopIfIdle();

  // ExitGuard::Member
  void Abandon() override;

  EventLoop& loop_;
  webrtc::Mutex mutex_;
  std::unique_ptr<webrtc::Thread> thread_ RTC_GUARDED_BY(mutex_);
  int clients_ RTC_GUARDED_BY(mutex_) = 0;
  bool closed_ RTC_GUARDED_BY(mutex_) = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_MEDIA_CLOCK_H_
