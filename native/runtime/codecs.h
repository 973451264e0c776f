#ifndef NATIVE_RUNTIME_CODECS_H_
#define NATIVE_RUNTIME_CODECS_H_

#include "api/peer_connection_interface.h"

namespace node_libwebrtc {

// Gives a factory of peer connections all the encoders and decoders that libwebrtc was built with.
void SetCodecs(webrtc::PeerConnectionFactoryDependencies& dependencies);

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_CODECS_H_
