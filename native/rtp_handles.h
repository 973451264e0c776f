#ifndef NATIVE_RTP_HANDLES_H_
#define NATIVE_RTP_HANDLES_H_

#include <map>
#include <memory>

#include "native/bridge/handle_cache.h"
#include "native/transport_handles.h"

namespace node_libwebrtc {

class DtmfSenderHandle;
class FramePipe;
class KeyFrameRequests;
class RtpReceiverHandle;
class RtpSenderHandle;
class RtpTransceiverHandle;

// The handles of one peer connection's transceivers and what belongs to them. Shared by the
// connection and the handles. Belongs to the JS thread.
struct RtpHandles {
  explicit RtpHandles(std::shared_ptr<TransportHandles> transports)
      : transports(std::move(transports)) {}

  const std::shared_ptr<TransportHandles> transports;
  HandleCache<RtpTransceiverHandle> transceivers;
  HandleCache<RtpSenderHandle> senders;
  HandleCache<RtpReceiverHandle> receivers;
  HandleCache<DtmfSenderHandle> dtmf_senders;
  // The pipes of receivers, which may outlive their handles: libwebrtc knows but one for each.
  std::map<const void*, std::weak_ptr<FramePipe>> receiver_pipes;
  // Null before the connection is made.
  std::shared_ptr<KeyFrameRequests> key_frame_requests;
  // What is changed in a transceiver afterwards would reach for parts of the connection that are
  // gone.
  bool open = true;
};

}  // namespace node_libwebrtc

#endif  // NATIVE_RTP_HANDLES_H_
