#include "native/network/sctp_socket.h"

#include <atomic>
#include <utility>

#include "api/task_queue/task_queue_base.h"
#include "api/units/timestamp.h"
#include "net/dcsctp/public/dcsctp_socket_factory.h"
#include "net/dcsctp/public/timeout.h"

namespace node_libwebrtc {

namespace {

// A turn's acknowledgement stands for many packets, and so must make room for as many.
constexpr int kMaxBurst = 64;

// While the sender's congestion window is still small it grows by the number of acknowledgements,
// and finds losses by it. So much data in good order means that the window has grown.
constexpr size_t kBytesInGoodOrder = 4 * 1024 * 1024;

// RFC 9260, sections 3.1 and 3.3.4.
constexpr size_t kCommonHeaderSize = 12;
constexpr size_t kChunkHeaderSize = 4;
constexpr uint8_t kSelectiveAcknowledgement = 3;
constexpr uint8_t kAbort = 6;

// What a peer may have under way. More than the kernel's buffer of a socket holds is lost in one
// piece when the peer is faster than this thread; thousands of packets lost in a row are more than
// an association recovers from.
constexpr size_t kReceiverWindow = 2 * 1024 * 1024;

dcsctp::DcSctpOptions Adapt(dcsctp::DcSctpOptions options) {
  options.max_burst = kMaxBurst;
  options.max_receiver_window_buffer_size = kReceiverWindow;
  options.enable_receive_pull_mode = true;
  options.zero_checksum_alternate_error_detection_method =
      dcsctp::ZeroChecksumAlternateErrorDetectionMethod::LowerLayerDtls();
  return options;
}

bool HasAcknowledgement(std::span<const uint8_t> packet) {
  return packet.size() >= kCommonHeaderSize + kChunkHeaderSize &&
         packet[kCommonHeaderSize] == kSelectiveAcknowledgement;
}

// The first chunk of such a packet is the last one, too.
bool HasNothingElse(std::span<const uint8_t> packet) {
  const size_t length = packet[kCommonHeaderSize + 2] << 8 | packet[kCommonHeaderSize + 3];
  return kCommonHeaderSize + length + kChunkHeaderSize > packet.size();
}

// An ABORT shares its packet with control chunks at most.
bool HasAbort(std::span<const uint8_t> packet) {
  size_t offset = kCommonHeaderSize;
  while (offset + kChunkHeaderSize <= packet.size()) {
    if (packet[offset] == kAbort) return true;
    const size_t length = packet[offset + 2] << 8 | packet[offset + 3];
    if (length < kChunkHeaderSize) return false;
    offset += (length + 3) & ~size_t{3};
  }
  return false;
}

// It reports a gap or a packet that came twice: something on the way is not in order.
bool ReportsTrouble(std::span<const uint8_t> packet) {
  constexpr size_t kCounts = kCommonHeaderSize + 12;
  return packet.size() < kCounts + 4 || packet[kCounts] != 0 || packet[kCounts + 1] != 0 ||
         packet[kCounts + 2] != 0 || packet[kCounts + 3] != 0;
}

bool IsSame(const dcsctp::SendOptions& a, const dcsctp::SendOptions& b) {
  return a.unordered == b.unordered && a.lifetime == b.lifetime &&
         a.max_retransmissions == b.max_retransmissions && a.lifecycle_id == b.lifecycle_id;
}

}  // namespace

// Between the association and its owner: packets on their way out are looked at, messages wait for
// the budget and resets of their streams for the messages, and the rest passes.
class SctpSocket::Callbacks final : public dcsctp::DcSctpSocketCallbacks {
 public:
  Callbacks(webrtc::Thread* signaling_thread, webrtc::Thread* network_thread, SctpSocket& socket,
            dcsctp::DcSctpSocketCallbacks& owner)
      : signaling_thread_(signaling_thread),
        network_thread_(network_thread),
        socket_(socket),
        owner_(owner) {}
  ~Callbacks() override { *is_alive_ = false; }

  dcsctp::SendPacketStatus Send(std::span<const uint8_t> packet) {
    return owner_.SendPacketWithStatus(packet);
  }

