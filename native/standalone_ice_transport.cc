#include "native/standalone_ice_transport.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/candidate.h"
#include "api/ice_transport_interface.h"
#include "api/make_ref_counted.h"
#include "api/rtc_error.h"
#include "api/scoped_refptr.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/configuration.h"
#include "native/ice_candidate.h"
#include "native/ice_values.h"
#include "native/network/allocator.h"
#include "native/network/multicast_dns.h"
#include "native/network/tls_verifier.h"
#include "p2p/base/connection.h"
#include "p2p/base/default_ice_transport_factory.h"
#include "p2p/base/ice_transport_internal.h"
#include "p2p/base/p2p_constants.h"
#include "p2p/base/p2p_transport_channel.h"
#include "p2p/base/port.h"
#include "p2p/base/port_allocator.h"
#include "p2p/base/transport_description.h"
#include "pc/ice_server_parsing.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

using webrtc::RTCError;

webrtc::RTCErrorOr<webrtc::Candidate> ReadCandidate(napi_env env, napi_value value) {
  const std::optional<std::string> attribute = ReadString(env, value);
  if (!attribute) return RTCError::InvalidParameter("A candidate is a string");
  webrtc::RTCErrorOr<webrtc::Candidate> candidate =
      webrtc::Candidate::ParseCandidateString(*attribute);
  if (!candidate.ok()) return candidate;
  RTCError error = webrtc::VerifyCandidate(candidate.value());
  if (!error.ok()) return error;
  return candidate;
}

webrtc::IceParameters ReadParameters(napi_env env, napi_value value) {
  webrtc::IceParameters parameters;
  parameters.ufrag = ReadString(env, Member(env, value, "usernameFragment")).value_or("");
  parameters.pwd = ReadString(env, Member(env, value, "password")).value_or("");
  return parameters;
}

}  // namespace

void CheckIceCandidate(const Napi::CallbackInfo& info) {
  webrtc::RTCErrorOr<webrtc::Candidate> candidate = ReadCandidate(info.Env(), info[0]);
  if (!candidate.ok()) Throw(info.Env(), candidate.error());
}

// Made on the JS thread; used and destroyed on the network thread, or on the JS thread when that is
// no more. libwebrtc calls back on the network thread only.
class StandaloneIceTransportHandle::Agent final {
 public:
  Agent(Runtime& runtime, WeakHandle<StandaloneIceTransportHandle> handle,
        Configuration configuration, webrtc::ServerAddresses stun_servers,
        std::vector<webrtc::RelayServerConfig> turn_servers, webrtc::IceParameters parameters)
      : loop_(runtime.loop()),
        network_thread_(runtime.engine()->network_thread()),
        environment_(runtime.engine()->environment()),
        handle_(std::move(handle)),
        configuration_(std::move(configuration)),
        stun_servers_(std::move(stun_servers)),
        turn_servers_(std::move(turn_servers)),
        parameters_(std::move(parameters)),
        resolvers_(runtime.multicast_dns()),
        verifier_(runtime.root_certificates()),
        allocator_(CreatePortAllocator(*runtime.engine(), configuration_.network)) {}

  webrtc::Thread* network_thread() const { return network_thread_; }

  // On the network thread.

  void Gather() {
    RTC_DCHECK_RUN_ON(network_thread_);
    PrepareAllocator();
    webrtc::IceTransportInit init(environment_);
    init.set_port_allocator(allocator_.get());
    init.set_async_dns_resolver_factory(&resolvers_);
    transport_ = webrtc::DefaultIceTransportFactory().CreateIceTransport(
        "ice", webrtc::ICE_CANDIDATE_COMPONENT_DEFAULT, std::move(init));
    Listen();
    // Checks of the remote peer may come before it is known which part this end plays.
    channel().SetIceRole(webrtc::ICEROLE_CONTROLLED);
    channel().SetIceParameters(parameters_);
    channel().MaybeStartGathering();
  }

