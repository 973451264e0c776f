#ifndef NATIVE_SINK_QUEUE_H_
#define NATIVE_SINK_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Raw media on its way to JS. What JS does not take in time is dropped, the oldest first. Any
// thread may call anything.
template <typename Item>
class SinkQueue final {
 public:
  struct Batch {
    std::vector<Item> items;
    bool ended = false;
  };

  explicit SinkQueue(size_t capacity) : capacity_(std::max<size_t>(1, capacity)) {}

  // True when nothing is on its way that will take the item: the caller wakes the JS thread. Not
  // for an item that may wait for the next one.
  bool Push(Item item, bool may_wait = false) {
    // Released outside the lock.
    std::optional<Item> overdue;
    webrtc::MutexLock lock(&mutex_);
    if (items_.size() == capacity_) {
      overdue = std::move(items_.front());
      items_.pop_front();
      ++dropped_;
    }
    items_.push_back(std::move(item));
    return !may_wait && !std::exchange(scheduled_, true);
  }
  bool End() {
    webrtc::MutexLock lock(&mutex_);
    ended_ = true;
    return !std::exchange(scheduled_, true);
  }

  // Everything that waits. `ended` comes once.
  Batch Take() {
    Batch batch;
    webrtc::MutexLock lock(&mutex_);
    scheduled_ = false;
    batch.items.reserve(items_.size());
    std::move(items_.begin(), items_.end(), std::back_inserter(batch.items));
    items_.clear();
    batch.ended = std::exchange(ended_, false);
    return batch;
  }

  // Instead of `Take`, when nobody listens yet: the next item wakes the JS thread again.
  void Defer() {
    webrtc::MutexLock lock(&mutex_);
    scheduled_ = false;
  }

  uint64_t dropped() const {
    webrtc::MutexLock lock(&mutex_);
    return dropped_;
  }

 private:
  const size_t capacity_;
  mutable webrtc::Mutex mutex_;
  std::deque<Item> items_ RTC_GUARDED_BY(mutex_);
  uint64_t dropped_ RTC_GUARDED_BY(mutex_) = 0;
  bool ended_ RTC_GUARDED_BY(mutex_) = false;
  bool scheduled_ RTC_GUARDED_BY(mutex_) = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SINK_QUEUE_H_
