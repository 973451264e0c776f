#include "native/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "api/rtc_error.h"
#include "native/bridge/convert.h"
#include "native/bridge/error.h"
#include "native/bridge/handle.h"
#include "native/bridge/sink.h"
#include "rtc_base/rtc_certificate_generator.h"
#include "rtc_base/ssl_certificate.h"
#include "rtc_base/ssl_identity.h"

namespace node_libwebrtc {

namespace {

constexpr char kClassName[] = "Certificate";
// Tells handles of certificates from all other objects.
constexpr napi_type_tag kTypeTag = {0x6e6f64652d6c6962, 0x7765627274634365};

using CertificateRef = webrtc::scoped_refptr<webrtc::RTCCertificate>;

std::optional<webrtc::KeyParams> ReadKeyParameters(napi_env env, napi_value parameters) {
  constexpr int kMaxInt = std::numeric_limits<int>::max();
  std::optional<std::string> name = ReadString(env, Member(env, parameters, "name"));
  if (name == "ECDSA") {
    if (ReadString(env, Member(env, parameters, "namedCurve")) != "P-256") return std::nullopt;
    return webrtc::KeyParams::ECDSA(webrtc::EC_NIST_P256);
  }
  if (name == "RSASSA-PKCS1-v1_5") {
    std::optional<int64_t> size =
        ReadInteger(env, Member(env, parameters, "modulusLength"), 0, kMaxInt);
    std::optional<int64_t> exponent =
        ReadInteger(env, Member(env, parameters, "publicExponent"), 0, kMaxInt);
    if (!size || !exponent) return std::nullopt;
    // An even exponent has no inverse; BoringSSL would look for a key for ever.
    if (*exponent % 2 == 0) return std::nullopt;
    webrtc::KeyParams key =
        webrtc::KeyParams::RSA(static_cast<int>(*size), static_cast<int>(*exponent));
    if (key.IsValid()) return key;
  }
  return std::nullopt;
}

// Whether the key is that of the certificate. libwebrtc does not look, and handshakes then fail.
bool KeyMatches(const std::string& certificate_pem, const std::string& private_key_pem) {
  const auto open = [](const std::string& pem) {
    return bssl::UniquePtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<ossl_ssize_t>(pem.size())));
  };
  // Without a callback BoringSSL would not ask for a passphrase either, but say so.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  bssl::UniquePtr<X509> certificate(
      PEM_read_bio_X509(open(certificate_pem).get(), nullptr, no_passphrase, nullptr));
  bssl::UniquePtr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(open(private_key_pem).get(), nullptr, no_passphrase, nullptr));
  const bool matches =
      certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return matches;
}

}  // namespace

void CertificateHandle::Register(Runtime& runtime) {
  runtime.SetConstructor(
      kClassName, DefineClass(runtime.env(), kClassName,
                              {InstanceAccessor<&CertificateHandle::Expires>("expires"),
                               InstanceAccessor<&CertificateHandle::Fingerprints>("fingerprints"),
                               InstanceAccessor<&CertificateHandle::Pem>("pem")}));
}

Napi::Value CertificateHandle::Create(Runtime& runtime, CertificateRef certificate) {
  return runtime.GetConstructor(kClassName)
      .New({Napi::External<CertificateRef>::New(runtime.env(), &certificate)});
}

