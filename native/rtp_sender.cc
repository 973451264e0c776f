#include "native/rtp_sender.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "api/media_stream_interface.h"
#include "api/rtp_parameters.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/dtls_transport.h"
#include "native/dtmf_sender.h"
#include "native/frame_transforms.h"
#include "native/media_stream_track.h"
#include "native/rtp_parameters.h"
#include "native/sent_track.h"

namespace node_libwebrtc {

namespace {

using webrtc::RTCError;

constexpr napi_type_tag kTypeTag = {0x72747073656e6465, 0x722d68616e646c65};

std::vector<std::string> ReadStrings(napi_env env, napi_value value) {
  std::vector<std::string> strings;
  for (napi_value element : ReadArray(env, value)) {
    if (std::optional<std::string> string = ReadString(env, element)) {
      strings.push_back(*std::move(string));
    }
  }
  return strings;
}

// Whether libwebrtc makes a stream of each encoding. Of VP9 and AV1 it makes one of all, unless
// scalability modes and scales say that they are meant to be several; it reads beyond the end of
// its streams if it is asked for a key frame of another one then.
bool EncodesEachEncoding(const webrtc::RtpParameters& parameters) {
  if (parameters.encodings.size() < 2) return true;
  if (absl::c_any_of(parameters.encodings, [](const auto& encoding) {
        return encoding.scalability_mode && encoding.scale_resolution_down_by;
      })) {
    return true;
  }
  const std::optional<webrtc::RtpCodec>& chosen = parameters.encodings[0].codec;
  const std::string codec = chosen                      ? chosen->name
                            : parameters.codecs.empty() ? ""
                                                        : parameters.codecs[0].name;
  return absl::EqualsIgnoreCase(codec, "VP8") || absl::EqualsIgnoreCase(codec, "H264");
}

}  // namespace

// Settles a `setParameters`, at the latest when libwebrtc forgets about it, as it does when the
// sender is stopped meanwhile.
class RtpSenderHandle::Settlement final {
 public:
  Settlement(std::shared_ptr<Runtime> runtime, WeakHandle<RtpSenderHandle> handle,
             PendingCallbacks::Id id)
      : runtime_(std::move(runtime)), handle_(std::move(handle)), id_(id) {}
  Settlement(Settlement&&) = default;
  Settlement& operator=(Settlement&&) = delete;
  ~Settlement() { Settle(RTCError::InvalidState("The sender has nothing to set parameters of")); }

  void Settle(RTCError error) {
    std::shared_ptr<Runtime> runtime = std::exchange(runtime_, nullptr);
    if (!runtime) return;
    runtime->loop().Post([handle = handle_, id = id_, error = std::move(error)](Napi::Env) {
      if (RtpSenderHandle* sender = handle.get()) sender->Settle(id, error);
    });
  }

 private:
  std::shared_ptr<Runtime> runtime_;
  const WeakHandle<RtpSenderHandle> handle_;
  const PendingCallbacks::Id id_;
};

void RtpSenderHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(runtime.env(), kClassName,
                  {
                      InstanceAccessor<&RtpSenderHandle::Id>("id"),
                      InstanceMethod<&RtpSenderHandle::SetTrack>("setTrack"),
                      InstanceMethod<&RtpSenderHandle::SetStreams>("setStreams"),
                      InstanceMethod<&RtpSenderHandle::GetParameters>("getParameters"),
                      InstanceMethod<&RtpSenderHandle::SetParameters>("setParameters"),
                      InstanceAccessor<&RtpSenderHandle::DtlsTransport>("dtlsTransport"),
                      InstanceMethod<&RtpSenderHandle::SetTransform>("setTransform"),
                      InstanceMethod<&RtpSenderHandle::GenerateKeyFrame>("generateKeyFrame"),
                  }));
}

Napi::Value RtpSenderHandle::From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                                  webrtc::scoped_refptr<webrtc::RtpSenderInterface> sender) {
  if (Napi::Value known = handles->senders.Find(sender.get()); !known.IsEmpty()) return known;
  Napi::Value dtmf = runtime.env().Null();
  if (sender->media_type() == webrtc::MediaType::AUDIO) {
    dtmf = DtmfSenderHandle::From(runtime, handles, sender->GetDtmfSender());
  }
  Napi::Object handle =
      NewHandle<RtpSenderHandle>(runtime, {std::move(handles), std::move(sender)});
  // Held by the JS object alone, so that the garbage collector sees it.
  if (!handle.IsEmpty() && !dtmf.IsEmpty()) handle.Set("dtmf", dtmf);
  return handle;
}

RtpSenderHandle* RtpSenderHandle::Find(Napi::Env env, napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value));
}

webrtc::scoped_refptr<webrtc::RtpSenderInterface> RtpSenderHandle::Read(Napi::Env env,
                                                                        napi_value value) {
  RtpSenderHandle* handle = Find(env, value);
  return handle ? handle->sender_ : nullptr;
}

std::optional<ForwardingTarget> RtpSenderHandle::Target(Napi::Env env, napi_value value) {
  RtpSenderHandle* handle = Find(env, value);
  if (!handle || !handle->sender_ || !handle->handles_->open) return std::nullopt;
  return ForwardingTarget{
      .sender = handle->sender_, .pipe = handle->pipe_, .timeline = handle->timeline_};
}

void RtpSenderHandle::SetPriorities(Napi::Env env, napi_value handle,
                                    std::vector<EncodingPriorities> priorities) {
  if (RtpSenderHandle* sender = Find(env, handle)) sender->priorities_ = std::move(priorities);
}

