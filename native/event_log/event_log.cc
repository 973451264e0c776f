#include "native/event_log/event_log.h"

#include <utility>

#include "api/task_queue/task_queue_factory.h"
#include "logging/rtc_event_log/events/rtc_event_rtcp_packet_incoming.h"
#include "native/event_log/event_encoding.h"
#include "rtc_base/event.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

// Renegotiations without end must not fill the memory.
constexpr size_t kMaxHistory = 1000;
// A disk that does not keep up must not either: what comes then is not logged.
constexpr size_t kMaxPendingBytes = 32 * 1024 * 1024;
// So much is written at once, before its time.
constexpr size_t kChunkBytes = 256 * 1024;

// Whether an event stays true until another one of its kind.
bool IsHistory(const webrtc::RtcEvent& event) {
  switch (event.GetType()) {
    case webrtc::RtcEvent::Type::IceCandidatePairConfig:
    case webrtc::RtcEvent::Type::DtlsTransportState:
    case webrtc::RtcEvent::Type::DtlsWritableState:
    case webrtc::RtcEvent::Type::RouteChangeEvent:
      return true;
    default:
      return event.IsConfigEvent();
  }
}

}  // namespace

EventLog::~EventLog() { StopLogging(); }

bool EventLog::StartLogging(std::unique_ptr<webrtc::RtcEventLogOutput> output,
                            int64_t output_period_ms) {
  if (queue_ || !output || !output->IsActive()) return false;
  output_ = std::move(output);
  queue_ = environment_.task_queue_factory().CreateTaskQueue(
      "event-log", webrtc::TaskQueueFactory::Priority::kLow);
  webrtc::MutexLock lock(&mutex_);
  period_ = webrtc::TimeDelta::Millis(output_period_ms);
  Append(EncodeBegin(environment_.clock().CurrentTime().ms(), webrtc::TimeUTCMillis()));
  for (const std::string& encoded : history_) Append(encoded);
  running_ = true;
  return true;
}

void EventLog::StopLogging() {
  if (!queue_) return;
  {
    webrtc::MutexLock lock(&mutex_);
    Append(EncodeEnd(environment_.clock().CurrentTime().ms()));
    running_ = false;
  }
  webrtc::Event written;
  queue_->PostTask([this, &written] {
    WritePending();
    output_ = nullptr;
    written.Set();
  });
  written.Wait(webrtc::Event::kForever);
  queue_ = nullptr;
  webrtc::MutexLock lock(&mutex_);
  pending_.clear();
  pending_bytes_ = 0;
  scheduled_ = false;
}

void EventLog::Log(std::unique_ptr<webrtc::RtcEvent> event) {
  if (event->GetType() == webrtc::RtcEvent::Type::RtcpPacketIncoming) {
    key_frame_requests_->OnRtcp(
        static_cast<const webrtc::RtcEventRtcpPacketIncoming&>(*event).packet());
  }
  const bool is_history = IsHistory(*event);
  if (!is_history && !running_) return;
  event->SetTimestamp(environment_.clock().CurrentTime());
  std::string encoded = EncodeEvent(*event);
  if (encoded.empty()) return;
  webrtc::MutexLock lock(&mutex_);
  if (is_history) {
    if (history_.size() == kMaxHistory) history_.erase(history_.begin());
    history_.push_back(encoded);
  }
  if (running_) Append(std::move(encoded));
}

void EventLog::Append(std::string encoded) {
  if (pending_bytes_ + encoded.size() > kMaxPendingBytes) return;
  const bool was_short = pending_bytes_ < kChunkBytes;
  pending_bytes_ += encoded.size();
  pending_.push_back(std::move(encoded));
  if (was_short && pending_bytes_ >= kChunkBytes) {
    queue_->PostTask([this] { WritePending(); });
  } else if (!std::exchange(scheduled_, true)) {
    queue_->PostDelayedTask([this] { WritePending(); }, period_);
  }
}

void EventLog::WritePending() {
  std::vector<std::string> events;
  {
    webrtc::MutexLock lock(&mutex_);
    events.swap(pending_);
    pending_bytes_ = 0;
    scheduled_ = false;
  }
  if (!output_) return;
  for (const std::string& event : events) {
    // A log that is full ends with a whole event.
    if (!output_->IsActive() || !output_->Write(event)) {
      running_ = false;
      break;
    }
  }
  output_->Flush();
}

}  // namespace node_libwebrtc
