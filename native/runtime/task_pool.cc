#include "native/runtime/task_pool.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "native/runtime/wake_batch.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// A queue's share of a thread, before others get theirs.
constexpr int kTasksPerTurn = 16;
// Each so many turns the levels are asked in the reverse order, so that none starves.
constexpr unsigned kTurnsPerRound = 8;
// So that a task which waits for another one's queue cannot block everything.
constexpr size_t kMinThreads = 2;

thread_local TaskPool::HelpScope* help_scope = nullptr;

size_t LevelOf(TaskPool::Priority priority) {
  switch (priority) {
    case TaskPool::Priority::kHigh:
    case TaskPool::Priority::kAudio:
      return 0;
    case TaskPool::Priority::kNormal:
    case TaskPool::Priority::kVideo:
      return 1;
    case TaskPool::Priority::kLow:
      return 2;
  }
}

}  // namespace

// ---- A queue

TaskPool::Queue::Queue(std::shared_ptr<TaskPool> pool, size_t level)
    : pool_(std::move(pool)), level_(level) {}

TaskPool::Queue::~Queue() = default;

void TaskPool::Queue::Delete() {
  // Whoever deletes a queue from one of its own tasks still runs on it.
  std::shared_ptr<Queue> self = std::move(self_);
  pool_->Delete(*this);
}

void TaskPool::Queue::PostTaskImpl(Task task, const PostTaskTraits&, const webrtc::Location&) {
  pool_->Post(*this, std::move(task));
}

void TaskPool::Queue::PostDelayedTaskImpl(Task task, webrtc::TimeDelta delay,
                                          const PostDelayedTaskTraits&, const webrtc::Location&) {
  pool_->PostDelayed(*this, std::move(task), delay);
}

void TaskPool::Queue::Run(Task task) {
  CurrentTaskQueueSetter current(this);
  std::move(task)();
  // The task is destroyed here, still on its queue.
  task = nullptr;
}

void TaskPool::Queue::Drop(std::deque<Task> tasks) {
  CurrentTaskQueueSetter current(this);
  tasks.clear();
}

// ---- Help of other threads

TaskPool::HelpScope::HelpScope() { help_scope = this; }

TaskPool::HelpScope::~HelpScope() {
  help_scope = nullptr;
  if (queue_) queue_->pool_->Help(queue_, has_more_);
}

void TaskPool::Help(const std::shared_ptr<Queue>& queue, bool only_wake) {
  std::unique_lock lock(mutex_);
  auto& level = ready_[queue->level_];
  const auto found = std::find(level.begin(), level.end(), queue);
  if (found == level.end() || stopping_) return;
  if (!only_wake) {
    level.erase(found);
    RunTasks(lock, queue);
    if (!queue->scheduled_) return;
  }
  const bool wake = NeedThread();
  lock.unlock();
  if (wake) work_.notify_one();
}

// ---- The pool

TaskPool::TaskPool(size_t max_threads)
    : max_threads_(max_threads > 0
                       ? max_threads
                       : std::max<size_t>(kMinThreads, std::thread::hardware_concurrency())) {}

TaskPool::~TaskPool() { Close(); }

std::shared_ptr<TaskPool::Queue> TaskPool::CreateQueue(Priority priority) {
  return std::make_shared<Queue>(shared_from_this(), LevelOf(priority));
}

std::unique_ptr<webrtc::TaskQueueFactory> TaskPool::CreateFactory() {
  class Factory final : public webrtc::TaskQueueFactory {
   public:
    explicit Factory(std::shared_ptr<TaskPool> pool) : pool_(std::move(pool)) {}
    std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter> CreateTaskQueue(
        absl::string_view, Priority priority) const override {
      std::shared_ptr<Queue> queue = pool_->CreateQueue(priority);
      queue->self_ = queue;
      return {queue.get(), webrtc::TaskQueueDeleter()};
    }

   private:
    const std::shared_ptr<TaskPool> pool_;
  };
  return std::make_unique<Factory>(shared_from_this());
}

