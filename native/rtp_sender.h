#ifndef NATIVE_RTP_SENDER_H_
#define NATIVE_RTP_SENDER_H_

#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/media_types.h"
#include "api/rtc_error.h"
#include "api/rtp_sender_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/bridge/pending_callbacks.h"
#include "native/forwarding.h"
#include "native/frame_pipe.h"
#include "native/rtp_handles.h"
#include "native/rtp_parameters.h"

namespace node_libwebrtc {

// `NativeRtpSender` of lib/native_media.ts.
class RtpSenderHandle final : public Handle<RtpSenderHandle> {
 public:
  static constexpr char kClassName[] = "RtpSender";
  struct Init {
    std::shared_ptr<RtpHandles> handles;
    webrtc::scoped_refptr<webrtc::RtpSenderInterface> sender;
  };

  static void Register(Runtime& runtime);

  // The handle of `sender`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                          webrtc::scoped_refptr<webrtc::RtpSenderInterface> sender);
  // The sender behind a handle's JS value; null if it is anything else, or the engine has stopped.
  static webrtc::scoped_refptr<webrtc::RtpSenderInterface> Read(Napi::Env env, napi_value value);

  // Where something can be forwarded to; nothing for any other value, and after the connection.
  static std::optional<ForwardingTarget> Target(Napi::Env env, napi_value value);

  // Of a sender that has just been made.
  static void SetPriorities(Napi::Env env, napi_value handle,
                            std::vector<EncodingPriorities> priorities);

  // For `From` only.
  explicit RtpSenderHandle(const Napi::CallbackInfo& info);
  ~RtpSenderHandle() override;

 private:
  class Settlement;

  void OnEngineStop() override;

  Napi::Value Id(const Napi::CallbackInfo& info);
  Napi::Value SetTrack(const Napi::CallbackInfo& info);
  void SetStreams(const Napi::CallbackInfo& info);
  Napi::Value GetParameters(const Napi::CallbackInfo& info);
  void SetParameters(const Napi::CallbackInfo& info);
  Napi::Value DtlsTransport(const Napi::CallbackInfo& info);
  void SetTransform(const Napi::CallbackInfo& info);
  void GenerateKeyFrame(const Napi::CallbackInfo& info);

  // False, having thrown, if the connection is closed.
  bool CheckOpen(Napi::Env env) const;
  void Release();
  void Settle(PendingCallbacks::Id id, const webrtc::RTCError& error);
  // The handle behind a JS value, or null if it is anything else.
  static RtpSenderHandle* Find(Napi::Env env, napi_value value);

  std::shared_ptr<RtpHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::RtpSenderInterface> sender_;
  webrtc::scoped_refptr<FramePipe> pipe_;
  webrtc::scoped_refptr<FrameTransform> transform_;
  const std::shared_ptr<RtpTimeline> timeline_ = std::make_shared<RtpTimeline>();
  std::string id_;
  webrtc::MediaType kind_ = webrtc::MediaType::AUDIO;
  // What `GetParameters` gave last, until they are set.
  std::string transaction_id_;
  // What encodings after the first were given.
  std::vector<EncodingPriorities> priorities_;
  PendingCallbacks callbacks_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_SENDER_H_
