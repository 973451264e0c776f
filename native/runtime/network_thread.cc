#include "native/runtime/network_thread.h"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "rtc_base/event.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// libwebrtc's class keeps to itself what it waits for. An explicit instantiation may name it.
template <auto member>
struct PrivateMember {
  friend int EpollOf(webrtc::PhysicalSocketServer& sockets) { return sockets.*member; }
};
int EpollOf(webrtc::PhysicalSocketServer& sockets);
template struct PrivateMember<&webrtc::PhysicalSocketServer::epoll_fd_>;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
// A little less than libwebrtc allows.
constexpr int64_t kLeewayUs = 16'000;
// Who asks for less than this means it.
constexpr webrtc::TimeDelta kLeastDelay = webrtc::TimeDelta::Millis(8);
constexpr int64_t kPatienceUs = 100'000;

thread_local int patient_scopes = 0;
// Those of the network thread on which this is; null on other threads.
thread_local const NetworkSockets* own_sockets = nullptr;

// What a thread waits for that another does. Most of it takes a few microseconds, and falling
// asleep and being woken many more, above all on a virtual machine whose processor sleeps as well:
// it is looked for some time before.
class Awaited {
 public:
  void Finish() {
    if (state_.exchange(State::kFinished) == State::kAsleep) awake_.Set();
  }

  void Wait() {
    constexpr int64_t kLookingUs = 200;
    const int64_t until_us = webrtc::TimeMicros() + kLookingUs;
    while (webrtc::TimeMicros() < until_us) {
      if (state_ == State::kFinished) return;
      // The other thread may need this processor.
      std::this_thread::yield();
    }
    State expected = State::kPending;
    if (state_.compare_exchange_strong(expected, State::kAsleep)) {
      awake_.Wait(webrtc::Event::kForever);
    }
  }

 private:
  enum class State { kPending, kAsleep, kFinished };

  std::atomic<State> state_ = State::kPending;
  webrtc::Event awake_;
};

}  // namespace

// ---- The sockets

bool NetworkSockets::IsLater(const Delayed& a, const Delayed& b) {
  return a.due_us != b.due_us ? a.due_us > b.due_us : a.index > b.index;
}

void NetworkSockets::PostWithLeeway(Task task, webrtc::TimeDelta delay) {
  bool too_late = false;
  {
    webrtc::MutexLock lock(&tasks_mutex_);
    const int64_t due_us = webrtc::TimeMicros() + delay.us();
    delayed_.push_back({.due_us = due_us, .index = ++last_index_, .task = std::move(task)});
    std::push_heap(delayed_.begin(), delayed_.end(), IsLater);
    too_late = due_us + kLeewayUs < asleep_until_us_;
  }
  if (too_late) WakeUp();
}

void NetworkSockets::PostPatiently(Task task) {
  bool too_late = false;
  {
    webrtc::MutexLock lock(&tasks_mutex_);
    if (patient_.empty()) patient_until_us_ = webrtc::TimeMicros() + kPatienceUs;
    patient_.push_back(std::move(task));
    too_late = patient_until_us_ < asleep_until_us_;
  }
  if (too_late) WakeUp();
}

void NetworkSockets::DropTasks() {
  std::vector<Delayed> delayed;
  std::deque<Task> patient;
  webrtc::MutexLock lock(&tasks_mutex_);
  delayed.swap(delayed_);
  patient.swap(patient_);
}

int64_t NetworkSockets::LatestWakeUp() const {
  return std::min(delayed_.empty() ? kNever : delayed_.front().due_us + kLeewayUs,
                  patient_.empty() ? kNever : patient_until_us_);
}

void NetworkSockets::Begin() {
  own_sockets = this;
  awake_mutex_.lock();
}

void NetworkSockets::WakeUp() {
  if (own_sockets != this) PhysicalSocketServer::WakeUp();
}

