#ifndef NATIVE_ICE_VALUES_H_
#define NATIVE_ICE_VALUES_H_

#include <napi.h>

#include "absl/strings/string_view.h"
#include "api/transport/enums.h"
#include "p2p/base/candidate_pair_interface.h"
#include "p2p/base/transport_description.h"

namespace node_libwebrtc {

// The names of the specification.
const char* ToString(webrtc::IceTransportState state);
const char* ToString(webrtc::IceRole role);

// `NativeIceCandidatePair` of lib/native.ts. `mid` names the media section whose transport it is.
napi_value MakeIceCandidatePair(napi_env env, const webrtc::CandidatePair& pair,
                                absl::string_view mid);

}  // namespace node_libwebrtc

#endif  // NATIVE_ICE_VALUES_H_
