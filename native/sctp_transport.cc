#include "native/sctp_transport.h"

#include <utility>

#include "native/bridge/convert.h"
#include "native/dtls_transport.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

namespace {

const char* ToString(webrtc::SctpTransportState state) {
  switch (state) {
    case webrtc::SctpTransportState::kNew:
    case webrtc::SctpTransportState::kConnecting:
      return "connecting";
    case webrtc::SctpTransportState::kConnected:
      return "connected";
    case webrtc::SctpTransportState::kClosed:
    case webrtc::SctpTransportState::kNumValues:
      break;
  }
  return "closed";
}

napi_value MakeInformation(napi_env env, const webrtc::SctpTransportInformation& information) {
  return MakeObject(env, {{"state", ToJs(env, ToString(information.state()))},
                          {"maxMessageSize", ToJs(env, information.MaxMessageSize())},
                          {"maxChannels", ToJs(env, information.MaxChannels())}});
}

}  // namespace

// Lives on the network thread, from its registration to the end.
class SctpTransportHandle::Observer final : public webrtc::SctpTransportObserverInterface {
 public:
  Observer(EventLoop& loop, WeakHandle<SctpTransportHandle> handle, webrtc::SctpTransportState seen)
      : loop_(loop), handle_(std::move(handle)), seen_(seen) {}

  void Attach(webrtc::SctpTransportInterface& transport) {
    transport.RegisterObserver(this);
    // What has happened since the handle was made.
    OnStateChange(transport.Information());
  }

 private:
  void OnStateChange(webrtc::SctpTransportInformation information) override {
    if (information.state() == seen_) return;
    seen_ = information.state();
    Post(loop_, handle_, "statechange", [information](Napi::Env env, SinkArguments& arguments) {
      arguments.push_back(MakeInformation(env, information));
    });
  }

  EventLoop& loop_;
  const WeakHandle<SctpTransportHandle> handle_;
  webrtc::SctpTransportState seen_;
};

void SctpTransportHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      "SctpTransport",
      DefineClass(runtime.env(), "SctpTransport",
                  {
                      InstanceAccessor<&SctpTransportHandle::Information>("information"),
                      InstanceAccessor<&SctpTransportHandle::DtlsTransport>("dtlsTransport"),
                  }));
}

Napi::Value SctpTransportHandle::From(
    Runtime& runtime, std::shared_ptr<TransportHandles> handles,
    webrtc::scoped_refptr<webrtc::SctpTransportInterface> transport,
    const webrtc::SctpTransportInformation& information) {
  if (Napi::Value known = handles->sctp.Find(transport.get()); !known.IsEmpty()) {
    Unwrap(known.As<Napi::Object>())->Update(information);
    return known;
  }
  Init init{
      .handles = std::move(handles), .transport = std::move(transport), .information = information};
  return runtime.GetConstructor("SctpTransport")
      .New({Napi::External<Init>::New(runtime.env(), &init)});
}

SctpTransportHandle::SctpTransportHandle(const Napi::CallbackInfo& info)
    : Handle<SctpTransportHandle>(info) {
  if (!info[0].IsExternal()) {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
    return;
  }
  Init& init = *info[0].As<Napi::External<Init>>().Data();
  handles_ = std::move(init.handles);
  transport_ = std::move(init.transport);
  information_ = init.information;
  network_thread_ = runtime().engine()->network_thread();
  handles_->sctp.Insert(transport_.get(), this);
  // JS sees every transport begin as connecting, and hears of all that has happened since.
  observer_ = std::make_shared<Observer>(loop(), Weak(), webrtc::SctpTransportState::kNew);
  network_thread_->PostTask(
      [transport = transport_, observer = observer_] { observer->Attach(*transport); });
}

SctpTransportHandle::~SctpTransportHandle() {
  if (!transport_) return;
  const bool registered = handles_->sctp.Erase(transport_.get(), this);
  // An observer that has been replaced is still in use until the network thread comes here.
  network_thread_->PostTask(
      [transport = std::move(transport_), observer = std::move(observer_), registered] {
        if (registered) transport->UnregisterObserver();
      });
}

void SctpTransportHandle::OnEngineStop() {
  if (!transport_) return;
  handles_->sctp.Erase(transport_.get(), this);
  network_thread_->BlockingCall([this] {
    information_ = transport_->Information();
    transport_->UnregisterObserver();
  });
  transport_ = nullptr;
  observer_ = nullptr;
}

void SctpTransportHandle::Update(const webrtc::SctpTransportInformation& now) {
  // A transport that is closed stays so.
  if (information_.state() == webrtc::SctpTransportState::kClosed) return;
  // libwebrtc forgets the DTLS transport when it closes; the specification does not.
  information_ = now.dtls_transport()
                     ? now
                     : webrtc::SctpTransportInformation(now.state(), information_.dtls_transport(),
                                                        now.MaxMessageSize(), now.MaxChannels());
}

Napi::Value SctpTransportHandle::Information(const Napi::CallbackInfo& info) {
  return {info.Env(), MakeInformation(info.Env(), information_)};
}

Napi::Value SctpTransportHandle::DtlsTransport(const Napi::CallbackInfo& info) {
  if (!transport_ || !information_.dtls_transport()) return info.Env().Null();
  return DtlsTransportHandle::From(runtime(), handles_, information_.dtls_transport());
}

}  // namespace node_libwebrtc
