#ifndef NATIVE_RTP_RECEIVER_H_
#define NATIVE_RTP_RECEIVER_H_

#include <napi.h>

#include <cstdint>
#include <memory>
#include <string>

#include "api/media_types.h"
#include "api/rtp_receiver_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/forwarding.h"
#include "native/frame_pipe.h"
#include "native/media_origin.h"
#include "native/rtp_handles.h"

namespace node_libwebrtc {

// `NativeRtpReceiver` of lib/native_media.ts.
class RtpReceiverHandle final : public Handle<RtpReceiverHandle>,
                                private webrtc::RtpReceiverObserverInterface {
 public:
  static constexpr char kClassName[] = "RtpReceiver";
  struct Init {
    std::shared_ptr<RtpHandles> handles;
    webrtc::scoped_refptr<webrtc::RtpReceiverInterface> receiver;
    std::shared_ptr<FramePipe> pipe;
  };

  static void Register(Runtime& runtime);

  // The handle of `receiver`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                          webrtc::scoped_refptr<webrtc::RtpReceiverInterface> receiver);
  // The receiver behind a handle's JS value; null if it is anything else, or the engine has
  // stopped.
  static webrtc::scoped_refptr<webrtc::RtpReceiverInterface> Read(Napi::Env env, napi_value value);

  // For `From` only.
  explicit RtpReceiverHandle(const Napi::CallbackInfo& info);
  ~RtpReceiverHandle() override;

 private:
  void OnEngineStop() override;

  // webrtc::RtpReceiverObserverInterface
  void OnFirstPacketReceived(webrtc::MediaType) override;
  void OnFirstPacketReceivedAfterReceptiveChange(webrtc::MediaType) override;

  Napi::Value Id(const Napi::CallbackInfo& info);
  Napi::Value StreamIds(const Napi::CallbackInfo& info);
  Napi::Value GetParameters(const Napi::CallbackInfo& info);
  Napi::Value Sources(const Napi::CallbackInfo& info);
  void SetJitterBufferMinimumDelay(const Napi::CallbackInfo& info);
  Napi::Value DtlsTransport(const Napi::CallbackInfo& info);
  void SetTransform(const Napi::CallbackInfo& info);
  void RequestKeyFrame(const Napi::CallbackInfo& info);
  Napi::Value Forward(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<FramePipe> SharedPipe() const {
    return webrtc::scoped_refptr<FramePipe>(pipe_.get());
  }
  Napi::Value CreateTrack(webrtc::MediaStreamTrackInterface& track);

  // Asks the remote sender for a key frame. Does not wait for other threads.
  void RequestKeyFrame();
  // Audio sources are known only as far as the sound is pulled out of libwebrtc, or tapped.
  void DemandPlayout();
  void EndDemand();
  void ScheduleEndOfDemand();
  void Release();

  std::shared_ptr<RtpHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::RtpReceiverInterface> receiver_;
  // Shared with the origin of the track. Null when the engine has stopped.
  std::shared_ptr<FramePipe> pipe_;
  webrtc::scoped_refptr<FrameTransform> transform_;
  // Made when something is forwarded first.
  std::shared_ptr<ForwardingHub> hub_;
  // Of the track; one of them is null.
  webrtc::scoped_refptr<AudioOrigin> audio_origin_;
  webrtc::scoped_refptr<VideoOrigin> video_origin_;
  std::string id_;
  bool demands_playout_ = false;
  int64_t demand_ends_ms_ = 0;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_RECEIVER_H_
