#include "native/audio_data.h"

#include <memory>
#include <utility>

#include "native/bridge/bytes.h"
#include "native/bridge/convert.h"
#include "native/bridge/handle.h"
#include "native/bridge/transfer_table.h"

namespace node_libwebrtc {

namespace {

using Table = TransferTable<TimedAudio>;

// Type tags tell handles of this class from any other object a script may give.
constexpr napi_type_tag kTypeTag = {0x617564696f646174, 0x612d2d68616e646c};

// Further than any clock goes, and exact as a double.
constexpr int64_t kMaxTimestamp = int64_t{1} << 53;
constexpr int64_t kMaxSampleRate = 1'000'000;
constexpr int64_t kMaxFrames = int64_t{1} << 31;
constexpr int64_t kMaxChannels = 1024;

napi_value Throw(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
  return Undefined(env);
}

// What is on its way when an environment ends never arrives.
void DropAll(void* runtime) { Table::Get().Drop(runtime); }

}  // namespace

void AudioDataHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName,
      DefineClass(runtime.env(), kClassName,
                  {
                      InstanceAccessor<&AudioDataHandle::Format>("format"),
                      InstanceAccessor<&AudioDataHandle::SampleRate>("sampleRate"),
                      InstanceAccessor<&AudioDataHandle::NumberOfFrames>("numberOfFrames"),
                      InstanceAccessor<&AudioDataHandle::NumberOfChannels>("numberOfChannels"),
                      InstanceAccessor<&AudioDataHandle::Timestamp>("timestamp"),
                      InstanceMethod<&AudioDataHandle::CopyTo>("copyTo"),
                      InstanceMethod<&AudioDataHandle::Clone>("clone"),
                      InstanceMethod<&AudioDataHandle::Close>("close"),
                      InstanceMethod<&AudioDataHandle::Release>("release"),
                  }));
  napi_add_env_cleanup_hook(runtime.env(), &DropAll, &runtime);
}

Napi::Value AudioDataHandle::New(Runtime& runtime, TimedAudio audio) {
  return NewHandle<AudioDataHandle>(runtime, {std::move(audio)});
}

AudioDataHandle* AudioDataHandle::From(Napi::Env env, napi_value value) {
  if (!HasTypeTag(env, value, kTypeTag)) return nullptr;
  return Unwrap(Napi::Object(env, value));
}

Napi::Value AudioDataHandle::Create(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto bytes = ReadBytes(env, info[0]);
  const auto format = ParseAudioFormat(ReadString(env, info[1]).value_or(""));
  const auto rate = ReadInteger(env, info[2], 1, kMaxSampleRate);
  const auto frames = ReadInteger(env, info[3], 1, kMaxFrames);
  const auto channels = ReadInteger(env, info[4], 1, kMaxChannels);
  const auto timestamp = ReadInteger(env, info[5], -kMaxTimestamp, kMaxTimestamp);
  if (!bytes || !format || !rate || !frames || !channels || !timestamp) {
    return {env, Throw(env, "Not audio data")};
  }
  const size_t size = static_cast<size_t>(*frames * *channels) * SampleBytes(format->type);
  if (bytes->size() < size) return {env, Throw(env, "There are fewer samples than that")};
  auto buffer =
      std::make_shared<AudioBuffer>(AudioBuffer{.format = *format,
                                                .sample_rate = static_cast<int>(*rate),
                                                .frames = static_cast<size_t>(*frames),
                                                .channels = static_cast<size_t>(*channels),
                                                .bytes = {bytes->data(), bytes->data() + size}});
  return New(*Runtime::From(env), {.buffer = std::move(buffer), .timestamp_us = *timestamp});
}

Napi::Value AudioDataHandle::Adopt(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  uint64_t token = 0;
  bool lossless = false;
  std::optional<TimedAudio> audio;
  if (info[0].IsBigInt() &&
      napi_get_value_bigint_uint64(env, info[0], &token, &lossless) == napi_ok && lossless) {
    audio = Table::Get().Take(token);
  }
  if (!audio) return {env, Throw(env, "The data has been taken, or its sender has gone")};
  return New(*Runtime::From(env), *std::move(audio));
}

AudioDataHandle::AudioDataHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<AudioDataHandle>(info) {
  Init* init = TakeInit<Init>(info);
  if (!init) return;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
  audio_ = std::move(init->audio);
  const AudioBuffer& buffer = *audio_.buffer;
  format_ = buffer.format;
  sample_rate_ = buffer.sample_rate;
  frames_ = buffer.frames;
  channels_ = buffer.channels;
  // The collector would else see a small object, and let samples pile up.
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(),
                                               static_cast<int64_t>(buffer.bytes.size()));
}

AudioDataHandle::~AudioDataHandle() { LetGo(); }

bool AudioDataHandle::IsOpen(Napi::Env env) const {
  if (audio_.buffer) return true;
  Throw(env, "The data is closed");
  return false;
}

void AudioDataHandle::LetGo() {
  AudioBufferRef buffer = std::exchange(audio_.buffer, nullptr);
  if (!buffer) return;
  Napi::MemoryManagement::AdjustExternalMemory(Env(), -static_cast<int64_t>(buffer->bytes.size()));
}

// ---- `NativeAudioData`

Napi::Value AudioDataHandle::Format(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), ToString(format_))};
}

Napi::Value AudioDataHandle::SampleRate(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), sample_rate_)};
}

Napi::Value AudioDataHandle::NumberOfFrames(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), static_cast<double>(frames_))};
}

Napi::Value AudioDataHandle::NumberOfChannels(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), static_cast<double>(channels_))};
}

Napi::Value AudioDataHandle::Timestamp(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), static_cast<double>(audio_.timestamp_us))};
}

void AudioDataHandle::CopyTo(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!IsOpen(env)) return;
  const auto destination = ReadBytes(env, info[0]);
  const auto format = ParseAudioFormat(ReadString(env, info[1]).value_or(""));
  const auto plane = ReadInteger(env, info[2], 0, kMaxChannels);
  const auto offset = ReadInteger(env, info[3], 0, kMaxFrames);
  const auto count = ReadInteger(env, info[4], 0, kMaxFrames);
  if (!destination || !format || !plane || !offset || !count ||
      !CopyAudioPlane(*audio_.buffer, *format, static_cast<size_t>(*plane),
                      static_cast<size_t>(*offset), static_cast<size_t>(*count), *destination)) {
    Throw(env, "The samples do not fit");
  }
}

Napi::Value AudioDataHandle::Clone(const Napi::CallbackInfo& info) {
  if (!IsOpen(info.Env())) return info.Env().Undefined();
  return New(*Runtime::From(info.Env()), audio_);
}

void AudioDataHandle::Close(const Napi::CallbackInfo&) { LetGo(); }

void AudioDataHandle::DropTransfers(Runtime& runtime, int64_t group) {
  Table::Get().Drop(&runtime, group);
}

Napi::Value AudioDataHandle::Release(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!IsOpen(env)) return env.Undefined();
  const uint64_t token = Table::Get().Put(Runtime::From(env).get(), audio_,
                                          ReadInteger(env, info[0], 0, kMaxTimestamp).value_or(0));
  LetGo();
  return Napi::BigInt::New(env, token);
}

}  // namespace node_libwebrtc
