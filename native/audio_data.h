#ifndef NATIVE_AUDIO_DATA_H_
#define NATIVE_AUDIO_DATA_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "native/audio_buffer.h"
#include "native/runtime/runtime.h"

namespace node_libwebrtc {

// Samples, and when they were taken.
struct TimedAudio {
  AudioBufferRef buffer;
  int64_t timestamp_us;
};

// `NativeAudioData` of lib/native_media.ts: a reference to samples. There are many of them, so that
// it is no `Handle`: it has no sink, and does not depend on the engine.
class AudioDataHandle final : public Napi::ObjectWrap<AudioDataHandle> {
 public:
  static constexpr char kClassName[] = "AudioData";
  struct Init {
    TimedAudio audio;
  };

  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, TimedAudio audio);

  // The handle behind a JS value, or null if it is anything else.
  static AudioDataHandle* From(Napi::Env env, napi_value value);

  // `createAudioData` and `adoptAudioData` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);
  static Napi::Value Adopt(const Napi::CallbackInfo& info);
  // Frees what has been released for a way on which nothing arrives any more.
  static void DropTransfers(Runtime& runtime, int64_t group);

  // For `New` only.
  explicit AudioDataHandle(const Napi::CallbackInfo& info);
  ~AudioDataHandle() override;

  // Null when it is closed.
  const AudioBufferRef& buffer() const { return audio_.buffer; }

 private:
  Napi::Value Format(const Napi::CallbackInfo& info);
  Napi::Value SampleRate(const Napi::CallbackInfo& info);
  Napi::Value NumberOfFrames(const Napi::CallbackInfo& info);
  Napi::Value NumberOfChannels(const Napi::CallbackInfo& info);
  Napi::Value Timestamp(const Napi::CallbackInfo& info);
  void CopyTo(const Napi::CallbackInfo& info);
  Napi::Value Clone(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  Napi::Value Release(const Napi::CallbackInfo& info);

  // False after throwing, because the data is closed.
  bool IsOpen(Napi::Env env) const;
  void LetGo();

  TimedAudio audio_;
  // Numbers outlive the samples.
  AudioFormat format_ = {};
  int sample_rate_ = 0;
  size_t frames_ = 0;
  size_t channels_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_DATA_H_
