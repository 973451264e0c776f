#include "native/raw_media.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "native/audio_data.h"
#include "native/audio_sink.h"
#include "native/audio_source.h"
#include "native/bridge/convert.h"
#include "native/camera.h"
#include "native/media_stream_track.h"
#include "native/synthetic_audio.h"
#include "native/synthetic_video.h"
#include "native/video_frame.h"
#include "native/video_sink.h"
#include "native/video_source.h"

namespace node_libwebrtc {

namespace {

Napi::Value CreateSyntheticVideoSource(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::shared_ptr<Runtime> runtime = Runtime::From(env);
  const auto read = [&](const char* name, int64_t otherwise) {
    return static_cast<int>(
        ReadInteger(env, Member(env, info[0], name), 1, kMaxVideoDimension).value_or(otherwise));
  };
  const double frame_rate = ReadNumber(env, Member(env, info[0], "frameRate")).value_or(30);
  const SyntheticVideoOptions options{
      .width = read("width", 640),
      .height = read("height", 480),
      .frame_rate = std::clamp(frame_rate, kMinFrameRate, kMaxFrameRate),
      .is_display = ReadString(env, Member(env, info[0], "pattern")) == "display"};
  return VideoSourceHandle::New(*runtime, CreateSyntheticVideo(runtime->media_clock(), options));
}

Napi::Value CreateSyntheticAudioSource(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::shared_ptr<Runtime> runtime = Runtime::From(env);
  const auto read = [&](const char* name, int64_t min, int64_t max, int64_t otherwise) {
    return ReadInteger(env, Member(env, info[0], name), min, max).value_or(otherwise);
  };
  const int sample_rate = static_cast<int>(read("sampleRate", 8'000, 96'000, 48'000));
  const SyntheticAudioOptions options{
      .sample_rate = sample_rate - sample_rate % 100,
      .channel_count = static_cast<size_t>(read("channelCount", 1, 8, 1)),
      .is_speech = ReadString(env, Member(env, info[0], "signal")) == "speech",
      .frequency = ReadNumber(env, Member(env, info[0], "frequency")).value_or(440)};
  return AudioSourceHandle::New(*runtime, CreateSyntheticAudio(runtime->media_clock(), options));
}

void DropTransfers(const Napi::CallbackInfo& info) {
  const auto group = ReadInteger(info.Env(), info[0], 1, std::numeric_limits<int64_t>::max());
  if (!group) return;
  const std::shared_ptr<Runtime> runtime = Runtime::From(info.Env());
  VideoFrameHandle::DropTransfers(*runtime, *group);
  AudioDataHandle::DropTransfers(*runtime, *group);
}

}  // namespace

void RegisterRawMedia(Runtime& runtime, Napi::Object exports) {
  VideoFrameHandle::Register(runtime);
  VideoSinkHandle::Register(runtime);
  VideoSourceHandle::Register(runtime);
  AudioDataHandle::Register(runtime);
  AudioSinkHandle::Register(runtime);
  AudioSourceHandle::Register(runtime);

  Napi::Env env = runtime.env();
  exports["createVideoSource"] = Napi::Function::New<&VideoSourceHandle::Create>(env);
  exports["createAudioSource"] = Napi::Function::New<&AudioSourceHandle::Create>(env);
  exports["createSyntheticVideoSource"] = Napi::Function::New<&CreateSyntheticVideoSource>(env);
  exports["createSyntheticAudioSource"] = Napi::Function::New<&CreateSyntheticAudioSource>(env);
  exports["listCameras"] = Napi::Function::New<&ListCameras>(env);
  exports["openCamera"] = Napi::Function::New<&OpenCamera>(env);
  exports["createVideoFrame"] = Napi::Function::New<&VideoFrameHandle::Create>(env);
  exports["adoptVideoFrame"] = Napi::Function::New<&VideoFrameHandle::Adopt>(env);
  exports["dropTransfers"] = Napi::Function::New<&DropTransfers>(env);
  exports["adoptTrack"] = Napi::Function::New<&MediaStreamTrackHandle::Adopt>(env);
  exports["createAudioData"] = Napi::Function::New<&AudioDataHandle::Create>(env);
  exports["adoptAudioData"] = Napi::Function::New<&AudioDataHandle::Adopt>(env);
}

}  // namespace node_libwebrtc
