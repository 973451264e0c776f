/** The names of `wrtc` and `@roamhq/wrtc`, and the rest of WebRTC's interfaces as types. */
import { mediaDevices } from '../media/MediaDevices';
import type { MediaStreamConstraints } from '../media/MediaDevices';
import { MediaStream as StandardMediaStream } from '../media/MediaStream';
import { isObject } from '../webidl';

export type * from '../index';
export { RTCDataChannel } from '../datachannel/RTCDataChannel';
export { RTCDataChannelEvent } from '../datachannel/RTCDataChannelEvent';
export { mediaDevices } from '../media/MediaDevices';
export { MediaStreamTrack } from '../media/MediaStreamTrack';
export { RTCCertificate } from '../peerconnection/RTCCertificate';
export { RTCIceCandidate } from '../peerconnection/RTCIceCandidate';
export { RTCPeerConnectionIceErrorEvent } from '../peerconnection/RTCPeerConnectionIceErrorEvent';
export { RTCPeerConnectionIceEvent } from '../peerconnection/RTCPeerConnectionIceEvent';
export { RTCSessionDescription } from '../peerconnection/RTCSessionDescription';
export { RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
export { RTCRtpSender } from '../rtp/RTCRtpSender';
export { RTCRtpTransceiver } from '../rtp/RTCRtpTransceiver';
export { RTCStatsReport } from '../stats/RTCStatsReport';
export { RTCDtlsTransport } from '../transport/RTCDtlsTransport';
export { RTCIceTransport } from '../transport/RTCIceTransport';
export { RTCSctpTransport } from '../transport/RTCSctpTransport';
export { MediaStream, type RTCMediaStreamInit } from './MediaStream';
export * as nonstandard from './nonstandard';
export { RTCPeerConnection, type WrtcConfiguration } from './RTCPeerConnection';

/**
 * A stream with a track of a microphone or of a camera or of each, as `mediaDevices.getUserMedia` gives it. Without
 * either, if they are `false`, it is a stream without tracks.
 *
 * @throws TypeError when neither `audio` nor `video` is there
 * @throws OverconstrainedError when no device satisfies a required constraint
 */
export async function getUserMedia(constraints: MediaStreamConstraints): Promise<StandardMediaStream> {
  if (!isObject(constraints)) throw new TypeError('Expected an object');
  const { audio, video } = constraints;
  if (audio === undefined && video === undefined) throw new TypeError('Must specify at least "audio" or "video"');
  if (!audio && !video) return new StandardMediaStream();
  return mediaDevices.getUserMedia(constraints);
}
