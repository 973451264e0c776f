#include "native/recording/chunk_delivery.h"

#include <utility>

#include "native/recording/encoded_tap.h"
#include "native/runtime/event_loop.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

ChunkDelivery::ChunkDelivery(EventLoop& loop, std::shared_ptr<TaskPool> pool)
    : loop_(loop), pool_(std::move(pool)) {}

ChunkDelivery::~ChunkDelivery() = default;

void ChunkDelivery::Schedule(WeakHandle<EncodedTapHandle> tap, webrtc::TimeDelta delay) {
  bool post = false;
  {
    webrtc::MutexLock lock(&mutex_);
    waiting_.push_back(std::move(tap));
    if (posted_) return;
    if (delay <= webrtc::TimeDelta::Zero()) {
      posted_ = true;
      post = true;
    } else if (const int64_t due_us = webrtc::TimeMicros() + delay.us();
               !due_us_ || due_us < *due_us_) {
      due_us_ = due_us;
      if (!timer_) timer_ = pool_->CreateQueue(TaskPool::Priority::kNormal);
      timer_->PostDelayedTask([this] { OnTimer(); }, delay);
    }
  }
  if (post) Post();
}

void ChunkDelivery::OnTimer() {
  {
    webrtc::MutexLock lock(&mutex_);
    due_us_.reset();
    if (waiting_.empty() || std::exchange(posted_, true)) return;
  }
  Post();
}

void ChunkDelivery::Post() {
  loop_.Post([this](Napi::Env) { DeliverAll(); });
}

void ChunkDelivery::DeliverAll() {
  std::vector<WeakHandle<EncodedTapHandle>> taps;
  {
    webrtc::MutexLock lock(&mutex_);
    posted_ = false;
    taps.swap(waiting_);
  }
  for (const WeakHandle<EncodedTapHandle>& weak : taps) {
    if (EncodedTapHandle* tap = weak.get()) tap->Deliver();
  }
}

}  // namespace node_libwebrtc
