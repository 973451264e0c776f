#include "native/rtp_receiver.h"

#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/media_stream_interface.h"
#include "api/rtp_headers.h"
#include "api/rtp_parameters.h"
#include "api/transport/rtp/rtp_source.h"
#include "api/units/time_delta.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/dtls_transport.h"
#include "native/frame_transforms.h"
#include "native/media_stream_track.h"
#include "native/remote_origin.h"
#include "native/rtp_parameters.h"
#include "native/rtp_sender.h"
#include "rtc_base/thread.h"
#include "rtc_base/time_utils.h"
#include "system_wrappers/include/clock.h"

namespace node_libwebrtc {

namespace {

constexpr napi_type_tag kTypeTag = {0x7274707265636569, 0x7665722d68616e64};

// Seconds in units of 2^-32, as NTP and the header extension have them, in milliseconds.
template <typename T>
double FixedPointMillis(T value) {
  return static_cast<double>(value) / 4'294'967'296.0 * 1000;
}

// How long the sound is pulled for somebody who asks for its sources; polling goes on seamlessly.
constexpr int64_t kDemandMs = 5000;

// From RFC 6464's -dBov to the linear scale of the specification.
std::optional<double> AudioLevel(std::optional<uint8_t> level) {
  if (!level) return std::nullopt;
  return *level >= 127 ? 0 : std::pow(10, -*level / 20.0);
}

}  // namespace

void RtpReceiverHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(runtime.env(), kClassName,
                  {
                      InstanceAccessor<&RtpReceiverHandle::Id>("id"),
                      InstanceAccessor<&RtpReceiverHandle::StreamIds>("streamIds"),
                      InstanceMethod<&RtpReceiverHandle::GetParameters>("getParameters"),
                      InstanceMethod<&RtpReceiverHandle::Sources>("sources"),
                      InstanceMethod<&RtpReceiverHandle::SetJitterBufferMinimumDelay>(
                          "setJitterBufferMinimumDelay"),
                      InstanceAccessor<&RtpReceiverHandle::DtlsTransport>("dtlsTransport"),
                      InstanceMethod<&RtpReceiverHandle::SetTransform>("setTransform"),
                      InstanceMethod<&RtpReceiverHandle::RequestKeyFrame>("requestKeyFrame"),
                      InstanceMethod<&RtpReceiverHandle::Forward>("forward"),
                  }));
}

Napi::Value RtpReceiverHandle::From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                                    webrtc::scoped_refptr<webrtc::RtpReceiverInterface> receiver) {
  if (Napi::Value known = handles->receivers.Find(receiver.get()); !known.IsEmpty()) return known;
  auto track = receiver->track();
  std::weak_ptr<FramePipe>& known_pipe = handles->receiver_pipes[receiver.get()];
  std::shared_ptr<FramePipe> pipe = known_pipe.lock();
  if (!pipe) known_pipe = pipe = FramePipe::CreateShared(receiver);
  Napi::Object handle = NewHandle<RtpReceiverHandle>(
      runtime, {std::move(handles), std::move(receiver), std::move(pipe)});
  if (handle.IsEmpty()) return handle;
  // Held by the JS object alone, so that the garbage collector sees it.
  if (Napi::Value track_handle = Unwrap(handle)->CreateTrack(*track); !track_handle.IsEmpty()) {
    handle.Set("track", track_handle);
  }
  return handle;
}

Napi::Value RtpReceiverHandle::CreateTrack(webrtc::MediaStreamTrackInterface& track) {
  if (track.kind() == webrtc::MediaStreamTrackInterface::kVideoKind) {
    video_origin_ = CreateRemoteOrigin(shared_runtime(),
                                       static_cast<webrtc::VideoTrackInterface&>(track), pipe_);
    return MediaStreamTrackHandle::Create(runtime(), track.id(), video_origin_);
  }
  audio_origin_ =
      CreateRemoteOrigin(shared_runtime(), static_cast<webrtc::AudioTrackInterface&>(track), pipe_);
  return MediaStreamTrackHandle::Create(runtime(), track.id(), audio_origin_);
}

webrtc::scoped_refptr<webrtc::RtpReceiverInterface> RtpReceiverHandle::Read(Napi::Env env,
                                                                            napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value))->receiver_;
}

