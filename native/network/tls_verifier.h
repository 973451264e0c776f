#ifndef NATIVE_NETWORK_TLS_VERIFIER_H_
#define NATIVE_NETWORK_TLS_VERIFIER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rtc_base/ssl_certificate.h"
#include "rtc_base/synchronization/mutex.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// The certificates that `turns:` servers are verified against. Thread-safe.
class RootCertificates final {
 public:
  RootCertificates();
  ~RootCertificates();

  RootCertificates(const RootCertificates&) = delete;
  RootCertificates& operator=(const RootCertificates&) = delete;

  // PEM texts of any number of certificates each. What cannot be read is left out, as Node does.
  void Set(std::vector<std::string> pem);

  // Whether the chain (leaf first) leads to one of the certificates and is good for a TLS server
  // now. If `ip_address` is not empty the leaf must name it; host names are for the caller to
  // compare.
  bool Verify(const webrtc::SSLCertChain& chain, const std::string& ip_address = "");

 private:
  struct Store;

  webrtc::Mutex mutex_;
  std::vector<std::string> pem_ RTC_GUARDED_BY(mutex_);
  // Made at the first verification: parsing some 150 certificates takes its time, and most
  // processes need none.
  std::unique_ptr<Store> store_ RTC_GUARDED_BY(mutex_);
};

// Verifies the servers of one peer connection.
class TlsVerifier final : public webrtc::SSLCertificateVerifier {
 public:
  explicit TlsVerifier(std::shared_ptr<RootCertificates> roots) : roots_(std::move(roots)) {}

  // libwebrtc itself compares the host name.
  bool VerifyChain(const webrtc::SSLCertChain& chain) override { return roots_->Verify(chain); }

  const std::shared_ptr<RootCertificates>& roots() const { return roots_; }

 private:
  const std::shared_ptr<RootCertificates> roots_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_TLS_VERIFIER_H_
