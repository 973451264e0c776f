#include "native/peer_connection.h"

#include <limits>
#include <utility>
#include <vector>

#include "api/candidate.h"
#include "api/data_channel_interface.h"
#include "api/make_ref_counted.h"
#include "api/priority.h"
#include "api/set_local_description_observer_interface.h"
#include "api/set_remote_description_observer_interface.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/certificate.h"
#include "native/configuration.h"
#include "native/data_channel.h"
#include "native/dtls_transport.h"
#include "native/ice_candidate.h"
#include "native/network/multicast_dns.h"
#include "native/network/tls_verifier.h"
#include "native/sctp_transport.h"
#include "native/session_description.h"
#include "native/stats.h"
#include "pc/data_channel_controller.h"
#include "pc/peer_connection.h"
#include "pc/peer_connection_proxy.h"
#include "pc/sctp_transport.h"
#include "pc/session_description.h"
#include "rtc_base/rtc_certificate_generator.h"
#include "rtc_base/ssl_stream_adapter.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

namespace {

using webrtc::PeerConnectionInterface;
using webrtc::RTCError;
using webrtc::SessionDescriptionInterface;

constexpr char kClassName[] = "PeerConnection";

// What a connection takes outside of V8's heap, roughly: the garbage collector should know that
// these objects, small to its eyes, are worth collecting.
constexpr int64_t kExternalMemory = 256 * 1024;

// Fails without harm in an environment that is being torn down.
void AdjustExternalMemory(napi_env env, int64_t change) {
  int64_t total;
  napi_adjust_external_memory(env, change, &total);
}

// Calls a function when an operation ends.
class SetDescriptionObserver : public webrtc::SetLocalDescriptionObserverInterface,
                               public webrtc::SetRemoteDescriptionObserverInterface {
 public:
  explicit SetDescriptionObserver(absl::AnyInvocable<void(RTCError) &&> done)
      : done_(std::move(done)) {}

  void OnSetLocalDescriptionComplete(RTCError error) override { Done(std::move(error)); }
  void OnSetRemoteDescriptionComplete(RTCError error) override { Done(std::move(error)); }

 private:
  void Done(RTCError error) {
    if (auto done = std::exchange(done_, nullptr)) std::move(done)(std::move(error));
  }

  absl::AnyInvocable<void(RTCError) &&> done_;
};

class CreateDescriptionObserver : public webrtc::CreateSessionDescriptionObserver {
 public:
  using Description = std::unique_ptr<SessionDescriptionInterface>;

  explicit CreateDescriptionObserver(absl::AnyInvocable<void(RTCError, Description) &&> done)
      : done_(std::move(done)) {}

  void OnSuccess(SessionDescriptionInterface* description) override {
    Done(RTCError::OK(), Description(description));
  }
  void OnFailure(RTCError error) override { Done(std::move(error), nullptr); }

 private:
  void Done(RTCError error, Description description) {
    if (auto done = std::exchange(done_, nullptr)) {
      std::move(done)(std::move(error), std::move(description));
    }
  }

  absl::AnyInvocable<void(RTCError, Description) &&> done_;
};

class StatsCallback : public webrtc::RTCStatsCollectorCallback {
 public:
  using Report = webrtc::scoped_refptr<const webrtc::RTCStatsReport>;

  explicit StatsCallback(absl::AnyInvocable<void(Report) &&> done) : done_(std::move(done)) {}

  void OnStatsDelivered(const Report& report) override {
    if (auto done = std::exchange(done_, nullptr)) std::move(done)(report);
  }

