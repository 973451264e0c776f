#ifndef NATIVE_SCRIPT_TRANSFORM_H_
#define NATIVE_SCRIPT_TRANSFORM_H_

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/frame_pipe.h"
#include "native/repeated_frames.h"
#include "native/sink_queue.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

class TransformerHandle;

// A transform that some environment of the process makes in JS: frames go from libwebrtc's thread
// to that environment's, and from there back to libwebrtc, past the environment that the sender or
// receiver belongs to. Any thread may call anything, unless it says otherwise.
class ScriptTransform : public FrameTransform {
 public:
  struct Item {
    EncodedFrame frame;
    bool is_video;
  };
  using Queue = SinkQueue<Item>;

  explicit ScriptTransform(size_t max_queue_length) : queue_(max_queue_length) {}

  // Who takes the frames, on the thread of its environment. There is one in a transform's life:
  // false if there has been one. After `Detach` frames are dropped.
  bool Attach(EventLoop& loop, WeakHandle<TransformerHandle> handle);
  void Detach();
  Queue& queue() { return queue_; }
  // The rids of encodings that the peer wants a key frame of, each once; none for an encoding that
  // has none.
  std::set<std::optional<std::string>> TakeKeyFrameRequests();

  bool is_video() const;
  // Gives a frame back, to go on.
  void Write(EncodedFrame frame);

  // FrameTransform
  void SetPlace(Place place) override;
  void Transform(EncodedFrame frame) override;

 private:
  enum class Taker { kNone, kAttached, kGone };

  void WakeUp();
  void OnKeyFrameRequest(uint32_t ssrc);

  Queue queue_;
  mutable webrtc::Mutex mutex_;
  Place place_ RTC_GUARDED_BY(mutex_);
  RepeatedFrames repeated_frames_ RTC_GUARDED_BY(mutex_);
  // Of what is sent, as its frames have it.
  std::map<uint32_t, std::optional<std::string>> rids_ RTC_GUARDED_BY(mutex_);
  // Requests that the taker has not heard of yet.
  std::set<std::optional<std::string>> requested_ RTC_GUARDED_BY(mutex_);
  Taker taker_ RTC_GUARDED_BY(mutex_) = Taker::kNone;
  EventLoop* loop_ RTC_GUARDED_BY(mutex_) = nullptr;
  WeakHandle<TransformerHandle> handle_ RTC_GUARDED_BY(mutex_);
};

// `NativeScriptTransform` of lib/native_encoded.ts: a transform as senders and receivers see it.
class ScriptTransformHandle final : public Napi::ObjectWrap<ScriptTransformHandle> {
 public:
  static constexpr char kClassName[] = "ScriptTransform";
  struct Init {
    webrtc::scoped_refptr<ScriptTransform> transform;
  };

  static void Register(Runtime& runtime);
  // `createScriptTransform` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);
  // The transform behind a JS value, or null if it is anything else.
  static webrtc::scoped_refptr<ScriptTransform> Read(Napi::Env env, napi_value value);

  // For `Create` only.
  explicit ScriptTransformHandle(const Napi::CallbackInfo& info);

 private:
  Napi::Value Release(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<ScriptTransform> transform_;
};

// `NativeTransformer` of lib/native_encoded.ts: a transform as the environment sees it that works
// on the frames.
class TransformerHandle final : public Handle<TransformerHandle> {
 public:
  static constexpr char kClassName[] = "Transformer";
  struct Init {
    webrtc::scoped_refptr<ScriptTransform> transform;
  };

  static void Register(Runtime& runtime);
  // `adoptScriptTransform` of the addon.
  static Napi::Value Adopt(const Napi::CallbackInfo& info);

  // For `Adopt` only.
  explicit TransformerHandle(const Napi::CallbackInfo& info);
  ~TransformerHandle() override;

  void Deliver();
  void DeliverKeyFrameRequests();

 private:
  // The engine is another environment's.
  void OnEngineStop() override {}
  void Detach();

  Napi::Value Write(const Napi::CallbackInfo& info);
  Napi::Value Dropped(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Null when closed.
  webrtc::scoped_refptr<ScriptTransform> transform_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SCRIPT_TRANSFORM_H_
