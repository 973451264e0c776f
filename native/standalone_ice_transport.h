#ifndef NATIVE_STANDALONE_ICE_TRANSPORT_H_
#define NATIVE_STANDALONE_ICE_TRANSPORT_H_

#include <napi.h>

#include <memory>

#include "native/bridge/handle.h"

namespace node_libwebrtc {

// `NativeStandaloneIceTransport` of lib/native_ice.ts: an ICE transport that belongs to no peer
// connection.
class StandaloneIceTransportHandle final : public Handle<StandaloneIceTransportHandle> {
 public:
  static Napi::Function Register(Runtime& runtime);

  explicit StandaloneIceTransportHandle(const Napi::CallbackInfo& info);
  ~StandaloneIceTransportHandle() override;

 private:
  // What lives on the network thread.
  class Agent;

  void OnEngineStop() override;

  void Start(const Napi::CallbackInfo& info);
  void AddRemoteCandidate(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);

  // Lets go of the agent, which ends on its thread.
  void Close();

  Runtime::Lease lease_;
  // Null when the transport has stopped.
  std::shared_ptr<Agent> agent_;
};

// `checkIceCandidate` of lib/native_ice.ts.
void CheckIceCandidate(const Napi::CallbackInfo& info);

}  // namespace node_libwebrtc

#endif  // NATIVE_STANDALONE_ICE_TRANSPORT_H_
