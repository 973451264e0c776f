#include "native/runtime/event_loop.h"

#include <utility>

#include "rtc_base/checks.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
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
  {
    webrtc::MutexLock lock(&mutex_);
    if (!function_) return;
    napi_release_threadsafe_function(std::exchange(function_, nullptr), napi_tsfn_abort);
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
  return function_ &&
         napi_call_threadsafe_function(function_, item, napi_tsfn_nonblocking) == napi_ok;
}

void EventLoop::OnItem(napi_env env, napi_value, void* context, void* data) {
  std::unique_ptr<Task> task(static_cast<Task*>(data));
  // Without an environment the queue is only being emptied, and the context may be gone.
  if (!env) return;
  if (task) {
    std::move (*task)(env);
  } else {
    static_cast<EventLoop*>(context)->RunThread();
  }
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
  timer_->PostDelayedTask([this] { WakeUp(); }, webrtc::TimeDelta::Millis(delay_ms));
}

}  // namespace node_libwebrtc
