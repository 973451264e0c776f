#ifndef NATIVE_NETWORK_IP_TLS_SOCKET_H_
#define NATIVE_NETWORK_IP_TLS_SOCKET_H_

#include <memory>
#include <string>

#include "api/packet_socket_factory.h"
#include "api/task_queue/pending_task_safety_flag.h"
#include "native/network/tls_verifier.h"
#include "rtc_base/async_socket.h"
#include "rtc_base/socket.h"
#include "rtc_base/ssl_certificate.h"

namespace node_libwebrtc {

// TLS with a server that is named by its IP address. libwebrtc compares the certificate with host
// names only, so that such a server always fails, and its way to leave out the comparison leaves
// out everything. Here the certificate is verified after all, with its address, before anybody
// hears of the connection.
class IpTlsSocket final : public webrtc::AsyncSocketAdapter,
                          private webrtc::SSLCertificateVerifier {
 public:
  // Null if TLS cannot start. `socket` is a TCP socket that is not connected yet.
  static std::unique_ptr<IpTlsSocket> Create(std::unique_ptr<webrtc::Socket> socket,
                                             std::shared_ptr<RootCertificates> roots,
                                             const std::string& ip_address,
                                             const webrtc::PacketSocketTcpOptions& options);

 private:
  IpTlsSocket(webrtc::Socket* tls, std::shared_ptr<RootCertificates> roots,
              const std::string& ip_address);

  // webrtc::SSLCertificateVerifier
  bool VerifyChain(const webrtc::SSLCertChain& chain) override;

  // webrtc::AsyncSocketAdapter
  void OnConnectEvent(webrtc::Socket* socket) override;
  void OnReadEvent(webrtc::Socket* socket) override;
  void OnWriteEvent(webrtc::Socket* socket) override;

  const std::shared_ptr<RootCertificates> roots_;
  const std::string ip_address_;
  bool verified_ = false;
  webrtc::ScopedTaskSafety safety_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_IP_TLS_SOCKET_H_
