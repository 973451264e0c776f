// What would make libwebrtc end the process comes back as an error. These calls go past the specification's steps,
// which keep most of it away: the addon must stand on its own.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';

const require = createRequire(import.meta.url);
const native = require('node-gyp-build')(fileURLToPath(new URL('../..', import.meta.url)));

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
const channelInit = {
  ordered: true,
  maxPacketLifeTime: null,
  maxRetransmits: null,
  protocol: '',
  negotiated: false,
  id: null,
  priority: 'low',
};

const settled = (start) =>
  new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));

native.holdEventLoop(true);
const connections = [];
after(() => {
  for (const connection of connections) connection.close();
  native.holdEventLoop(false);
});
function connect(changes = {}) {
  const connection = new native.PeerConnection({ ...configuration, ...changes });
  connections.push(connection);
  return connection;
}

test('a data section that became something else in a local description', async () => {
  const pc = connect();
  pc.createDataChannel('x', channelInit);
  const { type, sdp } = await settled((done) => pc.createOffer({}, done));
  for (const [from, to] of [
    ['UDP/DTLS/SCTP', 'UDP/:/SCTP'],
    ['m=application', 'm=text'],
    ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'm=audio 9 UDP/TLS/RTP/SAVPF 0'],
  ]) {
    const munged = { type, sdp: sdp.replace(from, to) };
    assert.notEqual(munged.sdp, sdp);
    await assert.rejects(settled((done) => pc.setLocalDescription(munged, done)));
  }
});

test('an offer while a remote offer with an unknown section is pending', async () => {
  const pc = connect();
  const sdp = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=text 0 RTP/AVP 0\r\n';
  await settled((done) => pc.setRemoteDescription({ type: 'offer', sdp }, done));
  await assert.rejects(
    settled((done) => pc.createOffer({}, done)),
    { type: 'INVALID_STATE' },
  );
});

test('labels, protocols and ids out of range', () => {
  const pc = connect();
  const long = 'a'.repeat(65536);
  for (const [label, changes] of [
    [long, {}],
    ['ä'.repeat(40000), {}],
    ['x', { protocol: long }],
    ['x', { negotiated: true }],
    ['x', { negotiated: true, id: 65535 }],
    ['x', { negotiated: true, id: 1e9 }],
    ['x', { negotiated: true, id: NaN }],
    ['x', { maxRetransmits: 1, maxPacketLifeTime: 1 }],
  ]) {
    assert.throws(() => pc.createDataChannel(label, { ...channelInit, ...changes }), { name: 'Error' });
  }
  // Odd, but right.
  assert.equal(pc.createDataChannel('a\0b', channelInit).label, 'a\0b');
  assert.equal(pc.createDataChannel('\ud800', channelInit).label, '\ufffd');
  assert.equal(pc.createDataChannel('a'.repeat(65535), channelInit).label.length, 65535);
});

test('the line at fault is told', async () => {
  const pc = connect();
  await assert.rejects(
    settled((done) => pc.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nnonsense\r\n' }, done)),
    { type: 'SYNTAX_ERROR', detail: 'sdp-syntax-error', sdpLineNumber: 2 },
  );
});

test('descriptions and candidates of a megabyte, with zeros and lone surrogates', async () => {
  const pc = connect();
  for (const sdp of ['a'.repeat(1 << 20), 'v=0\r\n' + 'a=x\r\n'.repeat(1 << 18), 'v=0\0\r\n', '\ud800', '']) {
    await assert.rejects(settled((done) => pc.setRemoteDescription({ type: 'offer', sdp }, done)));
  }
  for (const candidate of [
    'a'.repeat(1 << 20),
    'candidate:\0',
    'candidate:1 1 udp 99999999999999999999 ::1 70000 typ host',
  ]) {
    const init = { candidate, sdpMid: '\0', sdpMLineIndex: 70000, usernameFragment: '\ud800' };
    await assert.rejects(settled((done) => pc.addIceCandidate(init, done)));
  }
});

test('settings that are none', () => {
  for (const node of [
    { portMin: 10, portMax: 9 },
    { portMax: 65536 },
    { portMin: -1 },
    { portMin: NaN },
    { bindAddress: 'nowhere' },
    { networkIgnoreMask: -1 },
  ]) {
    assert.throws(() => connect({ node }), { type: 'INVALID_PARAMETER' });
  }
  assert.throws(() => connect({ certificates: [{}] }), { type: 'INVALID_PARAMETER' });
  assert.throws(() => connect({ certificates: [connect()] }), { type: 'INVALID_PARAMETER' });
  assert.throws(() => connect({ iceServers: [{ urls: ['stun:'], username: '', password: '' }] }), {
    type: 'SYNTAX_ERROR',
  });
});

test('keys that are none', async () => {
  const rsa = (modulusLength, publicExponent) => ({ name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent });
  for (const parameters of [rsa(0, 65537), rsa(1e9, 65537), rsa(2048, 0), rsa(2048, 65536), rsa(NaN, 3), {}, null]) {
    assert.throws(() => native.generateCertificate(parameters, null, () => {}), { type: 'UNSUPPORTED_PARAMETER' });
  }
  const [one, other] = await Promise.all(
    [1, 2].map(() => settled((done) => native.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }, null, done))),
  );
  assert.throws(() => native.certificateFromPem(one.pem.certificate, other.pem.privateKey), {
    type: 'INVALID_PARAMETER',
  });
  assert.deepEqual(native.certificateFromPem(one.pem.certificate, one.pem.privateKey).fingerprints, one.fingerprints);
});

test('scripts cannot construct handles, nor call methods on other objects', async () => {
  const pc = connect();
  const channel = pc.createDataChannel('x', channelInit);
  const certificate = await settled((done) =>
    native.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' }, null, done),
  );
  for (const handle of [channel, certificate]) {
    for (const value of [undefined, {}, 1, handle]) {
      assert.throws(() => new handle.constructor(value), TypeError);
    }
  }
  assert.throws(() => pc.close.call(channel), TypeError);
  assert.throws(() => pc.close.call({}), TypeError);
});
