#ifndef NATIVE_ENCODED_FRAME_H_
#define NATIVE_ENCODED_FRAME_H_

#include <napi.h>

#include <memory>

#include "api/frame_transformer_interface.h"
#include "native/bridge/handle.h"
#include "native/frame_pipe.h"

namespace node_libwebrtc {

// `NativeEncodedFrame` of lib/native_encoded.ts: one of libwebrtc's encoded frames, as long as
// nobody has written it.
class EncodedFrameHandle final : public Napi::ObjectWrap<EncodedFrameHandle> {
 public:
  static constexpr char kClassName[] = "EncodedFrame";
  struct Init {
    EncodedFrame frame;
    bool is_video;
  };

  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, EncodedFrame frame, bool is_video);
  // Takes the frame out of the handle behind a JS value. Null if it is anything else, of the other
  // kind, or has been taken.
  static EncodedFrame Take(Napi::Env env, napi_value value, bool is_video);
  // `adoptEncodedFrame` of the addon.
  static Napi::Value Adopt(const Napi::CallbackInfo& info);

  // For `New` only.
  explicit EncodedFrameHandle(const Napi::CallbackInfo& info);
  ~EncodedFrameHandle() override;

 private:
  Napi::Value Kind(const Napi::CallbackInfo& info);
  Napi::Value Taken(const Napi::CallbackInfo& info);
  Napi::Value Type(const Napi::CallbackInfo& info);
  Napi::Value Data(const Napi::CallbackInfo& info);
  void SetData(const Napi::CallbackInfo& info);
  Napi::Value Metadata(const Napi::CallbackInfo& info);
  void SetMetadata(const Napi::CallbackInfo& info);
  Napi::Value Clone(const Napi::CallbackInfo& info);
  Napi::Value Release(const Napi::CallbackInfo& info);

  webrtc::TransformableVideoFrameInterface& video() const {
    return static_cast<webrtc::TransformableVideoFrameInterface&>(*frame_);
  }
  webrtc::TransformableAudioFrameInterface& audio() const {
    return static_cast<webrtc::TransformableAudioFrameInterface&>(*frame_);
  }
  void Own(EncodedFrame frame);
  EncodedFrame LetGo();

  bool is_video_ = false;
  // Null when it has been taken.
  EncodedFrame frame_;
  // What the garbage collector has been told.
  int64_t external_bytes_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_ENCODED_FRAME_H_
