/**
 * `import 'node-libwebrtc/polyfill'` puts the names of the specification on `globalThis`, as in a browser: writable,
 * configurable and not enumerable. A name that is already there, from the runtime or from another package, is left
 * alone; importing it again changes nothing.
 */
import {
  MediaStream,
  MediaStreamEvent,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  OverconstrainedError,
  RTCCertificate,
  RTCDTMFSender,
  RTCDTMFToneChangeEvent,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCDtlsTransport,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCRtpTransceiver,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
  RTCTrackEvent,
} from './index';

const interfaces: Record<string, unknown> = {
  MediaStream,
  MediaStreamEvent,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  OverconstrainedError,
  RTCCertificate,
  RTCDTMFSender,
  RTCDTMFToneChangeEvent,
  RTCDataChannel,
  RTCDataChannelEvent,
  RTCDtlsTransport,
  RTCError,
  RTCErrorEvent,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCPeerConnection,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCRtpTransceiver,
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
  RTCTrackEvent,
};

for (const [name, value] of Object.entries(interfaces)) {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
