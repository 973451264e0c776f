#include "native/media_stream_track.h"

#include <limits>
#include <optional>
#include <utility>

#include "native/audio_sink.h"
#include "native/bridge/convert.h"
#include "native/bridge/transfer_table.h"
#include "native/recording/audio_encoding.h"
#include "native/recording/remote_tap.h"
#include "native/recording/video_encoding.h"
#include "native/video_sink.h"

namespace node_libwebrtc {

namespace {

// Type tags tell handles of this class from any other object a script may give.
constexpr napi_type_tag kTypeTag = {0x6d65646961747261, 0x636b2d68616e646c};

std::optional<int> ReadDimension(napi_env env, napi_value value) {
  std::optional<int64_t> number = ReadInteger(env, value, 1, std::numeric_limits<int>::max());
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

using Table = TransferTable<MediaStreamTrackHandle::Init>;

// What is on its way when an environment ends never arrives.
void DropTransfers(void* runtime) { Table::Get().Drop(runtime); }

constexpr int64_t kMaxMilliseconds = 1'000'000'000;
constexpr int kDefaultVideoBitrate = 2'500'000;
constexpr int kDefaultAudioBitrate = 128'000;

int ReadBitrate(napi_env env, napi_value options, int fallback) {
  return static_cast<int>(
      ReadInteger(env, Member(env, options, "bitsPerSecond"), 1, std::numeric_limits<int>::max())
          .value_or(fallback));
}

const char* ReadVideoCodec(napi_env env, napi_value options) {
  const std::string name = ReadString(env, Member(env, options, "codec")).value_or("");
  for (const char* codec : {"VP8", "VP9", "AV1", "H264"}) {
    if (name == codec) return codec;
  }
  return "VP8";
}

}  // namespace

void MediaStreamTrackHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(runtime.env(), kClassName,
                  {
                      InstanceAccessor<&MediaStreamTrackHandle::Kind>("kind"),
                      InstanceAccessor<&MediaStreamTrackHandle::Id>("id"),
                      InstanceAccessor<&MediaStreamTrackHandle::Enabled,
                                       &MediaStreamTrackHandle::SetEnabled>("enabled"),
                      InstanceAccessor<&MediaStreamTrackHandle::State>("state"),
                      InstanceAccessor<&MediaStreamTrackHandle::ContentHint,
                                       &MediaStreamTrackHandle::SetContentHint>("contentHint"),
                      InstanceMethod<&MediaStreamTrackHandle::Clone>("clone"),
                      InstanceMethod<&MediaStreamTrackHandle::Stop>("stop"),
                      InstanceMethod<&MediaStreamTrackHandle::SetVideoFormat>("setVideoFormat"),
                      InstanceMethod<&MediaStreamTrackHandle::SetAudioFormat>("setAudioFormat"),
                      InstanceMethod<&MediaStreamTrackHandle::VideoStatus>("videoStatus"),
                      InstanceMethod<&MediaStreamTrackHandle::AudioStatus>("audioStatus"),
                      InstanceMethod<&MediaStreamTrackHandle::VideoCounters>("videoCounters"),
                      InstanceMethod<&MediaStreamTrackHandle::AudioCounters>("audioCounters"),
                      InstanceMethod<&MediaStreamTrackHandle::ResetLatency>("resetLatency"),
                      InstanceMethod<&MediaStreamTrackHandle::Share>("share"),
                      InstanceMethod<&MediaStreamTrackHandle::AddVideoSink>("addVideoSink"),
                      InstanceMethod<&MediaStreamTrackHandle::AddAudioSink>("addAudioSink"),
                      InstanceMethod<&MediaStreamTrackHandle::AddEncodedTap>("addEncodedTap"),
                      InstanceMethod<&MediaStreamTrackHandle::AddVideoEncoder>("addVideoEncoder"),
                      InstanceMethod<&MediaStreamTrackHandle::AddAudioEncoder>("addAudioEncoder"),
                  }));
  napi_add_env_cleanup_hook(runtime.env(), &DropTransfers, &runtime);
}

Napi::Value MediaStreamTrackHandle::Create(Runtime& runtime, const std::string& id,
                                           webrtc::scoped_refptr<VideoOrigin> origin) {
  return NewHandle<MediaStreamTrackHandle>(runtime,
                                           {id, VideoTrackNode::Create(std::move(origin))});
}

Napi::Value MediaStreamTrackHandle::Create(Runtime& runtime, const std::string& id,
                                           webrtc::scoped_refptr<AudioOrigin> origin) {
  return NewHandle<MediaStreamTrackHandle>(runtime,
                                           {id, AudioTrackNode::Create(std::move(origin))});
}

Napi::Value MediaStreamTrackHandle::Adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint64_t token = 0;
  bool lossless = false;
  std::optional<Init> shared;
  if (info[0].IsBigInt() &&
      napi_get_value_bigint_uint64(env, info[0], &token, &lossless) == napi_ok && lossless) {
    shared = Table::Get().Take(token);
  }
  if (!shared) {
    Napi::TypeError::New(env, "The track has been taken, or its sender has gone")
        .ThrowAsJavaScriptException();
    return env.Undefined();
  }
  return NewHandle<MediaStreamTrackHandle>(*Runtime::From(env), *std::move(shared));
}

