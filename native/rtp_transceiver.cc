#include "native/rtp_transceiver.h"

#include <utility>
#include <vector>

#include "api/rtc_error.h"
#include "api/rtp_parameters.h"
#include "api/rtp_transceiver_direction.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/rtp_parameters.h"
#include "native/rtp_receiver.h"
#include "native/rtp_sender.h"

namespace node_libwebrtc {

using webrtc::RTCError;

void RtpTransceiverHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(
          runtime.env(), kClassName,
          {
              InstanceAccessor<&RtpTransceiverHandle::Kind>("kind"),
              InstanceAccessor<&RtpTransceiverHandle::Mid>("mid"),
              InstanceAccessor<&RtpTransceiverHandle::Direction>("direction"),
              InstanceAccessor<&RtpTransceiverHandle::CurrentDirection>("currentDirection"),
              InstanceAccessor<&RtpTransceiverHandle::Stopping>("stopping"),
              InstanceAccessor<&RtpTransceiverHandle::Stopped>("stopped"),
              InstanceMethod<&RtpTransceiverHandle::SetDirection>("setDirection"),
              InstanceMethod<&RtpTransceiverHandle::Stop>("stop"),
              InstanceMethod<&RtpTransceiverHandle::SetCodecPreferences>("setCodecPreferences"),
              InstanceMethod<&RtpTransceiverHandle::HeaderExtensionsToNegotiate>(
                  "headerExtensionsToNegotiate"),
              InstanceMethod<&RtpTransceiverHandle::SetHeaderExtensionsToNegotiate>(
                  "setHeaderExtensionsToNegotiate"),
              InstanceMethod<&RtpTransceiverHandle::NegotiatedHeaderExtensions>(
                  "negotiatedHeaderExtensions"),
          }));
}

Napi::Value RtpTransceiverHandle::From(
    Runtime& runtime, std::shared_ptr<RtpHandles> handles,
    webrtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver) {
  if (Napi::Value known = handles->transceivers.Find(transceiver.get()); !known.IsEmpty()) {
    return known;
  }
  const Napi::Value sender = RtpSenderHandle::From(runtime, handles, transceiver->sender());
  const Napi::Value receiver = RtpReceiverHandle::From(runtime, handles, transceiver->receiver());
  if (sender.IsEmpty() || receiver.IsEmpty()) return Napi::Value();
  Napi::Object handle =
      NewHandle<RtpTransceiverHandle>(runtime, {std::move(handles), std::move(transceiver)});
  if (handle.IsEmpty()) return handle;
  // Held by the JS object alone, so that the garbage collector sees it.
  handle.Set("sender", sender);
  handle.Set("receiver", receiver);
  return handle;
}

RtpTransceiverHandle::RtpTransceiverHandle(const Napi::CallbackInfo& info)
    : Handle<RtpTransceiverHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  handles_ = std::move(init->handles);
  transceiver_ = std::move(init->transceiver);
  kind_ = transceiver_->media_type();
  handles_->transceivers.Insert(transceiver_.get(), this);
}

RtpTransceiverHandle::~RtpTransceiverHandle() { Release(); }

void RtpTransceiverHandle::OnEngineStop() { Release(); }

void RtpTransceiverHandle::Release() {
  if (!transceiver_) return;
  last_mid_ = transceiver_->mid();
  handles_->transceivers.Erase(transceiver_.get(), this);
  transceiver_ = nullptr;
}

bool RtpTransceiverHandle::CheckOpen(Napi::Env env) const {
  if (transceiver_ && handles_->open) return true;
  Throw(env, RTCError::InvalidState("The peer connection is closed"));
  return false;
}

// ---- `NativeRtpTransceiver`

Napi::Value RtpTransceiverHandle::Kind(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), ToString(kind_))};
}

Napi::Value RtpTransceiverHandle::Mid(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), transceiver_ ? transceiver_->mid() : last_mid_)};
}

Napi::Value RtpTransceiverHandle::Direction(const Napi::CallbackInfo& info) {
  return {info.Env(),
          MakeDirection(info.Env(), transceiver_ ? transceiver_->direction()
                                                 : webrtc::RtpTransceiverDirection::kStopped)};
}

Napi::Value RtpTransceiverHandle::CurrentDirection(const Napi::CallbackInfo& info) {
  return {info.Env(),
          MakeDirection(info.Env(), transceiver_ ? transceiver_->current_direction()
                                                 : webrtc::RtpTransceiverDirection::kStopped)};
}

Napi::Value RtpTransceiverHandle::Stopping(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), !transceiver_ || transceiver_->stopping());
}

Napi::Value RtpTransceiverHandle::Stopped(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), !transceiver_ || transceiver_->stopped());
}

void RtpTransceiverHandle::SetDirection(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return;
  auto direction = ReadDirection(info.Env(), info[0], /*may_be_stopped=*/false);
  RTCError error = direction ? transceiver_->SetDirectionWithError(*direction)
                             : RTCError::InvalidParameter("Not a direction");
  if (!error.ok()) Throw(info.Env(), error);
}

void RtpTransceiverHandle::Stop(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return;
  RTCError error = transceiver_->StopStandard();
  if (!error.ok()) Throw(info.Env(), error);
}

void RtpTransceiverHandle::SetCodecPreferences(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return;
  std::vector<webrtc::RtpCodecCapability> codecs;
  for (napi_value element : ReadArray(env, info[0])) {
    webrtc::RTCErrorOr<webrtc::RtpCodecCapability> codec = ReadCodec(env, element);
    if (!codec.ok()) {
      Throw(env, codec.error());
      return;
    }
    codecs.push_back(codec.MoveValue());
  }
  RTCError error = transceiver_->SetCodecPreferences(codecs);
  if (!error.ok()) Throw(env, error);
}

Napi::Value RtpTransceiverHandle::HeaderExtensionsToNegotiate(const Napi::CallbackInfo& info) {
  std::vector<webrtc::RtpHeaderExtensionCapability> extensions;
  if (transceiver_) extensions = transceiver_->GetHeaderExtensionsToNegotiate();
  return {info.Env(), MakeHeaderExtensions(info.Env(), extensions)};
}

void RtpTransceiverHandle::SetHeaderExtensionsToNegotiate(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return;
  auto extensions = ReadHeaderExtensions(env, info[0]);
  RTCError error = extensions.ok()
                       ? transceiver_->SetHeaderExtensionsToNegotiate(extensions.value())
                       : extensions.MoveError();
  if (!error.ok()) Throw(env, error);
}

Napi::Value RtpTransceiverHandle::NegotiatedHeaderExtensions(const Napi::CallbackInfo& info) {
  std::vector<webrtc::RtpHeaderExtensionCapability> extensions;
  if (transceiver_) extensions = transceiver_->GetNegotiatedHeaderExtensions();
  return {info.Env(), MakeHeaderExtensions(info.Env(), extensions)};
}

}  // namespace node_libwebrtc
