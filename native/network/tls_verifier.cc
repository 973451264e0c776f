#include "native/network/tls_verifier.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "rtc_base/buffer.h"

namespace node_libwebrtc {

struct RootCertificates::Store {
  bssl::UniquePtr<X509_STORE> x509{X509_STORE_new()};

  void Add(const std::string& pem) {
    bssl::UniquePtr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<ossl_ssize_t>(pem.size())));
    while (bio) {
      bssl::UniquePtr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
      if (!certificate) break;
      X509_STORE_add_cert(x509.get(), certificate.get());
    }
    // The end of the text counts as an error.
    ERR_clear_error();
  }
};

namespace {

bssl::UniquePtr<X509> ToX509(const webrtc::SSLCertificate& certificate) {
  webrtc::Buffer der;
  certificate.ToDER(&der);
  const uint8_t* data = der.data();
  return bssl::UniquePtr<X509>(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
}

}  // namespace

RootCertificates::RootCertificates() = default;
RootCertificates::~RootCertificates() = default;

void RootCertificates::Set(std::vector<std::string> pem) {
  webrtc::MutexLock lock(&mutex_);
  pem_ = std::move(pem);
  store_ = nullptr;
}

bool RootCertificates::Verify(const webrtc::SSLCertChain& chain, const std::string& ip_address) {
  if (chain.GetSize() == 0) return false;
  bssl::UniquePtr<X509> leaf = ToX509(chain.Get(0));
  bssl::UniquePtr<STACK_OF(X509)> intermediates(sk_X509_new_null());
  for (size_t i = 1; i < chain.GetSize(); ++i) {
    if (bssl::UniquePtr<X509> certificate = ToX509(chain.Get(i))) {
      bssl::PushToStack(intermediates.get(), std::move(certificate));
    }
  }
  if (!leaf) return false;

  webrtc::MutexLock lock(&mutex_);
  if (!store_) {
    store_ = std::make_unique<Store>();
    for (const std::string& pem : pem_) store_->Add(pem);
  }
  bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  bool verified = X509_STORE_CTX_init(context.get(), store_->x509.get(), leaf.get(),
                                      intermediates.get()) == 1 &&
                  X509_STORE_CTX_set_default(context.get(), "ssl_server") == 1 &&
                  X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (!verified) return false;
  return ip_address.empty() || X509_check_ip_asc(leaf.get(), ip_address.c_str(), 0) == 1;
}

}  // namespace node_libwebrtc
