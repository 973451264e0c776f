#ifndef NATIVE_NETWORK_UDP_RECEIVE_BUFFER_H_
#define NATIVE_NETWORK_UDP_RECEIVE_BUFFER_H_

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "api/transport/ecn_marking.h"
#include "api/units/timestamp.h"

namespace node_libwebrtc {

// Reads many UDP packets with one system call. The memory is as large as a call may need, and so is
// shared by all sockets of a network thread. It is only ever touched as far as packets reach.
class UdpReceiveBuffer final {
 public:
  // What one sender has sent at once, as the kernel has put it together: packets of `packet_size`,
  // the last of which may be smaller.
  struct Message {
    std::span<const uint8_t> bytes;
    size_t packet_size;
    const sockaddr_storage* source;
    // By the clock of the system, if the kernel says it.
    std::optional<webrtc::Timestamp> arrival_time;
    webrtc::EcnMarking ecn;
  };

  static constexpr size_t kMessages = 16;

  UdpReceiveBuffer();

  // How many messages there are now: fewer than `kMessages` if the socket has no more. Negative on
  // error, in `errno`.
  int Receive(int descriptor);
  // Valid until the next `Receive`.
  Message message(size_t index) const;

 private:
  // The largest UDP message there is.
  static constexpr size_t kMessageSize = 64 * 1024;
  // Time stamp, type of service, size of packets.
  static constexpr size_t kControlSize =
      CMSG_SPACE(16) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(int));
  struct Control {
    alignas(cmsghdr) std::array<uint8_t, kControlSize> bytes;
  };

  const std::unique_ptr<uint8_t[]> bytes_;
  std::array<mmsghdr, kMessages> headers_;
  std::array<iovec, kMessages> buffers_;
  std::array<sockaddr_storage, kMessages> sources_;
  std::array<Control, kMessages> controls_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_RECEIVE_BUFFER_H_
