#ifndef NATIVE_NETWORK_UDP_SEND_BATCH_H_
#define NATIVE_NETWORK_UDP_SEND_BATCH_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rtc_base/socket_address.h"

namespace node_libwebrtc {

// Packets on their way to the kernel, in their order, grouped for as few system calls and as few
// passes through the network stack as possible: packets of one size to one address make one message
// that the kernel cuts up again (UDP segmentation offload), and all messages go over in one call.
class UdpSendBatch final {
 public:
  // A batch that holds as much should be sent: the receiver could already work on it.
  static constexpr size_t kEnoughBytes = 64 * 1024;

  bool empty() const { return next_ == messages_.size(); }
  size_t bytes() const { return bytes_.size(); }

  // Copies the packet.
  void Append(std::span<const uint8_t> packet, const webrtc::SocketAddress& to);

  // Sends what it can. Returns 0 if nothing is left in the batch, and EWOULDBLOCK if the kernel
  // takes no more for now. A packet that the kernel refuses is lost, as it might be on any network;
  // `error` is then the reason, and else not touched. Clears `segmentation` for good when the
  // kernel or the device knows no segmentation offload.
  int Send(int descriptor, bool& segmentation, int& error);

  // Forgets everything, and keeps the memory.
  void Clear();

 private:
  struct Message {
    sockaddr_storage address;
    socklen_t address_size;
    size_t offset;
    size_t size;
    // Of every packet in the message but the last, which may be smaller.
    size_t packet_size;
    size_t packets;
    // A smaller packet has ended it.
    bool complete;
  };

  bool Extend(std::span<const uint8_t> packet, const webrtc::SocketAddress& to);
  // Makes each packet of a message a message of its own.
  void Split(size_t index);
  void SplitAll();

  std::vector<uint8_t> bytes_;
  std::vector<Message> messages_;
  // The first message that is not sent yet.
  size_t next_ = 0;
  webrtc::SocketAddress last_address_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_SEND_BATCH_H_
