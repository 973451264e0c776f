#ifndef NATIVE_VIDEO_SOURCE_H_
#define NATIVE_VIDEO_SOURCE_H_

#include <napi.h>

#include <memory>
#include <optional>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/media_origin.h"

namespace node_libwebrtc {

// No clock of ours goes faster.
inline constexpr double kMaxFrameRate = 1000;
inline constexpr double kMinFrameRate = 0.01;

// A video origin that can be ended by whoever made it: frames of the application, or a device.
class VideoSourceOrigin : public VideoOrigin {
 public:
  using Consumers = FanOut<VideoConsumer>;

  VideoSourceOrigin(bool is_screencast, std::optional<bool> needs_denoising)
      : is_screencast_(is_screencast),
        needs_denoising_(needs_denoising),
        consumers_(std::make_shared<Consumers>()) {}

  // Ends all tracks. Idempotent.
  virtual void Stop() { consumers_->End(); }
  // What a device made of software gives from now on.
  virtual void SetFormat(int /*width*/, int /*height*/, double /*frame_rate*/) {}
  // Whether frames come from the application.
  virtual bool takes_frames() const { return false; }
  // Frames for it come from here; devices share it with their threads.
  const std::shared_ptr<Consumers>& consumers() const { return consumers_; }

  // VideoOrigin
  void AddConsumer(VideoConsumer* consumer) override { consumers_->Add(consumer); }
  void RemoveConsumer(VideoConsumer* consumer) override { consumers_->Remove(consumer); }
  bool is_screencast() const override { return is_screencast_; }
  std::optional<bool> needs_denoising() const override { return needs_denoising_; }

 private:
  const bool is_screencast_;
  const std::optional<bool> needs_denoising_;
  const std::shared_ptr<Consumers> consumers_;
};

// `NativeVideoSource` of lib/native_media.ts. Its tracks keep the origin when the handle has gone.
class VideoSourceHandle final : public Handle<VideoSourceHandle> {
 public:
  static constexpr char kClassName[] = "VideoSource";
  struct Init {
    webrtc::scoped_refptr<VideoSourceOrigin> origin;
  };

  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, webrtc::scoped_refptr<VideoSourceOrigin> origin);
  // `createVideoSource` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);

  // For `New` only.
  explicit VideoSourceHandle(const Napi::CallbackInfo& info);

 private:
  // Sources live without an engine.
  void OnEngineStop() override {}

  Napi::Value CreateTrack(const Napi::CallbackInfo& info);
  void Push(const Napi::CallbackInfo& info);
  void SetFormat(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<VideoSourceOrigin> origin_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_VIDEO_SOURCE_H_
