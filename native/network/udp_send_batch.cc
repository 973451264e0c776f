#include "native/network/udp_send_batch.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace node_libwebrtc {

namespace {

// The kernel's limit, and the largest payload of a UDP message over either version of IP.
constexpr size_t kMaxPackets = 64;
constexpr size_t kMaxMessageBytes = 65000;

constexpr size_t kMessagesInCall = 32;

bool IsBlocking(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

void UdpSendBatch::Append(std::span<const uint8_t> packet, const webrtc::SocketAddress& to) {
  if (!Extend(packet, to)) {
    Message& message = messages_.emplace_back();
    message.address_size = static_cast<socklen_t>(to.ToSockAddrStorage(&message.address));
    message.offset = bytes_.size();
    message.size = message.packet_size = packet.size();
    message.packets = 1;
    message.complete = false;
    last_address_ = to;
  }
  bytes_.insert(bytes_.end(), packet.begin(), packet.end());
}

bool UdpSendBatch::Extend(std::span<const uint8_t> packet, const webrtc::SocketAddress& to) {
  if (empty()) return false;
  Message& message = messages_.back();
  if (message.complete || message.packets == kMaxPackets || packet.empty() ||
      packet.size() > message.packet_size || message.size + packet.size() > kMaxMessageBytes ||
      to != last_address_) {
    return false;
  }
  message.complete = packet.size() < message.packet_size;
  message.size += packet.size();
  ++message.packets;
  return true;
}

int UdpSendBatch::Send(int descriptor, bool& segmentation, int& error) {
  std::array<mmsghdr, kMessagesInCall> headers;
  std::array<iovec, kMessagesInCall> buffers;
  struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(uint16_t))> bytes;
  };
  std::array<Control, kMessagesInCall> controls;

  while (!empty()) {
    if (!segmentation) SplitAll();
    const size_t count = std::min(messages_.size() - next_, kMessagesInCall);
    for (size_t i = 0; i < count; ++i) {
      Message& message = messages_[next_ + i];
      buffers[i] = {.iov_base = bytes_.data() + message.offset, .iov_len = message.size};
      msghdr& header = headers[i].msg_hdr;
      header = {};
      header.msg_name = &message.address;
      header.msg_namelen = message.address_size;
      header.msg_iov = &buffers[i];
      header.msg_iovlen = 1;
      if (message.packets == 1) continue;
      controls[i] = {};
      header.msg_control = controls[i].bytes.data();
      header.msg_controllen = controls[i].bytes.size();
      cmsghdr* control = CMSG_FIRSTHDR(&header);
      control->cmsg_level = IPPROTO_UDP;
      control->cmsg_type = UDP_SEGMENT;
      control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      const uint16_t packet_size = static_cast<uint16_t>(message.packet_size);
      std::memcpy(CMSG_DATA(control), &packet_size, sizeof(packet_size));
    }

    const int sent =
        sendmmsg(descriptor, headers.data(), static_cast<unsigned int>(count), MSG_NOSIGNAL);
    if (sent > 0) {
      next_ += static_cast<size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (IsBlocking(errno)) return EWOULDBLOCK;
    if (messages_[next_].packets > 1) {
      // EINVAL and EIO are what kernels and devices without the offload say; whatever else it is,
      // packets on their own tell which of them is at fault.
      if (errno == EINVAL || errno == EIO || errno == ENOPROTOOPT) segmentation = false;
      Split(next_);
      continue;
    }
    error = errno;
    ++next_;
  }
  Clear();
  return 0;
}

void UdpSendBatch::Split(size_t index) {
  const Message whole = messages_[index];
  std::vector<Message> parts;
  for (size_t offset = 0; offset < whole.size; offset += whole.packet_size) {
    Message& part = parts.emplace_back(whole);
    part.offset = whole.offset + offset;
    part.size = part.packet_size = std::min(whole.packet_size, whole.size - offset);
    part.packets = 1;
    // The packets lie where they lay; nothing may be put behind one of them.
    part.complete = true;
  }
  const auto place = messages_.begin() + static_cast<std::ptrdiff_t>(index);
  messages_.insert(messages_.erase(place), parts.begin(), parts.end());
}

void UdpSendBatch::SplitAll() {
  for (size_t index = next_; index < messages_.size(); ++index) {
    if (messages_[index].packets > 1) Split(index);
  }
}

void UdpSendBatch::Clear() {
  bytes_.clear();
  messages_.clear();
  next_ = 0;
}

}  // namespace node_libwebrtc
