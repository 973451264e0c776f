#ifndef NATIVE_RUNTIME_EVENT_LOOP_H_
#define NATIVE_RUNTIME_EVENT_LOOP_H_

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "api/task_queue/task_queue_base.h"
#include "api/units/time_delta.h"
#include "rtc_base/socket_server.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Makes the JS thread libwebrtc's signaling thread, through Node-API alone.
//
// A threadsafe function is the one way in. Each of its items is either a wake-up, which lets
// libwebrtc's own queue of the thread run, or one task of ours. Node gives every item a callback
// scope of its own, so that microtasks are drained between two tasks, and keeps the items in the
// order in which they came.
class EventLoop final {
 public:
  using Task = absl::AnyInvocable<void(Napi::Env) &&>;

  // On the JS thread, which becomes `thread()`.
  explicit EventLoop(Napi::Env env);
  ~EventLoop();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // The JS thread, as libwebrtc sees it. Null after `Close`.
  webrtc::Thread* thread() { return thread_.get(); }

  // Runs `task` in a JS task of its own, in the order of the calls. From any thread. After `Close`
  // the task is destroyed at once, on the calling thread.
  void Post(Task task);

  // While held, the environment's event loop does not end. It is not held at first.
  void Hold(bool hold);

  // The thread whose timer wakes this one for delayed tasks; null while there is none.
  void SetTimer(webrtc::TaskQueueBase* timer);

  // Stops taking tasks, and drops those that are waiting, libwebrtc's too: the engine must have
  // stopped. Idempotent.
  void Close();

 private:
  // The socket server of a thread that never waits: its loop belongs to JS.
  class WakeUpServer final : public webrtc::SocketServer {
   public:
    explicit WakeUpServer(EventLoop& loop) : loop_(loop) {}
    bool Wait(webrtc::TimeDelta, bool) override { return true; }
    void WakeUp() override { loop_.WakeUp(); }
    webrtc::Socket* CreateSocket(int, int) override { return nullptr; }

   private:
    EventLoop& loop_;
  };

  static void OnItem(napi_env env, napi_value, void* context, void* item);
  static napi_value OnNextTurn(napi_env env, napi_callback_info info);

  void WakeUp();
  // Null is a wake-up. False when the loop is closed.
  bool Enqueue(Task* item);
  // Hands over items that wait, as far as the turn's share goes.
  void HandOver() RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Before and after an item.
  void BeginItem();
  void EndItem(napi_env env);
  void RunThread();
  void ArmTimer(int delay_ms);

  const napi_env env_;
  WakeUpServer server_;
  std::unique_ptr<webrtc::Thread> thread_;

  // The threadsafe function may not be called once it is closed, and any thread may be about to.
  webrtc::Mutex mutex_;
  napi_threadsafe_function function_ RTC_GUARDED_BY(mutex_) = nullptr;
  // Items that the function has, and those that wait. The turn is over when the gate is closed.
  int handed_over_ RTC_GUARDED_BY(mutex_) = 0;
  std::deque<Task*> waiting_ RTC_GUARDED_BY(mutex_);
  bool gate_open_ RTC_GUARDED_BY(mutex_) = true;

  // `setImmediate`, and what it calls. Null where there is no such function: the gate never closes
  // then.
  napi_ref set_immediate_ = nullptr;
  napi_ref on_next_turn_ = nullptr;
  int items_of_turn_ = 0;
  int64_t burst_began_us_ = 0;
  int64_t item_ended_us_ = 0;

  // One wake-up in flight is enough for any number of libwebrtc's tasks.
  std::atomic<bool> waking_ = false;

  webrtc::TaskQueueBase* timer_ = nullptr;
  // When the earliest of the timers in flight goes off.
  int64_t armed_until_ms_ = std::numeric_limits<int64_t>::max();
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_EVENT_LOOP_H_