MediaStreamTrackHandle* MediaStreamTrackHandle::From(Napi::Env env, napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value));
}

MediaStreamTrackHandle::MediaStreamTrackHandle(const Napi::CallbackInfo& info)
    : Handle<MediaStreamTrackHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  id_ = std::move(init->id);
  node_ = std::move(init->node);
  is_foreign_ = init->is_foreign;
  if (!init->reports) return;
  reports_ = true;
  // The node may live longer than this handle, and another thread may end it.
  AnyNode().SetEndedCallback([runtime = shared_runtime(), weak = Weak()] {
    Post(runtime->loop(), weak, "ended", [](Napi::Env, SinkArguments&) {});
  });
}

MediaStreamTrackHandle::~MediaStreamTrackHandle() {
  if (HasNode() && reports_) AnyNode().SetEndedCallback(nullptr);
}

bool MediaStreamTrackHandle::HasNode() const {
  return std::visit([](const auto& node) { return node != nullptr; }, node_);
}

TrackNode& MediaStreamTrackHandle::AnyNode() const {
  return std::visit([](const auto& node) -> TrackNode& { return *node; }, node_);
}

// ---- `NativeMediaStreamTrack`

Napi::Value MediaStreamTrackHandle::Kind(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), is_video() ? "video" : "audio")};
}

Napi::Value MediaStreamTrackHandle::Id(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), id_)};
}

Napi::Value MediaStreamTrackHandle::Enabled(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), AnyNode().enabled());
}

void MediaStreamTrackHandle::SetEnabled(const Napi::CallbackInfo& info, const Napi::Value& value) {
  AnyNode().SetEnabled(ReadBool(info.Env(), value).value_or(true));
}

Napi::Value MediaStreamTrackHandle::State(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), AnyNode().ended() ? "ended" : "live")};
}

Napi::Value MediaStreamTrackHandle::ContentHint(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), AnyNode().content_hint())};
}

void MediaStreamTrackHandle::SetContentHint(const Napi::CallbackInfo& info,
                                            const Napi::Value& value) {
  AnyNode().SetContentHint(ReadString(info.Env(), value).value_or(""));
}

Napi::Value MediaStreamTrackHandle::Clone(const Napi::CallbackInfo& info) {
  Init init{.id = ReadString(info.Env(), info[0]).value_or(""),
            .node = std::visit([](const auto& node) -> Node { return node->Clone(); }, node_),
            .is_foreign = is_foreign_};
  return NewHandle<MediaStreamTrackHandle>(runtime(), std::move(init));
}

void MediaStreamTrackHandle::Stop(const Napi::CallbackInfo&) { AnyNode().Stop(); }

void MediaStreamTrackHandle::SetVideoFormat(const Napi::CallbackInfo& info) {
  if (!is_video()) return;
  Napi::Env env = info.Env();
  VideoTrackFormat format;
  format.width = ReadDimension(env, Member(env, info[0], "width"));
  format.height = ReadDimension(env, Member(env, info[0], "height"));
  format.frame_rate = ReadNumber(env, Member(env, info[0], "frameRate"));
  if (format.frame_rate && *format.frame_rate <= 0) format.frame_rate.reset();
  format.crop = ReadBool(env, Member(env, info[0], "crop")).value_or(false);
  std::get<0>(node_)->SetFormat(format);
}

void MediaStreamTrackHandle::SetAudioFormat(const Napi::CallbackInfo& info) {
  if (is_video()) return;
  Napi::Env env = info.Env();
  const auto flag = [&](const char* name) {
    return ReadBool(env, Member(env, info[0], name)).value_or(false);
  };
  AudioTrackFormat format;
  if (auto rate = ReadInteger(env, Member(env, info[0], "sampleRate"), 8'000, 96'000)) {
    // 10 ms are a whole number of samples.
    format.sample_rate = static_cast<int>(*rate / 100 * 100);
  }
  if (auto channels = ReadInteger(env, Member(env, info[0], "channelCount"), 1, 8)) {
    format.channel_count = static_cast<size_t>(*channels);
  }
  format.echo_cancellation = flag("echoCancellation");
  format.auto_gain_control = flag("autoGainControl");
  format.noise_suppression = flag("noiseSuppression");
  std::get<1>(node_)->SetFormat(format, runtime().echo_reference());
}

Napi::Value MediaStreamTrackHandle::VideoStatus(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<VideoTrackStatus> status = is_video() ? std::get<0>(node_)->status() : std::nullopt;
  if (!status) return env.Null();
  return {env, MakeObject(env, {{"width", ToJs(env, status->width)},
                                {"height", ToJs(env, status->height)},
                                {"frameRate", ToJs(env, status->frame_rate)},
                                {"sourceWidth", ToJs(env, status->source_width)},
                                {"sourceHeight", ToJs(env, status->source_height)}})};
}

