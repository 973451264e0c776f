#ifndef NATIVE_TRANSPORT_HANDLES_H_
#define NATIVE_TRANSPORT_HANDLES_H_

#include "native/bridge/handle_cache.h"

namespace node_libwebrtc {

class DtlsTransportHandle;
class IceTransportHandle;
class SctpTransportHandle;

// The handles of one peer connection's transports: each transport has one, however often it is
// asked for. Shared by the connection and the handles, since transports lead to one another.
// Belongs to the JS thread.
struct TransportHandles {
  HandleCache<DtlsTransportHandle> dtls;
  HandleCache<IceTransportHandle> ice;
  HandleCache<SctpTransportHandle> sctp;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_TRANSPORT_HANDLES_H_
