// Two connections of the native surface, over loopback, with nothing of the specification's between.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const { native } = require('../../../dist/native.js');

const configuration = {
  iceServers: [],
  iceTransportPolicy: 'all',
  bundlePolicy: 'balanced',
  rtcpMuxPolicy: 'require',
  iceCandidatePoolSize: 0,
  certificates: [],
  alwaysNegotiateDataChannels: false,
  node: { includeLoopback: true, bindAddress: '127.0.0.1' },
};

const channelDefaults = {
  ordered: true,
  maxPacketLifeTime: null,
  maxRetransmits: null,
  protocol: '',
  negotiated: false,
  id: null,
  priority: 'low',
};

// The addon holds no JS object: who waits for its calls must be reachable by other ways than these calls.
const waiting = new Set();

export const silentSink = () => ({ open() {}, closing() {}, closed() {}, messages() {}, sent() {} });

/** A native operation as a promise of its value. */
export const call = (operation) =>
  new Promise((resolve, reject) => {
    operation((error, value) => (error ? reject(error) : resolve(value)));
  });

/** Two connections; `onChannel` of each is called with the channels that the other one opens. */
export function makeNativePair(t) {
  const [a, b] = [0, 1].map(() => ({ connection: new native.PeerConnection(configuration), onChannel() {} }));
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.candidates = [];
    from.connection.sink = {
      icecandidate(candidate) {
        if (to.candidates) to.candidates.push(candidate);
        else if (to.connection.signalingState !== 'closed') to.connection.addIceCandidate(candidate, () => {});
      },
      icecandidateerror() {},
      negotiationneeded() {},
      datachannel: (channel) => from.onChannel(channel),
    };
  }
  native.holdEventLoop(true);
  const pair = { a, b };
  waiting.add(pair);
  t.after(() => {
    waiting.delete(pair);
    a.connection.close();
    b.connection.close();
    native.holdEventLoop(false);
  });
  return pair;
}

/** Offer and answer from `a` to `b`, candidates behind the descriptions. `munge` changes what each hears of the other. */
export async function negotiate({ a, b }, munge = (sdp) => sdp) {
  const describe = async (from, to, make) => {
    const description = await call((done) => make(from.connection, done));
    await call((done) => from.connection.setLocalDescription(description, done));
    const heard = { type: description.type, sdp: munge(description.sdp) };
    await call((done) => to.connection.setRemoteDescription(heard, done));
    const candidates = to.candidates ?? [];
    to.candidates = null;
    for (const candidate of candidates) to.connection.addIceCandidate(candidate, () => {});
  };
  await describe(a, b, (connection, done) => connection.createOffer({}, done));
  await describe(b, a, (connection, done) => connection.createAnswer(done));
}

/** A connected pair with the two ends of one negotiated channel, both open. */
export async function connectNative(t, init = {}) {
  const pair = makeNativePair(t);
  const channelInit = { ...channelDefaults, negotiated: true, id: 0, ...init };
  const ends = [pair.a, pair.b].map(({ connection }) => connection.createDataChannel('test', channelInit));
  // A handle that nobody holds closes its channel.
  waiting.add(ends);
  t.after(() => waiting.delete(ends));
  const open = ends.map((channel) => new Promise((resolve) => (channel.sink = { ...silentSink(), open: resolve })));
  await negotiate(pair);
  await Promise.all(open);
  for (const channel of ends) channel.sink = silentSink();
  return { ...pair, ends };
}

/** An in-band channel of the defaults. */
export const createChannel = ({ connection }, init = {}) =>
  connection.createDataChannel('test', { ...channelDefaults, ...init });
