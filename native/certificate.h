#ifndef NATIVE_CERTIFICATE_H_
#define NATIVE_CERTIFICATE_H_

#include <napi.h>

#include "api/scoped_refptr.h"
#include "native/runtime/runtime.h"
#include "rtc_base/rtc_certificate.h"

namespace node_libwebrtc {

// `NativeCertificate` of lib/native.ts: a certificate with its key. It needs no engine.
class CertificateHandle final : public Napi::ObjectWrap<CertificateHandle> {
 public:
  static void Register(Runtime& runtime);

  // Empty if JS cannot be run any more.
  static Napi::Value Create(Runtime& runtime,
                            webrtc::scoped_refptr<webrtc::RTCCertificate> certificate);

  // The certificate of a handle; null for any other value.
  static webrtc::scoped_refptr<webrtc::RTCCertificate> Read(napi_env env, napi_value value);

  // For `Create` only.
  explicit CertificateHandle(const Napi::CallbackInfo& info);

  // `generateCertificate` and `certificateFromPem` of the addon.
  static void Generate(const Napi::CallbackInfo& info);
  static Napi::Value FromPem(const Napi::CallbackInfo& info);

 private:
  Napi::Value Expires(const Napi::CallbackInfo& info);
  Napi::Value Fingerprints(const Napi::CallbackInfo& info);
  Napi::Value Pem(const Napi::CallbackInfo& info);

  webrtc::scoped_refptr<webrtc::RTCCertificate> certificate_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_CERTIFICATE_H_
