#ifndef NATIVE_RECORDING_CHUNK_DELIVERY_H_
#define NATIVE_RECORDING_CHUNK_DELIVERY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/units/time_delta.h"
#include "native/bridge/handle.h"
#include "native/runtime/task_pool.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

class EncodedTapHandle;
class EventLoop;

// Wakes the JS thread once for what all taps of an environment have.
class ChunkDelivery final {
 public:
  ChunkDelivery(EventLoop& loop, std::shared_ptr<TaskPool> pool);
  ~ChunkDelivery();

  // Calls `EncodedTapHandle::Deliver` on the JS thread, after `delay` at the latest. Any thread.
  void Schedule(WeakHandle<EncodedTapHandle> tap, webrtc::TimeDelta delay);

 private:
  void OnTimer();
  void Post();
  void DeliverAll();

  EventLoop& loop_;
  const std::shared_ptr<TaskPool> pool_;
  webrtc::Mutex mutex_;
  // Made for the first tap that can wait.
  std::shared_ptr<TaskPool::Queue> timer_ RTC_GUARDED_BY(mutex_);
  std::vector<WeakHandle<EncodedTapHandle>> waiting_ RTC_GUARDED_BY(mutex_);
  // Whether the JS thread will come, or when the timer goes off that sends it.
  bool posted_ RTC_GUARDED_BY(mutex_) = false;
  std::optional<int64_t> due_us_ RTC_GUARDED_BY(mutex_);
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_CHUNK_DELIVERY_H_
