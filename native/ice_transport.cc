#include "native/ice_transport.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "api/candidate.h"
#include "api/transport/enums.h"
#include "native/bridge/convert.h"
#include "native/ice_candidate.h"
#include "native/ice_values.h"
#include "p2p/base/candidate_pair_interface.h"
#include "p2p/base/ice_transport_internal.h"
#include "p2p/base/port_allocator.h"
#include "p2p/base/transport_description.h"
#include "rtc_base/network_route.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

namespace {

const char* ToString(webrtc::IceGatheringState state) {
  switch (state) {
    case webrtc::kIceGatheringNew:
      return "new";
    case webrtc::kIceGatheringGathering:
      return "gathering";
    case webrtc::kIceGatheringComplete:
      break;
  }
  return "complete";
}

// What the specification calls a candidate pair, with the name of the media section whose transport
// it is.
struct SelectedPair {
  std::string mid;
  webrtc::CandidatePair candidates;
};

napi_value MakePair(napi_env env, const std::optional<SelectedPair>& pair) {
  if (!pair) return Null(env);
  return MakeIceCandidatePair(env, pair->candidates, pair->mid);
}

napi_value MakeCandidates(napi_env env, const std::vector<webrtc::Candidate>& candidates,
                          const std::string& mid) {
  std::vector<napi_value> elements;
  elements.reserve(candidates.size());
  for (const webrtc::Candidate& candidate : candidates) {
    elements.push_back(MakeIceCandidate(env, candidate, mid, 0));
  }
  return MakeArray(env, elements);
}

napi_value MakeParameters(napi_env env, const std::string& username_fragment,
                          const std::string& password) {
  if (username_fragment.empty()) return Null(env);
  return MakeObject(
      env, {{"usernameFragment", ToJs(env, username_fragment)}, {"password", ToJs(env, password)}});
}

}  // namespace

// Watches a transport on the network thread, and keeps what has been seen for the JS thread.
//
// libwebrtc has no way to take these subscriptions back. They hold the observer, and go with the
// transport.
class IceTransportHandle::Observer final : public std::enable_shared_from_this<Observer> {
 public:
  Observer(EventLoop& loop, WeakHandle<IceTransportHandle> handle)
      : loop_(loop), handle_(std::move(handle)) {}

  // On the network thread.
  void Attach(webrtc::IceTransportInternal* transport) {
    if (!transport) {
      OnState(webrtc::IceTransportState::kClosed);
      return;
    }
    // When the transport goes, so do its callbacks, and with them this.
    absl::Cleanup on_gone = [self = shared_from_this()] {
      self->OnState(webrtc::IceTransportState::kClosed);
    };
    transport->SubscribeIceTransportStateChanged(
        this, [this, on_gone = std::move(on_gone)](webrtc::IceTransportInternal* changed) {
          OnState(changed->GetIceTransportState());
        });
    transport->AddGatheringStateCallback(
        this, [self = shared_from_this()](webrtc::IceTransportInternal* changed) {
          self->OnGatheringState(changed->gathering_state());
        });
    transport->SubscribeNetworkRouteChanged(
        this, [self = shared_from_this(), transport](std::optional<webrtc::NetworkRoute>) {
          self->OnSelectedPair(*transport);
        });
    // What has happened since the handle was made.
    OnState(transport->GetIceTransportState());
    OnGatheringState(transport->gathering_state());
    OnSelectedPair(*transport);
  }

  // From any thread.

  webrtc::IceTransportState state() const {
    webrtc::MutexLock lock(&mutex_);
    return state_;
  }
  webrtc::IceGatheringState gathering_state() const {
    webrtc::MutexLock lock(&mutex_);
    return gathering_state_;
  }
  std::optional<SelectedPair> selected_pair() const {
    webrtc::MutexLock lock(&mutex_);
    return selected_pair_;
  }

 private:
  void OnState(webrtc::IceTransportState state) {
    {
      webrtc::MutexLock lock(&mutex_);
      if (state == state_) return;
      state_ = state;
    }
    Post(loop_, handle_, "statechange", [state](Napi::Env env, SinkArguments& arguments) {
      arguments.push_back(ToJs(env, ToString(state)));
    });
  }

