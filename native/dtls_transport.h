#ifndef NATIVE_DTLS_TRANSPORT_H_
#define NATIVE_DTLS_TRANSPORT_H_

#include <napi.h>

#include <memory>

#include "api/dtls_transport_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/transport_handles.h"

namespace node_libwebrtc {

// `NativeDtlsTransport` of lib/native.ts.
class DtlsTransportHandle final : public Handle<DtlsTransportHandle> {
 public:
  static void Register(Runtime& runtime);

  // The handle of `transport`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<TransportHandles> handles,
                          webrtc::scoped_refptr<webrtc::DtlsTransportInterface> transport);

  // For `From` only.
  explicit DtlsTransportHandle(const Napi::CallbackInfo& info);
  ~DtlsTransportHandle() override;

 private:
  class Observer;
  struct Init {
    std::shared_ptr<TransportHandles> handles;
    webrtc::scoped_refptr<webrtc::DtlsTransportInterface> transport;
  };

  void OnEngineStop() override;

  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value IceTransport(const Napi::CallbackInfo& info);
  Napi::Value RemoteCertificates(const Napi::CallbackInfo& info);

  // What remains known when the engine has stopped.
  webrtc::DtlsTransportInformation information_;
  webrtc::DtlsTransportInformation Information() const;

  std::shared_ptr<TransportHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::DtlsTransportInterface> transport_;
  std::shared_ptr<Observer> observer_;
  webrtc::Thread* network_thread_ = nullptr;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_DTLS_TRANSPORT_H_
