#ifndef NATIVE_MEDIA_STREAM_TRACK_H_
#define NATIVE_MEDIA_STREAM_TRACK_H_

#include <napi.h>

#include <memory>
#include <string>
#include <variant>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/media_origin.h"
#include "native/track_node.h"

namespace node_libwebrtc {

// `NativeMediaStreamTrack` of lib/native_media.ts: a node, which does all the work and which
// senders and sinks keep alive beyond this handle.
//
// Sinks are made by `VideoSinkHandle::Create(runtime, scoped_refptr<VideoTrackNode>, options)` and
// `AudioSinkHandle::Create(runtime, scoped_refptr<AudioTrackNode>, options)`, where `options` is
// the JS value; a sink joins the node as a consumer.
class MediaStreamTrackHandle final : public Handle<MediaStreamTrackHandle> {
 public:
  using Node =
      std::variant<webrtc::scoped_refptr<VideoTrackNode>, webrtc::scoped_refptr<AudioTrackNode>>;

  static constexpr char kClassName[] = "MediaStreamTrack";
  struct Init {
    std::string id;
    Node node;
    // Whether the track comes from another thread.
    bool is_foreign = false;
    // Whether the handle says when the track ends: one of those that the node has.
    bool reports = true;
  };

  static void Register(Runtime& runtime);

  // A new track on an origin, for `createTrack` of a source. Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime, const std::string& id,
                            webrtc::scoped_refptr<VideoOrigin> origin);
  static Napi::Value Create(Runtime& runtime, const std::string& id,
                            webrtc::scoped_refptr<AudioOrigin> origin);

  // `adoptTrack` of the addon.
  static Napi::Value Adopt(const Napi::CallbackInfo& info);

  // The handle behind a JS value, or null if it is anything else.
  static MediaStreamTrackHandle* From(Napi::Env env, napi_value value);

  // For `Create` only.
  explicit MediaStreamTrackHandle(const Napi::CallbackInfo& info);
  ~MediaStreamTrackHandle() override;

  const std::string& id() const { return id_; }
  bool is_video() const { return node_.index() == 0; }
  const Node& node() const { return node_; }

 private:
  // A node depends on no engine; the origin of a remote track sees to itself.
  void OnEngineStop() override {}

  // False when a script has called the constructor.
  bool HasNode() const;
  TrackNode& AnyNode() const;

  Napi::Value Kind(const Napi::CallbackInfo& info);
  Napi::Value Id(const Napi::CallbackInfo& info);
  Napi::Value Enabled(const Napi::CallbackInfo& info);
  void SetEnabled(const Napi::CallbackInfo& info, const Napi::Value& value);
  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value ContentHint(const Napi::CallbackInfo& info);
  void SetContentHint(const Napi::CallbackInfo& info, const Napi::Value& value);
  Napi::Value Clone(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);
  void SetVideoFormat(const Napi::CallbackInfo& info);
  void SetAudioFormat(const Napi::CallbackInfo& info);
  Napi::Value VideoStatus(const Napi::CallbackInfo& info);
  Napi::Value AudioStatus(const Napi::CallbackInfo& info);
  Napi::Value VideoCounters(const Napi::CallbackInfo& info);
  Napi::Value AudioCounters(const Napi::CallbackInfo& info);
  void ResetLatency(const Napi::CallbackInfo& info);
  Napi::Value AddVideoSink(const Napi::CallbackInfo& info);
  Napi::Value AddAudioSink(const Napi::CallbackInfo& info);
  Napi::Value Share(const Napi::CallbackInfo& info);
  Napi::Value AddEncodedTap(const Napi::CallbackInfo& info);
  Napi::Value AddVideoEncoder(const Napi::CallbackInfo& info);
  Napi::Value AddAudioEncoder(const Napi::CallbackInfo& info);

  std::string id_;
  Node node_;
  bool is_foreign_ = false;
  bool reports_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_MEDIA_STREAM_TRACK_H_
