#include <napi.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/bridge/convert.h"
#include "native/certificate.h"
#include "native/data_channel.h"
#include "native/dtls_transport.h"
#include "native/dtmf_sender.h"
#include "native/encoded_frame.h"
#include "native/forwarding.h"
#include "native/ice_transport.h"
#include "native/media_stream_track.h"
#include "native/network/multicast_dns.h"
#include "native/network/tls_verifier.h"
#include "native/peer_connection.h"
#include "native/raw_media.h"
#include "native/recording/encoded_tap.h"
#include "native/rtp_capabilities.h"
#include "native/rtp_receiver.h"
#include "native/rtp_sender.h"
#include "native/rtp_transceiver.h"
#include "native/runtime/logging.h"
#include "native/runtime/runtime.h"
#include "native/script_transform.h"
#include "native/sctp_transport.h"
#include "native/sframe/sframe_transform.h"
#include "native/standalone_ice_transport.h"
#include "rtc_base/ssl_adapter.h"
#include "rtc_base/time_utils.h"

namespace node_libwebrtc {

namespace {

void SetLogLevel(const Napi::CallbackInfo& info) {
  const std::string level = ReadString(info.Env(), info[0]).value_or("none");
  const webrtc::LoggingSeverity severity = level == "verbose"   ? webrtc::LS_VERBOSE
                                           : level == "info"    ? webrtc::LS_INFO
                                           : level == "warning" ? webrtc::LS_WARNING
                                           : level == "error"   ? webrtc::LS_ERROR
                                                                : webrtc::LS_NONE;
  Logging& logging = Runtime::From(info.Env())->logging();
  if (severity != webrtc::LS_NONE && info[1].IsFunction()) {
    logging.Start(severity, info[1].As<Napi::Function>());
  } else {
    logging.Stop();
  }
}

void SetRootCertificates(const Napi::CallbackInfo& info) {
  std::vector<std::string> pem;
  for (napi_value element : ReadArray(info.Env(), info[0])) {
    if (std::optional<std::string> text = ReadString(info.Env(), element)) {
      pem.push_back(*std::move(text));
    }
  }
  Runtime::From(info.Env())->root_certificates()->Set(std::move(pem));
}

void SetMulticastDnsResolver(const Napi::CallbackInfo& info) {
  if (!info[0].IsFunction()) return;
  Runtime::From(info.Env())->multicast_dns().SetResolver(info[0].As<Napi::Function>());
}

Napi::Value MonotonicTime(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(webrtc::TimeMicros()));
}

void HoldEventLoop(const Napi::CallbackInfo& info) {
  Runtime::From(info.Env())->loop().Hold(ReadBool(info.Env(), info[0]).value_or(false));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  Logging::SilenceStandardError();
  // Idempotent, and never undone: other environments of the process may be using it.
  webrtc::InitializeSSL();

  if (std::shared_ptr<Runtime> running = Runtime::OfThisThread()) return running->exports();
  std::shared_ptr<Runtime> runtime = Runtime::Create(env);
  CertificateHandle::Register(*runtime);
  DataChannelHandle::Register(*runtime);
  DtlsTransportHandle::Register(*runtime);
  IceTransportHandle::Register(*runtime);
  SctpTransportHandle::Register(*runtime);
  DtmfSenderHandle::Register(*runtime);
  EncodedFrameHandle::Register(*runtime);
  ForwardingHandle::Register(*runtime);
  EncodedTapHandle::Register(*runtime);
  MediaStreamTrackHandle::Register(*runtime);
  RtpReceiverHandle::Register(*runtime);
  RtpSenderHandle::Register(*runtime);
  RtpTransceiverHandle::Register(*runtime);
  ScriptTransformHandle::Register(*runtime);
  SframeTransformHandle::Register(*runtime);
  TransformerHandle::Register(*runtime);
  exports["PeerConnection"] = PeerConnectionHandle::Register(*runtime);
  exports["StandaloneIceTransport"] = StandaloneIceTransportHandle::Register(*runtime);

  RegisterRawMedia(*runtime, exports);

  exports["generateCertificate"] = Napi::Function::New<&CertificateHandle::Generate>(env);
  exports["certificateFromPem"] = Napi::Function::New<&CertificateHandle::FromPem>(env);
  exports["checkIceCandidate"] = Napi::Function::New<&CheckIceCandidate>(env);
  exports["rtpSenderCapabilities"] = Napi::Function::New<&RtpSenderCapabilities>(env);
  exports["rtpReceiverCapabilities"] = Napi::Function::New<&RtpReceiverCapabilities>(env);
  exports["createScriptTransform"] = Napi::Function::New<&ScriptTransformHandle::Create>(env);
  exports["createSframeTransform"] = Napi::Function::New<&SframeTransformHandle::Create>(env);
  exports["adoptScriptTransform"] = Napi::Function::New<&TransformerHandle::Adopt>(env);
  exports["adoptDataChannel"] = Napi::Function::New<&DataChannelHandle::Adopt>(env);
  exports["dropDataChannel"] = Napi::Function::New<&DataChannelHandle::Drop>(env);
  exports["adoptEncodedFrame"] = Napi::Function::New<&EncodedFrameHandle::Adopt>(env);
  exports["setLogLevel"] = Napi::Function::New<&SetLogLevel>(env);
  exports["setRootCertificates"] = Napi::Function::New<&SetRootCertificates>(env);
  exports["setMulticastDnsResolver"] = Napi::Function::New<&SetMulticastDnsResolver>(env);
  exports["monotonicTime"] = Napi::Function::New<&MonotonicTime>(env);
  exports["holdEventLoop"] = Napi::Function::New<&HoldEventLoop>(env);
  runtime->SetExports(exports);
  return exports;
}

NODE_API_MODULE(libwebrtc, Init)

}  // namespace

}  // namespace node_libwebrtc
