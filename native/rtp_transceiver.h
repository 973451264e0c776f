#ifndef NATIVE_RTP_TRANSCEIVER_H_
#define NATIVE_RTP_TRANSCEIVER_H_

#include <napi.h>

#include <memory>
#include <optional>
#include <string>

#include "api/media_types.h"
#include "api/rtp_transceiver_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/rtp_handles.h"

namespace node_libwebrtc {

// `NativeRtpTransceiver` of lib/native_media.ts.
class RtpTransceiverHandle final : public Handle<RtpTransceiverHandle> {
 public:
  static constexpr char kClassName[] = "RtpTransceiver";
  struct Init {
    std::shared_ptr<RtpHandles> handles;
    webrtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver;
  };

  static void Register(Runtime& runtime);

  // The handle of `transceiver`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                          webrtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver);

  // For `From` only.
  explicit RtpTransceiverHandle(const Napi::CallbackInfo& info);
  ~RtpTransceiverHandle() override;

 private:
  void OnEngineStop() override;

  Napi::Value Kind(const Napi::CallbackInfo& info);
  Napi::Value Mid(const Napi::CallbackInfo& info);
  Napi::Value Direction(const Napi::CallbackInfo& info);
  Napi::Value CurrentDirection(const Napi::CallbackInfo& info);
  Napi::Value Stopping(const Napi::CallbackInfo& info);
  Napi::Value Stopped(const Napi::CallbackInfo& info);
  void SetDirection(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);
  void SetCodecPreferences(const Napi::CallbackInfo& info);
  Napi::Value HeaderExtensionsToNegotiate(const Napi::CallbackInfo& info);
  void SetHeaderExtensionsToNegotiate(const Napi::CallbackInfo& info);
  Napi::Value NegotiatedHeaderExtensions(const Napi::CallbackInfo& info);

  // False, having thrown, if the connection is closed.
  bool CheckOpen(Napi::Env env) const;
  void Release();

  std::shared_ptr<RtpHandles> handles_;
  // Null when the engine has stopped; what is known then is that the transceiver has stopped too.
  webrtc::scoped_refptr<webrtc::RtpTransceiverInterface> transceiver_;
  webrtc::MediaType kind_ = webrtc::MediaType::AUDIO;
  // Of that time.
  std::optional<std::string> last_mid_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_TRANSCEIVER_H_
