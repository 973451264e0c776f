#include "native/audio_source.h"

#include <optional>
#include <utility>

#include "api/make_ref_counted.h"
#include "native/audio_blocks.h"
#include "native/audio_data.h"
#include "native/bridge/convert.h"
#include "native/media_stream_track.h"
#include "native/paced_audio.h"
#include "native/runtime/wake_batch.h"

namespace node_libwebrtc {

namespace {

// Used on the JS thread, apart from the consumers.
class ApplicationOrigin : public AudioSourceOrigin {
 public:
  bool Push(AudioBufferRef buffer) override {
    const WakeBatch batch;
    blocks_.Append(*buffer);
    blocks_.TakeAll(
        [this](const int16_t* samples, int sample_rate, size_t channels, size_t frames) {
          consumers()->ForEach([&](AudioConsumer& consumer) {
            consumer.OnData(samples, 16, sample_rate, channels, frames, std::nullopt);
          });
        });
    return true;
  }

 private:
  AudioBlocks blocks_;
};

}  // namespace

void AudioSourceHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceMethod<&AudioSourceHandle::CreateTrack>("createTrack"),
                                  InstanceMethod<&AudioSourceHandle::Push>("push"),
                                  InstanceAccessor<&AudioSourceHandle::Queued>("queued"),
                                  InstanceMethod<&AudioSourceHandle::Clear>("clear"),
                                  InstanceMethod<&AudioSourceHandle::Stop>("stop"),
                              }));
}

Napi::Value AudioSourceHandle::New(Runtime& runtime,
                                   webrtc::scoped_refptr<AudioSourceOrigin> origin) {
  return NewHandle<AudioSourceHandle>(runtime, {std::move(origin)});
}

Napi::Value AudioSourceHandle::Create(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::shared_ptr<Runtime> runtime = Runtime::From(env);
  if (ReadBool(env, Member(env, info[0], "paced")).value_or(false)) {
    return New(*runtime, CreatePacedAudio(runtime->media_clock()));
  }
  return New(*runtime, webrtc::make_ref_counted<ApplicationOrigin>());
}

AudioSourceHandle::AudioSourceHandle(const Napi::CallbackInfo& info)
    : Handle<AudioSourceHandle>(info) {
  if (Init* init = TakeInit<Init>(info)) origin_ = std::move(init->origin);
}

Napi::Value AudioSourceHandle::CreateTrack(const Napi::CallbackInfo& info) {
  return MediaStreamTrackHandle::Create(runtime(), ReadString(info.Env(), info[0]).value_or(""),
                                        webrtc::scoped_refptr<AudioOrigin>(origin_));
}

void AudioSourceHandle::Push(const Napi::CallbackInfo& info) {
  AudioDataHandle* handle = AudioDataHandle::From(info.Env(), info[0]);
  AudioBufferRef buffer = handle ? handle->buffer() : nullptr;
  if (!buffer || !origin_->Push(std::move(buffer))) {
    Napi::TypeError::New(info.Env(), "Not open data for a source of the application")
        .ThrowAsJavaScriptException();
  }
}

Napi::Value AudioSourceHandle::Queued(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), origin_->QueuedSeconds())};
}

void AudioSourceHandle::Clear(const Napi::CallbackInfo&) { origin_->Clear(); }

void AudioSourceHandle::Stop(const Napi::CallbackInfo&) { origin_->Stop(); }

}  // namespace node_libwebrtc
