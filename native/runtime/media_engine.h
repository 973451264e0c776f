#ifndef NATIVE_RUNTIME_MEDIA_ENGINE_H_
#define NATIVE_RUNTIME_MEDIA_ENGINE_H_

#include "api/peer_connection_interface.h"

namespace node_libwebrtc {

// Like libwebrtc's own `EnableMedia`, with a video engine that makes its lists of codecs once:
// every peer connection asks for them, and making them is most of the time that one takes to be
// created.
void EnableMedia(webrtc::PeerConnectionFactoryDependencies& dependencies);

}  // namespace node_libwebrtc

#endif  // NATIVE_RUNTIME_MEDIA_ENGINE_H_
