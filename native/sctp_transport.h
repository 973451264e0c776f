#ifndef NATIVE_SCTP_TRANSPORT_H_
#define NATIVE_SCTP_TRANSPORT_H_

#include <napi.h>

#include <memory>

#include "api/scoped_refptr.h"
#include "api/sctp_transport_interface.h"
#include "native/bridge/handle.h"
#include "native/transport_handles.h"

namespace node_libwebrtc {

// `NativeSctpTransport` of lib/native.ts.
class SctpTransportHandle final : public Handle<SctpTransportHandle> {
 public:
  static void Register(Runtime& runtime);

  // The handle of `transport`, while the engine runs, with what is known of it now: the largest
  // message size changes without a notice. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<TransportHandles> handles,
                          webrtc::scoped_refptr<webrtc::SctpTransportInterface> transport,
                          const webrtc::SctpTransportInformation& information);

  // For `From` only.
  explicit SctpTransportHandle(const Napi::CallbackInfo& info);
  ~SctpTransportHandle() override;

 private:
  class Observer;
  struct Init {
    std::shared_ptr<TransportHandles> handles;
    webrtc::scoped_refptr<webrtc::SctpTransportInterface> transport;
    webrtc::SctpTransportInformation information;
  };

  void OnEngineStop() override;

  Napi::Value Information(const Napi::CallbackInfo& info);
  Napi::Value DtlsTransport(const Napi::CallbackInfo& info);

  void Update(const webrtc::SctpTransportInformation& now);

  std::shared_ptr<TransportHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::SctpTransportInterface> transport_;
  std::shared_ptr<Observer> observer_;
  webrtc::Thread* network_thread_ = nullptr;
  webrtc::SctpTransportInformation information_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_SCTP_TRANSPORT_H_
