#ifndef NATIVE_ICE_TRANSPORT_H_
#define NATIVE_ICE_TRANSPORT_H_

#include <napi.h>

#include <memory>

#include "absl/functional/function_ref.h"
#include "api/ice_transport_interface.h"
#include "api/scoped_refptr.h"
#include "native/bridge/handle.h"
#include "native/transport_handles.h"
#include "p2p/base/p2p_transport_channel.h"

namespace node_libwebrtc {

// `NativeIceTransport` of lib/native.ts.
class IceTransportHandle final : public Handle<IceTransportHandle> {
 public:
  static void Register(Runtime& runtime);

  // The handle of `transport`, while the engine runs. Empty if JS cannot be run any more.
  static Napi::Value From(Runtime& runtime, std::shared_ptr<TransportHandles> handles,
                          webrtc::scoped_refptr<webrtc::IceTransportInterface> transport);

  // For `From` only.
  explicit IceTransportHandle(const Napi::CallbackInfo& info);
  ~IceTransportHandle() override;

 private:
  class Observer;
  struct Init {
    std::shared_ptr<TransportHandles> handles;
    webrtc::scoped_refptr<webrtc::IceTransportInterface> transport;
  };

  void OnEngineStop() override;

  // Asks the network thread and waits; for what scripts ask now and then. Not called when the
  // transport is gone.
  void Ask(absl::FunctionRef<void(webrtc::P2PTransportChannel&)> question) const;

  Napi::Value Role(const Napi::CallbackInfo& info);
  Napi::Value Component(const Napi::CallbackInfo& info);
  Napi::Value State(const Napi::CallbackInfo& info);
  Napi::Value GatheringState(const Napi::CallbackInfo& info);
  Napi::Value LocalCandidates(const Napi::CallbackInfo& info);
  Napi::Value RemoteCandidates(const Napi::CallbackInfo& info);
  Napi::Value SelectedCandidatePair(const Napi::CallbackInfo& info);
  Napi::Value LocalParameters(const Napi::CallbackInfo& info);
  Napi::Value RemoteParameters(const Napi::CallbackInfo& info);

  std::shared_ptr<TransportHandles> handles_;
  // Null when the engine has stopped.
  webrtc::scoped_refptr<webrtc::IceTransportInterface> transport_;
  std::shared_ptr<Observer> observer_;
  webrtc::Thread* network_thread_ = nullptr;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_ICE_TRANSPORT_H_
