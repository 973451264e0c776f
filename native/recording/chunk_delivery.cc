#include "native/recording/chunk_delivery.h"

#include <utility>

#include "native/recording/encoded_tap.h"
#include "native/runtime/event_loop.h"

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
    } else if (!std::exchange(timed_, true)) {
      if (!timer_) timer_ = pool_->CreateQueue(TaskPool::Priority::kNormal);
      timer_->PostDelayedTask(
          [this] {
            {
              webrtc::MutexLock timer_lock(&mutex_);
              timed_ = false;
              if (waiting_.empty() || std::exchange(posted_, true)) return;
            }
            Post();
          },
          delay);
    }
  }
  if (post) Post();
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
