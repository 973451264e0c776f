#ifndef NATIVE_NETWORK_SCTP_SOCKET_H_
#define NATIVE_NETWORK_SCTP_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "native/network/network_turn.h"
#include "native/network/receive_budget.h"
#include "net/dcsctp/public/dcsctp_handover_state.h"
#include "net/dcsctp/public/dcsctp_message.h"
#include "net/dcsctp/public/dcsctp_options.h"
#include "net/dcsctp/public/dcsctp_socket.h"
#include "net/dcsctp/public/packet_observer.h"
#include "net/dcsctp/public/types.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

// dcSCTP's association, which works by the turns of the network thread:
//
// - The messages of a turn are handed over together at its end, so that small ones share packets.
//   They count as buffered from the start.
// - Of the acknowledgements that the packets of a turn ask for, the last one leaves, at its end,
//   once the connection is in full flow. Each tells all that the ones before it told.
// - Messages that arrive are passed on as long as the JS thread keeps up with them
//   (`ReceiveBudget`).
//
// It also offers the peer to leave out the checksum of packets (RFC 9653), as DTLS detects errors
// far better.
class SctpSocket final : public dcsctp::DcSctpSocketInterface, private NetworkTurn::Participant {
 public:
  SctpSocket(webrtc::Thread* signaling_thread, webrtc::Thread* network_thread, NetworkTurn& turn,
             std::shared_ptr<ReceiveBudget> budget, absl::string_view log_prefix,
             dcsctp::DcSctpSocketCallbacks& callbacks,
             std::unique_ptr<dcsctp::PacketObserver> packet_observer,
             const dcsctp::DcSctpOptions& options);
  ~SctpSocket() override;

  // dcsctp::DcSctpSocketInterface
  void ReceivePacket(std::span<const uint8_t> data) override;
  size_t MessagesReady() const override;
  std::optional<dcsctp::DcSctpMessage> GetNextMessage() override;
  void HandleTimeout(dcsctp::TimeoutID timeout_id) override;
  void Connect() override;
  bool ConnectWithConnectionToken(std::span<const uint8_t> my_data,
                                  std::span<const uint8_t> peer_data) override;
  void RestoreFromState(const dcsctp::DcSctpSocketHandoverState& state) override;
  void Shutdown() override;
  void Close() override;
  dcsctp::SocketState state() const override;
  const dcsctp::DcSctpOptions& options() const override;
  void SetMaxMessageSize(size_t max_message_size) override;
  void SetStreamPriority(dcsctp::StreamID stream_id, dcsctp::StreamPriority priority) override;
  dcsctp::StreamPriority GetStreamPriority(dcsctp::StreamID stream_id) const override;
  dcsctp::SendStatus Send(dcsctp::DcSctpMessage message,
                          const dcsctp::SendOptions& send_options) override;
  std::vector<dcsctp::SendStatus> SendMany(std::span<dcsctp::DcSctpMessage> messages,
                                           const dcsctp::SendOptions& send_options) override;
  dcsctp::ResetStreamsStatus ResetStreams(
      std::span<const dcsctp::StreamID> outgoing_streams) override;
  size_t buffered_amount(dcsctp::StreamID stream_id) const override;
  size_t buffered_amount_low_threshold(dcsctp::StreamID stream_id) const override;
  void SetBufferedAmountLowThreshold(dcsctp::StreamID stream_id, size_t bytes) override;
  std::optional<dcsctp::Metrics> GetMetrics() const override;
  dcsctp::HandoverReadinessStatus GetHandoverReadiness() const override;
  std::optional<dcsctp::DcSctpSocketHandoverState> GetHandoverStateAndClose() override;

 private:
  class Callbacks;

  // NetworkTurn::Participant
  void OnTurnEnd() override;

  void LeaveForTurnEnd();
  // Hands the kept messages over.
  void SendKept();
  // True if `packet` is kept until the end of the turn, or never leaves.
  bool KeepAcknowledgement(std::span<const uint8_t> packet);

  // Passes on what has been received, as far as the budget goes or, if `all`, regardless of it.
  void DeliverMessages(bool all);
  // True if messages wait for the budget.
  bool IsHeldBack() const { return held_back_; }

  NetworkTurn& turn_;
  const std::shared_ptr<ReceiveBudget> budget_;
  const std::unique_ptr<Callbacks> callbacks_;
  const std::unique_ptr<dcsctp::DcSctpSocketInterface> socket_;

  bool held_back_ = false;
  bool at_turn_end_ = false;
  // Messages of one kind, in their order, and how much of each stream is among them.
  std::vector<dcsctp::DcSctpMessage> messages_;
  dcsctp::SendOptions messages_options_;
  std::map<dcsctp::StreamID, size_t> kept_bytes_;
  // How much has been received since anything was amiss.
  size_t bytes_in_good_order_ = 0;
  // A packet with nothing but an acknowledgement; empty if there is none.
  std::vector<uint8_t> acknowledgement_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_SCTP_SOCKET_H_