RtpReceiverHandle::RtpReceiverHandle(const Napi::CallbackInfo& info)
    : Handle<RtpReceiverHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  handles_ = std::move(init->handles);
  receiver_ = std::move(init->receiver);
  pipe_ = std::move(init->pipe);
  id_ = receiver_->id();
  handles_->receivers.Insert(receiver_.get(), this);
  receiver_->SetObserver(this);
}

RtpReceiverHandle::~RtpReceiverHandle() { Release(); }

void RtpReceiverHandle::OnEngineStop() { Release(); }

void RtpReceiverHandle::Release() {
  EndDemand();
  audio_origin_ = nullptr;
  video_origin_ = nullptr;
  if (!receiver_) return;
  if (auto transform = std::exchange(transform_, nullptr)) {
    transform->SetPlace({});
    pipe_->SetTransform(nullptr);
  }
  // Closed, unless the track goes on.
  hub_ = nullptr;
  pipe_ = nullptr;
  // A handle that has taken over is the observer now.
  if (handles_->receivers.Erase(receiver_.get(), this)) receiver_->SetObserver(nullptr);
  receiver_ = nullptr;
}

void RtpReceiverHandle::OnFirstPacketReceived(webrtc::MediaType) { Emit("firstpacket"); }

void RtpReceiverHandle::OnFirstPacketReceivedAfterReceptiveChange(webrtc::MediaType) {
  Emit("firstpacket");
}

void RtpReceiverHandle::DemandPlayout() {
  demand_ends_ms_ = webrtc::TimeMillis() + kDemandMs;
  if (!audio_origin_ || std::exchange(demands_playout_, true)) return;
  audio_origin_->AddDemand();
  ScheduleEndOfDemand();
}

void RtpReceiverHandle::EndDemand() {
  if (std::exchange(demands_playout_, false)) audio_origin_->RemoveDemand();
}

void RtpReceiverHandle::ScheduleEndOfDemand() {
  loop().thread()->PostDelayedTask(
      [weak = Weak()] {
        RtpReceiverHandle* handle = weak.get();
        if (!handle || !handle->demands_playout_) return;
        if (webrtc::TimeMillis() < handle->demand_ends_ms_) {
          handle->ScheduleEndOfDemand();
        } else {
          handle->EndDemand();
        }
      },
      webrtc::TimeDelta::Millis(kDemandMs));
}

// ---- `NativeRtpReceiver`

Napi::Value RtpReceiverHandle::Id(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), id_)};
}

Napi::Value RtpReceiverHandle::StreamIds(const Napi::CallbackInfo& info) {
  std::vector<napi_value> ids;
  if (receiver_) {
    for (const std::string& id : receiver_->stream_ids()) ids.push_back(ToJs(info.Env(), id));
  }
  return {info.Env(), MakeArray(info.Env(), ids)};
}

Napi::Value RtpReceiverHandle::GetParameters(const Napi::CallbackInfo& info) {
  return {info.Env(), MakeReceiveParameters(info.Env(), receiver_ ? receiver_->GetParameters()
                                                                  : webrtc::RtpParameters())};
}

Napi::Value RtpReceiverHandle::Sources(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<napi_value> sources;
  if (receiver_ && handles_->open) {
    std::optional<std::vector<webrtc::RtpSource>> found;
    if (audio_origin_) found = audio_origin_->undecoded_sources();
    if (!found) {
      if (audio_origin_) DemandPlayout();
      found = receiver_->GetSources();
    }
    const double epoch_ms =
        static_cast<double>(webrtc::TimeUTCMicros() -
                            runtime().engine()->environment().clock().CurrentTime().us()) /
        1000;
    for (const webrtc::RtpSource& source : *found) {
      const std::optional<double> level = AudioLevel(source.audio_level());
      const std::optional<webrtc::AbsoluteCaptureTime> capture = source.absolute_capture_time();
      const auto offset = capture ? capture->estimated_capture_clock_offset : std::nullopt;
      sources.push_back(MakeObject(
          env,
          {{"type",
            ToJs(env, source.source_type() == webrtc::RtpSourceType::SSRC ? "ssrc" : "csrc")},
           {"timestamp", ToJs(env, epoch_ms + source.timestamp().ms<double>())},
           {"source", ToJs(env, source.source_id())},
           {"rtpTimestamp", ToJs(env, source.rtp_timestamp())},
           {"audioLevel", level ? ToJs(env, *level) : nullptr},
           {"captureTimestamp",
            capture ? ToJs(env, FixedPointMillis(capture->absolute_capture_timestamp)) : nullptr},
           {"senderCaptureTimeOffset", offset ? ToJs(env, FixedPointMillis(*offset)) : nullptr}}));
    }
  }
  return {env, MakeArray(env, sources)};
}

