#ifndef NATIVE_CONFIGURATION_H_
#define NATIVE_CONFIGURATION_H_

#include <napi.h>

#include "api/peer_connection_interface.h"
#include "api/rtc_error.h"
#include "native/network/allocator.h"

namespace node_libwebrtc {

// `NativeConfiguration` of lib/native.ts: what libwebrtc takes as its configuration, and what goes
// to the port allocator.
struct Configuration {
  webrtc::PeerConnectionInterface::RTCConfiguration rtc;
  NetworkSettings network;
};

webrtc::RTCErrorOr<Configuration> ReadConfiguration(napi_env env, napi_value value);

}  // namespace node_libwebrtc

#endif  // NATIVE_CONFIGURATION_H_
