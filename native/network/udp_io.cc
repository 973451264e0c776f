#include "native/network/udp_io.h"

#include <sys/socket.h>
#include <unistd.h>

#include "native/network/udp_options.h"

namespace node_libwebrtc {

ResidentUdpSocket::ResidentUdpSocket()
    : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP)) {
  if (descriptor_ < 0) return;
  JoinPackets(descriptor_);
  const int on = 1;
  setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
}

ResidentUdpSocket::~ResidentUdpSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace node_libwebrtc