  dcsctp::SendPacketStatus SendPacketWithStatus(std::span<const uint8_t> packet) override {
    if (socket_.KeepAcknowledgement(packet)) return dcsctp::SendPacketStatus::kSuccess;
    return Send(packet);
  }

  std::unique_ptr<dcsctp::Timeout> CreateTimeout(
      webrtc::TaskQueueBase::DelayPrecision precision) override {
    return owner_.CreateTimeout(precision);
  }
  dcsctp::TimeMs TimeMillis() override { return owner_.TimeMillis(); }
  webrtc::Timestamp Now() override { return owner_.Now(); }
  uint32_t GetRandomInt(uint32_t low, uint32_t high) override {
    return owner_.GetRandomInt(low, high);
  }
  void OnMessageReceived(dcsctp::DcSctpMessage message) override {
    owner_.OnMessageReceived(std::move(message));
  }
  void OnMessageReady() override { socket_.DeliverMessages(/*all=*/false); }
  void OnError(dcsctp::ErrorKind error, absl::string_view message) override {
    owner_.OnError(error, message);
  }
  void OnAborted(dcsctp::ErrorKind error, absl::string_view message) override {
    owner_.OnAborted(error, message);
  }
  void OnConnected() override { owner_.OnConnected(); }
  void OnClosed() override { owner_.OnClosed(); }
  void OnConnectionRestarted() override { owner_.OnConnectionRestarted(); }
  void OnStreamsResetFailed(std::span<const dcsctp::StreamID> outgoing_streams,
                            absl::string_view reason) override {
    owner_.OnStreamsResetFailed(outgoing_streams, reason);
  }
  void OnStreamsResetPerformed(std::span<const dcsctp::StreamID> outgoing_streams) override {
    Reset(Direction::kOutgoing, outgoing_streams);
  }
  void OnIncomingStreamsReset(std::span<const dcsctp::StreamID> incoming_streams) override {
    Reset(Direction::kIncoming, incoming_streams);
  }
  void OnBufferedAmountLow(dcsctp::StreamID stream_id) override {
    owner_.OnBufferedAmountLow(stream_id);
  }
  void OnTotalBufferedAmountLow() override { owner_.OnTotalBufferedAmountLow(); }
  void OnLifecycleMessageFullySent(dcsctp::LifecycleId id) override {
    owner_.OnLifecycleMessageFullySent(id);
  }
  void OnLifecycleMessageExpired(dcsctp::LifecycleId id, bool maybe_delivered) override {
    owner_.OnLifecycleMessageExpired(id, maybe_delivered);
  }
  void OnLifecycleMessageDelivered(dcsctp::LifecycleId id) override {
    owner_.OnLifecycleMessageDelivered(id);
  }
  void OnLifecycleEnd(dcsctp::LifecycleId id) override { owner_.OnLifecycleEnd(id); }

  // No message waits any more.
  void PassResets() {
    for (const auto& [direction, streams] : std::exchange(resets_, {})) Pass(direction, streams);
  }

 private:
  enum class Direction { kIncoming, kOutgoing };

  void Reset(Direction direction, std::span<const dcsctp::StreamID> streams) {
    if (socket_.IsHeldBack()) {
      resets_.emplace_back(direction, std::vector(streams.begin(), streams.end()));
    } else {
      Pass(direction, streams);
    }
  }

  void Pass(Direction direction, std::span<const dcsctp::StreamID> streams) {
    if (direction == Direction::kIncoming) {
      PassBehindAnnouncements(std::vector(streams.begin(), streams.end()));
    } else {
      owner_.OnStreamsResetPerformed(streams);
    }
  }

  // The streams may belong to a channel that is just being announced to the JS thread, which
  // answers by listening to it. libwebrtc drops the messages of a channel that begins to close
  // before anybody listens, so that the reset takes the same way there and back. Until it is passed
  // on the peer cannot use the streams for another channel.
  void PassBehindAnnouncements(std::vector<dcsctp::StreamID> streams) {
    signaling_thread_->PostTask([this, network_thread = network_thread_, is_alive = is_alive_,
                                 streams = std::move(streams)]() mutable {
      // The network thread outlives the association, whose end this thread has to wait for.
      if (!*is_alive) return;
      network_thread->PostTask(
          [this, is_alive = std::move(is_alive), streams = std::move(streams)] {
            if (*is_alive) owner_.OnIncomingStreamsReset(streams);
          });
    });
  }

