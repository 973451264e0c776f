/**
 * `import 'node-libwebrtc/polyfill'` puts the names of the specification on `globalThis`, as in a browser: writable,
 * configurable and not enumerable. A name that is already there, from the runtime or from another package, is left
 * alone; importing it again changes nothing. `navigator.mediaDevices` comes with them.
 */
import {
  AudioData,
  DOMRectReadOnly,
  DeviceChangeEvent,
  InputDeviceInfo,
  MediaDeviceInfo,
  MediaDevices,
  MediaStream,
  MediaStreamEvent,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
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
  VideoColorSpace,
  VideoFrame,
  VideoTrackGenerator,
  mediaDevices,
} from './index';

const interfaces: Record<string, unknown> = {
  AudioData,
  DOMRectReadOnly,
  DeviceChangeEvent,
  InputDeviceInfo,
  MediaDeviceInfo,
  MediaDevices,
  MediaStream,
  MediaStreamEvent,
  MediaStreamTrack,
  MediaStreamTrackEvent,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
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
  VideoColorSpace,
  VideoFrame,
  VideoTrackGenerator,
};

for (const [name, value] of Object.entries(interfaces)) {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

// `navigator` came with Node 21.
if (!('navigator' in globalThis)) {
  Object.defineProperty(globalThis, 'navigator', {
    value: {},
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
const { navigator } = globalThis as { navigator?: object };
if (navigator !== undefined && !('mediaDevices' in navigator)) {
  const prototype = Object.getPrototypeOf(navigator) as object;
  const accessor = {
    get mediaDevices() {
      if ((this as object) !== navigator) throw new TypeError('Illegal invocation');
      return mediaDevices;
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(accessor, 'mediaDevices') ?? {};
  Object.defineProperty(prototype === Object.prototype ? navigator : prototype, 'mediaDevices', descriptor);
}
