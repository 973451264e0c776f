#include "native/runtime/logging.h"

#include <string>
#include <utility>

#include "native/bridge/convert.h"
#include "native/bridge/sink.h"
#include "native/runtime/event_loop.h"

namespace node_libwebrtc {

namespace {

// A handler that is slower than the log must not fill the memory.
constexpr int kMaxWaitingRecords = 10000;

const char* LevelName(webrtc::LoggingSeverity severity) {
  switch (severity) {
    case webrtc::LS_VERBOSE:
      return "verbose";
    case webrtc::LS_INFO:
      return "info";
    case webrtc::LS_WARNING:
      return "warning";
    default:
      return "error";
  }
}

struct Record {
  webrtc::LoggingSeverity severity;
  std::string message;
  std::string file;
  int line;
};

napi_value MakeRecord(napi_env env, const Record& record) {
  return MakeObject(
      env, {{"level", ToJs(env, LevelName(record.severity))},
            {"message", ToJs(env, record.message)},
            {"file", record.file.empty() ? nullptr : ToJs(env, record.file)},
            {"line", record.file.empty() || record.line <= 0 ? nullptr : ToJs(env, record.line)}});
}

}  // namespace

void Logging::SilenceStandardError() {
  // Not `LogToDebug`: it leaves the configuration's own severity, and with it every line would be
  // put together for nobody.
  webrtc::LoggingConfig config;
  config.set_min_severity(webrtc::LS_NONE);
  config.set_debug_severity(webrtc::LS_NONE);
  config.set_log_to_stderr(false);
  webrtc::InitializeLogging(std::move(config));
}

void Logging::Start(webrtc::LoggingSeverity severity, Napi::Function handler) {
  Stop();
  if (severity == webrtc::LS_NONE) return;
  handler_ = std::make_shared<Napi::FunctionReference>(Napi::Persistent(handler));
  webrtc::LogMessage::AddLogToStream(this, severity);
  started_ = true;
}

void Logging::Stop() {
  // Once this returns no thread is inside OnLogMessage.
  if (started_) webrtc::LogMessage::RemoveLogToStream(this);
  started_ = false;
  handler_ = nullptr;
}

// Called on any thread, with libwebrtc's logging lock held: nothing here may log.
void Logging::OnLogMessage(const webrtc::LogLineRef& line) {
  if (waiting_.fetch_add(1) >= kMaxWaitingRecords) {
    waiting_.fetch_sub(1);
    dropped_.fetch_add(1);
    return;
  }
  Record record = {.severity = line.severity(),
                   .message = std::string(line.message()),
                   .file = std::string(line.filename()),
                   .line = line.line()};
  while (!record.message.empty() && record.message.back() == '\n') record.message.pop_back();
  if (int dropped = dropped_.exchange(0)) {
    record.message += " (" + std::to_string(dropped) + " records before this one were dropped)";
  }
  loop_.Post([this, record = std::move(record)](Napi::Env env) {
    waiting_.fetch_sub(1);
    // Held here: the handler may well switch the logging off.
    std::shared_ptr<Napi::FunctionReference> handler = handler_;
    if (handler) CallFunction(env, Undefined(env), handler->Value(), {MakeRecord(env, record)});
  });
}

}  // namespace node_libwebrtc