void TaskPool::Rest() {
  std::vector<webrtc::PlatformThread> threads;
  {
    std::unique_lock lock(mutex_);
    threads = StopThreads();
  }
  // Joined without the lock.
  threads.clear();
  std::unique_lock lock(mutex_);
  if (!closed_) stopping_ = false;
}

void TaskPool::Close() {
  Abandon();
  std::vector<std::shared_ptr<Queue>> queues;
  std::vector<std::deque<Task>> tasks;
  std::vector<Delayed> delayed;
  {
    std::unique_lock lock(mutex_);
    for (auto& level : ready_) {
      for (std::shared_ptr<Queue>& queue : std::exchange(level, {})) {
        queue->scheduled_ = false;
        tasks.push_back(std::move(queue->tasks_));
        queues.push_back(std::move(queue));
      }
    }
    delayed.swap(delayed_);
  }
  for (size_t i = 0; i < queues.size(); ++i) queues[i]->Drop(std::move(tasks[i]));
}

void TaskPool::Abandon() {
  std::vector<webrtc::PlatformThread> threads;
  {
    std::unique_lock lock(mutex_);
    closed_ = true;
    threads = StopThreads();
  }
  threads.clear();
}

std::vector<webrtc::PlatformThread> TaskPool::StopThreads() {
  stopping_ = true;
  work_.notify_all();
  return std::move(threads_);
}

bool TaskPool::IsLater(const Delayed& a, const Delayed& b) {
  return a.due_us != b.due_us ? a.due_us > b.due_us : a.index > b.index;
}

void TaskPool::Post(Queue& queue, Task task) {
  std::unique_lock lock(mutex_);
  if (closed_ || queue.deleted_) {
    lock.unlock();
    // Destroyed like one that waited.
    std::deque<Task> dropped;
    dropped.push_back(std::move(task));
    queue.Drop(std::move(dropped));
    return;
  }
  queue.tasks_.push_back(std::move(task));
  if (std::exchange(queue.scheduled_, true)) return;
  ready_[queue.level_].push_back(queue.shared_from_this());
  if (help_scope && !help_scope->queue_) {
    help_scope->queue_ = queue.shared_from_this();
    return;
  }
  if (help_scope) help_scope->has_more_ = true;
  const bool wake = NeedThread();
  lock.unlock();
  if (wake) WakeBatch::Run([pool = shared_from_this()] { pool->work_.notify_one(); });
}

void TaskPool::PostDelayed(Queue& queue, Task task, webrtc::TimeDelta delay) {
  if (delay <= webrtc::TimeDelta::Zero()) {
    Post(queue, std::move(task));
    return;
  }
  std::unique_lock lock(mutex_);
  // The task goes with this frame then, without the lock.
  if (closed_ || queue.deleted_) {
    lock.unlock();
    return;
  }
  const int64_t due_us = webrtc::TimeMicros() + delay.us();
  const bool is_next = delayed_.empty() || due_us < delayed_.front().due_us;
  delayed_.push_back({.due_us = due_us,
                      .index = ++last_index_,
                      .queue = queue.shared_from_this(),
                      .task = std::move(task)});
  std::push_heap(delayed_.begin(), delayed_.end(), IsLater);
  if (!is_next) return;
  // Whoever keeps the time waits for the wrong moment.
  const bool wake_all = timekeeper_waits_;
  const bool wake = !wake_all && NeedThread();
  lock.unlock();
  if (wake_all) {
    work_.notify_all();
  } else if (wake) {
    work_.notify_one();
  }
}

void TaskPool::Delete(Queue& queue) {
  std::deque<Task> tasks;
  std::vector<Delayed> delayed;
  {
    std::unique_lock lock(mutex_);
    queue.deleted_ = true;
    tasks.swap(queue.tasks_);
    auto others = std::partition(delayed_.begin(), delayed_.end(),
                                 [&](const Delayed& entry) { return entry.queue.get() != &queue; });
    std::move(others, delayed_.end(), std::back_inserter(delayed));
    delayed_.erase(others, delayed_.end());
    std::make_heap(delayed_.begin(), delayed_.end(), IsLater);
    if (!queue.IsCurrent()) queue_is_idle_.wait(lock, [&] { return !queue.running_; });
  }
  queue.Drop(std::move(tasks));
}

