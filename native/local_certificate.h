#ifndef NATIVE_LOCAL_CERTIFICATE_H_
#define NATIVE_LOCAL_CERTIFICATE_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/scoped_refptr.h"
#include "rtc_base/rtc_certificate.h"
#include "rtc_base/rtc_certificate_generator.h"

namespace node_libwebrtc {

// The certificate that libwebrtc has made for a connection whose configuration has none. Belongs to
// the JS thread.
class LocalCertificate final : public std::enable_shared_from_this<LocalCertificate> {
 public:
  using Ref = webrtc::scoped_refptr<webrtc::RTCCertificate>;
  using Callback = absl::AnyInvocable<void(Ref) &&>;

  // Makes certificates with `generator`, and remembers the last one.
  std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> Watch(
      std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> generator);

  // Calls back with the certificate as soon as it is there; with null if none could be made.
  // Without a certificate to wait for it calls at once.
  void Get(Callback callback);

 private:
  class Generator;

  void Begin() { pending_ = true; }
  void Set(Ref certificate);

  bool pending_ = false;
  Ref certificate_;
  std::vector<Callback> waiting_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_LOCAL_CERTIFICATE_H_
