#ifndef NATIVE_VIDEO_FRAME_H_
#define NATIVE_VIDEO_FRAME_H_

#include <napi.h>

#include <cstddef>
#include <optional>

#include "api/video/video_frame.h"
#include "native/runtime/runtime.h"
#include "native/video_buffer.h"

namespace node_libwebrtc {

// A frame, and the part of it that counts.
struct VisibleFrame {
  webrtc::VideoFrame frame;
  VideoRect visible;
};

// `NativeVideoFrame` of lib/native_media.ts: a reference to a buffer. There may be many of them, so
// that it is no `Handle`: it has no sink, and does not depend on the engine.
class VideoFrameHandle final : public Napi::ObjectWrap<VideoFrameHandle> {
 public:
  static constexpr char kClassName[] = "VideoFrame";
  struct Init {
    VisibleFrame frame;
  };

  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, webrtc::VideoFrame frame);

  // The handle behind a JS value, or null if it is anything else.
  static VideoFrameHandle* From(Napi::Env env, napi_value value);

  // `createVideoFrame` and `adoptVideoFrame` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);
  static Napi::Value Adopt(const Napi::CallbackInfo& info);
  // Frees what has been released for a way on which nothing arrives any more.
  static void DropTransfers(Runtime& runtime, int64_t group);

  // For `New` only.
  explicit VideoFrameHandle(const Napi::CallbackInfo& info);
  ~VideoFrameHandle() override;

  // What a track gives of it; nothing when it is closed.
  std::optional<webrtc::VideoFrame> ForTrack() const;

 private:
  Napi::Value Format(const Napi::CallbackInfo& info);
  Napi::Value CodedWidth(const Napi::CallbackInfo& info);
  Napi::Value CodedHeight(const Napi::CallbackInfo& info);
  Napi::Value Visible(const Napi::CallbackInfo& info);
  Napi::Value Timestamp(const Napi::CallbackInfo& info);
  Napi::Value Rotation(const Napi::CallbackInfo& info);
  Napi::Value RtpTimestamp(const Napi::CallbackInfo& info);
  Napi::Value Times(const Napi::CallbackInfo& info);
  Napi::Value ColorSpace(const Napi::CallbackInfo& info);
  void CopyTo(const Napi::CallbackInfo& info);
  Napi::Value Clone(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  Napi::Value Release(const Napi::CallbackInfo& info);

  // False after throwing, because the frame is closed.
  bool IsOpen(Napi::Env env) const;
  void LetGo();

  // Numbers outlive the buffer.
  struct Attributes {
    PixelFormat format;
    int width;
    int height;
    VideoRect visible;
    int64_t timestamp_us;
    int rotation;
    uint32_t rtp_timestamp;
    // When the last packet of a received frame came, by `webrtc::TimeMicros`.
    std::optional<int64_t> received_us;
    // When its picture was taken, in milliseconds since 1900 by the clock of this machine; 0 where
    // that is not known.
    int64_t captured_ntp_ms;
    std::optional<webrtc::ColorSpace> color_space;
  };

  std::optional<Attributes> attributes_;
  std::optional<webrtc::VideoFrame> frame_;
  // What the garbage collector has been told.
  size_t external_bytes_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_VIDEO_FRAME_H_