  void OnGatheringState(webrtc::IceGatheringState state) {
    {
      webrtc::MutexLock lock(&mutex_);
      if (state == gathering_state_) return;
      gathering_state_ = state;
    }
    // libwebrtc reports candidates through its queue of the JS thread: "complete" must come behind
    // them.
    loop_.thread()->PostTask([self = shared_from_this(), state] {
      Post(self->loop_, self->handle_, "gatheringstatechange",
           [state](Napi::Env env, SinkArguments& arguments) {
             arguments.push_back(ToJs(env, ToString(state)));
           });
    });
  }

  void OnSelectedPair(const webrtc::IceTransportInternal& transport) {
    std::optional<SelectedPair> pair;
    if (auto candidates = transport.GetSelectedCandidatePair()) {
      pair = {.mid = transport.transport_name(), .candidates = *candidates};
    }
    {
      webrtc::MutexLock lock(&mutex_);
      if (IsSame(pair, selected_pair_)) return;
      selected_pair_ = pair;
    }
    Post(loop_, handle_, "selectedcandidatepairchange",
         [pair = std::move(pair)](Napi::Env env, SinkArguments& arguments) {
           arguments.push_back(MakePair(env, pair));
         });
  }

  // The route changes in other ways too.
  static bool IsSame(const std::optional<SelectedPair>& a, const std::optional<SelectedPair>& b) {
    if (!a || !b) return !a && !b;
    return a->candidates.local == b->candidates.local &&
           a->candidates.remote == b->candidates.remote;
  }

  EventLoop& loop_;
  const WeakHandle<IceTransportHandle> handle_;
  mutable webrtc::Mutex mutex_;
  webrtc::IceTransportState state_ RTC_GUARDED_BY(mutex_) = webrtc::IceTransportState::kNew;
  webrtc::IceGatheringState gathering_state_ RTC_GUARDED_BY(mutex_) = webrtc::kIceGatheringNew;
  std::optional<SelectedPair> selected_pair_ RTC_GUARDED_BY(mutex_);
};

void IceTransportHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      "IceTransport",
      DefineClass(
          runtime.env(), "IceTransport",
          {
              InstanceAccessor<&IceTransportHandle::Role>("role"),
              InstanceAccessor<&IceTransportHandle::Component>("component"),
              InstanceAccessor<&IceTransportHandle::State>("state"),
              InstanceAccessor<&IceTransportHandle::GatheringState>("gatheringState"),
              InstanceMethod<&IceTransportHandle::LocalCandidates>("localCandidates"),
              InstanceMethod<&IceTransportHandle::RemoteCandidates>("remoteCandidates"),
              InstanceMethod<&IceTransportHandle::SelectedCandidatePair>("selectedCandidatePair"),
              InstanceMethod<&IceTransportHandle::LocalParameters>("localParameters"),
              InstanceMethod<&IceTransportHandle::RemoteParameters>("remoteParameters"),
          }));
}

Napi::Value IceTransportHandle::From(
    Runtime& runtime, std::shared_ptr<TransportHandles> handles,
    webrtc::scoped_refptr<webrtc::IceTransportInterface> transport) {
  if (Napi::Value known = handles->ice.Find(transport.get()); !known.IsEmpty()) return known;
  Init init{.handles = std::move(handles), .transport = std::move(transport)};
  return runtime.GetConstructor("IceTransport")
      .New({Napi::External<Init>::New(runtime.env(), &init)});
}

IceTransportHandle::IceTransportHandle(const Napi::CallbackInfo& info)
    : Handle<IceTransportHandle>(info) {
  if (!info[0].IsExternal()) {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
    return;
  }
  Init& init = *info[0].As<Napi::External<Init>>().Data();
  handles_ = std::move(init.handles);
  transport_ = std::move(init.transport);
  network_thread_ = runtime().engine()->network_thread();
  handles_->ice.Insert(transport_.get(), this);
  observer_ = std::make_shared<Observer>(loop(), Weak());
  network_thread_->PostTask(
      [transport = transport_, observer = observer_] { observer->Attach(transport->internal()); });
}

IceTransportHandle::~IceTransportHandle() {
  if (transport_) handles_->ice.Erase(transport_.get(), this);
}

