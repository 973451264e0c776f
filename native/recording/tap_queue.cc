#include "native/recording/tap_queue.h"

#include <algorithm>
#include <utility>

namespace node_libwebrtc {

TapQueue::TapQueue(size_t capacity, absl::AnyInvocable<void(bool now)> wake_up)
    : capacity_(std::max<size_t>(1, capacity)), wake_up_(std::move(wake_up)) {}

TapQueue::Batch TapQueue::Take() {
  webrtc::MutexLock lock(&mutex_);
  scheduled_ = false;
  return std::exchange(batch_, {});
}

std::vector<EncodedChunk> TapQueue::TakeChunks() {
  webrtc::MutexLock lock(&mutex_);
  return std::exchange(batch_.chunks, {});
}

void TapQueue::Defer() {
  webrtc::MutexLock lock(&mutex_);
  scheduled_ = false;
}

void TapQueue::Close() {
  // Released outside the lock.
  Batch batch;
  webrtc::MutexLock lock(&mutex_);
  closed_ = true;
  std::swap(batch, batch_);
}

uint64_t TapQueue::dropped() const {
  webrtc::MutexLock lock(&mutex_);
  return dropped_;
}

bool TapQueue::TakesChunk(const EncodedChunk& chunk) {
  if (closed_ || batch_.ended || batch_.failure) return false;
  if (!started_ && !chunk.key) return false;
  if (batch_.chunks.size() == capacity_ || (dropping_ && !chunk.key)) {
    ++dropped_;
    if (!std::exchange(dropping_, true)) batch_.needs_key = true;
    return false;
  }
  started_ = true;
  dropping_ = false;
  batch_.needs_key = false;
  return true;
}

void TapQueue::OnChunk(const EncodedChunk& chunk) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (TakesChunk(chunk)) {
      batch_.chunks.push_back(chunk);
    } else if (closed_ || batch_.chunks.empty()) {
      return;
    }
    // Also for what is thrown away: nobody may have listened when the others came.
    if (std::exchange(scheduled_, true)) return;
  }
  wake_up_(/*now=*/false);
}

void TapQueue::OnSenderReport(const SenderReportTimes& report) {
  {
    webrtc::MutexLock lock(&mutex_);
    // Of many, the last ones tell enough.
    if (closed_) return;
    if (batch_.reports.size() == capacity_) batch_.reports.erase(batch_.reports.begin());
    batch_.reports.push_back(report);
    if (std::exchange(scheduled_, true)) return;
  }
  wake_up_(/*now=*/false);
}

void TapQueue::OnEnded() {
  {
    webrtc::MutexLock lock(&mutex_);
    if (closed_) return;
    batch_.ended = true;
    scheduled_ = true;
  }
  wake_up_(/*now=*/true);
}

void TapQueue::OnFailed(std::string message) {
  {
    webrtc::MutexLock lock(&mutex_);
    if (closed_) return;
    batch_.failure = std::move(message);
    scheduled_ = true;
  }
  wake_up_(/*now=*/true);
}

}  // namespace node_libwebrtc
