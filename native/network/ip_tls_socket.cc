#include "native/network/ip_tls_socket.h"

#include <errno.h>

#include <utility>

#include "rtc_base/ssl_adapter.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

std::unique_ptr<IpTlsSocket> IpTlsSocket::Create(std::unique_ptr<webrtc::Socket> socket,
                                                 std::shared_ptr<RootCertificates> roots,
                                                 const std::string& ip_address,
                                                 const webrtc::PacketSocketTcpOptions& options) {
  webrtc::SSLAdapter* tls = webrtc::SSLAdapter::Create(socket.release());
  if (!tls) return nullptr;
  std::unique_ptr<IpTlsSocket> result(new IpTlsSocket(tls, std::move(roots), ip_address));
  tls->SetIgnoreBadCert(true);
  tls->SetAlpnProtocols(options.tls_alpn_protocols);
  tls->SetEllipticCurves(options.tls_elliptic_curves);
  tls->SetCertVerifier(result.get());
  if (tls->StartSSL(ip_address) != 0) return nullptr;
  return result;
}

IpTlsSocket::IpTlsSocket(webrtc::Socket* tls, std::shared_ptr<RootCertificates> roots,
                         const std::string& ip_address)
    : AsyncSocketAdapter(tls), roots_(std::move(roots)), ip_address_(ip_address) {}

bool IpTlsSocket::VerifyChain(const webrtc::SSLCertChain& chain) {
  verified_ = roots_->Verify(chain, ip_address_);
  return verified_;
}

void IpTlsSocket::OnConnectEvent(webrtc::Socket* socket) {
  if (verified_) {
    AsyncSocketAdapter::OnConnectEvent(socket);
    return;
  }
  // Later: whoever hears of it may destroy the socket, which is at work further up the stack.
  webrtc::Thread::Current()->PostTask(
      webrtc::SafeTask(safety_.flag(), [this] { NotifyCloseEvent(this, ECONNABORTED); }));
}

void IpTlsSocket::OnReadEvent(webrtc::Socket* socket) {
  if (verified_) AsyncSocketAdapter::OnReadEvent(socket);
}

void IpTlsSocket::OnWriteEvent(webrtc::Socket* socket) {
  if (verified_) AsyncSocketAdapter::OnWriteEvent(socket);
}

}  // namespace node_libwebrtc