  void Start(const webrtc::IceParameters& remote, webrtc::IceRole role, webrtc::IceMode mode) {
    RTC_DCHECK_RUN_ON(network_thread_);
    channel().SetIceRole(role);
    channel().SetRemoteIceMode(mode);
    if (starts_++ > 0) ForgetRemotePeer();
    channel().SetRemoteIceParameters(remote);
    // What has been reported so far was of the parameters before.
    state_ = webrtc::IceTransportState::kNew;
    ReportState();
  }

  void AddRemoteCandidate(const webrtc::Candidate& candidate) {
    RTC_DCHECK_RUN_ON(network_thread_);
    channel().AddRemoteCandidate(candidate);
  }

  void Close() {
    RTC_DCHECK_RUN_ON(network_thread_);
    transport_ = nullptr;
    allocator_ = nullptr;
  }

 private:
  // No other kind of transport is ever made; the interface lacks the candidates.
  webrtc::P2PTransportChannel& channel() const {
    return static_cast<webrtc::P2PTransportChannel&>(*transport_->internal());
  }

  // As a peer connection does.
  void PrepareAllocator() {
    allocator_->SetNetworkIgnoreMask(configuration_.network.network_ignore_mask);
    allocator_->Initialize();
    allocator_->set_flags(allocator_->flags() | webrtc::PORTALLOCATOR_ENABLE_SHARED_SOCKET |
                          webrtc::PORTALLOCATOR_ENABLE_IPV6 |
                          webrtc::PORTALLOCATOR_ENABLE_IPV6_ON_WIFI);
    allocator_->set_step_delay(webrtc::kMinimumStepDelay);
    const bool relay_only =
        configuration_.rtc.type == webrtc::PeerConnectionInterface::IceTransportsType::kRelay;
    allocator_->SetCandidateFilter(relay_only ? webrtc::CF_RELAY : webrtc::CF_ALL);
    allocator_->set_max_ipv6_networks(configuration_.rtc.max_ipv6_networks);
    for (webrtc::RelayServerConfig& server : turn_servers_) server.tls_cert_verifier = &verifier_;
    allocator_->SetConfiguration(stun_servers_, turn_servers_, /*candidate_pool_size=*/0,
                                 configuration_.rtc.GetTurnPortPrunePolicy());
  }

  void Listen() {
    webrtc::P2PTransportChannel& transport = channel();
    transport.SubscribeCandidateGathered(
        this, [this](webrtc::IceTransportInternal*, const webrtc::Candidate& candidate) {
          Report("icecandidate", [candidate](Napi::Env env, SinkArguments& arguments) {
            arguments.push_back(MakeIceCandidate(env, candidate, "", 0));
          });
        });
    transport.SetCandidateErrorCallback(
        [this](webrtc::IceTransportInternal*, const webrtc::IceCandidateErrorEvent& error) {
          Report("icecandidateerror", [error](Napi::Env env, SinkArguments& arguments) {
            arguments = {ToJs(env, error.address), ToJs(env, error.port), ToJs(env, error.url),
                         ToJs(env, error.error_code), ToJs(env, error.error_text)};
          });
        });
    transport.AddGatheringStateCallback(this, [this](webrtc::IceTransportInternal* changed) {
      if (changed->gathering_state() != webrtc::kIceGatheringComplete) return;
      Report("gatheringcomplete", [](Napi::Env, SinkArguments&) {});
    });
    transport.SubscribeRoleConflict(this, [this](webrtc::IceTransportInternal* conflicting) {
      const webrtc::IceRole reversed = conflicting->GetIceRole() == webrtc::ICEROLE_CONTROLLING
                                           ? webrtc::ICEROLE_CONTROLLED
                                           : webrtc::ICEROLE_CONTROLLING;
      conflicting->SetIceRole(reversed);
      Report("rolechange", [reversed](Napi::Env env, SinkArguments& arguments) {
        arguments.push_back(ToJs(env, ToString(reversed)));
      });
    });
    transport.SubscribeIceTransportStateChanged(
        this, [this](webrtc::IceTransportInternal*) { ReportState(); });
    transport.SubscribeNetworkRouteChanged(
        this, [this](std::optional<webrtc::NetworkRoute>) { ReportSelectedPair(); });
  }

