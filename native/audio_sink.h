#ifndef NATIVE_AUDIO_SINK_H_
#define NATIVE_AUDIO_SINK_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/track_node.h"

namespace node_libwebrtc {

// `NativeAudioSink` of lib/native_media.ts.
class AudioSinkHandle final : public Handle<AudioSinkHandle> {
 public:
  static constexpr char kClassName[] = "AudioSink";
  struct Init {
    webrtc::scoped_refptr<AudioTrackNode> node;
    size_t max_queue_length;
    bool merges;
    int64_t interval_us;
  };

  static void Register(Runtime& runtime);

  // `options` are `NativeAudioSinkOptions`. Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime, webrtc::scoped_refptr<AudioTrackNode> node,
                            napi_value options);

  // For `Create` only.
  explicit AudioSinkHandle(const Napi::CallbackInfo& info);
  ~AudioSinkHandle() override;

 private:
  class Consumer;

  // Tracks live without an engine.
  void OnEngineStop() override {}

  void Deliver();
  void Detach();

  Napi::Value Dropped(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Null when detached.
  webrtc::scoped_refptr<AudioTrackNode> node_;
  // Whether JS gets blocks that follow one another as one.
  bool merges_ = false;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_AUDIO_SINK_H_
