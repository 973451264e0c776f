#include "native/local_certificate.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "rtc_base/ssl_identity.h"

namespace node_libwebrtc {

class LocalCertificate::Generator final : public webrtc::RTCCertificateGeneratorInterface {
 public:
  Generator(std::shared_ptr<LocalCertificate> certificate,
            std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> generator)
      : certificate_(std::move(certificate)), generator_(std::move(generator)) {}

  void GenerateCertificateAsync(const webrtc::KeyParams& key_params,
                                const std::optional<uint64_t>& expires_ms,
                                Callback callback) override {
    certificate_->Begin();
    generator_->GenerateCertificateAsync(
        key_params, expires_ms,
        [certificate = certificate_, callback = std::move(callback)](Ref made) mutable {
          std::move(callback)(made);
          certificate->Set(std::move(made));
        });
  }

 private:
  const std::shared_ptr<LocalCertificate> certificate_;
  const std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> generator_;
};

std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> LocalCertificate::Watch(
    std::unique_ptr<webrtc::RTCCertificateGeneratorInterface> generator) {
  return std::make_unique<Generator>(shared_from_this(), std::move(generator));
}

void LocalCertificate::Get(Callback callback) {
  if (pending_) {
    waiting_.push_back(std::move(callback));
  } else {
    std::move(callback)(certificate_);
  }
}

void LocalCertificate::Set(Ref certificate) {
  pending_ = false;
  certificate_ = std::move(certificate);
  for (Callback& callback : std::exchange(waiting_, {})) std::move(callback)(certificate_);
}

}  // namespace node_libwebrtc
