// RTCIceTransports that scripts make for themselves (IceTransport Extensions for WebRTC).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { RTCIceCandidate, RTCIceTransport, RTCPeerConnection, RTCPeerConnectionIceErrorEvent } from 'node-libwebrtc';
import { loopback, once } from './support/pair.mjs';

const parameters = { usernameFragment: 'abcd', password: 'p'.repeat(22) };
const line = 'candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host';

function transport(t) {
  const made = new RTCIceTransport();
  t.after(() => made.stop());
  return made;
}

/** Gives the candidates of each to the other. */
function trickle(a, b) {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ]) {
    from.onicecandidate = ({ candidate }) => {
      if (candidate !== null && to.state !== 'closed') to.addRemoteCandidate(candidate.toJSON());
    };
  }
}

/** The task in which the state is this. */
async function reached(subject, state) {
  while (subject.state !== state) await once(subject, 'statechange');
}

function start(a, b, roles = ['controlling', 'controlled']) {
  a.start(b.getLocalParameters(), roles[0]);
  b.start(a.getLocalParameters(), roles[1]);
}

test('two transports find each other', async (t) => {
  const [a, b] = [transport(t), transport(t)];
  trickle(a, b);
  for (const one of [a, b]) one.gather(loopback);
  start(a, b);
  await Promise.all([reached(a, 'connected'), reached(b, 'connected')]);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ]) {
    const pair = one.getSelectedCandidatePair();
    assert.equal(one.getSelectedCandidatePair(), pair);
    assert.ok(one.getLocalCandidates().includes(pair.local));
    assert.ok(one.getRemoteCandidates().includes(pair.remote));
    assert.equal(pair.remote.port, other.getSelectedCandidatePair().local.port);
    assert.deepEqual(one.getRemoteParameters(), other.getLocalParameters());
  }
  assert.deepEqual([a.role, b.role], ['controlling', 'controlled']);
  assert.equal(a.component, 'rtp');
  a.stop();
  assert.equal(a.state, 'closed');
  assert.equal(a.getSelectedCandidatePair(), null);
});

test('one that has everything before it gathers', async (t) => {
  const [early, late] = [transport(t), transport(t)];
  early.gather(loopback);
  if (early.gatheringState !== 'complete') await once(early, 'gatheringstatechange');
  late.start(early.getLocalParameters(), 'controlled');
  for (const candidate of early.getLocalCandidates()) late.addRemoteCandidate(candidate);
  assert.equal(late.state, 'checking');
  assert.deepEqual(late.getRemoteCandidates(), early.getLocalCandidates());
  early.start(late.getLocalParameters(), 'controlling');
  trickle(late, early);
  late.gather(loopback);
  await Promise.all([reached(early, 'connected'), reached(late, 'connected')]);
});

test('a conflict of roles is settled, and the role tells how', async (t) => {
  for (const role of ['controlling', 'controlled']) {
    const [a, b] = [transport(t), transport(t)];
    trickle(a, b);
    for (const one of [a, b]) one.gather(loopback);
    start(a, b, [role, role]);
    await Promise.all([reached(a, 'connected'), reached(b, 'connected')]);
    assert.notEqual(a.role, b.role);
    assert.throws(() => a.start(b.getLocalParameters(), role === 'controlling' ? 'controlled' : 'controlling'), {
      name: 'InvalidStateError',
    });
    a.stop();
    b.stop();
  }
});

test('a new peer at the other end: start() begins anew', async (t) => {
  const [a, first, second] = [transport(t), transport(t), transport(t)];
  trickle(a, first);
  for (const one of [a, first]) one.gather(loopback);
  start(a, first);
  await reached(a, 'connected');
  first.onicecandidate = null;

  for (const candidate of a.getLocalCandidates()) second.addRemoteCandidate(candidate);
  second.start(a.getLocalParameters(), 'controlled');
  second.onicecandidate = ({ candidate }) => candidate && a.addRemoteCandidate(candidate);
  a.start(second.getLocalParameters(), 'controlling');
  assert.equal(a.state, 'new');
  assert.deepEqual(a.getRemoteCandidates(), []);
  assert.deepEqual(a.getRemoteParameters(), second.getLocalParameters());
  // The same once more changes nothing.
  a.start(second.getLocalParameters(), 'controlling');
  second.gather(loopback);
  await Promise.all([reached(a, 'connected'), reached(second, 'connected')]);
  assert.ok(a.getRemoteCandidates().includes(a.getSelectedCandidatePair().remote));
});

