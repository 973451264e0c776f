#ifndef NATIVE_RECORDING_TAPPED_CALL_H_
#define NATIVE_RECORDING_TAPPED_CALL_H_

#include <memory>

#include "api/peer_connection_interface.h"
#include "native/recording/new_streams.h"
#include "native/recording/sender_reports.h"

namespace node_libwebrtc {

// Makes the receive streams of a factory's connections such that they can be tapped (see
// tapped_streams.h). After libwebrtc's media has been enabled.
void EnableTaps(webrtc::PeerConnectionFactoryDependencies& dependencies,
                std::shared_ptr<SenderReports> reports, std::shared_ptr<NewStreams> new_streams);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_TAPPED_CALL_H_
