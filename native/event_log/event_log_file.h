#ifndef NATIVE_EVENT_LOG_EVENT_LOG_FILE_H_
#define NATIVE_EVENT_LOG_EVENT_LOG_FILE_H_

#include <cstddef>
#include <cstdio>

#include "absl/strings/string_view.h"
#include "api/rtc_event_log_output.h"

namespace node_libwebrtc {

// An event log's file, which JS has opened.
class EventLogFile final : public webrtc::RtcEventLogOutput {
 public:
  // Takes the descriptor, unless the file is not active then. `max_size` is in bytes, 0 for none.
  EventLogFile(int descriptor, size_t max_size);
  ~EventLogFile() override;

  EventLogFile(const EventLogFile&) = delete;
  EventLogFile& operator=(const EventLogFile&) = delete;

  // webrtc::RtcEventLogOutput
  bool IsActive() const override { return file_ != nullptr && !full_; }
  bool Write(absl::string_view output) override;
  void Flush() override;

 private:
  std::FILE* const file_;
  const size_t max_size_;
  size_t size_ = 0;
  // Or the disk is.
  bool full_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_EVENT_LOG_EVENT_LOG_FILE_H_