  template <typename Fill>
  void Report(const char* name, Fill fill) {
    Post(loop_, handle_, name, std::move(fill));
  }

  // The pairs of the peer before would be preferred to those of the new one.
  void ForgetRemotePeer() {
    channel().RemoveAllRemoteCandidates();
    const std::span<webrtc::Connection* const> connections = channel().connections();
    for (webrtc::Connection* connection : std::vector(connections.begin(), connections.end())) {
      connection->Destroy();
    }
    begins_anew_ = true;
  }

  // libwebrtc goes on as a transport that has lost its connection; to scripts it begins anew.
  webrtc::IceTransportState CurrentState() {
    const webrtc::IceTransportState state = channel().GetIceTransportState();
    if (!begins_anew_) return state;
    switch (state) {
      case webrtc::IceTransportState::kConnected:
        // It may not have noticed yet that the pair is gone.
        if (!channel().selected_connection()) return webrtc::IceTransportState::kNew;
        begins_anew_ = false;
        return state;
      case webrtc::IceTransportState::kFailed:
        return channel().remote_candidates().empty() ? webrtc::IceTransportState::kNew : state;
      case webrtc::IceTransportState::kDisconnected:
        return webrtc::IceTransportState::kChecking;
      default:
        return state;
    }
  }

  void ReportState() {
    const webrtc::IceTransportState state = CurrentState();
    if (state == state_) return;
    state_ = state;
    Report("statechange", [state, starts = starts_](Napi::Env env, SinkArguments& arguments) {
      arguments = {ToJs(env, ToString(state)), ToJs(env, starts)};
    });
  }

  void ReportSelectedPair() {
    std::optional<const webrtc::CandidatePair> pair = channel().GetSelectedCandidatePair();
    if (pair && pair_ && pair->local == pair_->local && pair->remote == pair_->remote) return;
    if (!pair && !pair_) return;
    pair_.reset();
    if (!pair) {
      Report("selectedcandidatepairchange", [](Napi::Env env, SinkArguments& arguments) {
        arguments = {Null(env), ToJs(env, ""), ToJs(env, 0)};
      });
      return;
    }
    pair_.emplace(*pair);
    // Of a peer-reflexive candidate the pair does not tell the address.
    const webrtc::SocketAddress remote =
        channel().selected_connection()->remote_candidate().address();
    Report("selectedcandidatepairchange", [pair = *pair, remote](Napi::Env env,
                                                                 SinkArguments& arguments) {
      arguments = {MakeIceCandidatePair(env, pair, ""), ToJs(env, remote.ipaddr().ToString()),
                   ToJs(env, static_cast<int>(remote.port()))};
    });
  }

  EventLoop& loop_;
  webrtc::Thread* const network_thread_;
  const webrtc::Environment environment_;
  const WeakHandle<StandaloneIceTransportHandle> handle_;
  const Configuration configuration_;
  const webrtc::ServerAddresses stun_servers_;
  std::vector<webrtc::RelayServerConfig> turn_servers_;
  const webrtc::IceParameters parameters_;
  DnsResolverFactory resolvers_;
  TlsVerifier verifier_;
  std::unique_ptr<webrtc::PortAllocator> allocator_;
  webrtc::scoped_refptr<webrtc::IceTransportInterface> transport_;
  webrtc::IceTransportState state_ = webrtc::IceTransportState::kNew;
  std::optional<webrtc::CandidatePair> pair_;
  // How often the remote peer's parameters have been set.
  uint32_t starts_ = 0;
  // There has been no pair since they were changed.
  bool begins_anew_ = false;
};

