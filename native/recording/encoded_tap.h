#ifndef NATIVE_RECORDING_ENCODED_TAP_H_
#define NATIVE_RECORDING_ENCODED_TAP_H_

#include <napi.h>

#include <cstddef>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "api/units/time_delta.h"
#include "native/bridge/handle.h"
#include "native/recording/encoded_chunk.h"

namespace node_libwebrtc {

class TapQueue;

// What feeds a tap: the receiver of a remote track, or an encoder. Belongs to the JS thread. Once
// it is destroyed nothing follows.
class EncodedFeed {
 public:
  virtual ~EncodedFeed() = default;
  virtual void RequestKeyFrame() {}
  virtual void SetBitrate(int /*bits_per_second*/) {}
};

// `NativeEncodedTap` of lib/native_recording.ts.
class EncodedTapHandle final : public Handle<EncodedTapHandle> {
 public:
  // Starts to feed the consumer; null if the environment is going.
  using Start =
      absl::AnyInvocable<std::unique_ptr<EncodedFeed>(std::shared_ptr<EncodedConsumer>) &&>;

  static constexpr char kClassName[] = "EncodedTap";
  struct Init {
    Start start;
    size_t max_queue_length;
    webrtc::TimeDelta max_delay;
  };

  static void Register(Runtime& runtime);

  // `options` are `NativeTapOptions`. Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime, Start start, napi_value options);

  // For `Create` only.
  explicit EncodedTapHandle(const Napi::CallbackInfo& info);
  ~EncodedTapHandle() override;

  // Hands over what waits. On the JS thread.
  void Deliver();

 private:
  void OnEngineStop() override { Stop(); }

  void Stop();

  Napi::Value Dropped(const Napi::CallbackInfo& info);
  void RequestKeyFrame(const Napi::CallbackInfo& info);
  void SetBitrate(const Napi::CallbackInfo& info);
  Napi::Value Drain(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<TapQueue> queue_;
  // Null when stopped.
  std::unique_ptr<EncodedFeed> feed_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_ENCODED_TAP_H_
