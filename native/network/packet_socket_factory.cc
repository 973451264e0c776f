#include "native/network/packet_socket_factory.h"

#include <sys/socket.h>

#include <utility>

#include "native/network/ip_tls_socket.h"
#include "native/network/tls_verifier.h"
#include "native/network/udp_socket.h"
#include "p2p/base/async_stun_tcp_socket.h"
#include "rtc_base/ip_address.h"
#include "rtc_base/logging.h"

namespace node_libwebrtc {

namespace {

bool Bind(UdpDispatcher& socket, const webrtc::SocketAddress& address, uint16_t min_port,
          uint16_t max_port) {
  if (min_port == 0 && max_port == 0) return socket.Bind(address) == 0;
  // As an int: the last port may be the last there is.
  for (int port = min_port; port <= max_port; ++port) {
    if (socket.Bind(webrtc::SocketAddress(address.ipaddr(), port)) == 0) return true;
  }
  return false;
}

}  // namespace

std::unique_ptr<webrtc::AsyncPacketSocket> PacketSocketFactory::CreateUdpSocket(
    const webrtc::Environment& environment, const webrtc::SocketAddress& local_address,
    uint16_t min_port, uint16_t max_port) {
  auto socket = std::make_unique<UdpDispatcher>(server_);
  if (!socket->Create(local_address.family(), SOCK_DGRAM)) return nullptr;
  if (!Bind(*socket, local_address, min_port, max_port)) {
    RTC_LOG(LS_ERROR) << "UDP bind failed with error " << socket->GetError();
    return nullptr;
  }
  return std::make_unique<UdpSocket>(environment, io_, std::move(socket));
}

std::unique_ptr<webrtc::AsyncPacketSocket> PacketSocketFactory::CreateClientTcpSocket(
    const webrtc::Environment& environment, const webrtc::SocketAddress& local_address,
    const webrtc::SocketAddress& remote_address, const webrtc::PacketSocketTcpOptions& options) {
  webrtc::IPAddress literal;
  const bool tls_by_address = (options.opts & OPT_TLS) && (options.opts & OPT_STUN) &&
                              options.tls_cert_verifier &&
                              webrtc::IPFromString(remote_address.hostname(), &literal);
  if (!tls_by_address) {
    return BasicPacketSocketFactory::CreateClientTcpSocket(environment, local_address,
                                                           remote_address, options);
  }
  std::unique_ptr<webrtc::Socket> socket = server_->Create(local_address.family(), SOCK_STREAM);
  if (!socket || socket->Bind(webrtc::SocketAddress(local_address.ipaddr(), 0)) < 0) return nullptr;
  socket->SetOption(webrtc::Socket::OPT_NODELAY, 1);
  socket = IpTlsSocket::Create(std::move(socket),
                               static_cast<TlsVerifier*>(options.tls_cert_verifier)->roots(),
                               literal.ToString(), options);
  if (!socket || socket->Connect(remote_address) < 0) return nullptr;
  return std::make_unique<webrtc::AsyncStunTCPSocket>(environment, std::move(socket));
}

}  // namespace node_libwebrtc