Napi::Function StandaloneIceTransportHandle::Register(Runtime& runtime) {
  return DefineClass(
      runtime.env(), "StandaloneIceTransport",
      {
          InstanceMethod<&StandaloneIceTransportHandle::Start>("start"),
          InstanceMethod<&StandaloneIceTransportHandle::AddRemoteCandidate>("addRemoteCandidate"),
          InstanceMethod<&StandaloneIceTransportHandle::Stop>("stop"),
      });
}

StandaloneIceTransportHandle::StandaloneIceTransportHandle(const Napi::CallbackInfo& info)
    : Handle<StandaloneIceTransportHandle>(info) {
  webrtc::RTCErrorOr<Configuration> configuration = ReadConfiguration(info.Env(), info[0]);
  if (!configuration.ok()) {
    Throw(info.Env(), configuration.error());
    return;
  }
  webrtc::ServerAddresses stun_servers;
  std::vector<webrtc::RelayServerConfig> turn_servers;
  RTCError error = webrtc::ParseAndValidateIceServersFromConfiguration(configuration.value().rtc,
                                                                       stun_servers, turn_servers);
  if (!error.ok()) {
    Throw(info.Env(), error);
    return;
  }
  const webrtc::IceParameters parameters = ReadParameters(info.Env(), info[1]);
  error = parameters.Validate();
  if (!error.ok() || parameters.ufrag.empty()) {
    Throw(info.Env(), RTCError::InvalidParameter("Not the parameters of an ICE agent"));
    return;
  }
  lease_ = runtime().Acquire();
  if (!lease_) {
    Throw(info.Env(), RTCError::InvalidState("The environment is being torn down"));
    return;
  }
  agent_ = std::make_shared<Agent>(runtime(), Weak(), configuration.MoveValue(),
                                   std::move(stun_servers), std::move(turn_servers), parameters);
  lease_->network_thread()->PostTask([agent = agent_] { agent->Gather(); });
}

StandaloneIceTransportHandle::~StandaloneIceTransportHandle() { Close(); }

void StandaloneIceTransportHandle::OnEngineStop() { Close(); }

void StandaloneIceTransportHandle::Start(const Napi::CallbackInfo& info) {
  if (!agent_) return;
  const Napi::Env env = info.Env();
  const webrtc::IceParameters parameters = ReadParameters(env, info[0]);
  RTCError error = parameters.Validate();
  if (!error.ok() || parameters.ufrag.empty()) {
    Throw(env, error.ok() ? RTCError::InvalidParameter("No ICE parameters") : error);
    return;
  }
  const webrtc::IceRole role = ReadString(env, info[1]) == "controlling"
                                   ? webrtc::ICEROLE_CONTROLLING
                                   : webrtc::ICEROLE_CONTROLLED;
  const webrtc::IceMode mode = ReadBool(env, Member(env, info[0], "iceLite")).value_or(false)
                                   ? webrtc::ICEMODE_LITE
                                   : webrtc::ICEMODE_FULL;
  agent_->network_thread()->PostTask(
      [agent = agent_, parameters, role, mode] { agent->Start(parameters, role, mode); });
}

void StandaloneIceTransportHandle::AddRemoteCandidate(const Napi::CallbackInfo& info) {
  if (!agent_) return;
  webrtc::RTCErrorOr<webrtc::Candidate> candidate = ReadCandidate(info.Env(), info[0]);
  if (!candidate.ok()) {
    Throw(info.Env(), candidate.error());
    return;
  }
  if (std::optional<std::string> fragment = ReadString(info.Env(), info[1])) {
    candidate.value().set_username(*fragment);
  }
  agent_->network_thread()->PostTask([agent = agent_, candidate = candidate.MoveValue()] {
    agent->AddRemoteCandidate(candidate);
  });
}

void StandaloneIceTransportHandle::Stop(const Napi::CallbackInfo&) { Close(); }

void StandaloneIceTransportHandle::Close() {
  if (!agent_) return;
  webrtc::Thread* const network_thread = agent_->network_thread();
  network_thread->PostTask([agent = std::exchange(agent_, nullptr)] { agent->Close(); });
  lease_.Release();
}

}  // namespace node_libwebrtc
