#include "native/video_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "api/make_ref_counted.h"
#include "native/bridge/convert.h"
#include "native/media_stream_track.h"
#include "native/video_frame.h"

namespace node_libwebrtc {

namespace {

class ApplicationOrigin : public VideoSourceOrigin {
 public:
  using VideoSourceOrigin::VideoSourceOrigin;
  bool takes_frames() const override { return true; }
};

}  // namespace

void VideoSourceHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {
                                  InstanceMethod<&VideoSourceHandle::CreateTrack>("createTrack"),
                                  InstanceMethod<&VideoSourceHandle::Push>("push"),
                                  InstanceMethod<&VideoSourceHandle::SetFormat>("setFormat"),
                                  InstanceMethod<&VideoSourceHandle::Stop>("stop"),
                              }));
}

Napi::Value VideoSourceHandle::New(Runtime& runtime,
                                   webrtc::scoped_refptr<VideoSourceOrigin> origin) {
  return NewHandle<VideoSourceHandle>(runtime, {std::move(origin)});
}

Napi::Value VideoSourceHandle::Create(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const bool is_screencast = ReadBool(env, Member(env, info[0], "isScreencast")).value_or(false);
  const bool needs_denoising =
      ReadBool(env, Member(env, info[0], "needsDenoising")).value_or(false);
  return New(*Runtime::From(env),
             webrtc::make_ref_counted<ApplicationOrigin>(is_screencast, needs_denoising));
}

VideoSourceHandle::VideoSourceHandle(const Napi::CallbackInfo& info)
    : Handle<VideoSourceHandle>(info) {
  if (Init* init = TakeInit<Init>(info)) origin_ = std::move(init->origin);
}

Napi::Value VideoSourceHandle::CreateTrack(const Napi::CallbackInfo& info) {
  return MediaStreamTrackHandle::Create(runtime(), ReadString(info.Env(), info[0]).value_or(""),
                                        webrtc::scoped_refptr<VideoOrigin>(origin_));
}

void VideoSourceHandle::Push(const Napi::CallbackInfo& info) {
  VideoFrameHandle* handle = VideoFrameHandle::From(info.Env(), info[0]);
  const std::optional<webrtc::VideoFrame> frame = handle ? handle->ForTrack() : std::nullopt;
  if (!frame || !origin_->takes_frames()) {
    Napi::TypeError::New(info.Env(), "Not an open frame for a source of the application")
        .ThrowAsJavaScriptException();
    return;
  }
  origin_->consumers()->ForEach([&](VideoConsumer& consumer) { consumer.OnFrame(*frame); });
}

void VideoSourceHandle::SetFormat(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const auto width = ReadInteger(env, Member(env, info[0], "width"), 1, kMaxVideoDimension);
  const auto height = ReadInteger(env, Member(env, info[0], "height"), 1, kMaxVideoDimension);
  const auto frame_rate = ReadNumber(env, Member(env, info[0], "frameRate"));
  if (!width || !height || !frame_rate) return;
  origin_->SetFormat(static_cast<int>(*width), static_cast<int>(*height),
                     std::clamp(*frame_rate, kMinFrameRate, kMaxFrameRate));
}

void VideoSourceHandle::Stop(const Napi::CallbackInfo&) { origin_->Stop(); }

}  // namespace node_libwebrtc
