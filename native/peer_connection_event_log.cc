// The event log of `PeerConnectionHandle`.
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "native/bridge/convert.h"
#include "native/event_log/event_log_file.h"
#include "native/peer_connection.h"

namespace node_libwebrtc {

Napi::Value PeerConnectionHandle::StartEventLog(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  std::optional<int64_t> descriptor =
      ReadInteger(env, info[0], 0, std::numeric_limits<int32_t>::max());
  std::optional<int64_t> max_size =
      ReadInteger(env, info[1], 0, std::numeric_limits<int64_t>::max());
  std::optional<int64_t> period = ReadInteger(env, info[2], 0, std::numeric_limits<int32_t>::max());
  if (!descriptor || !max_size || !period) return Napi::Boolean::New(env, false);
  auto file =
      std::make_unique<EventLogFile>(static_cast<int>(*descriptor), static_cast<size_t>(*max_size));
  if (!file->IsActive()) return Napi::Boolean::New(env, false);
  connection_->StartRtcEventLog(std::move(file), *period);
  return Napi::Boolean::New(env, true);
}

void PeerConnectionHandle::StopEventLog(const Napi::CallbackInfo&) {
  if (connection_ && !closed_) connection_->StopRtcEventLog();
}

}  // namespace node_libwebrtc
