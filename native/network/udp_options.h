#ifndef NATIVE_NETWORK_UDP_OPTIONS_H_
#define NATIVE_NETWORK_UDP_OPTIONS_H_

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

// Younger than the headers that the addon may be built with.
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace node_libwebrtc {

// Lets the kernel put packets together that one sender has sent at once. A kernel that cannot do it
// delivers them one by one, which is as well understood.
inline void JoinPackets(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_UDP, UDP_GRO, &on, sizeof(on));
}

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_OPTIONS_H_
