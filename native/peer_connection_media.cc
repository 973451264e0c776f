#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/media_stream_interface.h"
#include "api/rtc_error.h"
#include "api/rtp_receiver_interface.h"
#include "api/rtp_sender_interface.h"
#include "api/rtp_transceiver_interface.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/media_stream_track.h"
#include "native/peer_connection.h"
#include "native/rtp_parameters.h"
#include "native/rtp_receiver.h"
#include "native/rtp_sender.h"
#include "native/rtp_transceiver.h"
#include "native/sent_track.h"

namespace node_libwebrtc {

namespace {

using webrtc::RTCError;

std::vector<std::string> ReadStreamIds(napi_env env, napi_value value) {
  std::vector<std::string> ids;
  for (napi_value element : ReadArray(env, value)) {
    if (std::optional<std::string> id = ReadString(env, element)) ids.push_back(*std::move(id));
  }
  return ids;
}

webrtc::RTCErrorOr<webrtc::RtpTransceiverInit> ReadTransceiverInit(napi_env env, napi_value value) {
  webrtc::RtpTransceiverInit init;
  init.direction = ReadDirection(env, Member(env, value, "direction"), /*may_be_stopped=*/false)
                       .value_or(webrtc::RtpTransceiverDirection::kSendRecv);
  init.stream_ids = ReadStreamIds(env, Member(env, value, "streamIds"));
  auto encodings = ReadEncodings(env, Member(env, value, "sendEncodings"), {});
  if (!encodings.ok()) return encodings.MoveError();
  init.send_encodings = encodings.MoveValue();
  return init;
}

}  // namespace

Napi::Value PeerConnectionHandle::AddTrack(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  MediaStreamTrackHandle* track = MediaStreamTrackHandle::From(env, info[0]);
  if (!track) {
    Throw(env, RTCError::InvalidParameter("Not a track"));
    return env.Undefined();
  }
  auto sender = connection_->AddTrack(CreateSentTrack(*track), ReadStreamIds(env, info[1]));
  if (!sender.ok()) {
    Throw(env, sender.error());
    return env.Undefined();
  }
  for (const auto& transceiver : connection_->GetTransceivers()) {
    if (transceiver->sender() == sender.value()) {
      return RtpTransceiverHandle::From(runtime(), rtp_, transceiver);
    }
  }
  return env.Undefined();
}

Napi::Value PeerConnectionHandle::AddTransceiver(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  auto init = ReadTransceiverInit(env, info[1]);
  if (!init.ok()) {
    Throw(env, init.error());
    return env.Undefined();
  }
  std::vector<EncodingPriorities> priorities = TakePriorities(init.value().send_encodings);
  webrtc::RTCErrorOr<webrtc::scoped_refptr<webrtc::RtpTransceiverInterface>> transceiver =
      RTCError::InvalidParameter("Neither a track nor a kind");
  if (MediaStreamTrackHandle* track = MediaStreamTrackHandle::From(env, info[0])) {
    transceiver = connection_->AddTransceiver(CreateSentTrack(*track), init.value());
  } else if (std::optional<webrtc::MediaType> kind = ReadMediaKind(env, info[0])) {
    transceiver = connection_->AddTransceiver(*kind, init.value());
  }
  if (!transceiver.ok()) {
    Throw(env, transceiver.error());
    return env.Undefined();
  }
  Napi::Value handle = RtpTransceiverHandle::From(runtime(), rtp_, transceiver.MoveValue());
  if (!handle.IsEmpty()) {
    RtpSenderHandle::SetPriorities(env, handle.As<Napi::Object>().Get("sender"),
                                   std::move(priorities));
  }
  return handle;
}

void PeerConnectionHandle::RemoveTrack(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return;
  auto sender = RtpSenderHandle::Read(env, info[0]);
  RTCError error = sender ? connection_->RemoveTrackOrError(std::move(sender))
                          : RTCError::InvalidParameter("Not a sender");
  if (!error.ok()) Throw(env, error);
}

Napi::Value PeerConnectionHandle::Transceivers(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<napi_value> result;
  if (connection_ && !closed_) {
    for (const auto& transceiver : connection_->GetTransceivers()) {
      Napi::Value handle = RtpTransceiverHandle::From(runtime(), rtp_, transceiver);
      if (handle.IsEmpty()) break;
      result.push_back(handle);
    }
  }
  return {env, MakeArray(env, result)};
}

void PeerConnectionHandle::GetStatsOf(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto sender = RtpSenderHandle::Read(env, info[0]);
  auto receiver = sender ? nullptr : RtpReceiverHandle::Read(env, info[0]);
  if (!sender && !receiver) {
    Throw(env, RTCError::InvalidParameter("Neither a sender nor a receiver"));
    return;
  }
  std::optional<Settle> settle = Begin(env, info[1]);
  if (!settle) return;
  ForgetEarlyStats();
  auto observer = StatsObserver(*std::move(settle));
  if (sender) {
    connection_->GetStats(std::move(sender), std::move(observer));
  } else {
    connection_->GetStats(std::move(receiver), std::move(observer));
  }
}

}  // namespace node_libwebrtc
