#ifndef NATIVE_SFRAME_SFRAME_TRANSFORM_H_
#define NATIVE_SFRAME_SFRAME_TRANSFORM_H_

#include <napi.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/frame_pipe.h"
#include "native/sframe/sframe_context.h"
#include "native/sink_queue.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

class SframeTransformHandle;

// Encrypts what a sender sends, or decrypts what a receiver gets, on libwebrtc's threads: no frame
// comes near JS, apart from those that cannot be decrypted. Any thread may call anything, unless it
// says otherwise.
class SframeTransform : public FrameTransform {
 public:
  // A frame that could not be decrypted.
  struct Failure {
    SframeFailure reason;
    std::optional<uint64_t> key_id;
    EncodedFrame frame;
    bool is_video;
  };
  using Queue = SinkQueue<Failure>;

  SframeTransform(SframeSuite suite, size_t max_queue_length)
      : context_(suite), failures_(max_queue_length) {}

  // Who hears of failures. On the thread of its environment.
  void Attach(EventLoop& loop, WeakHandle<SframeTransformHandle> handle);
  void Detach();

  SframeContext& context() { return context_; }
  Queue& failures() { return failures_; }

  // FrameTransform
  void SetPlace(Place place) override;
  void Transform(EncodedFrame frame) override;

 private:
  void Encrypt(FramePipe& pipe, EncodedFrame frame, bool is_video);
  void Decrypt(FramePipe& pipe, EncodedFrame frame, bool is_video);
  void WakeUp();

  SframeContext context_;
  Queue failures_;
  std::atomic<bool> warned_ = false;
  webrtc::Mutex mutex_;
  Place place_ RTC_GUARDED_BY(mutex_);
  EventLoop* loop_ RTC_GUARDED_BY(mutex_) = nullptr;
  WeakHandle<SframeTransformHandle> handle_ RTC_GUARDED_BY(mutex_);
};

// `NativeSframeTransform` of lib/native_encoded.ts.
class SframeTransformHandle final : public Handle<SframeTransformHandle> {
 public:
  static constexpr char kClassName[] = "SframeTransform";
  struct Init {
    webrtc::scoped_refptr<SframeTransform> transform;
  };

  static void Register(Runtime& runtime);
  // `createSframeTransform` of the addon.
  static Napi::Value Create(const Napi::CallbackInfo& info);
  // The transform behind a JS value, or null if it is anything else.
  static webrtc::scoped_refptr<SframeTransform> Read(Napi::Env env, napi_value value);

  // For `Create` only.
  explicit SframeTransformHandle(const Napi::CallbackInfo& info);
  ~SframeTransformHandle() override;

  void Deliver();

 private:
  // It needs no engine.
  void OnEngineStop() override {}

  Napi::Value SetKey(const Napi::CallbackInfo& info);
  Napi::Value Encrypt(const Napi::CallbackInfo& info);
  Napi::Value Decrypt(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<SframeTransform> transform_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SFRAME_SFRAME_TRANSFORM_H_