void IceTransportHandle::OnEngineStop() {
  if (!transport_) return;
  handles_->ice.Erase(transport_.get(), this);
  transport_ = nullptr;
}

void IceTransportHandle::Ask(absl::FunctionRef<void(webrtc::P2PTransportChannel&)> question) const {
  if (!transport_ || observer_->state() == webrtc::IceTransportState::kClosed) return;
  network_thread_->BlockingCall([&] {
    // No other kind of transport is ever made; the interface lacks the candidates.
    auto* channel = dynamic_cast<webrtc::P2PTransportChannel*>(transport_->internal());
    if (channel) question(*channel);
  });
}

Napi::Value IceTransportHandle::Role(const Napi::CallbackInfo& info) {
  webrtc::IceRole role = webrtc::ICEROLE_UNKNOWN;
  Ask([&role](webrtc::P2PTransportChannel& channel) { role = channel.GetIceRole(); });
  return {info.Env(), ToJs(info.Env(), ToString(role))};
}

Napi::Value IceTransportHandle::Component(const Napi::CallbackInfo& info) {
  // RTCP is always multiplexed.
  return {info.Env(), ToJs(info.Env(), "rtp")};
}

Napi::Value IceTransportHandle::State(const Napi::CallbackInfo& info) {
  if (!observer_) return info.Env().Null();
  return {info.Env(), ToJs(info.Env(), ToString(observer_->state()))};
}

Napi::Value IceTransportHandle::GatheringState(const Napi::CallbackInfo& info) {
  if (!observer_) return info.Env().Null();
  return {info.Env(), ToJs(info.Env(), ToString(observer_->gathering_state()))};
}

Napi::Value IceTransportHandle::LocalCandidates(const Napi::CallbackInfo& info) {
  std::string mid;
  std::vector<webrtc::Candidate> candidates;
  Ask([&](webrtc::P2PTransportChannel& channel) {
    mid = channel.transport_name();
    if (channel.allocator_session()) candidates = channel.allocator_session()->ReadyCandidates();
  });
  return {info.Env(), MakeCandidates(info.Env(), candidates, mid)};
}

Napi::Value IceTransportHandle::RemoteCandidates(const Napi::CallbackInfo& info) {
  std::string mid;
  std::vector<webrtc::Candidate> candidates;
  Ask([&](webrtc::P2PTransportChannel& channel) {
    mid = channel.transport_name();
    for (const webrtc::RemoteCandidate& candidate : channel.remote_candidates()) {
      if (!candidate.is_prflx()) candidates.push_back(candidate);
    }
  });
  return {info.Env(), MakeCandidates(info.Env(), candidates, mid)};
}

Napi::Value IceTransportHandle::SelectedCandidatePair(const Napi::CallbackInfo& info) {
  if (!observer_) return info.Env().Null();
  std::optional<SelectedPair> pair = observer_->selected_pair();
  // A peer-reflexive candidate becomes what the remote peer signals it to be, without a change of
  // the route.
  if (pair && pair->candidates.remote.is_prflx()) {
    Ask([&pair](webrtc::P2PTransportChannel& channel) {
      if (auto candidates = channel.GetSelectedCandidatePair()) pair->candidates = *candidates;
    });
  }
  return {info.Env(), MakePair(info.Env(), pair)};
}

Napi::Value IceTransportHandle::LocalParameters(const Napi::CallbackInfo& info) {
  std::string username_fragment;
  std::string password;
  Ask([&](webrtc::P2PTransportChannel& channel) {
    if (!channel.allocator_session()) return;
    username_fragment = channel.allocator_session()->ice_ufrag();
    password = channel.allocator_session()->ice_pwd();
  });
  return {info.Env(), MakeParameters(info.Env(), username_fragment, password)};
}

Napi::Value IceTransportHandle::RemoteParameters(const Napi::CallbackInfo& info) {
  std::string username_fragment;
  std::string password;
  Ask([&](webrtc::P2PTransportChannel& channel) {
    if (!channel.remote_ice_parameters()) return;
    username_fragment = channel.remote_ice_parameters()->ufrag;
    password = channel.remote_ice_parameters()->pwd;
  });
  return {info.Env(), MakeParameters(info.Env(), username_fragment, password)};
}

}  // namespace node_libwebrtc
