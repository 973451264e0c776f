#ifndef NATIVE_NETWORK_UDP_FEATURES_H_
#define NATIVE_NETWORK_UDP_FEATURES_H_

#include <sys/socket.h>
#include <unistd.h>

#include "native/network/udp_options.h"

namespace node_libwebrtc {

// Keeps what the kernel does for our sockets switched on as long as it exists. For the first socket
// that wants joined packets or arrival times the kernel rewrites its own code, on all processors,
// and again when the last one closes: for connections that come one by one that is a good part of
// the time each takes.
class UdpFeatures final {
 public:
  UdpFeatures() : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0) return;
    JoinPackets(descriptor_);
    const int on = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
  }
  ~UdpFeatures() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  UdpFeatures(const UdpFeatures&) = delete;
  UdpFeatures& operator=(const UdpFeatures&) = delete;

 private:
  const int descriptor_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_FEATURES_H_