void RtpReceiverHandle::SetJitterBufferMinimumDelay(const Napi::CallbackInfo& info) {
  if (!receiver_ || !handles_->open) return;
  receiver_->SetJitterBufferMinimumDelay(ReadNumber(info.Env(), info[0]));
}

void RtpReceiverHandle::SetTransform(const Napi::CallbackInfo& info) {
  if (!receiver_ || !handles_->open) return;
  auto transform = ReadFrameTransform(info.Env(), info[0]);
  if (transform == transform_) return;
  if (transform) {
    transform->SetPlace({.pipe = SharedPipe(),
                         .is_video = receiver_->media_type() == webrtc::MediaType::VIDEO,
                         .is_sender = false});
  }
  pipe_->SetTransform(transform);
  if (transform_) transform_->SetPlace({});
  transform_ = std::move(transform);
}

Napi::Value RtpReceiverHandle::DtlsTransport(const Napi::CallbackInfo& info) {
  auto transport = receiver_ ? receiver_->dtls_transport() : nullptr;
  if (!transport) return info.Env().Null();
  return DtlsTransportHandle::From(runtime(), handles_->transports, std::move(transport));
}

void RtpReceiverHandle::RequestKeyFrame() {
  Engine* engine = runtime().engine();
  if (!receiver_ || !handles_->open || !engine) return;
  auto track = receiver_->track();
  if (!track || track->kind() != webrtc::MediaStreamTrackInterface::kVideoKind) return;
  webrtc::scoped_refptr<webrtc::VideoTrackSourceInterface> source(
      static_cast<webrtc::VideoTrackInterface*>(track.get())->GetSource());
  if (!source) return;
  engine->worker_thread()->PostTask([source = std::move(source)] { source->GenerateKeyFrame(); });
}

void RtpReceiverHandle::RequestKeyFrame(const Napi::CallbackInfo&) { RequestKeyFrame(); }

Napi::Value RtpReceiverHandle::Forward(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<ForwardingTarget> target = RtpSenderHandle::Target(env, info[0]);
  if (!receiver_ || !handles_->open || !target ||
      target->sender->media_type() != receiver_->media_type()) {
    Throw(env, webrtc::RTCError::InvalidState("There is nothing to forward, or nowhere to"));
    return env.Undefined();
  }
  if (!hub_) {
    hub_ = std::make_shared<ForwardingHub>(SharedPipe(), video_origin_,
                                           [&loop = loop(), weak = Weak()] {
                                             loop.Post([weak](Napi::Env) {
                                               if (RtpReceiverHandle* receiver = weak.get())
                                                 receiver->RequestKeyFrame();
                                             });
                                           });
  }
  std::map<int, int> payload_types;
  for (napi_value pair : ReadArray(env, Member(env, info[1], "payloadTypes"))) {
    const std::optional<int64_t> from = ReadInteger(env, Member(env, pair, "from"), 0, 127);
    const std::optional<int64_t> to = ReadInteger(env, Member(env, pair, "to"), 0, 127);
    if (from && to) payload_types[static_cast<int>(*from)] = static_cast<int>(*to);
  }
  const int64_t clock_rate =
      ReadInteger(env, Member(env, info[1], "clockRate"), 1, 1'000'000).value_or(48'000);
  return ForwardingHandle::New(runtime(), {.hub = hub_,
                                           .target = *std::move(target),
                                           .payload_types = std::move(payload_types),
                                           .clock_rate = static_cast<int>(clock_rate)});
}

}  // namespace node_libwebrtc