Napi::Value MediaStreamTrackHandle::AudioStatus(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<AudioTrackStatus> status = is_video() ? std::nullopt : std::get<1>(node_)->status();
  if (!status) return env.Null();
  return {env, MakeObject(
                   env, {{"sampleRate", ToJs(env, status->sample_rate)},
                         {"channelCount", ToJs(env, static_cast<double>(status->channel_count))}})};
}

Napi::Value MediaStreamTrackHandle::VideoCounters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!is_video()) return env.Null();
  const VideoTrackCounters counters = std::get<0>(node_)->counters();
  return {
      env,
      MakeObject(env, {{"delivered", ToJs(env, static_cast<double>(counters.delivered_frames))},
                       {"discarded", ToJs(env, static_cast<double>(counters.discarded_frames))}})};
}

Napi::Value MediaStreamTrackHandle::AudioCounters(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (is_video()) return env.Null();
  const AudioTrackCounters counters = std::get<1>(node_)->TakeCounters();
  return {env, MakeObject(env, {{"frames", ToJs(env, static_cast<double>(counters.frames))},
                                {"duration", ToJs(env, counters.frames_ms)},
                                {"latency", ToJs(env, counters.latency_ms)},
                                {"minimumLatency", ToJs(env, counters.minimum_latency_ms)},
                                {"maximumLatency", ToJs(env, counters.maximum_latency_ms)},
                                {"averageLatency", ToJs(env, counters.average_latency_ms)}})};
}

void MediaStreamTrackHandle::ResetLatency(const Napi::CallbackInfo&) {
  if (!is_video()) std::get<1>(node_)->ResetLatency();
}

Napi::Value MediaStreamTrackHandle::Share(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const bool moves = ReadBool(env, info[0]).value_or(false);
  if (moves && std::exchange(reports_, false)) AnyNode().SetEndedCallback(nullptr);
  return Napi::BigInt::New(
      env, Table::Get().Put(Runtime::From(env).get(),
                            {.id = id_, .node = node_, .is_foreign = true, .reports = moves}));
}

Napi::Value MediaStreamTrackHandle::AddVideoSink(const Napi::CallbackInfo& info) {
  if (!is_video()) {
    Napi::TypeError::New(info.Env(), "Not a video track").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  return VideoSinkHandle::Create(runtime(), std::get<0>(node_), info[0]);
}

Napi::Value MediaStreamTrackHandle::AddAudioSink(const Napi::CallbackInfo& info) {
  if (is_video()) {
    Napi::TypeError::New(info.Env(), "Not an audio track").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  return AudioSinkHandle::Create(runtime(), std::get<1>(node_), info[0]);
}

// ---- `NativeMediaStreamTrackRecording`

Napi::Value MediaStreamTrackHandle::AddEncodedTap(const Napi::CallbackInfo& info) {
  auto node =
      std::visit([](const auto& held) -> webrtc::scoped_refptr<TrackNode> { return held; }, node_);
  // What comes encoded belongs to the thread of the connection.
  if (is_foreign_ || !node->has_encoded_media()) return info.Env().Null();
  return EncodedTapHandle::Create(
      runtime(),
      [node = std::move(node)](std::shared_ptr<EncodedConsumer> consumer) {
        return StartRemoteTap(node, std::move(consumer));
      },
      info[0]);
}

Napi::Value MediaStreamTrackHandle::AddVideoEncoder(const Napi::CallbackInfo& info) {
  if (!is_video()) {
    Napi::TypeError::New(info.Env(), "Not a video track").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  const napi_env env = info.Env();
  const napi_value options = info[0];
  const VideoEncodingOptions encoding = {
      .codec = ReadVideoCodec(env, options),
      .bits_per_second = ReadBitrate(env, options, kDefaultVideoBitrate),
      .key_frame_interval_ms =
          ReadInteger(env, Member(env, options, "keyFrameIntervalDuration"), 0, kMaxMilliseconds),
      .key_frame_interval_frames =
          ReadInteger(env, Member(env, options, "keyFrameIntervalCount"), 0, kMaxMilliseconds),
      .is_screencast = ReadBool(env, Member(env, options, "isScreencast")).value_or(false)};
  return EncodedTapHandle::Create(
      runtime(),
      [runtime = shared_runtime(), node = std::get<0>(node_),
       encoding](std::shared_ptr<EncodedConsumer> consumer) {
        return StartVideoEncoding(*runtime, node, encoding, std::move(consumer));
      },
      options);
}

Napi::Value MediaStreamTrackHandle::AddAudioEncoder(const Napi::CallbackInfo& info) {
  if (is_video()) {
    Napi::TypeError::New(info.Env(), "Not an audio track").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  const napi_env env = info.Env();
  const napi_value options = info[0];
  const AudioEncodingOptions encoding = {
      .bits_per_second = ReadBitrate(env, options, kDefaultAudioBitrate),
      .constant_bitrate = ReadBool(env, Member(env, options, "constantBitrate")).value_or(false)};
  return EncodedTapHandle::Create(
      runtime(),
      [runtime = shared_runtime(), node = std::get<1>(node_),
       encoding](std::shared_ptr<EncodedConsumer> consumer) {
        return StartAudioEncoding(*runtime, node, encoding, std::move(consumer));
      },
      options);
}

}  // namespace node_libwebrtc
