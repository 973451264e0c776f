#include "native/network/sctp_transport_factory.h"

#include "absl/strings/string_view.h"
#include "media/sctp/dcsctp_transport.h"
#include "native/network/receive_budget.h"
#include "native/network/sctp_socket.h"
#include "net/dcsctp/public/dcsctp_options.h"
#include "net/dcsctp/public/dcsctp_socket.h"
#include "net/dcsctp/public/dcsctp_socket_factory.h"
#include "net/dcsctp/public/packet_observer.h"

namespace node_libwebrtc {

namespace {

class SctpSocketFactory final : public dcsctp::DcSctpSocketFactory {
 public:
  SctpSocketFactory(webrtc::Thread* signaling_thread, webrtc::Thread* network_thread,
                    NetworkTurn& turn)
      : signaling_thread_(signaling_thread),
        network_thread_(network_thread),
        turn_(turn),
        budget_(std::make_shared<ReceiveBudget>(network_thread)) {}

  std::unique_ptr<dcsctp::DcSctpSocketInterface> Create(
      absl::string_view log_prefix, dcsctp::DcSctpSocketCallbacks& callbacks,
      std::unique_ptr<dcsctp::PacketObserver> packet_observer,
      const dcsctp::DcSctpOptions& options) override {
    return std::make_unique<SctpSocket>(signaling_thread_, network_thread_, turn_, budget_,
                                        log_prefix, callbacks, std::move(packet_observer), options);
  }

 private:
  webrtc::Thread* const signaling_thread_;
  webrtc::Thread* const network_thread_;
  NetworkTurn& turn_;
  // A restarted association goes on with the same one.
  const std::shared_ptr<ReceiveBudget> budget_;
};

}  // namespace

std::unique_ptr<webrtc::SctpTransportInternal> SctpTransportFactory::CreateSctpTransport(
    const webrtc::Environment& environment, webrtc::DtlsTransportInternal* dtls) {
  return std::make_unique<webrtc::DcSctpTransport>(
      environment, network_thread_, dtls,
      std::make_unique<SctpSocketFactory>(signaling_thread_, network_thread_, turn_));
}

std::vector<uint8_t> SctpTransportFactory::GenerateConnectionToken(
    const webrtc::Environment& environment) {
  return webrtc::DcSctpTransport::GenerateConnectionToken(environment);
}

}  // namespace node_libwebrtc