CertificateHandle::CertificateHandle(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<CertificateHandle>(info) {
  CertificateRef* certificate = TakeInit<CertificateRef>(info);
  if (!certificate) return;
  certificate_ = *certificate;
  napi_type_tag_object(info.Env(), info.This(), &kTypeTag);
}

CertificateRef CertificateHandle::Read(napi_env env, napi_value value) {
  bool tagged = false;
  void* handle = nullptr;
  napi_valuetype type;
  if (!value || napi_typeof(env, value, &type) != napi_ok || type != napi_object ||
      napi_check_object_type_tag(env, value, &kTypeTag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, value, &handle) != napi_ok) {
    return nullptr;
  }
  return static_cast<CertificateHandle*>(handle)->certificate_;
}

void CertificateHandle::Generate(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  if (info.Length() < 3 || !info[2].IsFunction()) {
    Throw(env, webrtc::RTCError::InvalidParameter("generateCertificate needs a callback"));
    return;
  }
  std::optional<webrtc::KeyParams> key = ReadKeyParameters(env, info[0]);
  if (!key) {
    Throw(env, webrtc::RTCError::UnsupportedParameter("Key parameters are not supported"));
    return;
  }
  // libwebrtc cuts it down to a year.
  std::optional<uint64_t> expires_ms;
  if (std::optional<double> expires = ReadNumber(env, info[1])) {
    constexpr double kLongest = 1e15;
    expires_ms = static_cast<uint64_t>(std::clamp(*expires, 0.0, kLongest));
  }

  std::shared_ptr<Runtime> runtime = Runtime::From(env);
  Runtime::Lease lease = runtime->Acquire();
  if (!lease) {
    Throw(env, webrtc::RTCError::InvalidState("The environment is being torn down"));
    return;
  }
  webrtc::RTCCertificateGenerator generator(lease->signaling_thread(), lease->key_queue());
  const PendingCallbacks::Id id = runtime->callbacks().Add(info[2].As<Napi::Function>());
  generator.GenerateCertificateAsync(
      *key, expires_ms,
      [weak = std::weak_ptr(runtime), id,
       lease = std::move(lease)](CertificateRef certificate) mutable {
        std::shared_ptr<Runtime> runtime = weak.lock();
        if (!runtime) return;
        runtime->loop().Post([weak, id, certificate = std::move(certificate)](Napi::Env env) {
          std::shared_ptr<Runtime> runtime = weak.lock();
          Napi::Function callback = runtime ? runtime->callbacks().Take(id) : Napi::Function();
          if (callback.IsEmpty()) return;
          SinkArguments arguments;
          if (certificate) {
            arguments = {Null(env), CertificateHandle::Create(*runtime, certificate)};
          } else {
            arguments = {ToJs(env, webrtc::RTCError::InternalError("No key could be made"))};
          }
          CallFunction(env, Undefined(env), callback, arguments);
        });
      });
}

Napi::Value CertificateHandle::FromPem(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::optional<std::string> certificate_pem = ReadString(env, info[0]);
  std::optional<std::string> private_key_pem = ReadString(env, info[1]);
  CertificateRef certificate;
  if (certificate_pem && private_key_pem && KeyMatches(*certificate_pem, *private_key_pem)) {
    certificate = webrtc::RTCCertificate::FromPEM(
        webrtc::RTCCertificatePEM(*private_key_pem, *certificate_pem));
  }
  if (!certificate) {
    Throw(env, webrtc::RTCError::InvalidParameter("Malformed certificate or private key"));
    return env.Undefined();
  }
  return Create(*Runtime::From(env), std::move(certificate));
}

Napi::Value CertificateHandle::Expires(const Napi::CallbackInfo& info) {
  return Napi::Value(info.Env(), ToJs(info.Env(), static_cast<double>(certificate_->Expires())));
}

Napi::Value CertificateHandle::Fingerprints(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<napi_value> fingerprints;
  std::unique_ptr<webrtc::SSLCertificateStats> stats =
      certificate_->GetSSLCertificateChain().GetStats();
  for (const webrtc::SSLCertificateStats* next = stats.get(); next; next = next->issuer.get()) {
    fingerprints.push_back(
        MakeObject(env, {{"algorithm", ToJs(env, next->fingerprint_algorithm)},
                         // libwebrtc writes it as SDP wants it, the API wants lower case.
                         {"value", ToJs(env, absl::AsciiStrToLower(next->fingerprint))}}));
  }
  return Napi::Value(env, MakeArray(env, fingerprints));
}

Napi::Value CertificateHandle::Pem(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const webrtc::RTCCertificatePEM pem = certificate_->ToPEM();
  return Napi::Value(env, MakeObject(env, {{"certificate", ToJs(env, pem.certificate())},
                                           {"privateKey", ToJs(env, pem.private_key())}}));
}

}  // namespace node_libwebrtc
