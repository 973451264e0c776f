#ifndef NATIVE_DTMF_SENDER_H_
#define NATIVE_DTMF_SENDER_H_

#include <napi.h>

#include <memory>
#include <string>

#include "api/dtmf_sender_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/rtp_handles.h"

namespace node_libwebrtc {

// `NativeDtmfSender` of lib/native_media.ts.
class DtmfSenderHandle final : public Handle<DtmfSenderHandle>,
                               private webrtc::DtmfSenderObserverInterface {
 public:
  static constexpr char kClassName[] = "DtmfSender";
  struct Init {
    std::shared_ptr<RtpHandles> handles;
    webrtc::scoped_refptr<webrtc::DtmfSenderInterface> sender;
  };

  static void Register(Runtime& runtime);

  // The handle of `sender`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<RtpHandles> handles,
                          webrtc::scoped_refptr<webrtc::DtmfSenderInterface> sender);

  // For `From` only.
  explicit DtmfSenderHandle(const Napi::CallbackInfo& info);
  ~DtmfSenderHandle() override;

 private:
  void OnEngineStop() override;

  // webrtc::DtmfSenderObserverInterface
  void OnToneChange(const std::string& tone, const std::string& tone_buffer) override;
  void OnToneChange(const std::string&) override {}

  Napi::Value CanInsert(const Napi::CallbackInfo& info);
  Napi::Value Insert(const Napi::CallbackInfo& info);

  void Release();

  std::shared_ptr<RtpHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::DtmfSenderInterface> sender_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DTMF_SENDER_H_