bool TaskPool::NeedThread() {
  if (stopping_) return false;
  if (waiting_threads_ > 0) return true;
  if (threads_.size() < max_threads_) {
    threads_.push_back(webrtc::PlatformThread::SpawnJoinable([this] { Work(); }, "webrtc-pool"));
  }
  return false;
}

bool TaskPool::PromoteDelayed() {
  if (delayed_.empty()) return false;
  const int64_t now_us = webrtc::TimeMicros();
  bool has_own_work = false;
  bool wake = false;
  while (!delayed_.empty() && delayed_.front().due_us <= now_us) {
    std::pop_heap(delayed_.begin(), delayed_.end(), IsLater);
    Delayed entry = std::move(delayed_.back());
    delayed_.pop_back();
    entry.queue->tasks_.push_back(std::move(entry.task));
    if (std::exchange(entry.queue->scheduled_, true)) continue;
    ready_[entry.queue->level_].push_back(std::move(entry.queue));
    // This thread takes the first one itself.
    if (std::exchange(has_own_work, true) && NeedThread()) wake = true;
  }
  return wake;
}

std::shared_ptr<TaskPool::Queue> TaskPool::TakeReady() {
  const bool reversed = ++turn_ % kTurnsPerRound == 0;
  for (size_t i = 0; i < ready_.size(); ++i) {
    auto& level = ready_[reversed ? ready_.size() - 1 - i : i];
    if (level.empty()) continue;
    std::shared_ptr<Queue> queue = std::move(level.front());
    level.pop_front();
    return queue;
  }
  return nullptr;
}

void TaskPool::RunTasks(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Queue>& queue) {
  queue->running_ = true;
  for (int i = 0; i < kTasksPerTurn && !queue->tasks_.empty() && !stopping_; ++i) {
    Task task = std::move(queue->tasks_.front());
    queue->tasks_.pop_front();
    lock.unlock();
    queue->Run(std::move(task));
    lock.lock();
  }
  queue->running_ = false;
  queue->scheduled_ = false;
  if (queue->deleted_) queue_is_idle_.notify_all();
  // This thread itself comes back for it.
  if (!queue->tasks_.empty()) {
    queue->scheduled_ = true;
    ready_[queue->level_].push_back(queue);
  }
}

void TaskPool::WaitForWork(std::unique_lock<std::mutex>& lock) {
  ++waiting_threads_;
  if (delayed_.empty() || timekeeper_waits_) {
    work_.wait(lock);
  } else {
    timekeeper_waits_ = true;
    const int64_t wait_us = delayed_.front().due_us - webrtc::TimeMicros();
    // By the system's clock, because older versions of glibc cannot wait by another. When that
    // clock is set this thread looks again after a second at the latest.
    constexpr int64_t kLongestWaitUs = 1'000'000;
    work_.wait_until(
        lock, std::chrono::system_clock::now() +
                  std::chrono::microseconds(std::clamp<int64_t>(wait_us, 0, kLongestWaitUs)));
    timekeeper_waits_ = false;
  }
  --waiting_threads_;
}

void TaskPool::Work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    bool wake = PromoteDelayed();
    std::shared_ptr<Queue> queue = TakeReady();
    if (!queue) {
      WaitForWork(lock);
      continue;
    }
    // Somebody else must look at the clock meanwhile.
    if (!delayed_.empty() && !timekeeper_waits_ && waiting_threads_ > 0) wake = true;
    if (wake) {
      lock.unlock();
      work_.notify_one();
      lock.lock();
    }
    RunTasks(lock, queue);
    // The last reference may destroy the queue, which needs no lock.
    lock.unlock();
    queue = nullptr;
    lock.lock();
  }
}

}  // namespace node_libwebrtc
