#ifndef NATIVE_EVENT_LOG_EVENT_LOG_H_
#define NATIVE_EVENT_LOG_EVENT_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/environment/environment.h"
#include "api/rtc_event_log/rtc_event.h"
#include "api/rtc_event_log/rtc_event_log.h"
#include "api/rtc_event_log/rtc_event_log_factory_interface.h"
#include "api/rtc_event_log_output.h"
#include "api/task_queue/task_queue_base.h"
#include "api/units/time_delta.h"
#include "native/event_log/key_frame_requests.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// The event log of one connection. It costs a look at a flag per event while nobody wants it. While
// somebody does, a task queue of its own writes, so that no other thread waits for a disk.
class EventLog final : public webrtc::RtcEventLog {
 public:
  EventLog(const webrtc::Environment& environment,
           std::shared_ptr<KeyFrameRequests> key_frame_requests)
      : environment_(environment), key_frame_requests_(std::move(key_frame_requests)) {}
  ~EventLog() override;

  // webrtc::RtcEventLog. Starting and stopping happen on one thread; events come on any.

  // False if it is running already.
  bool StartLogging(std::unique_ptr<webrtc::RtcEventLogOutput> output,
                    int64_t output_period_ms) override;
  // Returns when everything is written.
  void StopLogging() override;
  void Log(std::unique_ptr<webrtc::RtcEvent> event) override;

 private:
  void Append(std::string encoded) RTC_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // On the task queue.
  void WritePending();

  const webrtc::Environment environment_;
  const std::shared_ptr<KeyFrameRequests> key_frame_requests_;
  std::atomic<bool> running_ = false;
  webrtc::Mutex mutex_;
  // What a reader must know of that was before the log began: streams, candidate pairs. Not a
  // deque, which takes 4 kB for the few that most connections have.
  std::vector<std::string> history_ RTC_GUARDED_BY(mutex_);
  std::vector<std::string> pending_ RTC_GUARDED_BY(mutex_);
  size_t pending_bytes_ RTC_GUARDED_BY(mutex_) = 0;
  bool scheduled_ RTC_GUARDED_BY(mutex_) = false;
  webrtc::TimeDelta period_ RTC_GUARDED_BY(mutex_) = webrtc::TimeDelta::Zero();
  // Used on the task queue while that exists.
  std::unique_ptr<webrtc::RtcEventLogOutput> output_;
  std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter> queue_;
};

class EventLogFactory final : public webrtc::RtcEventLogFactoryInterface {
 public:
  // `latest` gets what goes with each log: the caller of libwebrtc finds there what goes with the
  // connection that has just been made.
  explicit EventLogFactory(std::shared_ptr<KeyFrameRequests>& latest) : latest_(latest) {}

  std::unique_ptr<webrtc::RtcEventLog> Create(
      const webrtc::Environment& environment) const override {
    latest_ = std::make_shared<KeyFrameRequests>();
    return std::make_unique<EventLog>(environment, latest_);
  }

 private:
  std::shared_ptr<KeyFrameRequests>& latest_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_EVENT_LOG_EVENT_LOG_H_
