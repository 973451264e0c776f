#ifndef NATIVE_FORWARDING_H_
#define NATIVE_FORWARDING_H_

#include <napi.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "api/frame_transformer_interface.h"
#include "api/rtp_sender_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/forwarded_picture.h"
#include "native/frame_pipe.h"
#include "native/media_origin.h"
#include "native/recording/encoded_chunk.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// Gives what a receiver gets to any number of senders: video picture by picture, in order, audio
// packet by packet.
class ForwardingHub final : private FrameObserver {
 public:
  class Output {
   public:
    virtual void OnPicture(const std::shared_ptr<const ForwardedPicture>&) {}
    virtual void OnPacket(const webrtc::TransformableAudioFrameInterface&) {}
    virtual void OnDropped(uint64_t count) = 0;
    void OnEnded() {}

   protected:
    ~Output() = default;
  };

  // `origin` is the receiver's of video; null for audio. `request_key_frame` may be called on any
  // thread.
  ForwardingHub(webrtc::scoped_refptr<FramePipe> pipe, webrtc::scoped_refptr<VideoOrigin> origin,
                absl::AnyInvocable<void()> request_key_frame)
      : pipe_(std::move(pipe)),
        origin_(std::move(origin)),
        request_key_frame_(std::move(request_key_frame)) {}

  bool is_video() const { return origin_ != nullptr; }

  // On the JS thread. After `Remove` the output hears nothing more.
  void Add(Output* output);
  void Remove(Output* output);

  // Asks the publisher for a key frame, unless that has been done just now. True if it was. On any
  // thread.
  bool RequestKeyFrame();

 private:
  // Stands for somebody who needs no decoded pictures: as long as nobody else does, none are made.
  struct EncodedOnly final : EncodedConsumer {
    void OnChunk(const EncodedChunk&) override {}
    void OnSenderReport(const SenderReportTimes&) override {}
    void OnEnded() override {}
    void OnFailed(std::string) override {}
  };

  // FrameObserver
  void OnFrame(const webrtc::TransformableFrameInterface& frame) override;

  const webrtc::scoped_refptr<FramePipe> pipe_;
  const webrtc::scoped_refptr<VideoOrigin> origin_;
  EncodedOnly encoded_only_;
  // Belongs to the JS thread.
  int output_count_ = 0;
  FanOut<Output> outputs_;
  // Used by frames only, which come one at a time.
  PictureSequencer sequencer_;

  webrtc::Mutex request_mutex_;
  absl::AnyInvocable<void()> request_key_frame_ RTC_GUARDED_BY(request_mutex_);
  std::optional<int64_t> requested_us_ RTC_GUARDED_BY(request_mutex_);
};

// RTP time of one sender, whose sources may change: each goes on where the last one was, as far
// ahead as time has passed since.
class RtpTimeline final {
 public:
  // The next time stamp is another source's. On any thread.
  void Restart();
  uint32_t Map(uint32_t rtp_timestamp, int clock_rate);

 private:
  webrtc::Mutex mutex_;
  std::optional<uint32_t> offset_ RTC_GUARDED_BY(mutex_);
  std::optional<uint32_t> last_ RTC_GUARDED_BY(mutex_);
  int64_t last_us_ RTC_GUARDED_BY(mutex_) = 0;
};

// Where a forwarding goes.
struct ForwardingTarget {
  webrtc::scoped_refptr<webrtc::RtpSenderInterface> sender;
  webrtc::scoped_refptr<FramePipe> pipe;
  std::shared_ptr<RtpTimeline> timeline;
};

// `NativeForwarding` of lib/native_encoded.ts.
class ForwardingHandle final : public Handle<ForwardingHandle> {
 public:
  static constexpr char kClassName[] = "Forwarding";
  struct Init {
    std::shared_ptr<ForwardingHub> hub;
    ForwardingTarget target;
    // Of audio: the sender's payload type for each of the receiver's, and ticks of RTP time in a
    // second.
    std::map<int, int> payload_types;
    int clock_rate;
  };

  static void Register(Runtime& runtime);
  // Empty if JS cannot be run any more.
  static Napi::Value New(Runtime& runtime, Init init);

  // For `New` only.
  explicit ForwardingHandle(const Napi::CallbackInfo& info);
  ~ForwardingHandle() override;

 private:
  class Counters;
  class VideoOutput;
  class AudioOutput;

  void OnEngineStop() override { Detach(); }
  void Detach();

  Napi::Value Statistics(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Null when nothing is forwarded any more.
  std::shared_ptr<ForwardingHub> hub_;
  webrtc::scoped_refptr<Counters> counters_;
  std::unique_ptr<VideoOutput> video_;
  std::unique_ptr<AudioOutput> audio_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_FORWARDING_H_
