#ifndef NATIVE_AUDIO_SOURCE_H_
#define NATIVE_AUDIO_SOURCE_H_

#include <napi.h>

#include <memory>

#include "api/scoped_refptr.h"
#include "native/audio_buffer.h"
#include "native/bridge/handle.h"
#include "native/media_origin.h"

namespace node_libwebrtc {

// An audio origin that can be ended by whoever made it: samples of the application, or a device.
class AudioSourceOrigin : public AudioOrigin {
 public:
  using Consumers = FanOut<AudioConsumer>;

  AudioSourceOrigin() : consumers_(std::make_shared<Consumers>()) {}

  // Ends all tracks. Idempotent.
  virtual void Stop() { consumers_->End(); }
  // False when samples do not come from the application.
  virtual bool Push(AudioBufferRef) { return false; }
  // How much of what has been pushed waits for its time, in seconds.
  virtual double QueuedSeconds() const { return 0; }
  // Drops it.
  virtual void Clear() {}
  // Blocks for it come from here; devices share it with their threads.
  const std::shared_ptr<Consumers>& consumers() const { return consumers_; }

  // AudioOrigin
  void AddConsumer(AudioConsumer* consumer) override { consumers_->Add(consumer); }
  void RemoveConsumer(AudioConsumer* consumer) override { consumers_->Remove(consumer); }

 private:
  const std::shared_ptr<Consumers> consumers_;
};

// `NativeAudioSource` of lib/native_media.ts. Its tracks keep the origin when the handle has gone.
class AudioSourceHandle final : public Handle<AudioSourceHandle> {
 public:
  static constexpr char kClassName[] = "AudioSource";
  struct Init {
    webrtc::scoped_refptr<AudioSourceOrigin> origin;
  };

  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, webrtc::scoped_refptr<AudioSourceOrigin> origin);
  // `createAudioSource` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);

  // For `New` only.
  explicit AudioSourceHandle(const Napi::CallbackInfo& info);

 private:
  // Sources live without an engine.
  void OnEngineStop() override {}

  Napi::Value CreateTrack(const Napi::CallbackInfo& info);
  void Push(const Napi::CallbackInfo& info);
  Napi::Value Queued(const Napi::CallbackInfo& info);
  void Clear(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<AudioSourceOrigin> origin_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_SOURCE_H_
