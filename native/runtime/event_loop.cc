#include "native/runtime/event_loop.h"

#include <utility>

#include "rtc_base/checks.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// One turn's share: so many items, or so much time in items that follow one another.
constexpr int kItemsPerTurn = 128;
constexpr int64_t kMicrosPerTurn = 2000;
// Items further apart than this have let the loop turn in between.
constexpr int64_t kBurstGapMicros = 200;
// What the threadsafe function has at a time: enough not to run dry, few enough to end the turn
// soon.
constexpr int kMaxHandedOver = 8;
}  // namespace

EventLoop::EventLoop(Napi::Env env) : env_(env), server_(*this) {
  {
    webrtc::MutexLock lock(&mutex_);
    napi_status status = napi_create_threadsafe_function(
        env, nullptr, nullptr, Napi::String::New(env, "node-libwebrtc"), /*max_queue_size=*/0,
        /*initial_thread_count=*/1, nullptr, nullptr, /*context=*/this, &EventLoop::OnItem,
        &function_);
    RTC_CHECK_EQ(status, napi_ok);
    napi_unref_threadsafe_function(env, function_);
  }
  napi_value global, set_immediate, on_next_turn;
  napi_valuetype type;
  if (napi_get_global(env, &global) == napi_ok &&
      napi_get_named_property(env, global, "setImmediate", &set_immediate) == napi_ok &&
      napi_typeof(env, set_immediate, &type) == napi_ok && type == napi_function &&
      napi_create_function(env, "onNextTurn", NAPI_AUTO_LENGTH, &EventLoop::OnNextTurn, this,
                           &on_next_turn) == napi_ok) {
    napi_create_reference(env, set_immediate, 1, &set_immediate_);
    napi_create_reference(env, on_next_turn, 1, &on_next_turn_);
  }
  thread_ = std::make_unique<webrtc::Thread>(&server_);
  thread_->SetName("js", nullptr);
  webrtc::ThreadManager::Instance()->SetCurrentThread(thread_.get());
}

EventLoop::~EventLoop() { Close(); }

void EventLoop::Post(Task task) {
  auto item = std::make_unique<Task>(std::move(task));
  // The JS thread owns the item from the moment it is in the queue.
  if (Enqueue(item.get())) static_cast<void>(item.release());
}

void EventLoop::Hold(bool hold) {
  webrtc::MutexLock lock(&mutex_);
  if (!function_) return;
  if (hold) {
    napi_ref_threadsafe_function(env_, function_);
  } else {
    napi_unref_threadsafe_function(env_, function_);
  }
}

void EventLoop::SetTimer(webrtc::TaskQueueBase* timer) {
  timer_ = timer;
  // What the last timer had in flight went with it; the next turn arms the new one.
  armed_until_ms_ = kNever;
  if (timer_) WakeUp();
}

void EventLoop::Close() {
  std::deque<Task*> dropped;
  {
    webrtc::MutexLock lock(&mutex_);
    if (!function_) return;
    napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
    dropped.swap(waiting_);
  }
  for (Task* task : dropped) delete task;
  if (napi_ref reference = std::exchange(set_immediate_, nullptr)) {
    napi_delete_reference(env_, reference);
  }
  if (napi_ref reference = std::exchange(on_next_turn_, nullptr)) {
    napi_delete_reference(env_, reference);
  }
  // The tasks that go with the thread may look for the current one.
  std::unique_ptr<webrtc::Thread> thread = std::move(thread_);
  thread.reset();
  webrtc::ThreadManager::Instance()->SetCurrentThread(nullptr);
}

void EventLoop::WakeUp() {
  if (!waking_.exchange(true) && !Enqueue(nullptr)) waking_ = false;
}

bool EventLoop::Enqueue(Task* item) {
  webrtc::MutexLock lock(&mutex_);
  if (!function_) return false;
  waiting_.push_back(item);
  HandOver();
  return true;
}

void EventLoop::HandOver() {
  while (function_ && gate_open_ && !waiting_.empty() && handed_over_ < kMaxHandedOver) {
    // The queue has no limit; what fails here fails because the environment is going.
    if (napi_call_threadsafe_function(function_, waiting_.front(), napi_tsfn_nonblocking) !=
        napi_ok) {
      return;
    }
    waiting_.pop_front();
    ++handed_over_;
  }
}

void EventLoop::BeginItem() {
  const int64_t now_us = webrtc::TimeMicros();
  if (now_us - item_ended_us_ > kBurstGapMicros) burst_began_us_ = now_us;
  webrtc::MutexLock lock(&mutex_);
  --handed_over_;
}

void EventLoop::EndItem(napi_env env) {
  item_ended_us_ = webrtc::TimeMicros();
  ++items_of_turn_;
  const bool share_is_used =
      items_of_turn_ >= kItemsPerTurn || item_ended_us_ - burst_began_us_ >= kMicrosPerTurn;
  bool end_turn = false;
  {
    webrtc::MutexLock lock(&mutex_);
    if (share_is_used && gate_open_ && set_immediate_ && on_next_turn_) {
      gate_open_ = false;
      end_turn = true;
    } else {
      HandOver();
    }
  }
  if (!end_turn) return;
  napi_value global, set_immediate, on_next_turn;
  // Not while an exception is on its way; the next item tries again.
  if (napi_get_global(env, &global) == napi_ok &&
      napi_get_reference_value(env, set_immediate_, &set_immediate) == napi_ok &&
      napi_get_reference_value(env, on_next_turn_, &on_next_turn) == napi_ok &&
      napi_call_function(env, global, set_immediate, 1, &on_next_turn, nullptr) == napi_ok) {
    return;
  }
  webrtc::MutexLock lock(&mutex_);
  gate_open_ = true;
  HandOver();
}

napi_value EventLoop::OnNextTurn(napi_env env, napi_callback_info info) {
  void* context = nullptr;
  if (napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &context) != napi_ok) return nullptr;
  auto* loop = static_cast<EventLoop*>(context);
  loop->items_of_turn_ = 0;
  loop->burst_began_us_ = webrtc::TimeMicros();
  webrtc::MutexLock lock(&loop->mutex_);
  loop->gate_open_ = true;
  loop->HandOver();
  return nullptr;
}

void EventLoop::OnItem(napi_env env, napi_value, void* context, void* data) {
  std::unique_ptr<Task> task(static_cast<Task*>(data));
  // Without an environment the queue is only being emptied, and the context may be gone.
  if (!env) return;
  auto* loop = static_cast<EventLoop*>(context);
  loop->BeginItem();
  if (task) {
    std::move (*task)(env);
  } else {
    loop->RunThread();
  }
  loop->EndItem(env);
}

void EventLoop::RunThread() {
  if (!thread_) return;
  waking_ = false;
  thread_->ProcessMessages(0);
  const int delay_ms = thread_->GetDelay();
  if (delay_ms == webrtc::Thread::kForever) return;
  if (delay_ms == 0) {
    // It stops after a millisecond even if there is more; JS gets its turn before the rest.
    WakeUp();
  } else {
    ArmTimer(delay_ms);
  }
}

void EventLoop::ArmTimer(int delay_ms) {
  if (!timer_) return;
  const int64_t now_ms = webrtc::TimeMillis();
  const int64_t until_ms = now_ms + delay_ms;
  const bool armed_early_enough = armed_until_ms_ > now_ms && armed_until_ms_ <= until_ms;
  if (armed_early_enough) return;
  armed_until_ms_ = until_ms;
  timer_->PostDelayedHighPrecisionTask([this] { WakeUp(); }, webrtc::TimeDelta::Millis(delay_ms));
}

}  // namespace node_libwebrtc