bool NetworkSockets::Wait(webrtc::TimeDelta max_wait, bool process_io) {
  {
    webrtc::MutexLock lock(&tasks_mutex_);
    const int64_t now_us = webrtc::TimeMicros();
    const int64_t latest_us = LatestWakeUp();
    if (latest_us != kNever) {
      max_wait =
          std::min(max_wait, webrtc::TimeDelta::Micros(std::max<int64_t>(0, latest_us - now_us)));
    }
    asleep_until_us_ = max_wait.IsFinite() ? now_us + max_wait.us() : kNever;
  }
  Sleep(max_wait);
  const bool result = PhysicalSocketServer::Wait(webrtc::TimeDelta::Zero(), process_io);
  RunTasks();
  return result;
}

void NetworkSockets::Sleep(webrtc::TimeDelta max_wait) {
  if (max_wait <= webrtc::TimeDelta::Zero()) return;
  pollfd sockets = {.fd = EpollOf(*this), .events = POLLIN, .revents = 0};
  const int timeout_ms =
      max_wait.IsFinite() ? static_cast<int>(max_wait.RoundUpTo(webrtc::TimeDelta::Millis(1)).ms())
                          : -1;
  awake_mutex_.unlock();
  // An error, of a signal for example, is no event: the caller looks and waits again.
  poll(&sockets, 1, timeout_ms);
  awake_mutex_.lock();
}

void NetworkSockets::RunTasks() {
  std::vector<Task> tasks;
  {
    webrtc::MutexLock lock(&tasks_mutex_);
    asleep_until_us_ = std::numeric_limits<int64_t>::min();
    tasks.reserve(patient_.size());
    std::move(patient_.begin(), patient_.end(), std::back_inserter(tasks));
    patient_.clear();
    const int64_t now_us = webrtc::TimeMicros();
    while (!delayed_.empty() && delayed_.front().due_us <= now_us) {
      std::pop_heap(delayed_.begin(), delayed_.end(), IsLater);
      tasks.push_back(std::move(delayed_.back().task));
      delayed_.pop_back();
    }
  }
  for (Task& task : tasks) {
    std::move(task)();
    // Destroyed before the next one runs.
    task = nullptr;
  }
}

// ---- The thread

NetworkThread::PatientScope::PatientScope() { ++patient_scopes; }

NetworkThread::PatientScope::~PatientScope() { --patient_scopes; }

NetworkThread::NetworkThread(NetworkSockets& sockets) : Thread(&sockets), sockets_(sockets) {}

NetworkThread::~NetworkThread() {
  Stop();
  sockets_.DropTasks();
}

void NetworkThread::Run() {
  sockets_.Begin();
  Thread::Run();
  sockets_.Leave();
}

void NetworkThread::BlockingCallImpl(webrtc::FunctionView<void()> functor,
                                     const webrtc::Location& location) {
  if (IsCurrent() || IsQuitting()) {
    Thread::BlockingCallImpl(functor, location);
    return;
  }
  if (sockets_.TryEnter()) {
    // What was posted before comes first.
    const bool is_next = !HasPendingTasks();
    if (is_next) {
      const CurrentThreadSetter as_this_thread(this);
      functor();
    }
    sockets_.Leave();
    if (is_next) return;
  }
  Awaited call;
  // Also when the thread ends before it comes to it.
  absl::Cleanup finish = [&call] { call.Finish(); };
  PostTask([functor, finish = std::move(finish)] { functor(); });
  call.Wait();
}

void NetworkThread::PostTaskImpl(absl::AnyInvocable<void() &&> task, const PostTaskTraits& traits,
                                 const webrtc::Location& location) {
  if (patient_scopes > 0 && !IsQuitting()) {
    sockets_.PostPatiently(std::move(task));
  } else {
    Thread::PostTaskImpl(std::move(task), traits, location);
  }
}

void NetworkThread::PostDelayedTaskImpl(absl::AnyInvocable<void() &&> task, webrtc::TimeDelta delay,
                                        const PostDelayedTaskTraits& traits,
                                        const webrtc::Location& location) {
  if (traits.high_precision || delay < kLeastDelay || IsQuitting()) {
    Thread::PostDelayedTaskImpl(std::move(task), delay, traits, location);
  } else {
    sockets_.PostWithLeeway(std::move(task), delay);
  }
}

}  // namespace node_libwebrtc
