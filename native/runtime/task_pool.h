#ifndef NATIVE_RUNTIME_TASK_POOL_H_
#define NATIVE_RUNTIME_TASK_POOL_H_

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "api/location.h"
#include "api/task_queue/task_queue_base.h"
#include "api/task_queue/task_queue_factory.h"
#include "api/units/time_delta.h"
#include "rtc_base/platform_thread.h"

namespace node_libwebrtc {

// A few threads for any number of task queues. libwebrtc makes queues for each stream that it
// encodes or decodes, and its own factory gives each of them a thread.
//
// Threads start when there is more to do than those that run can begin at once, up to the limit;
// they stay until `Rest`. Any thread may call anything, apart from what says otherwise.
class TaskPool final : public std::enable_shared_from_this<TaskPool> {
 public:
  using Task = absl::AnyInvocable<void() &&>;
  using Priority = webrtc::TaskQueueFactory::Priority;
  class Queue;

  // While there is one on a thread, which must not be one of the pool, that thread itself will run
  // what it has posted to a queue, when the scope ends and if it is only one queue: waking another
  // thread takes as long as little tasks do.
  class HelpScope final {
   public:
    HelpScope();
    ~HelpScope();
    HelpScope(const HelpScope&) = delete;
    HelpScope& operator=(const HelpScope&) = delete;

   private:
    friend class TaskPool;

    std::shared_ptr<Queue> queue_;
    bool has_more_ = false;
  };

  // Starts no thread. The default is as many as there are cores.
  explicit TaskPool(size_t max_threads = 0);
  ~TaskPool();

  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  // A queue that lives as long as somebody has it or it has tasks.
  std::shared_ptr<Queue> CreateQueue(Priority priority);

  // For libwebrtc's environment. Keeps the pool.
  std::unique_ptr<webrtc::TaskQueueFactory> CreateFactory();

  // Ends the threads, each after the task that it runs. Tasks that wait go on when the next one is
  // posted. On no thread of the pool, and one call at a time.
  void Rest();
  // The same for good: what waits is dropped. Idempotent.
  void Close();
  // The same for a process that is exiting: what waits stays where it is.
  void Abandon();

 private:
  struct Delayed {
    int64_t due_us;
    // Tasks of the same time keep their order.
    uint64_t index;
    std::shared_ptr<Queue> queue;
    Task task;
  };
  // The order of a heap whose first is due first.
  static bool IsLater(const Delayed& a, const Delayed& b);

  void Post(Queue& queue, Task task);
  void PostDelayed(Queue& queue, Task task, webrtc::TimeDelta delay);
  // Runs a queue that is ready on the thread that calls, unless another one has begun with it, or
  // only wakes one for it.
  void Help(const std::shared_ptr<Queue>& queue, bool only_wake);
  // Waits for the task that runs, unless it is the caller; drops the others.
  void Delete(Queue& queue);

  // All of these with the lock held.
  //
  // The first two say whether a waiting thread is to be woken, which is done without the lock: it
  // would have to wait for it at once.
  [[nodiscard]] bool PromoteDelayed();
  [[nodiscard]] bool NeedThread();
  std::shared_ptr<Queue> TakeReady();
  void RunTasks(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Queue>& queue);
  void WaitForWork(std::unique_lock<std::mutex>& lock);
  std::vector<webrtc::PlatformThread> StopThreads();

  void Work();

  const size_t max_threads_;

  // For everything below and the state of queues; never held while a task runs or is destroyed.
  // The standard library's, because threads wait with it for tasks.
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable queue_is_idle_;
  std::vector<webrtc::PlatformThread> threads_;
  size_t waiting_threads_ = 0;
  // One waiting thread looks at the clock; the others wait for a call.
  bool timekeeper_waits_ = false;
  bool stopping_ = false;
  bool closed_ = false;
  // By level of priority.
  std::array<std::deque<std::shared_ptr<Queue>>, 3> ready_;
  unsigned turn_ = 0;
  // A heap.
  std::vector<Delayed> delayed_;
  uint64_t last_index_ = 0;
};

// Runs its tasks one after the other, on any thread of the pool.
class TaskPool::Queue final : public webrtc::TaskQueueBase,
                              public std::enable_shared_from_this<Queue> {
 public:
  Queue(std::shared_ptr<TaskPool> pool, size_t level);
  ~Queue() override;

  // Only for queues of libwebrtc's, which `CreateFactory` makes.
  void Delete() override;

 private:
  friend class TaskPool;

  void PostTaskImpl(Task task, const PostTaskTraits& traits,
                    const webrtc::Location& location) override;
  void PostDelayedTaskImpl(Task task, webrtc::TimeDelta delay, const PostDelayedTaskTraits& traits,
                           const webrtc::Location& location) override;

  // As the current queue of the thread.
  void Run(Task task);
  void Drop(std::deque<Task> tasks);

  const std::shared_ptr<TaskPool> pool_;
  const size_t level_;
  // The reference of libwebrtc, which knows only a plain pointer.
  std::shared_ptr<Queue> self_;

  // With the pool's lock.
  std::deque<Task> tasks_;
  // In one of the pool's lists, or at work.
  bool scheduled_ = false;
  bool running_ = false;
  bool deleted_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_TASK_POOL_H_
