/**
 * Two connections in one process, so that an example is whole in itself. In an application the two are on different
 * machines, and a server of yours (a WebSocket, HTTP requests) carries descriptions and candidates from one to the other.
 */
import { RTCPeerConnection } from 'node-libwebrtc';

/** Only loopback is used here. Leave `node` out to reach the network. */
export const loopback = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };

/** Two connections that hear of each other's candidates. */
export function makePair() {
  const [a, b] = [new RTCPeerConnection(loopback), new RTCPeerConnection(loopback)];
  a.onicecandidate = ({ candidate }) => b.signalingState !== 'closed' && b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.signalingState !== 'closed' && a.addIceCandidate(candidate);
  return [a, b];
}

/** An offer of one, an answer of the other. */
export async function negotiate(from, to) {
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
}

/** The next event of that type. */
export const next = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
