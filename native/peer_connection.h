#ifndef NATIVE_PEER_CONNECTION_H_
#define NATIVE_PEER_CONNECTION_H_

#include <napi.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "api/jsep.h"
#include "api/peer_connection_interface.h"
#include "api/rtc_error.h"
#include "api/scoped_refptr.h"
#include "api/stats/rtc_stats_collector_callback.h"
#include "native/bridge/handle.h"
#include "native/bridge/pending_callbacks.h"
#include "native/bridge/sink.h"
#include "native/description_guard.h"
#include "native/local_certificate.h"
#include "native/rtp_handles.h"
#include "native/transport_handles.h"

namespace webrtc {
class PeerConnection;
}

namespace node_libwebrtc {

// `NativePeerConnection` of lib/native.ts.
class PeerConnectionHandle final : public Handle<PeerConnectionHandle>,
                                   private webrtc::PeerConnectionObserver {
 public:
  // The JS class, which is the addon's `PeerConnection`.
  static Napi::Function Register(Runtime& runtime);

  // Takes a `NativeConfiguration`.
  explicit PeerConnectionHandle(const Napi::CallbackInfo& info);
  ~PeerConnectionHandle() override;

 private:
  using FillArguments = absl::AnyInvocable<void(Napi::Env, SinkArguments&)>;
  // Settles an operation: calls its callback in a JS task of its own, with what the function
  // appends.
  using Settle = absl::AnyInvocable<void(FillArguments)>;

  // EngineDependent
  void OnEngineStop() override;

  // webrtc::PeerConnectionObserver. What is not here TypeScript asks for, or hears from the
  // transports.
  void OnSignalingChange(webrtc::PeerConnectionInterface::SignalingState) override {}
  void OnIceGatheringChange(webrtc::PeerConnectionInterface::IceGatheringState) override {}
  // The last of what `ForgetEarlyStats` is for.
  void OnConnectionChange(webrtc::PeerConnectionInterface::PeerConnectionState state) override;
  void OnNegotiationNeededEvent(uint32_t event_id) override;
  void OnIceCandidate(const webrtc::IceCandidate* candidate) override;
  void OnIceCandidateError(const std::string& address, int port, const std::string& url,
                           int error_code, const std::string& error_text) override;
  void OnDataChannel(webrtc::scoped_refptr<webrtc::DataChannelInterface> channel) override;

  // `NativePeerConnection`
  void SetConfiguration(const Napi::CallbackInfo& info);
  void CreateOffer(const Napi::CallbackInfo& info);
  void CreateAnswer(const Napi::CallbackInfo& info);
  void SetLocalDescription(const Napi::CallbackInfo& info);
  void SetRemoteDescription(const Napi::CallbackInfo& info);
  void AddIceCandidate(const Napi::CallbackInfo& info);
  void RestartIce(const Napi::CallbackInfo& info);
  Napi::Value ShouldFireNegotiationNeeded(const Napi::CallbackInfo& info);
  Napi::Value CreateDataChannel(const Napi::CallbackInfo& info);
  Napi::Value SignalingState(const Napi::CallbackInfo& info);
  Napi::Value CanTrickleIceCandidates(const Napi::CallbackInfo& info);
  Napi::Value Descriptions(const Napi::CallbackInfo& info);
  Napi::Value Transports(const Napi::CallbackInfo& info);
  void Certificate(const Napi::CallbackInfo& info);
  void GetStats(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // `NativePeerConnectionMedia`, in peer_connection_media.cc.
  Napi::Value AddTrack(const Napi::CallbackInfo& info);
  Napi::Value AddTransceiver(const Napi::CallbackInfo& info);
  void RemoveTrack(const Napi::CallbackInfo& info);
  Napi::Value Transceivers(const Napi::CallbackInfo& info);
  void GetStatsOf(const Napi::CallbackInfo& info);

  // In peer_connection_event_log.cc.
  Napi::Value StartEventLog(const Napi::CallbackInfo& info);
  void StopEventLog(const Napi::CallbackInfo& info);

  // `Emit`, unless the connection is closed by then.
  void Report(const char* name, FillArguments fill);
  // Begins an operation whose callback is `argument`. Empty, having thrown, if there is none or the
  // connection is closed.
  std::optional<Settle> Begin(Napi::Env env, napi_value argument);
  // The same for an operation that libwebrtc ends inside the call: the task of the callback has its
  // place in the queue from now on, ahead of what the operation makes other threads report.
  std::optional<Settle> BeginInPlace(Napi::Env env, napi_value argument);
  // Settles an operation that has no result but this, which may be OK.
  static void SettleError(Settle& settle, webrtc::RTCError error,
                          std::optional<int> sdp_line_number = std::nullopt);
  // Calls the callback of an operation, if it is still pending.
  static void CallBack(Napi::Env env, const WeakHandle<PeerConnectionHandle>& weak,
                       PendingCallbacks::Id id, FillArguments fill);
  webrtc::scoped_refptr<webrtc::CreateSessionDescriptionObserver> CreationObserver(Settle settle);
  static webrtc::scoped_refptr<webrtc::RTCStatsCollectorCallback> StatsObserver(Settle settle);
  // libwebrtc asks for the certificates of a transport once. Until the peer's is known they are to
  // be asked for each time; scripts may hear that a connection is there before it does itself.
  void ForgetEarlyStats();
  void SetDescription(const Napi::CallbackInfo& info, bool local);
  // Gives the data channels without an id one, as soon as the DTLS role is negotiated.
  void AssignDataChannelIds();
  // What is behind libwebrtc's proxy, for what the proxy does not offer. While there is a
  // connection.
  webrtc::PeerConnection& Internal() const;
  // False, having thrown, if the connection is closed.
  bool CheckOpen(Napi::Env env) const;
  void CloseConnection();
  Runtime::Lease lease_;
  std::shared_ptr<TransportHandles> transports_ = std::make_shared<TransportHandles>();
  const std::shared_ptr<RtpHandles> rtp_ = std::make_shared<RtpHandles>(transports_);
  // Null before it is made, and after the engine has stopped.
  webrtc::scoped_refptr<webrtc::PeerConnectionInterface> connection_;
  // What `Descriptions` gives then.
  std::array<std::unique_ptr<webrtc::SessionDescriptionInterface>, 4> last_descriptions_;
  PendingCallbacks callbacks_;
  DescriptionGuard guard_;
  const std::shared_ptr<LocalCertificate> certificate_ = std::make_shared<LocalCertificate>();
  bool closed_ = false;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_PEER_CONNECTION_H_