RtpSenderHandle::RtpSenderHandle(const Napi::CallbackInfo& info) : Handle<RtpSenderHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  handles_ = std::move(init->handles);
  sender_ = std::move(init->sender);
  pipe_ = FramePipe::Create(sender_);
  id_ = sender_->id();
  kind_ = sender_->media_type();
  handles_->senders.Insert(sender_.get(), this);
}

RtpSenderHandle::~RtpSenderHandle() { Release(); }

void RtpSenderHandle::OnEngineStop() { Release(); }

void RtpSenderHandle::Release() {
  if (!sender_) return;
  handles_->senders.Erase(sender_.get(), this);
  if (auto transform = std::exchange(transform_, nullptr)) transform->SetPlace({});
  pipe_->Close();
  sender_ = nullptr;
  callbacks_.Clear();
}

bool RtpSenderHandle::CheckOpen(Napi::Env env) const {
  if (sender_ && handles_->open) return true;
  Throw(env, RTCError::InvalidState("The peer connection is closed"));
  return false;
}

void RtpSenderHandle::Settle(PendingCallbacks::Id id, const RTCError& error) {
  Napi::Function callback = callbacks_.Take(id);
  if (callback.IsEmpty() || !handles_->open) return;
  CallFunction(Env(), Undefined(Env()), callback, {ToJs(Env(), error)});
}

// ---- `NativeRtpSender`

Napi::Value RtpSenderHandle::Id(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), id_)};
}

Napi::Value RtpSenderHandle::SetTrack(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  bool taken = false;
  if (sender_ && handles_->open) {
    if (info[0].IsNull()) {
      taken = sender_->SetTrack(nullptr);
    } else if (MediaStreamTrackHandle* track = MediaStreamTrackHandle::From(env, info[0])) {
      const bool video = kind_ == webrtc::MediaType::VIDEO;
      taken = track->is_video() == video && sender_->SetTrack(CreateSentTrack(*track).get());
    }
  }
  return Napi::Boolean::New(env, taken);
}

void RtpSenderHandle::SetStreams(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return;
  sender_->SetStreams(ReadStrings(info.Env(), info[0]));
}

Napi::Value RtpSenderHandle::GetParameters(const Napi::CallbackInfo& info) {
  const webrtc::RtpParameters parameters =
      sender_ ? sender_->GetParameters() : webrtc::RtpParameters();
  transaction_id_ = parameters.transaction_id;
  return {info.Env(), MakeSendParameters(info.Env(), parameters, kind_, priorities_)};
}

void RtpSenderHandle::SetParameters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!info[1].IsFunction()) {
    Throw(env, RTCError::InvalidParameter("An operation needs a callback"));
    return;
  }
  if (!CheckOpen(env)) return;
  const PendingCallbacks::Id id = callbacks_.Add(info[1].As<Napi::Function>());
  Settlement settlement(shared_runtime(), Weak(), id);
  const std::string transaction_id =
      ReadString(env, Member(env, info[0], "transactionId")).value_or("");
  if (transaction_id_.empty()) {
    settlement.Settle(RTCError::InvalidState("getParameters() has not been called"));
    return;
  }
  if (transaction_id != transaction_id_) {
    settlement.Settle(
        RTCError::InvalidModification("transactionId is not that of the last getParameters()"));
    return;
  }
  transaction_id_.clear();
  // As they are now: what scripts do not change, a negotiation may have changed.
  webrtc::RtpParameters parameters = sender_->GetParameters();
  if (RTCError error = ReadSendParameters(env, info[0], parameters); !error.ok()) {
    settlement.Settle(std::move(error));
    return;
  }
  std::vector<EncodingPriorities> priorities = TakePriorities(parameters.encodings);
  sender_->SetParametersAsync(parameters,
                              [settlement = std::move(settlement), weak = Weak(),
                               priorities = std::move(priorities)](RTCError error) mutable {
                                if (RtpSenderHandle* handle = weak.get(); handle && error.ok()) {
                                  handle->priorities_ = std::move(priorities);
                                }
                                settlement.Settle(std::move(error));
                              });
}

void RtpSenderHandle::SetTransform(const Napi::CallbackInfo& info) {
  if (!sender_ || !handles_->open) return;
  auto transform = ReadFrameTransform(info.Env(), info[0]);
  if (transform == transform_) return;
  if (transform) {
    transform->SetPlace({.pipe = pipe_,
                         .is_video = kind_ == webrtc::MediaType::VIDEO,
                         .is_sender = true,
                         .key_frame_requests = handles_->key_frame_requests});
  }
  pipe_->SetTransform(transform);
  if (transform_) transform_->SetPlace({});
  transform_ = std::move(transform);
}

Napi::Value RtpSenderHandle::DtlsTransport(const Napi::CallbackInfo& info) {
  auto transport = sender_ ? sender_->dtls_transport() : nullptr;
  if (!transport) return info.Env().Null();
  return DtlsTransportHandle::From(runtime(), handles_->transports, std::move(transport));
}

void RtpSenderHandle::GenerateKeyFrame(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return;
  std::vector<std::string> rids = ReadStrings(info.Env(), info[0]);
  const webrtc::RtpParameters parameters = sender_->GetParameters();
  for (const std::string& rid : rids) {
    if (absl::c_any_of(parameters.encodings,
                       [&](const auto& encoding) { return encoding.rid == rid; })) {
      continue;
    }
    Throw(info.Env(), RTCError::InvalidParameter("No encoding has this rid: ") << rid);
    return;
  }
  if (!EncodesEachEncoding(parameters)) rids.clear();
  RTCError error = sender_->GenerateKeyFrame(rids);
  if (!error.ok()) Throw(info.Env(), error);
}

}  // namespace node_libwebrtc
