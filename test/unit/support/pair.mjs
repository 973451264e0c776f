// Two connections in one process, over loopback.
import { RTCPeerConnection } from 'node-libwebrtc';

/** Candidates on loopback alone, so that a test depends on no network. */
export const loopback = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };

/** The next event of a type. */
export function once(target, type) {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/** Two connections that trickle their candidates to each other; both are closed when the test ends. */
export function makePair(t, configuration = loopback) {
  const a = new RTCPeerConnection(configuration);
  const b = new RTCPeerConnection(configuration);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.addEventListener('icecandidate', ({ candidate }) => {
      if (to.signalingState !== 'closed') to.addIceCandidate(candidate);
    });
  }
  t.after(() => {
    a.close();
    b.close();
  });
  return { a, b };
}

/** Offer and answer from `a` to `b`. */
export async function negotiate({ a, b }) {
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
}

/** A connected pair with one open channel. */
export async function connect(t, options = {}, configuration = loopback) {
  const pair = makePair(t, configuration);
  const { a, b } = pair;
  const near = a.createDataChannel('channel', options);
  const far = options.negotiated
    ? Promise.resolve(b.createDataChannel('channel', options))
    : once(b, 'datachannel').then(({ channel }) => channel);
  const opened = once(near, 'open');
  await negotiate(pair);
  await opened;
  const other = await far;
  if (other.readyState !== 'open') await once(other, 'open');
  return { ...pair, near, far: other };
}

/** Collects `count` messages of a channel. */
export function collect(channel, count) {
  const messages = [];
  return new Promise((resolve) => {
    channel.addEventListener('message', function take({ data }) {
      messages.push(data);
      if (messages.length < count) return;
      channel.removeEventListener('message', take);
      resolve(messages);
    });
  });
}
