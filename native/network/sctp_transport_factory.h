#ifndef NATIVE_NETWORK_SCTP_TRANSPORT_FACTORY_H_
#define NATIVE_NETWORK_SCTP_TRANSPORT_FACTORY_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "api/environment/environment.h"
#include "api/transport/sctp_transport_factory_interface.h"
#include "native/network/network_turn.h"
#include "rtc_base/thread.h"

namespace node_libwebrtc {

// libwebrtc's SCTP transports, upon associations that work by the network thread's turns.
class SctpTransportFactory final : public webrtc::SctpTransportFactoryInterface {
 public:
  SctpTransportFactory(webrtc::Thread* signaling_thread, webrtc::Thread* network_thread,
                       NetworkTurn& turn)
      : signaling_thread_(signaling_thread), network_thread_(network_thread), turn_(turn) {}

  std::unique_ptr<webrtc::SctpTransportInternal> CreateSctpTransport(
      const webrtc::Environment& environment, webrtc::DtlsTransportInternal* dtls) override;
  std::vector<uint8_t> GenerateConnectionToken(const webrtc::Environment& environment) override;

 private:
  webrtc::Thread* const signaling_thread_;
  webrtc::Thread* const network_thread_;
  NetworkTurn& turn_;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_NETWORK_SCTP_TRANSPORT_FACTORY_H_
