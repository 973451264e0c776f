#ifndef NATIVE_NETWORK_UDP_SOCKET_H_
#define NATIVE_NETWORK_UDP_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "api/environment/environment.h"
#include "api/sequence_checker.h"
#include "api/units/time_delta.h"
#include "api/units/timestamp.h"
#include "native/network/network_turn.h"
#include "native/network/udp_io.h"
#include "native/network/udp_send_batch.h"
#include "rtc_base/async_packet_socket.h"
#include "rtc_base/physical_socket_server.h"
#include "rtc_base/socket.h"
#include "rtc_base/socket_address.h"
#include "rtc_base/system/no_unique_address.h"
#include "rtc_base/thread_annotations.h"

namespace node_libwebrtc {

// libwebrtc's socket of the operating system, apart from reading and sending.
class UdpDispatcher final : public webrtc::SocketDispatcher {
 public:
  using webrtc::SocketDispatcher::SocketDispatcher;
  // After an event of the kind is over, the next one is to be reported.
  void Await(uint8_t events) { EnableEvents(events); }
};

// A UDP socket that reads many packets with a system call, and that leaves the packets of a network
// turn to its end and then sends many with a system call. Outside of a turn packets leave at once.
//
// When the kernel's buffer is full the packets of a turn wait here for room, and further ones are
// refused with EWOULDBLOCK until libwebrtc has been told that the socket is ready.
class UdpSocket final : public webrtc::AsyncPacketSocket, private NetworkTurn::Participant {
 public:
  // `socket` is bound.
  UdpSocket(const webrtc::Environment& environment, UdpIo& io,
            std::unique_ptr<UdpDispatcher> socket);
  ~UdpSocket() override;

  // webrtc::AsyncPacketSocket
  webrtc::SocketAddress GetLocalAddress() const override { return local_address_; }
  webrtc::SocketAddress GetRemoteAddress() const override { return socket_->GetRemoteAddress(); }
  int Send(const void* data, size_t size, const webrtc::AsyncSocketPacketOptions& options) override;
  int SendTo(const void* data, size_t size, const webrtc::SocketAddress& to,
             const webrtc::AsyncSocketPacketOptions& options) override;
  int Close() override;
  State GetState() const override { return STATE_BOUND; }
  int GetOption(webrtc::Socket::Option option, int* value) override;
  int SetOption(webrtc::Socket::Option option, int value) override;
  int GetError() const override { return socket_->GetError(); }
  void SetError(int error) override { socket_->SetError(error); }

 private:
  // NetworkTurn::Participant
  void OnTurnEnd() override;

  int SendNow(std::span<const uint8_t> packet, const webrtc::SocketAddress& to)
      RTC_RUN_ON(sequence_checker_);
  int SendLater(std::span<const uint8_t> packet, const webrtc::SocketAddress& to)
      RTC_RUN_ON(sequence_checker_);
  void SetEct1(bool ect1) RTC_RUN_ON(sequence_checker_);
  void Flush() RTC_RUN_ON(sequence_checker_);
  void OnReadable();
  void OnWritable();
  // False if the socket is gone.
  bool Deliver(const UdpReceiveBuffer::Message& message) RTC_RUN_ON(sequence_checker_);
  webrtc::Timestamp ArrivalTime(std::optional<webrtc::Timestamp> by_system_clock)
      RTC_RUN_ON(sequence_checker_);

  RTC_NO_UNIQUE_ADDRESS webrtc::SequenceChecker sequence_checker_{
      webrtc::SequenceChecker::kDetached};
  const webrtc::Environment environment_;
  UdpIo& io_;
  const std::unique_ptr<UdpDispatcher> socket_;
  const webrtc::SocketAddress local_address_;

  bool ect1_ RTC_GUARDED_BY(sequence_checker_) = false;
  // Null while there is nothing to be sent.
  std::unique_ptr<UdpSendBatch> batch_ RTC_GUARDED_BY(sequence_checker_);
  bool at_turn_end_ RTC_GUARDED_BY(sequence_checker_) = false;
  // The kernel takes no more; its event is awaited.
  bool blocked_ RTC_GUARDED_BY(sequence_checker_) = false;
  bool segmentation_ RTC_GUARDED_BY(sequence_checker_) = true;

  std::optional<webrtc::TimeDelta> clock_offset_ RTC_GUARDED_BY(sequence_checker_);
  // Set by the destructor while packets are being delivered.
  bool* gone_ RTC_GUARDED_BY(sequence_checker_) = nullptr;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_UDP_SOCKET_H_
