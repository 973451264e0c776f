#ifndef NATIVE_NETWORK_PACKET_SOCKET_FACTORY_H_
#define NATIVE_NETWORK_PACKET_SOCKET_FACTORY_H_

#include <cstdint>
#include <memory>

#include "api/environment/environment.h"
#include "native/network/network_turn.h"
#include "native/network/udp_io.h"
#include "p2p/base/basic_packet_socket_factory.h"
#include "rtc_base/async_packet_socket.h"
#include "rtc_base/physical_socket_server.h"
#include "rtc_base/socket_address.h"

namespace node_libwebrtc {

// libwebrtc's sockets, but for plain UDP, which is ours. For one network thread, on which it is
// destroyed, after its sockets.
class PacketSocketFactory final : public webrtc::BasicPacketSocketFactory {
 public:
  PacketSocketFactory(webrtc::PhysicalSocketServer* server, NetworkTurn& turn)
      : BasicPacketSocketFactory(server), server_(server), io_(turn) {}

  std::unique_ptr<webrtc::AsyncPacketSocket> CreateUdpSocket(
      const webrtc::Environment& environment, const webrtc::SocketAddress& local_address,
      uint16_t min_port, uint16_t max_port) override;

  // With TLS the verifier of the options is a `TlsVerifier`, as all of this project are.
  std::unique_ptr<webrtc::AsyncPacketSocket> CreateClientTcpSocket(
      const webrtc::Environment& environment, const webrtc::SocketAddress& local_address,
      const webrtc::SocketAddress& remote_address,
      const webrtc::PacketSocketTcpOptions& options) override;

 private:
  webrtc::PhysicalSocketServer* const server_;
  UdpIo io_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_PACKET_SOCKET_FACTORY_H_
