#include "native/network/udp_socket.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "native/network/udp_options.h"
#include "rtc_base/checks.h"
#include "rtc_base/logging.h"
#include "rtc_base/network/received_packet.h"
#include "rtc_base/network/sent_packet.h"

namespace node_libwebrtc {

namespace {

// Room for what a fast sender sends while this thread is busy; the kernel grants less where the
// system says so.
constexpr int kKernelBufferBytes = 2 * 1024 * 1024;

// One event reads at most so often, so that other sockets and tasks get their turn.
constexpr int kReadsInEvent = 4;

}  // namespace

UdpSocket::UdpSocket(const webrtc::Environment& environment, UdpIo& io,
                     std::unique_ptr<UdpDispatcher> socket)
    : environment_(environment),
      io_(io),
      socket_(std::move(socket)),
      local_address_(socket_->GetLocalAddress()) {
  JoinPackets(socket_->GetSocketFD());
  socket_->SetOption(webrtc::Socket::OPT_RCVBUF, kKernelBufferBytes);
  socket_->SetOption(webrtc::Socket::OPT_SNDBUF, kKernelBufferBytes);
  socket_->SubscribeReadEvent(this, [this](webrtc::Socket*) { OnReadable(); });
  socket_->SubscribeWriteEvent(this, [this](webrtc::Socket*) { OnWritable(); });
}

UdpSocket::~UdpSocket() {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  if (gone_) *gone_ = true;
  Close();
}

// ---- Sending

int UdpSocket::Send(const void* data, size_t size,
                    const webrtc::AsyncSocketPacketOptions& options) {
  return SendTo(data, size, GetRemoteAddress(), options);
}

int UdpSocket::SendTo(const void* data, size_t size, const webrtc::SocketAddress& to,
                      const webrtc::AsyncSocketPacketOptions& options) {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  webrtc::SentPacketInfo sent(options.packet_id, environment_.clock().TimeInMilliseconds(),
                              options.info_signaled_after_sent);
  webrtc::CopySocketInformationToPacketInfo(size, *this, &sent.info);
  SetEct1(options.ect_1);
  const std::span packet(static_cast<const uint8_t*>(data), size);
  const int result = io_.turn().active() ? SendLater(packet, to) : SendNow(packet, to);
  NotifySentPacket(this, sent);
  return result;
}

int UdpSocket::SendNow(std::span<const uint8_t> packet, const webrtc::SocketAddress& to) {
  if (!blocked_) return socket_->SendTo(packet.data(), packet.size(), to);
  // Not past the packets that wait.
  SetError(EWOULDBLOCK);
  return -1;
}

int UdpSocket::SendLater(std::span<const uint8_t> packet, const webrtc::SocketAddress& to) {
  if (blocked_) {
    SetError(EWOULDBLOCK);
    return -1;
  }
  if (!batch_) batch_ = io_.TakeBatch();
  batch_->Append(packet, to);
  if (batch_->bytes() >= UdpSendBatch::kEnoughBytes) {
    Flush();
  } else if (!std::exchange(at_turn_end_, true)) {
    io_.turn().AtEnd(NetworkTurn::Layer::kSocket, this);
  }
  return static_cast<int>(packet.size());
}

void UdpSocket::SetEct1(bool ect1) {
  if (ect1 == ect1_) return;
  // The mark belongs to the socket, so packets of another mark go first.
  Flush();
  if (socket_->SetOption(webrtc::Socket::OPT_SEND_ECN, ect1 ? 1 : 0) == 0) ect1_ = ect1;
}

void UdpSocket::OnTurnEnd() {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  at_turn_end_ = false;
  if (!blocked_) Flush();
}

void UdpSocket::Flush() {
  if (!batch_) return;
  int error = 0;
  if (batch_->Send(socket_->GetSocketFD(), segmentation_, error) == EWOULDBLOCK) {
    blocked_ = true;
    SetError(EWOULDBLOCK);
    socket_->Await(webrtc::DE_WRITE);
    return;
  }
  if (error != 0) SetError(error);
  io_.GiveBack(std::move(batch_));
}

void UdpSocket::OnWritable() {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  blocked_ = false;
  Flush();
  if (blocked_) return;
  NetworkTurn::Scope turn(io_.turn());
  NotifyReadyToSend(this);
}

// ---- Receiving

void UdpSocket::OnReadable() {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  socket_->Await(webrtc::DE_READ);
  // What the packets make us send leaves when all of them are dealt with.
  NetworkTurn::Scope turn(io_.turn());
  UdpReceiveBuffer& buffer = io_.receive_buffer();
  for (int reads = 0; reads < kReadsInEvent; ++reads) {
    const int received = buffer.Receive(socket_->GetSocketFD());
    if (received < 0) {
      // An ICMP error in answer to a packet of ours; usual for ICE, whose checks find it out in
      // their own way.
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        RTC_LOG(LS_INFO) << "UdpSocket[" << local_address_.ToSensitiveString()
                         << "] receive failed with error " << errno;
      }
      return;
    }
    for (int i = 0; i < received; ++i) {
      if (!Deliver(buffer.message(static_cast<size_t>(i)))) return;
    }
    if (static_cast<size_t>(received) < UdpReceiveBuffer::kMessages) return;
  }
}

bool UdpSocket::Deliver(const UdpReceiveBuffer::Message& message) {
  webrtc::SocketAddress source;
  webrtc::SocketAddressFromSockAddrStorage(*message.source, &source);
  const webrtc::Timestamp arrival_time = ArrivalTime(message.arrival_time);
  bool gone = false;
  gone_ = &gone;
  for (size_t offset = 0; offset < message.bytes.size(); offset += message.packet_size) {
    const size_t size = std::min(message.packet_size, message.bytes.size() - offset);
    NotifyPacketReceived(webrtc::ReceivedIpPacket(message.bytes.subspan(offset, size), source,
                                                  arrival_time, message.ecn));
    if (gone) return false;
  }
  gone_ = nullptr;
  return true;
}

// The kernel's time stamps are of another clock than libwebrtc's. The difference is estimated as in
// libwebrtc's own socket: from the first packet, and again when a packet would come from the
// future.
webrtc::Timestamp UdpSocket::ArrivalTime(std::optional<webrtc::Timestamp> by_system_clock) {
  const webrtc::Timestamp now = environment_.clock().CurrentTime();
  if (!by_system_clock) return now;
  if (!clock_offset_ || *by_system_clock + *clock_offset_ > now) {
    clock_offset_ = now - *by_system_clock;
  }
  return *by_system_clock + *clock_offset_;
}

// ---- The rest

int UdpSocket::Close() {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  if (!blocked_) Flush();
  if (batch_) io_.GiveBack(std::move(batch_));
  if (std::exchange(at_turn_end_, false)) io_.turn().Remove(this);
  return socket_->Close();
}

int UdpSocket::GetOption(webrtc::Socket::Option option, int* value) {
  return socket_->GetOption(option, value);
}

int UdpSocket::SetOption(webrtc::Socket::Option option, int value) {
  RTC_DCHECK_RUN_ON(&sequence_checker_);
  // libwebrtc asks for buffers that suit media; ours are larger already.
  if (option == webrtc::Socket::OPT_RCVBUF || option == webrtc::Socket::OPT_SNDBUF) {
    value = std::max(value, kKernelBufferBytes);
  }
  // What waits was meant to leave under the old settings.
  if (!blocked_) Flush();
  return socket_->SetOption(option, value);
}

}  // namespace node_libwebrtc
