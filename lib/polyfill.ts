/**
 * `import 'node-libwebrtc/polyfill'` puts the names of the specification on `globalThis`, as in a browser: writable,
 * configurable and not enumerable. A name that is already there, from the runtime or from another package, is left
 * alone; importing it again changes nothing.
 */
import {
  RTCCertificate,
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
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
} from './index';

const interfaces: Record<string, unknown> = {
  RTCCertificate,
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
  RTCSctpTransport,
  RTCSessionDescription,
  RTCStatsReport,
};

for (const [name, value] of Object.entries(interfaces)) {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}