test('a transport of a connection is a peer like any other', async (t) => {
  const connection = new RTCPeerConnection(loopback);
  t.after(() => connection.close());
  connection.createDataChannel('');
  const alone = transport(t);
  const { usernameFragment, password } = alone.getLocalParameters();
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) alone.addRemoteCandidate(candidate);
  };
  await connection.setLocalDescription();
  const fingerprint = /a=fingerprint:.*/.exec(connection.localDescription.sdp)[0];
  await connection.setRemoteDescription({
    type: 'answer',
    sdp: `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
c=IN IP4 0.0.0.0\r\na=ice-ufrag:${usernameFragment}\r\na=ice-pwd:${password}\r\n${fingerprint}\r\na=setup:active\r\na=mid:0\r
a=sctp-port:5000\r\n`,
  });
  const { iceTransport } = connection.sctp.transport;
  alone.onicecandidate = ({ candidate }) =>
    candidate && connection.addIceCandidate({ ...candidate.toJSON(), sdpMid: '0' });
  alone.gather(loopback);
  alone.start(iceTransport.getLocalParameters(), 'controlled');
  await Promise.all([reached(alone, 'connected'), reached(iceTransport, 'connected')]);

  // What the connection does, nobody else may do.
  for (const call of [
    () => iceTransport.gather(),
    () => iceTransport.start(parameters),
    () => iceTransport.addRemoteCandidate(),
    () => iceTransport.stop(),
  ]) {
    assert.throws(call, { name: 'InvalidStateError' });
  }
});

test('nothing happens in the wrong order', (t) => {
  const one = transport(t);
  assert.equal(one.role, null);
  assert.throws(() => one.start(), TypeError);
  assert.throws(() => one.start(parameters, 'unknown'), TypeError);
  assert.throws(() => one.start(parameters, 'leader'), TypeError);
  assert.throws(() => one.start({ ...parameters, password: 'short' }), { name: 'SyntaxError' });
  assert.throws(() => one.gather({ iceServers: [{ urls: 'http://example.org' }] }), { name: 'SyntaxError' });
  assert.throws(() => one.gather({ iceServers: [{ urls: 'turn:example.org' }] }), { name: 'InvalidAccessError' });
  assert.throws(() => one.gather({ gatherPolicy: 'some' }), TypeError);
  for (const candidate of ['candidate:', 'x', line.replace('203.0.113.100', '0.0.0.0'), line.replace('10100', '22')]) {
    assert.throws(() => one.addRemoteCandidate({ candidate }), { name: 'OperationError' });
  }
  assert.deepEqual(one.getRemoteCandidates(), []);
  // The end of candidates.
  one.addRemoteCandidate();
  one.addRemoteCandidate({ candidate: line });
  assert.equal(one.getRemoteCandidates()[0].address, '203.0.113.100');
  assert.equal(one.state, 'new');
  one.start(parameters);
  assert.equal(one.state, 'checking');
  one.stop();
  one.stop();
  for (const call of [() => one.gather(), () => one.start(parameters), () => one.addRemoteCandidate()]) {
    assert.throws(call, { name: 'InvalidStateError' });
  }
});

test('local parameters are new each time, and ice-chars', () => {
  const seen = new Set();
  for (let i = 0; i < 100; i++) {
    const { usernameFragment, password } = new RTCIceTransport().getLocalParameters();
    assert.match(usernameFragment, /^[A-Za-z0-9+/]{4}$/);
    assert.match(password, /^[A-Za-z0-9+/]{24}$/);
    seen.add(password);
  }
  assert.equal(seen.size, 100);
});

test('a server that does not answer', async (t) => {
  const one = transport(t);
  const failed = once(one, 'error');
  one.gather({ ...loopback, iceServers: [{ urls: 'stun:nonexistent.invalid' }] });
  const error = await failed;
  assert.ok(error instanceof RTCPeerConnectionIceErrorEvent);
  assert.equal(error.errorCode, 701);
  assert.match(error.url, /^stun:nonexistent\.invalid/);
});

test('candidates have no section', async (t) => {
  const one = transport(t);
  const next = once(one, 'icecandidate');
  one.gather(loopback);
  assert.throws(() => one.gather(), { name: 'InvalidStateError' });
  const { candidate } = await next;
  assert.ok(candidate instanceof RTCIceCandidate);
  assert.equal(candidate.sdpMid, '');
  assert.equal(candidate.usernameFragment, one.getLocalParameters().usernameFragment);
});

test('who only gathers holds the process no longer than that; who is connected does, until it stops', async () => {
  const program = (end) => `
    const { RTCIceTransport } = require('node-libwebrtc');
    const [a, b] = [new RTCIceTransport(), new RTCIceTransport()];
    new RTCIceTransport().gather(${JSON.stringify(loopback)});
    for (const [from, to] of [[a, b], [b, a]]) {
      from.onicecandidate = ({ candidate }) => candidate && to.state !== 'closed' && to.addRemoteCandidate(candidate);
      from.gather(${JSON.stringify(loopback)});
    }
    a.start(b.getLocalParameters(), 'controlling');
    b.start(a.getLocalParameters());
    a.onstatechange = () => { if (a.state === 'connected') { ${end} } };`;
  for (const end of ['a.stop(); b.stop();', 'process.exit();']) {
    const { stderr } = await promisify(execFile)(process.execPath, ['-e', program(`console.log('there'); ${end}`)]);
    assert.equal(stderr, '');
  }
});
