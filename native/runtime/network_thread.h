#ifndef NATIVE_RUNTIME_NETWORK_THREAD_H_
#define NATIVE_RUNTIME_NETWORK_THREAD_H_

#include <cstdint>
#include <deque>
#include <limits>
#include <mutex>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/location.h"
#include "api/units/time_delta.h"
#include "rtc_base/physical_socket_server.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// The sockets of the network thread, and what that thread has to do some time, but not at once: it
// does it when something else has woken it up. Any thread may call anything.
class NetworkSockets final : public webrtc::PhysicalSocketServer {
 public:
  using Task = absl::AnyInvocable<void() &&>;

  // Soon after `delay`, in the order in which tasks are due.
  void PostWithLeeway(Task task, webrtc::TimeDelta delay);
  // The next time that the thread is awake, in the order of the calls.
  void PostPatiently(Task task);
  // Drops all of it, when the thread has ended.
  void DropTasks();

  // By the thread, before it begins.
  void Begin();
  // Whether the thread waits, and will go on waiting until `Leave`.
  bool TryEnter() { return awake_mutex_.try_lock(); }
  void Leave() { awake_mutex_.unlock(); }

  // webrtc::SocketServer. It waits, and then runs what is due.
  bool Wait(webrtc::TimeDelta max_wait, bool process_io) override;
  // Costs the thread itself nothing: before it waits it looks for tasks.
  void WakeUp() override;

 private:
  struct Delayed {
    int64_t due_us;
    // Tasks of the same time keep their order.
    uint64_t index;
    Task task;
  };
  // The order of a heap whose first is due first.
  static bool IsLater(const Delayed& a, const Delayed& b);

  // Waits until a socket is ready, or somebody wakes the thread.
  void Sleep(webrtc::TimeDelta max_wait);
  int64_t LatestWakeUp() const RTC_EXCLUSIVE_LOCKS_REQUIRED(tasks_mutex_);
  void RunTasks();

  // Held by the thread while it does not wait.
  std::mutex awake_mutex_;

  webrtc::Mutex tasks_mutex_;
  // A heap.
  std::vector<Delayed> delayed_ RTC_GUARDED_BY(tasks_mutex_);
  uint64_t last_index_ RTC_GUARDED_BY(tasks_mutex_) = 0;
  std::deque<Task> patient_ RTC_GUARDED_BY(tasks_mutex_);
  // When the first of them must have been run.
  int64_t patient_until_us_ RTC_GUARDED_BY(tasks_mutex_) = 0;
  // When the thread wakes up by itself. It need not be woken for anything that may come later.
  int64_t asleep_until_us_ RTC_GUARDED_BY(tasks_mutex_) = std::numeric_limits<int64_t>::min();
};

// libwebrtc's network thread, which is its worker thread too.
//
// libwebrtc lets delayed tasks come up to 17 ms late unless they are posted as precise ones
// (api/task_queue/task_queue_base.h). In Chromium many of them share one tick; here they wait for
// the next packet, for as long as they may: a connection has some of them every 25 ms, and waking
// the thread costs more than they do.
class NetworkThread final : public webrtc::Thread {
 public:
  // While there is one on a thread, what that thread posts is done when the network thread is awake
  // anyway. For whoever tells things that nobody waits for.
  class PatientScope final {
   public:
    PatientScope();
    ~PatientScope();
    PatientScope(const PatientScope&) = delete;
    PatientScope& operator=(const PatientScope&) = delete;
  };

  explicit NetworkThread(NetworkSockets& sockets);
  ~NetworkThread() override;

 private:
  // webrtc::Thread
  void Run() override;
  // While the thread waits, the caller does the work in its place: waking the thread, and being
  // woken by it, takes longer than most calls do, and a connection needs dozens of them.
  void BlockingCallImpl(webrtc::FunctionView<void()> functor,
                        const webrtc::Location& location) override;
  // webrtc::TaskQueueBase
  void PostTaskImpl(absl::AnyInvocable<void() &&> task, const PostTaskTraits& traits,
                    const webrtc::Location& location) override;
  void PostDelayedTaskImpl(absl::AnyInvocable<void() &&> task, webrtc::TimeDelta delay,
                           const PostDelayedTaskTraits& traits,
                           const webrtc::Location& location) override;

  NetworkSockets& sockets_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_NETWORK_THREAD_H_
