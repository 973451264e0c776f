#include "native/network/udp_receive_buffer.h"

#include <errno.h>
#include <sys/time.h>

#include <cstring>

#include "api/units/time_delta.h"
#include "native/network/udp_options.h"

namespace node_libwebrtc {

namespace {

webrtc::EcnMarking ReadEcn(uint8_t type_of_service) {
  switch (type_of_service & 3) {
    case 1:
      return webrtc::EcnMarking::kEct1;
    case 2:
      return webrtc::EcnMarking::kEct0;
    case 3:
      return webrtc::EcnMarking::kCe;
    default:
      return webrtc::EcnMarking::kNotEct;
  }
}

}  // namespace

// Not initialized: the system gives its pages when they are written to.
UdpReceiveBuffer::UdpReceiveBuffer() : bytes_(new uint8_t[kMessages * kMessageSize]) {
  for (size_t i = 0; i < kMessages; ++i) {
    buffers_[i] = {.iov_base = bytes_.get() + i * kMessageSize, .iov_len = kMessageSize};
  }
}

int UdpReceiveBuffer::Receive(int descriptor) {
  for (size_t i = 0; i < kMessages; ++i) {
    // The kernel has written the sizes of the last answer here.
    headers_[i] = {};
    msghdr& header = headers_[i].msg_hdr;
    header.msg_name = &sources_[i];
    header.msg_namelen = sizeof(sources_[i]);
    header.msg_iov = &buffers_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].bytes.data();
    header.msg_controllen = controls_[i].bytes.size();
  }
  int received;
  do {
    received = recvmmsg(descriptor, headers_.data(), kMessages, MSG_DONTWAIT, nullptr);
  } while (received < 0 && errno == EINTR);
  return received;
}

UdpReceiveBuffer::Message UdpReceiveBuffer::message(size_t index) const {
  const size_t size = headers_[index].msg_len;
  Message message{.bytes = {bytes_.get() + index * kMessageSize, size},
                  .packet_size = size,
                  .source = &sources_[index],
                  .arrival_time = std::nullopt,
                  .ecn = webrtc::EcnMarking::kNotEct};
  msghdr header = headers_[index].msg_hdr;
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control;
       control = CMSG_NXTHDR(&header, control)) {
    const uint8_t* data = CMSG_DATA(control);
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMP) {
      timeval time;
      std::memcpy(&time, data, sizeof(time));
      message.arrival_time =
          webrtc::Timestamp::Seconds(time.tv_sec) + webrtc::TimeDelta::Micros(time.tv_usec);
    } else if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
      int packet_size;
      std::memcpy(&packet_size, data, sizeof(packet_size));
      if (packet_size > 0) message.packet_size = static_cast<size_t>(packet_size);
    } else if ((control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_TOS) ||
               (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_TCLASS)) {
      message.ecn = ReadEcn(data[0]);
    }
  }
  return message;
}

}  // namespace node_libwebrtc
