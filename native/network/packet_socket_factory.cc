#include "native/network/packet_socket_factory.h"

#include <sys/socket.h>

#include <utility>

#include "native/network/udp_socket.h"
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

}  // namespace node_libwebrtc
