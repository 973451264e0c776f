#ifndef NATIVE_RUNTIME_LOGGING_H_
#define NATIVE_RUNTIME_LOGGING_H_

#include <napi.h>

#include <atomic>
#include <memory>
#include <string>

#include "rtc_base/logging.h"

namespace node_libwebrtc {

class EventLoop;

// Hands libwebrtc's log lines to a JS function, each in a task of its own. libwebrtc's log is one
// for the process, so that every environment with a handler hears of all of them.
class Logging final : private webrtc::LogSink {
 public:
  // Keeps libwebrtc from writing to stderr. Once a process is enough; more do no harm.
  static void SilenceStandardError();

  explicit Logging(EventLoop& loop) : loop_(loop) {}
  ~Logging() override { Stop(); }

  // On the JS thread. `LS_NONE` needs no handler.
  void Start(webrtc::LoggingSeverity severity, Napi::Function handler);
  void Stop();

 private:
  void OnLogMessage(const webrtc::LogLineRef& line) override;
  // Never called: the overload above takes everything.
  void OnLogMessage(const std::string&) override {}

  EventLoop& loop_;
  bool started_ = false;
  // Null when stopped; records in flight look here. Belongs to the JS thread.
  std::shared_ptr<Napi::FunctionReference> handler_;
  // Records in flight, and those that were dropped because too many were.
  std::atomic<int> waiting_ = 0;
  std::atomic<int> dropped_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_LOGGING_H_
