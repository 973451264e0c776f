#include "native/event_log/event_log_file.h"

namespace node_libwebrtc {

EventLogFile::EventLogFile(int descriptor, size_t max_size)
    : file_(fdopen(descriptor, "wb")), max_size_(max_size) {}

EventLogFile::~EventLogFile() {
  if (file_) std::fclose(file_);
}

bool EventLogFile::Write(absl::string_view output) {
  if (!IsActive()) return false;
  full_ = (max_size_ != 0 && size_ + output.size() > max_size_) ||
          std::fwrite(output.data(), 1, output.size(), file_) != output.size();
  size_ += output.size();
  return !full_;
}

void EventLogFile::Flush() {
  if (file_ && std::fflush(file_) != 0) full_ = true;
}

}  // namespace node_libwebrtc