 private:
  absl::AnyInvocable<void(Report) &&> done_;
};

// A legacy option of createOffer: unset, 0 or 1.
int ReadOfferToReceive(napi_env env, napi_value value) {
  std::optional<bool> receive = ReadBool(env, value);
  return receive ? *receive : PeerConnectionInterface::RTCOfferAnswerOptions::kUndefined;
}

std::optional<int> ReadUint16(napi_env env, napi_value value) {
  std::optional<int64_t> number = ReadInteger(env, value, 0, std::numeric_limits<uint16_t>::max());
  return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

webrtc::DataChannelInit ReadDataChannelInit(napi_env env, napi_value value) {
  webrtc::DataChannelInit init;
  init.ordered = ReadBool(env, Member(env, value, "ordered")).value_or(true);
  init.maxRetransmitTime = ReadUint16(env, Member(env, value, "maxPacketLifeTime"));
  init.maxRetransmits = ReadUint16(env, Member(env, value, "maxRetransmits"));
  init.protocol = ReadString(env, Member(env, value, "protocol")).value_or("");
  init.negotiated = ReadBool(env, Member(env, value, "negotiated")).value_or(false);
  init.id = ReadUint16(env, Member(env, value, "id")).value_or(-1);
  const std::string priority = ReadString(env, Member(env, value, "priority")).value_or("low");
  init.priority = webrtc::PriorityValue(priority == "very-low" ? webrtc::Priority::kVeryLow
                                        : priority == "medium" ? webrtc::Priority::kMedium
                                        : priority == "high"   ? webrtc::Priority::kHigh
                                                               : webrtc::Priority::kLow);
  return init;
}

// What the messages that open a channel have room for; libwebrtc does not look.
RTCError CheckDataChannel(const std::string& label, const webrtc::DataChannelInit& init) {
  constexpr size_t kMaxBytes = std::numeric_limits<uint16_t>::max();
  if (label.size() > kMaxBytes) return RTCError::InvalidParameter("The label is too long");
  if (init.protocol.size() > kMaxBytes) {
    return RTCError::InvalidParameter("The protocol is too long");
  }
  if (init.maxRetransmits && init.maxRetransmitTime) {
    return RTCError::InvalidParameter("maxRetransmits and maxPacketLifeTime exclude one another");
  }
  if (init.negotiated && init.id < 0) {
    return RTCError::InvalidParameter("A negotiated channel needs an id");
  }
  return RTCError::OK();
}

// A candidate that is not empty.
webrtc::RTCErrorOr<std::unique_ptr<webrtc::IceCandidate>> ReadIceCandidate(napi_env env,
                                                                           napi_value value) {
  const std::string line = ReadString(env, Member(env, value, "candidate")).value_or("");
  const std::string mid = ReadString(env, Member(env, value, "sdpMid")).value_or("");
  const int index = ReadUint16(env, Member(env, value, "sdpMLineIndex")).value_or(-1);
  webrtc::SdpParseError parse_error;
  std::unique_ptr<webrtc::IceCandidate> candidate =
      webrtc::IceCandidate::Create(mid, index, line, &parse_error);
  if (!candidate) {
    return RTCError(webrtc::RTCErrorType::UNSUPPORTED_OPERATION,
                    "Error processing ICE candidate: " + parse_error.description);
  }
  std::optional<std::string> fragment = ReadString(env, Member(env, value, "usernameFragment"));
  if (fragment && candidate->candidate().username().empty()) {
    webrtc::Candidate with_fragment = candidate->candidate();
    with_fragment.set_username(*fragment);
    candidate = std::make_unique<webrtc::IceCandidate>(mid, index, with_fragment);
  }
  return candidate;
}

// The names of the media sections that the two sides have described so far.
std::vector<std::string> MediaSections(const PeerConnectionInterface& connection) {
  const webrtc::SessionDescription* longest = nullptr;
  for (const SessionDescriptionInterface* side :
       {connection.local_description(), connection.remote_description()}) {
    if (!side || !side->description()) continue;
    if (!longest || side->description()->contents().size() > longest->contents().size()) {
      longest = side->description();
    }
  }
  std::vector<std::string> names;
  if (!longest) return names;
  for (const webrtc::ContentInfo& content : longest->contents()) {
    names.emplace_back(content.mid());
  }
  return names;
}

std::array<const SessionDescriptionInterface*, 4> AllDescriptions(
    const PeerConnectionInterface& connection) {
  return {connection.current_local_description(), connection.pending_local_description(),
          connection.current_remote_description(), connection.pending_remote_description()};
}

}  // namespace

Napi::Function PeerConnectionHandle::Register(Runtime& runtime) {
  Napi::Function constructor = DefineClass(
      runtime.env(), kClassName,
      {
          InstanceMethod<&PeerConnectionHandle::SetConfiguration>("setConfiguration"),
          InstanceMethod<&PeerConnectionHandle::CreateOffer>("createOffer"),
          InstanceMethod<&PeerConnectionHandle::CreateAnswer>("createAnswer"),
          InstanceMethod<&PeerConnectionHandle::SetLocalDescription>("setLocalDescription"),
          InstanceMethod<&PeerConnectionHandle::SetRemoteDescription>("setRemoteDescription"),
          InstanceMethod<&PeerConnectionHandle::AddIceCandidate>("addIceCandidate"),
          InstanceMethod<&PeerConnectionHandle::RestartIce>("restartIce"),
          InstanceMethod<&PeerConnectionHandle::ShouldFireNegotiationNeeded>(
              "shouldFireNegotiationNeeded"),
          InstanceMethod<&PeerConnectionHandle::CreateDataChannel>("createDataChannel"),
          InstanceAccessor<&PeerConnectionHandle::SignalingState>("signalingState"),
          InstanceAccessor<&PeerConnectionHandle::CanTrickleIceCandidates>(
              "canTrickleIceCandidates"),
          InstanceMethod<&PeerConnectionHandle::Descriptions>("descriptions"),
          InstanceMethod<&PeerConnectionHandle::Transports>("transports"),
          InstanceMethod<&PeerConnectionHandle::Certificate>("certificate"),
          InstanceMethod<&PeerConnectionHandle::GetStats>("getStats"),
          InstanceMethod<&PeerConnectionHandle::StartEventLog>("startEventLog"),
          InstanceMethod<&PeerConnectionHandle::StopEventLog>("stopEventLog"),
          InstanceMethod<&PeerConnectionHandle::AddTrack>("addTrack"),
          InstanceMethod<&PeerConnectionHandle::AddTransceiver>("addTransceiver"),
          InstanceMethod<&PeerConnectionHandle::RemoveTrack>("removeTrack"),
          InstanceMethod<&PeerConnectionHandle::Transceivers>("transceivers"),
          InstanceMethod<&PeerConnectionHandle::GetStatsOf>("getStatsOf"),
          InstanceMethod<&PeerConnectionHandle::Close>("close"),
      });
  runtime.SetConstructor(kClassName, constructor);
  return constructor;
}

PeerConnectionHandle::PeerConnectionHandle(const Napi::CallbackInfo& info)
    : Handle<PeerConnectionHandle>(info) {
  webrtc::RTCErrorOr<Configuration> configuration = ReadConfiguration(info.Env(), info[0]);
  if (!configuration.ok()) {
    Throw(info.Env(), configuration.error());
    return;
  }
  lease_ = runtime().Acquire();
  if (!lease_) {
    Throw(info.Env(), RTCError::InvalidState("The environment is being torn down"));
    return;
  }

  // The factory gives its mask to the allocators of the connections it makes.
  webrtc::PeerConnectionFactoryInterface::Options options;
  options.network_ignore_mask = configuration.value().network.network_ignore_mask;
  lease_->factory()->SetOptions(options);

  webrtc::PeerConnectionDependencies dependencies(this);
  dependencies.allocator = CreatePortAllocator(*runtime().engine(), configuration.value().network);
  dependencies.async_dns_resolver_factory =
      std::make_unique<DnsResolverFactory>(runtime().multicast_dns());
  dependencies.tls_cert_verifier = std::make_unique<TlsVerifier>(runtime().root_certificates());
  dependencies.cert_generator =
      certificate_->Watch(std::make_unique<webrtc::RTCCertificateGenerator>(
          lease_->signaling_thread(), lease_->key_queue()));
  auto connection = lease_->factory()->CreatePeerConnectionOrError(configuration.value().rtc,
                                                                   std::move(dependencies));
  if (!connection.ok()) {
    Throw(info.Env(), connection.error());
    return;
  }
  connection_ = connection.MoveValue();
  rtp_->key_frame_requests = lease_->latest_key_frame_requests();
  AdjustExternalMemory(info.Env(), kExternalMemory);
}

PeerConnectionHandle::~PeerConnectionHandle() { CloseConnection(); }

void PeerConnectionHandle::OnEngineStop() { CloseConnection(); }

void PeerConnectionHandle::CloseConnection() {
  if (std::exchange(closed_, true)) return;
  callbacks_.Clear();
  rtp_->open = false;
  if (connection_) {
    connection_->Close();
    const auto descriptions = AllDescriptions(*connection_);
    for (size_t i = 0; i < descriptions.size(); ++i) {
      if (descriptions[i]) last_descriptions_[i] = descriptions[i]->Clone();
    }
    // Not only when this is collected: closed connections that wait for that would be most of what
    // the process uses.
    connection_ = nullptr;
    AdjustExternalMemory(Env(), -kExternalMemory);
  }
  lease_.Release();
}

void PeerConnectionHandle::Report(const char* name, FillArguments fill) {
  loop().Post([weak = Weak(), name, fill = std::move(fill)](Napi::Env env) mutable {
    PeerConnectionHandle* handle = weak.get();
    if (handle && !handle->closed_) CallSink(env, handle->Value(), name, std::move(fill));
  });
}

bool PeerConnectionHandle::CheckOpen(Napi::Env env) const {
  if (connection_ && !closed_) return true;
  Throw(env, RTCError::InvalidState("The peer connection is closed"));
  return false;
}

std::optional<PeerConnectionHandle::Settle> PeerConnectionHandle::Begin(Napi::Env env,
                                                                        napi_value argument) {
  napi_valuetype type = napi_undefined;
  if (!argument || napi_typeof(env, argument, &type) != napi_ok || type != napi_function) {
    Throw(env, RTCError::InvalidParameter("An operation needs a callback"));
    return std::nullopt;
  }
  if (!CheckOpen(env)) return std::nullopt;
  const PendingCallbacks::Id id = callbacks_.Add(Napi::Function(env, argument));
  return [&loop = loop(), weak = Weak(), id](FillArguments fill) {
    loop.Post([weak, id, fill = std::move(fill)](Napi::Env env) mutable {
      CallBack(env, weak, id, std::move(fill));
    });
  };
}

std::optional<PeerConnectionHandle::Settle> PeerConnectionHandle::BeginInPlace(
    Napi::Env env, napi_value argument) {
  std::optional<Settle> settle = Begin(env, argument);
  if (!settle) return std::nullopt;
  struct Place {
    Settle settle;
    FillArguments fill;
    bool reached = false;
  };
  auto place = std::make_shared<Place>();
  place->settle = *std::move(settle);
  loop().Post([place, weak = Weak(), id = callbacks_.last_id()](Napi::Env env) {
    place->reached = true;
    if (place->fill) CallBack(env, weak, id, std::move(place->fill));
  });
  return [place](FillArguments fill) {
    if (place->reached) {
      place->settle(std::move(fill));
    } else {
      place->fill = std::move(fill);
    }
  };
}

void PeerConnectionHandle::SettleError(Settle& settle, RTCError error,
                                       std::optional<int> sdp_line_number) {
  settle([error = std::move(error), sdp_line_number](Napi::Env env, SinkArguments& arguments) {
    arguments.push_back(ToJs(env, error, sdp_line_number));
  });
}

void PeerConnectionHandle::CallBack(Napi::Env env, const WeakHandle<PeerConnectionHandle>& weak,
                                    PendingCallbacks::Id id, FillArguments fill) {
  PeerConnectionHandle* handle = weak.get();
  Napi::Function callback = handle ? handle->callbacks_.Take(id) : Napi::Function();
  if (callback.IsEmpty()) return;
  SinkArguments arguments;
  fill(env, arguments);
  CallFunction(env, Undefined(env), callback, arguments);
}

// ---- What libwebrtc reports

void PeerConnectionHandle::OnConnectionChange(
    webrtc::PeerConnectionInterface::PeerConnectionState state) {
  using State = webrtc::PeerConnectionInterface::PeerConnectionState;
  if (state == State::kConnected && connection_) connection_->ClearStatsCache();
}

void PeerConnectionHandle::OnNegotiationNeededEvent(uint32_t event_id) {
  Report("negotiationneeded", [event_id](Napi::Env env, SinkArguments& arguments) {
    arguments.push_back(ToJs(env, event_id));
  });
}

void PeerConnectionHandle::OnIceCandidate(const webrtc::IceCandidate* candidate) {
  Report("icecandidate",
         [candidate = candidate->candidate(), mid = candidate->sdp_mid(),
          index = candidate->sdp_mline_index()](Napi::Env env, SinkArguments& arguments) {
           arguments.push_back(MakeIceCandidate(env, candidate, mid, index));
         });
}

void PeerConnectionHandle::OnIceCandidateError(const std::string& address, int port,
                                               const std::string& url, int error_code,
                                               const std::string& error_text) {
  Report("icecandidateerror",
         [address, port, url, error_code, error_text](Napi::Env env, SinkArguments& arguments) {
           arguments = {ToJs(env, address), ToJs(env, port), ToJs(env, url), ToJs(env, error_code),
                        ToJs(env, error_text)};
         });
}

void PeerConnectionHandle::OnDataChannel(
    webrtc::scoped_refptr<webrtc::DataChannelInterface> channel) {
  // The pipe listens from now on, so that nothing is lost before JS knows of the channel.
  auto pipe = DataChannelPipe::Create(shared_runtime(), channel);
  Report("datachannel", [runtime = shared_runtime(), pipe = std::move(pipe),
                         channel = std::move(channel)](Napi::Env, SinkArguments& arguments) {
    arguments.push_back(DataChannelHandle::Create(*runtime, pipe, *channel));
  });
}

// ---- `NativePeerConnection`

void PeerConnectionHandle::SetConfiguration(const Napi::CallbackInfo& info) {
  if (!CheckOpen(info.Env())) return;
  webrtc::RTCErrorOr<Configuration> configuration = ReadConfiguration(info.Env(), info[0]);
  RTCError error = configuration.ok() ? connection_->SetConfiguration(configuration.value().rtc)
                                      : configuration.MoveError();
  if (!error.ok()) Throw(info.Env(), error);
}

void PeerConnectionHandle::CreateOffer(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<Settle> settle = Begin(env, info[1]);
  if (!settle) return;
  PeerConnectionInterface::RTCOfferAnswerOptions options;
  options.ice_restart = ReadBool(env, Member(env, info[0], "iceRestart")).value_or(false);
  options.offer_to_receive_audio =
      ReadOfferToReceive(env, Member(env, info[0], "offerToReceiveAudio"));
  options.offer_to_receive_video =
      ReadOfferToReceive(env, Member(env, info[0], "offerToReceiveVideo"));
  if (RTCError error = DescriptionGuard::CheckCreateOffer(*connection_); !error.ok()) {
    SettleError(*settle, std::move(error));
    return;
  }
  connection_->CreateOffer(CreationObserver(*std::move(settle)).get(), options);
}

void PeerConnectionHandle::CreateAnswer(const Napi::CallbackInfo& info) {
  std::optional<Settle> settle = Begin(info.Env(), info[0]);
  if (!settle) return;
  connection_->CreateAnswer(CreationObserver(*std::move(settle)).get(), {});
}

void PeerConnectionHandle::SetLocalDescription(const Napi::CallbackInfo& info) {
  SetDescription(info, /*local=*/true);
}

void PeerConnectionHandle::SetRemoteDescription(const Napi::CallbackInfo& info) {
  SetDescription(info, /*local=*/false);
}

webrtc::scoped_refptr<webrtc::CreateSessionDescriptionObserver>
PeerConnectionHandle::CreationObserver(Settle settle) {
  return webrtc::make_ref_counted<CreateDescriptionObserver>(
      [weak = Weak(), settle = std::move(settle)](
          RTCError error, std::unique_ptr<SessionDescriptionInterface> description) mutable {
        if (PeerConnectionHandle* handle = weak.get()) handle->guard_.OnCreated(description.get());
        settle([error = std::move(error), description = std::move(description)](
                   Napi::Env env, SinkArguments& arguments) {
          arguments.push_back(ToJs(env, error));
          if (description) arguments.push_back(MakeDescription(env, description.get()));
        });
      });
}

void PeerConnectionHandle::SetDescription(const Napi::CallbackInfo& info, bool local) {
  Napi::Env env = info.Env();
  std::optional<Settle> settle = BeginInPlace(env, info[1]);
  if (!settle) return;
  const bool implicit = local && info[0].IsNull();
  ParsedDescription parsed;
  if (!implicit) {
    parsed = ReadDescription(env, info[0]);
    if (parsed.error.ok() && local) {
      guard_.OnCreated(connection_->local_description());
      parsed.error = guard_.CheckLocal(*connection_, *parsed.description);
    }
    if (!parsed.error.ok()) {
      SettleError(*settle, std::move(parsed.error), parsed.line_number);
      return;
    }
  }
  auto observer = webrtc::make_ref_counted<SetDescriptionObserver>(
      [settle = *std::move(settle), weak = Weak()](RTCError error) mutable {
        PeerConnectionHandle* handle = weak.get();
        if (handle && error.ok()) handle->AssignDataChannelIds();
        SettleError(settle, std::move(error));
      });
  if (implicit) {
    connection_->SetLocalDescription(std::move(observer));
  } else if (local) {
    connection_->SetLocalDescription(std::move(parsed.description), std::move(observer));
  } else {
    connection_->SetRemoteDescription(std::move(parsed.description), std::move(observer));
  }
}

webrtc::PeerConnection& PeerConnectionHandle::Internal() const {
  auto* proxy = static_cast<webrtc::PeerConnectionProxyWithInternal<PeerConnectionInterface>*>(
      connection_.get());
  return *static_cast<webrtc::PeerConnection*>(proxy->internal());
}

void PeerConnectionHandle::AssignDataChannelIds() {
  if (!connection_ || closed_) return;
  // An offer settles no DTLS role.
  const auto state = connection_->signaling_state();
  if (state == PeerConnectionInterface::kHaveLocalOffer ||
      state == PeerConnectionInterface::kHaveRemoteOffer) {
    return;
  }
  webrtc::PeerConnection& internal = Internal();
  webrtc::DataChannelController& channels = *internal.data_channel_controller();
  if (!channels.HasUsedDataChannels()) return;
  // libwebrtc itself waits until the association is there.
  runtime().engine()->network_thread()->BlockingCall([&] {
    auto transport = internal.GetSctpTransport();
    if (!transport) return;
    std::optional<webrtc::SSLRole> role =
        static_cast<webrtc::SctpTransport*>(transport.get())->DtlsRole();
    if (role) channels.AllocateSctpSids(*role);
  });
}

void PeerConnectionHandle::AddIceCandidate(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<Settle> settle = Begin(env, info[1]);
  if (!settle) return;
  // libwebrtc's signature wants a function that can be copied.
  auto shared = std::make_shared<Settle>(*std::move(settle));
  const auto finish = [shared](RTCError error) { SettleError(*shared, std::move(error)); };
  // The end of the candidates, of which libwebrtc wants to know nothing.
  if (ReadString(env, Member(env, info[0], "candidate")).value_or("").empty()) {
    finish(RTCError::OK());
    return;
  }
  auto candidate = ReadIceCandidate(env, info[0]);
  if (!candidate.ok()) {
    finish(candidate.MoveError());
    return;
  }
  connection_->AddIceCandidate(candidate.MoveValue(), finish);
}

void PeerConnectionHandle::RestartIce(const Napi::CallbackInfo&) {
  if (connection_ && !closed_) connection_->RestartIce();
}

Napi::Value PeerConnectionHandle::ShouldFireNegotiationNeeded(const Napi::CallbackInfo& info) {
  std::optional<int64_t> id =
      ReadInteger(info.Env(), info[0], 0, std::numeric_limits<uint32_t>::max());
  return Napi::Boolean::New(
      info.Env(), connection_ && !closed_ && id &&
                      connection_->ShouldFireNegotiationNeededEvent(static_cast<uint32_t>(*id)));
}

Napi::Value PeerConnectionHandle::CreateDataChannel(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (!CheckOpen(env)) return env.Undefined();
  const std::string label = ReadString(env, info[0]).value_or("");
  const webrtc::DataChannelInit init = ReadDataChannelInit(env, info[1]);
  RTCError error = CheckDataChannel(label, init);
  if (!error.ok()) {
    Throw(env, error);
    return env.Undefined();
  }
  auto channel = connection_->CreateDataChannelOrError(label, &init);
  if (!channel.ok()) {
    Throw(env, channel.error());
    return env.Undefined();
  }
  auto pipe = DataChannelPipe::Create(shared_runtime(), channel.value());
  return DataChannelHandle::Create(runtime(), std::move(pipe), *channel.value());
}

Napi::Value PeerConnectionHandle::SignalingState(const Napi::CallbackInfo& info) {
  const auto state =
      connection_ ? connection_->signaling_state() : PeerConnectionInterface::kClosed;
  return Napi::Value(info.Env(), ToJs(info.Env(), PeerConnectionInterface::AsString(state)));
}

Napi::Value PeerConnectionHandle::CanTrickleIceCandidates(const Napi::CallbackInfo& info) {
  return Napi::Value(
      info.Env(),
      ToJs(info.Env(), connection_ ? connection_->can_trickle_ice_candidates() : std::nullopt));
}

Napi::Value PeerConnectionHandle::Descriptions(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::array<const SessionDescriptionInterface*, 4> all{};
  if (connection_) {
    all = AllDescriptions(*connection_);
  } else {
    for (size_t i = 0; i < all.size(); ++i) all[i] = last_descriptions_[i].get();
  }
  return Napi::Value(env, MakeObject(env, {{"currentLocal", MakeDescription(env, all[0])},
                                           {"pendingLocal", MakeDescription(env, all[1])},
                                           {"currentRemote", MakeDescription(env, all[2])},
                                           {"pendingRemote", MakeDescription(env, all[3])}}));
}

Napi::Value PeerConnectionHandle::Transports(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  webrtc::scoped_refptr<webrtc::SctpTransportInterface> sctp;
  webrtc::SctpTransportInformation sctp_information;
  std::vector<std::pair<std::string, webrtc::scoped_refptr<webrtc::DtlsTransportInterface>>> dtls;
  if (connection_ && !closed_) {
    // One wait for the network thread, however many transports there are.
    runtime().engine()->network_thread()->BlockingCall(
        [&, &internal = Internal(), names = MediaSections(*connection_)] {
          sctp = internal.GetSctpTransport();
          if (sctp) sctp_information = sctp->Information();
          for (const std::string& mid : names) {
            if (auto transport = internal.LookupDtlsTransportByMid(mid)) {
              dtls.emplace_back(mid, std::move(transport));
            }
          }
        });
  }
  std::vector<napi_value> sections;
  for (auto& [mid, transport] : dtls) {
    Napi::Value handle = DtlsTransportHandle::From(runtime(), transports_, std::move(transport));
    if (handle.IsEmpty()) break;
    sections.push_back(MakeObject(env, {{"mid", ToJs(env, mid)}, {"transport", handle}}));
  }
  napi_value sctp_handle =
      sctp ? SctpTransportHandle::From(runtime(), transports_, std::move(sctp), sctp_information)
           : env.Null();
  return Napi::Value(env,
                     MakeObject(env, {{"dtls", MakeArray(env, sections)}, {"sctp", sctp_handle}}));
}

void PeerConnectionHandle::Certificate(const Napi::CallbackInfo& info) {
  std::optional<Settle> settle = Begin(info.Env(), info[0]);
  if (!settle) return;
  certificate_->Get([settle = *std::move(settle)](LocalCertificate::Ref certificate) mutable {
    settle([certificate = std::move(certificate)](Napi::Env env, SinkArguments& arguments) {
      if (certificate) {
        arguments = {env.Null(), CertificateHandle::Create(*Runtime::From(env), certificate)};
      } else {
        arguments = {ToJs(env, RTCError::InternalError("There is no certificate"))};
      }
    });
  });
}

void PeerConnectionHandle::GetStats(const Napi::CallbackInfo& info) {
  std::optional<Settle> settle = Begin(info.Env(), info[0]);
  if (!settle) return;
  ForgetEarlyStats();
  connection_->GetStats(StatsObserver(*std::move(settle)).get());
}

void PeerConnectionHandle::ForgetEarlyStats() {
  using State = webrtc::PeerConnectionInterface::PeerConnectionState;
  if (connection_->peer_connection_state() != State::kConnected) connection_->ClearStatsCache();
}

webrtc::scoped_refptr<webrtc::RTCStatsCollectorCallback> PeerConnectionHandle::StatsObserver(
    Settle settle) {
  return webrtc::make_ref_counted<StatsCallback>(
      [settle = std::move(settle)](StatsCallback::Report report) mutable {
        settle([report = std::move(report)](Napi::Env env, SinkArguments& arguments) {
          arguments.push_back(MakeStats(env, *report));
        });
      });
}

void PeerConnectionHandle::Close(const Napi::CallbackInfo&) { CloseConnection(); }

}  // namespace node_libwebrtc
