#include "native/dtls_transport.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "api/rtc_error.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/ice_transport.h"
#include "rtc_base/buffer.h"
#include "rtc_base/ssl_certificate.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

namespace {

const char* ToString(webrtc::DtlsTransportState state) {
  switch (state) {
    case webrtc::DtlsTransportState::kNew:
      return "new";
    case webrtc::DtlsTransportState::kConnecting:
      return "connecting";
    case webrtc::DtlsTransportState::kConnected:
      return "connected";
    case webrtc::DtlsTransportState::kFailed:
      return "failed";
    case webrtc::DtlsTransportState::kClosed:
    case webrtc::DtlsTransportState::kNumValues:
      break;
  }
  return "closed";
}

napi_value MakeCertificates(Napi::Env env, const webrtc::DtlsTransportInformation& information) {
  std::vector<napi_value> certificates;
  const webrtc::SSLCertChain* chain = information.remote_ssl_certificates();
  for (size_t i = 0; chain && i < chain->GetSize(); ++i) {
    webrtc::Buffer der;
    chain->Get(i).ToDER(&der);
    certificates.push_back(MakeArrayBuffer(env, der.data(), der.size()));
  }
  return MakeArray(env, certificates);
}

// libwebrtc names no reason. The remote certificate is known before it is compared with the
// fingerprint, and it is the last thing to fail; without one the handshake itself went wrong.
webrtc::RTCError MakeFailure(const webrtc::DtlsTransportInformation& information) {
  const bool certificate_refused = information.remote_ssl_certificates() != nullptr;
  webrtc::RTCError error(webrtc::RTCErrorType::OPERATION_ERROR_WITH_DATA,
                         certificate_refused
                             ? "The certificate of the remote peer does not match its fingerprint"
                             : "The DTLS transport has failed");
  error.set_error_detail(certificate_refused ? webrtc::RTCErrorDetailType::FINGERPRINT_FAILURE
                                             : webrtc::RTCErrorDetailType::DTLS_FAILURE);
  return error;
}

}  // namespace

// Lives on the network thread, from its registration to the end.
class DtlsTransportHandle::Observer final : public webrtc::DtlsTransportObserverInterface {
 public:
  Observer(EventLoop& loop, WeakHandle<DtlsTransportHandle> handle, webrtc::DtlsTransportState seen)
      : loop_(loop), handle_(std::move(handle)), seen_(seen) {}

  void Attach(webrtc::DtlsTransportInterface& transport) {
    transport.RegisterObserver(this);
    // What has happened since the handle was made.
    OnStateChange(transport.Information());
  }

 private:
  void OnStateChange(webrtc::DtlsTransportInformation information) override {
    if (information.state() == seen_) return;
    seen_ = information.state();
    if (seen_ == webrtc::DtlsTransportState::kFailed) OnError(MakeFailure(information));
    Post(loop_, handle_, "statechange",
         [information = std::move(information)](Napi::Env env, SinkArguments& arguments) {
           arguments.push_back(ToJs(env, ToString(information.state())));
           arguments.push_back(MakeCertificates(env, information));
         });
  }

  void OnError(webrtc::RTCError error) override {
    Post(loop_, handle_, "error",
         [error = std::move(error)](Napi::Env env, SinkArguments& arguments) {
           arguments.push_back(ToJs(env, error));
         });
  }

  EventLoop& loop_;
  const WeakHandle<DtlsTransportHandle> handle_;
  webrtc::DtlsTransportState seen_;
};

void DtlsTransportHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      "DtlsTransport",
      DefineClass(
          runtime.env(), "DtlsTransport",
          {
              InstanceAccessor<&DtlsTransportHandle::State>("state"),
              InstanceAccessor<&DtlsTransportHandle::IceTransport>("iceTransport"),
              InstanceAccessor<&DtlsTransportHandle::RemoteCertificates>("remoteCertificates"),
          }));
}

Napi::Value DtlsTransportHandle::From(
    Runtime& runtime, std::shared_ptr<TransportHandles> handles,
    webrtc::scoped_refptr<webrtc::DtlsTransportInterface> transport) {
  if (Napi::Value known = handles->dtls.Find(transport.get()); !known.IsEmpty()) return known;
  Init init{.handles = std::move(handles), .transport = std::move(transport)};
  return runtime.GetConstructor("DtlsTransport")
      .New({Napi::External<Init>::New(runtime.env(), &init)});
}

DtlsTransportHandle::DtlsTransportHandle(const Napi::CallbackInfo& info)
    : Handle<DtlsTransportHandle>(info) {
  if (!info[0].IsExternal()) {
    Napi::TypeError::New(info.Env(), "Illegal constructor").ThrowAsJavaScriptException();
    return;
  }
  Init& init = *info[0].As<Napi::External<Init>>().Data();
  handles_ = std::move(init.handles);
  transport_ = std::move(init.transport);
  network_thread_ = runtime().engine()->network_thread();
  handles_->dtls.Insert(transport_.get(), this);
  // JS sees every transport begin as new, and hears of all that has happened since.
  observer_ = std::make_shared<Observer>(loop(), Weak(), webrtc::DtlsTransportState::kNew);
  network_thread_->PostTask(
      [transport = transport_, observer = observer_] { observer->Attach(*transport); });
}

DtlsTransportHandle::~DtlsTransportHandle() {
  if (!transport_) return;
  const bool registered = handles_->dtls.Erase(transport_.get(), this);
  // An observer that has been replaced is still in use until the network thread comes here.
  network_thread_->PostTask(
      [transport = std::move(transport_), observer = std::move(observer_), registered] {
        if (registered) transport->UnregisterObserver();
      });
}

void DtlsTransportHandle::OnEngineStop() {
  if (!transport_) return;
  information_ = transport_->Information();
  handles_->dtls.Erase(transport_.get(), this);
  network_thread_->BlockingCall([this] { transport_->UnregisterObserver(); });
  transport_ = nullptr;
  observer_ = nullptr;
}

webrtc::DtlsTransportInformation DtlsTransportHandle::Information() const {
  return transport_ ? transport_->Information() : information_;
}

Napi::Value DtlsTransportHandle::State(const Napi::CallbackInfo& info) {
  return {info.Env(), ToJs(info.Env(), ToString(Information().state()))};
}

Napi::Value DtlsTransportHandle::IceTransport(const Napi::CallbackInfo& info) {
  if (!transport_) return info.Env().Null();
  return IceTransportHandle::From(runtime(), handles_, transport_->ice_transport());
}

Napi::Value DtlsTransportHandle::RemoteCertificates(const Napi::CallbackInfo& info) {
  return {info.Env(), MakeCertificates(info.Env(), Information())};
}

}  // namespace node_libwebrtc
