#ifndef NATIVE_RECORDING_REMOTE_TAP_H_
#define NATIVE_RECORDING_REMOTE_TAP_H_

#include <memory>

#include "api/scoped_refptr.h"
#include "native/recording/encoded_tap.h"
#include "native/track_node.h"

namespace node_libwebrtc {

// Gives a consumer what comes in for a remote track, as it is. On the JS thread.
std::unique_ptr<EncodedFeed> StartRemoteTap(webrtc::scoped_refptr<TrackNode> node,
                                            std::shared_ptr<EncodedConsumer> consumer);

}  // namespace node_libwebrtc

#endif  // NATIVE_RECORDING_REMOTE_TAP_H_