  // What has come behind messages that wait.
  std::vector<std::pair<Direction, std::vector<dcsctp::StreamID>>> resets_;
  webrtc::Thread* const signaling_thread_;
  webrtc::Thread* const network_thread_;
  const std::shared_ptr<std::atomic<bool>> is_alive_ = std::make_shared<std::atomic<bool>>(true);
  SctpSocket& socket_;
  dcsctp::DcSctpSocketCallbacks& owner_;
};

SctpSocket::SctpSocket(webrtc::Thread* signaling_thread, webrtc::Thread* network_thread,
                       NetworkTurn& turn, std::shared_ptr<ReceiveBudget> budget,
                       absl::string_view log_prefix, dcsctp::DcSctpSocketCallbacks& callbacks,
                       std::unique_ptr<dcsctp::PacketObserver> packet_observer,
                       const dcsctp::DcSctpOptions& options)
    : turn_(turn),
      budget_(std::move(budget)),
      callbacks_(std::make_unique<Callbacks>(signaling_thread, network_thread, *this, callbacks)),
      socket_(dcsctp::DcSctpSocketFactory().Create(log_prefix, *callbacks_,
                                                   std::move(packet_observer), Adapt(options))) {
  budget_->SetResume([this] { DeliverMessages(/*all=*/false); });
}

SctpSocket::~SctpSocket() {
  budget_->SetResume(nullptr);
  turn_.Remove(this);
}

// ---- Messages from the peer

void SctpSocket::ReceivePacket(std::span<const uint8_t> data) {
  // The association forgets its messages when it is aborted, and none may be lost that the peer
  // knows to have arrived.
  if (held_back_ && HasAbort(data)) DeliverMessages(/*all=*/true);
  bytes_in_good_order_ += data.size();
  socket_->ReceivePacket(data);
}

void SctpSocket::DeliverMessages(bool all) {
  NetworkTurn::Scope turn(turn_);
  turn_.set_receive_budget(budget_);
  held_back_ = false;
  while (true) {
    if (!all && budget_->IsUsedUp()) {
      held_back_ = socket_->MessagesReady() > 0;
      break;
    }
    std::optional<dcsctp::DcSctpMessage> message = socket_->GetNextMessage();
    if (!message) break;
    callbacks_->OnMessageReceived(*std::move(message));
  }
  turn_.set_receive_budget(nullptr);
  if (!held_back_) callbacks_->PassResets();
}

// ---- Messages to the peer

dcsctp::SendStatus SctpSocket::Send(dcsctp::DcSctpMessage message,
                                    const dcsctp::SendOptions& send_options) {
  const size_t size = message.payload().size();
  const bool fits = size > 0 && size <= options().max_message_size &&
                    buffered_amount(message.stream_id()) < options().per_stream_send_queue_limit;
  // Out of turn, or about to fail, which the association says best.
  if (!turn_.active() || !fits || state() != dcsctp::SocketState::kConnected) {
    SendKept();
    return socket_->Send(std::move(message), send_options);
  }
  if (!messages_.empty() && !IsSame(send_options, messages_options_)) SendKept();
  messages_options_ = send_options;
  kept_bytes_[message.stream_id()] += size;
  messages_.push_back(std::move(message));
  LeaveForTurnEnd();
  return dcsctp::SendStatus::kSuccess;
}

std::vector<dcsctp::SendStatus> SctpSocket::SendMany(std::span<dcsctp::DcSctpMessage> messages,
                                                     const dcsctp::SendOptions& send_options) {
  SendKept();
  return socket_->SendMany(messages, send_options);
}

void SctpSocket::SendKept() {
  if (messages_.empty()) return;
  // The association may call back, and be asked to send more.
  std::vector<dcsctp::DcSctpMessage> messages = std::exchange(messages_, {});
  kept_bytes_.clear();
  socket_->SendMany(messages, messages_options_);
  if (!messages_.empty()) return;
  messages.clear();
  messages_ = std::move(messages);
}

size_t SctpSocket::buffered_amount(dcsctp::StreamID stream_id) const {
  const auto kept = kept_bytes_.find(stream_id);
  return socket_->buffered_amount(stream_id) + (kept == kept_bytes_.end() ? 0 : kept->second);
}

// ---- Acknowledgements

bool SctpSocket::KeepAcknowledgement(std::span<const uint8_t> packet) {
  if (!turn_.active() || !HasAcknowledgement(packet)) return false;
  // It says all that the kept one says.
  acknowledgement_.clear();
  if (ReportsTrouble(packet)) bytes_in_good_order_ = 0;
  if (bytes_in_good_order_ < kBytesInGoodOrder || !HasNothingElse(packet)) return false;
  acknowledgement_.assign(packet.begin(), packet.end());
  LeaveForTurnEnd();
  return true;
}

void SctpSocket::LeaveForTurnEnd() {
  if (!std::exchange(at_turn_end_, true)) turn_.AtEnd(NetworkTurn::Layer::kProtocol, this);
}

void SctpSocket::OnTurnEnd() {
  at_turn_end_ = false;
  // Messages first: a packet of theirs may take the acknowledgement along.
  SendKept();
  if (acknowledgement_.empty()) return;
  // A failure is like a loss on the way: the next acknowledgement makes up for it.
  callbacks_->Send(acknowledgement_);
  acknowledgement_.clear();
}

// ---- The rest passes

size_t SctpSocket::MessagesReady() const { return socket_->MessagesReady(); }

std::optional<dcsctp::DcSctpMessage> SctpSocket::GetNextMessage() {
  return socket_->GetNextMessage();
}

void SctpSocket::HandleTimeout(dcsctp::TimeoutID timeout_id) { socket_->HandleTimeout(timeout_id); }

void SctpSocket::Connect() { socket_->Connect(); }

bool SctpSocket::ConnectWithConnectionToken(std::span<const uint8_t> my_data,
                                            std::span<const uint8_t> peer_data) {
  return socket_->ConnectWithConnectionToken(my_data, peer_data);
}

void SctpSocket::RestoreFromState(const dcsctp::DcSctpSocketHandoverState& state) {
  socket_->RestoreFromState(state);
}

void SctpSocket::Shutdown() {
  SendKept();
  socket_->Shutdown();
}

void SctpSocket::Close() {
  messages_.clear();
  kept_bytes_.clear();
  socket_->Close();
}

dcsctp::SocketState SctpSocket::state() const { return socket_->state(); }

const dcsctp::DcSctpOptions& SctpSocket::options() const { return socket_->options(); }

void SctpSocket::SetMaxMessageSize(size_t max_message_size) {
  SendKept();
  socket_->SetMaxMessageSize(max_message_size);
}

void SctpSocket::SetStreamPriority(dcsctp::StreamID stream_id, dcsctp::StreamPriority priority) {
  socket_->SetStreamPriority(stream_id, priority);
}

dcsctp::StreamPriority SctpSocket::GetStreamPriority(dcsctp::StreamID stream_id) const {
  return socket_->GetStreamPriority(stream_id);
}

dcsctp::ResetStreamsStatus SctpSocket::ResetStreams(
    std::span<const dcsctp::StreamID> outgoing_streams) {
  SendKept();
  return socket_->ResetStreams(outgoing_streams);
}

size_t SctpSocket::buffered_amount_low_threshold(dcsctp::StreamID stream_id) const {
  return socket_->buffered_amount_low_threshold(stream_id);
}

void SctpSocket::SetBufferedAmountLowThreshold(dcsctp::StreamID stream_id, size_t bytes) {
  socket_->SetBufferedAmountLowThreshold(stream_id, bytes);
}

std::optional<dcsctp::Metrics> SctpSocket::GetMetrics() const { return socket_->GetMetrics(); }

dcsctp::HandoverReadinessStatus SctpSocket::GetHandoverReadiness() const {
  return socket_->GetHandoverReadiness();
}

std::optional<dcsctp::DcSctpSocketHandoverState> SctpSocket::GetHandoverStateAndClose() {
  SendKept();
  return socket_->GetHandoverStateAndClose();
}

}  // namespace node_libwebrtc
