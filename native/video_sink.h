#ifndef NATIVE_VIDEO_SINK_H_
#define NATIVE_VIDEO_SINK_H_

#include <napi.h>

#include <cstddef>
#include <memory>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/track_node.h"

namespace node_libwebrtc {

// `NativeVideoSink` of lib/native_media.ts. Frames reach JS as they are: references to the buffers
// of whoever made them.
class VideoSinkHandle final : public Handle<VideoSinkHandle> {
 public:
  static constexpr char kClassName[] = "VideoSink";
  struct Init {
    webrtc::scoped_refptr<VideoTrackNode> node;
    size_t max_queue_length;
  };

  static void Register(Runtime& runtime);

  // `options` are `NativeSinkOptions`. Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime, webrtc::scoped_refptr<VideoTrackNode> node,
                            napi_value options);

  // For `Create` only.
  explicit VideoSinkHandle(const Napi::CallbackInfo& info);
  ~VideoSinkHandle() override;

 private:
  class Consumer;

  // Tracks live without an engine.
  void OnEngineStop() override {}

  void Deliver();
  void Detach();

  Napi::Value Dropped(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Null when detached.
  webrtc::scoped_refptr<VideoTrackNode> node_;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_VIDEO_SINK_H_
