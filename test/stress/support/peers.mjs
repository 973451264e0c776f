/** Pairs of connections within one process, over loopback. */
import { RTCPeerConnection } from 'node-libwebrtc';

export const newPeer = () => new RTCPeerConnection({ node: { includeLoopback: true, bindAddress: '127.0.0.1' } });

/** Lets each of two connections know the other one's candidates, and does one round of offer and answer. */
export async function negotiate(one, other) {
  one.onicecandidate = ({ candidate }) => candidate && other.addIceCandidate(candidate);
  other.onicecandidate = ({ candidate }) => candidate && one.addIceCandidate(candidate);
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
}

export const opened = (channel) =>
  new Promise((resolve) => {
    if (channel.readyState === 'open') resolve();
    else channel.addEventListener('open', () => resolve(), { once: true });
  });

/** A connected pair, with one channel from the first to the other one. */
export async function connectedPair() {
  const [one, other] = [newPeer(), newPeer()];
  const near = one.createDataChannel('data');
  const far = new Promise((resolve) => (other.ondatachannel = ({ channel }) => resolve(channel)));
  await negotiate(one, other);
  await opened(near);
  return { one, other, near, far: await far };
}

/** Sends as much as goes into the channel, and more whenever there is room, for ever. */
export function flood(channel) {
  const chunk = new Uint8Array(16 * 1024);
  channel.bufferedAmountLowThreshold = 256 * 1024;
  const fill = () => {
    while (channel.readyState === 'open' && channel.bufferedAmount < 1024 * 1024) channel.send(chunk);
  };
  channel.onbufferedamountlow = fill;
  fill();
}

/** Resolves when so many messages have come. */
export const received = (channel, count) =>
  new Promise((resolve) => {
    channel.addEventListener('message', () => --count === 0 && resolve());
  });
