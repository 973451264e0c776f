// Offers, answers, candidates, rollback, and what happens when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { RTCError, RTCPeerConnection, RTCSessionDescription } from 'node-libwebrtc';
import { loopback, makePair, negotiate, once } from './support/pair.mjs';

function make(t, configuration = loopback) {
  const pc = new RTCPeerConnection(configuration);
  t.after(() => pc.close());
  return pc;
}

/** Whether a promise settles within the microtasks of this task. */
async function isSettled(promise) {
  let settled = false;
  const note = () => (settled = true);
  promise.then(note, note);
  for (let i = 0; i < 20; i++) await null;
  return settled;
}

async function offerWithData(t) {
  const pc = make(t);
  pc.createDataChannel('');
  return pc.createOffer();
}

test('the initial state', (t) => {
  const pc = make(t);
  for (const name of ['local', 'currentLocal', 'pendingLocal', 'remote', 'currentRemote', 'pendingRemote']) {
    assert.equal(pc[`${name}Description`], null);
  }
  assert.equal(pc.signalingState, 'stable');
  assert.equal(pc.iceGatheringState, 'new');
  assert.equal(pc.iceConnectionState, 'new');
  assert.equal(pc.connectionState, 'new');
  assert.equal(pc.canTrickleIceCandidates, null);
  assert.equal(pc.sctp, null);
});

test('descriptions change with the signaling state, in the task of its event, before the promise', async (t) => {
  const { a, b } = makePair(t);
  a.createDataChannel('');
  const offer = await a.createOffer();
  assert.equal(offer.type, 'offer');
  let seen;
  a.onsignalingstatechange = () =>
    (seen = [a.signalingState, a.pendingLocalDescription?.type, a.localDescription?.sdp]);
  const applied = a.setLocalDescription(offer);
  assert.equal(a.signalingState, 'stable');
  assert.equal(a.localDescription, null);
  await applied;
  assert.deepEqual(seen, ['have-local-offer', 'offer', offer.sdp]);
  assert.ok(a.localDescription instanceof RTCSessionDescription);
  assert.equal(a.localDescription, a.pendingLocalDescription);
  assert.equal(a.currentLocalDescription, null);

  await b.setRemoteDescription(offer);
  assert.equal(b.signalingState, 'have-remote-offer');
  assert.equal(b.pendingRemoteDescription.type, 'offer');
  assert.equal(b.canTrickleIceCandidates, true);
  await b.setLocalDescription(await b.createAnswer());
  assert.equal(b.signalingState, 'stable');
  assert.equal(b.pendingRemoteDescription, null);
  assert.equal(b.currentRemoteDescription.type, 'offer');
  assert.equal(b.currentLocalDescription.type, 'answer');
  await a.setRemoteDescription(b.localDescription);
  assert.deepEqual(seen.slice(0, 1), ['stable']);
  assert.equal(a.currentLocalDescription.type, 'offer');
  assert.equal(a.currentRemoteDescription.type, 'answer');
  assert.equal(a.pendingLocalDescription, null);
});

test('states that do not fit are refused at once when the chain is empty', async (t) => {
  const pc = make(t);
  const refused = [pc.createAnswer(), pc.setLocalDescription({ type: 'rollback' })];
  for (const promise of refused) {
    assert.equal(await isSettled(promise), true);
    await assert.rejects(promise, { name: 'InvalidStateError' });
  }
  const offer = await offerWithData(t);
  await assert.rejects(pc.setRemoteDescription({ type: 'answer', sdp: offer.sdp }), { name: 'InvalidStateError' });
  await assert.rejects(pc.setRemoteDescription({ type: 'rollback' }), { name: 'InvalidStateError' });
  await pc.setRemoteDescription(offer);
  await assert.rejects(pc.createOffer(), { name: 'InvalidStateError' });
  await assert.rejects(pc.setLocalDescription({ type: 'offer' }), { name: 'InvalidStateError' });
});

test('operations wait for each other', async (t) => {
  const { a, b } = makePair(t);
  const states = [];
  a.onsignalingstatechange = () => states.push(a.signalingState);
  a.createDataChannel('');
  const [offer] = await Promise.all([a.createOffer(), a.setLocalDescription({ type: 'offer' })]);
  const [, answer] = await Promise.all([
    b.setRemoteDescription(offer),
    b.createAnswer(),
    b.setLocalDescription({ type: 'answer' }),
  ]);
  await a.setRemoteDescription(answer);
  assert.deepEqual(states, ['have-local-offer', 'stable']);
});

test('createOffer takes in what is added while it runs', async (t) => {
  const pc = make(t);
  const promise = pc.createOffer();
  pc.createDataChannel('');
  assert.match((await promise).sdp, /^m=application/m);
});

/** A description as it is made: candidates that have been found since are in it as lines and as addresses. */
const asMade = (sdp) =>
  sdp
    .replace(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '')
    .replace(/^(m=\S+) \d+/gm, '$1 9')
    .replace(/^c=.*\r$/gm, 'c=\r');

test('setLocalDescription without a description', async (t) => {
  const { a, b } = makePair(t);
  a.createDataChannel('');
  const offer = await a.createOffer();
  await a.setLocalDescription();
  assert.equal(asMade(a.pendingLocalDescription.sdp), asMade(offer.sdp), 'what was created last still stands');
  await b.setRemoteDescription(a.localDescription);
  const answer = await b.createAnswer();
  await b.setLocalDescription();
  assert.equal(asMade(b.currentLocalDescription.sdp), asMade(answer.sdp));
  await a.setRemoteDescription(answer);
  a.restartIce();
  await a.setLocalDescription();
  assert.notEqual(asMade(a.localDescription.sdp), asMade(offer.sdp));
});

test('pranswer', async (t) => {
  const { a, b } = makePair(t);
  a.createDataChannel('');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription({ type: 'pranswer' });
  assert.equal(b.signalingState, 'have-local-pranswer');
  assert.equal(b.pendingLocalDescription.type, 'pranswer');
  await a.setRemoteDescription(b.localDescription);
  assert.equal(a.signalingState, 'have-remote-pranswer');
  await b.setLocalDescription({ type: 'answer' });
  await a.setRemoteDescription(b.localDescription);
  assert.equal(a.signalingState, 'stable');
  assert.equal(b.signalingState, 'stable');
});

test('rollback, of either side', async (t) => {
  const pc = make(t);
  const states = [];
  pc.onsignalingstatechange = () => states.push(pc.signalingState);
  pc.createDataChannel('');
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  await pc.setLocalDescription({ type: 'rollback', sdp: 'is ignored' });
  assert.equal(pc.localDescription, null);
  await pc.setLocalDescription(offer);
  await pc.setLocalDescription({ type: 'rollback' });
  await pc.setRemoteDescription(await offerWithData(t));
  await pc.setRemoteDescription({ type: 'rollback' });
  assert.equal(pc.remoteDescription, null);
  assert.deepEqual(states, ['have-local-offer', 'stable', 'have-local-offer', 'stable', 'have-remote-offer', 'stable']);
});

test('a local offer gives way to a remote one, through stable', async (t) => {
  const pc = make(t);
  const states = [];
  pc.onsignalingstatechange = () => states.push(pc.signalingState);
  pc.createDataChannel('');
  await pc.setLocalDescription();
  await pc.setRemoteDescription(await offerWithData(t));
  assert.deepEqual(states, ['have-local-offer', 'stable', 'have-remote-offer']);
  assert.equal(pc.pendingLocalDescription, null);
});

test('local descriptions that are refused', async (t) => {
  const pc = make(t);
  pc.createDataChannel('');
  const foreign = await offerWithData(t);
  await assert.rejects(pc.setLocalDescription(foreign), { name: 'InvalidModificationError' });
  const first = await pc.createOffer();
  const second = await pc.createOffer();
  assert.notEqual(first.sdp, second.sdp);
  await assert.rejects(pc.setLocalDescription(first), { name: 'InvalidModificationError' });
  await pc.setLocalDescription(second);
});

test('malformed SDP is an RTCError with the line', async (t) => {
  const pc = make(t);
  const lines = (await offerWithData(t)).sdp.split('\r\n');
  const at = lines.findIndex((line) => line.startsWith('m='));
  lines[at] = 'm=application nonsense';
  for (const [sdp, line] of [
    [lines.join('\r\n'), at + 1],
    ['v=0\r\nnonsense\r\n', 2],
    // A line is missing, at the end and before it.
    ['', 1],
    ['v=0\r\n', 2],
    ['v=0\r\n\r\ns=-\r\n', 2],
  ]) {
    await assert.rejects(pc.setRemoteDescription({ type: 'offer', sdp }), (error) => {
      assert.ok(error instanceof RTCError);
      assert.equal(error.name, 'OperationError');
      assert.equal(error.errorDetail, 'sdp-syntax-error');
      assert.equal(error.sdpLineNumber, line);
      return true;
    });
  }
  for (const sdp of ['', 'nonsense', '\0', 'v=0', '\ud800', 'm=\r\n'.repeat(1000)]) {
    await assert.rejects(pc.setRemoteDescription({ type: 'offer', sdp }), { errorDetail: 'sdp-syntax-error' });
  }
  assert.equal(pc.signalingState, 'stable');
});

test('a description that does not convert', async (t) => {
  const pc = make(t);
  for (const description of [undefined, null, {}, { type: 'other' }, 1]) {
    await assert.rejects(pc.setRemoteDescription(description), TypeError);
  }
  await assert.rejects(pc.setRemoteDescription(), TypeError);
  await assert.rejects(pc.setLocalDescription({ type: 'other' }), TypeError);
  await assert.rejects(pc.createOffer(1), TypeError);
});

test('an offer with audio and video can be answered', async (t) => {
  const pc = make(t);
  const other = make(t);
  const offer = await other.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: true });
  assert.match(offer.sdp, /^m=audio[^]*^m=video/m);
  await pc.setRemoteDescription(offer);
  await pc.setLocalDescription();
  assert.match(pc.localDescription.sdp, /^m=audio[^]*^m=video/m);
});

test('remote candidates', async (t) => {
  const pc = make(t);
  const candidate = 'candidate:1 1 udp 2113929471 203.0.113.100 10100 typ host';
  await assert.rejects(pc.addIceCandidate({ candidate, sdpMid: '0' }), { name: 'InvalidStateError' });
  await assert.rejects(pc.addIceCandidate({ candidate }), TypeError);
  await pc.setRemoteDescription(await offerWithData(t));
  const [, ufrag] = /^a=ice-ufrag:(.*)\r$/m.exec(pc.remoteDescription.sdp);

  await assert.rejects(pc.addIceCandidate({ candidate }), TypeError);
  for (const init of [
    { candidate, sdpMid: 'other' },
    { candidate, sdpMLineIndex: 1 },
    { candidate, sdpMid: '0', usernameFragment: 'other' },
    { candidate: 'nonsense \r\n', sdpMid: '0' },
    { candidate: 'candidate:1 1 udp 1 256.0.0.1 99999 typ host', sdpMid: '0' },
    { usernameFragment: 'other' },
  ]) {
    await assert.rejects(pc.addIceCandidate(init), { name: 'OperationError' }, JSON.stringify(init));
  }

  assert.equal(
    await pc.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 7, usernameFragment: ufrag }),
    undefined,
  );
  assert.match(pc.remoteDescription.sdp, /a=candidate:1 1 udp 2113929471 203\.0\.113\.100 10100 typ host/);
  assert.doesNotMatch(pc.remoteDescription.sdp, /end-of-candidates/);
  await pc.addIceCandidate({ sdpMLineIndex: 0 });
  assert.match(pc.remoteDescription.sdp, /a=end-of-candidates/);
  for (const end of [undefined, null, {}, { candidate: '' }]) await pc.addIceCandidate(end);
});

test('local candidates: the state first, then each in the description from its event on, then the end', async (t) => {
  const pc = make(t);
  pc.createDataChannel('');
  const log = [];
  pc.onicegatheringstatechange = () => log.push(pc.iceGatheringState);
  const complete = new Promise((resolve) => {
    pc.onicecandidate = ({ candidate }) => {
      log.push(candidate === null ? 'null' : candidate.candidate === '' ? 'end' : 'candidate');
      if (candidate === null) {
        resolve();
        return;
      }
      assert.equal(candidate.sdpMid, '0');
      assert.equal(candidate.sdpMLineIndex, 0);
      assert.ok(pc.localDescription.sdp.includes(`a=ice-ufrag:${candidate.usernameFragment}\r\n`));
      const sought = candidate.candidate === '' ? 'a=end-of-candidates' : `a=candidate:${candidate.foundation} `;
      assert.ok(pc.localDescription.sdp.includes(sought));
    };
  });
  await pc.setLocalDescription();
  assert.doesNotMatch(pc.localDescription.sdp, /a=candidate/);
  assert.equal(pc.iceGatheringState, 'new');
  await complete;
  assert.equal(log[0], 'gathering');
  assert.equal(log[1], 'candidate');
  assert.deepEqual(log.slice(-3), ['end', 'complete', 'null']);
  assert.deepEqual(new Set(log.slice(1, -3)), new Set(['candidate']));
});

test('rollback of the first offer takes gathering back', async (t) => {
  const pc = make(t);
  pc.createDataChannel('');
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== 'complete') await once(pc, 'icegatheringstatechange');
  await pc.setLocalDescription({ type: 'rollback' });
  while (pc.iceGatheringState !== 'new') await once(pc, 'icegatheringstatechange');
  assert.equal(pc.sctp, null);
});

test('ICE restart: new credentials, new candidates, the same channel', async (t) => {
  const pair = makePair(t);
  const { a, b } = pair;
  const channel = a.createDataChannel('');
  await Promise.all([once(channel, 'open'), negotiate(pair)]);
  const ufrag = () => /^a=ice-ufrag:(.*)\r$/m.exec(a.localDescription.sdp)[1];
  const before = ufrag();
  const needed = once(a, 'negotiationneeded');
  a.restartIce();
  await needed;
  await negotiate(pair);
  assert.notEqual(ufrag(), before);
  assert.equal(channel.readyState, 'open');
  const offer = await b.createOffer({ iceRestart: true });
  assert.notEqual(/^a=ice-ufrag:(.*)\r$/m.exec(offer.sdp)[1], /^a=ice-ufrag:(.*)\r$/m.exec(b.localDescription.sdp)[1]);
});

test('negotiationneeded', async (t) => {
  const pc = make(t);
  let fired = 0;
  pc.onnegotiationneeded = () => fired++;
  pc.restartIce();
  await wait(20);
  assert.equal(fired, 0, 'nothing to restart');
  pc.createDataChannel('');
  pc.createDataChannel('');
  assert.equal(fired, 0);
  await wait(20);
  assert.equal(fired, 1);
  await pc.setLocalDescription();
  await wait(20);
  assert.equal(fired, 1);
  await pc.setLocalDescription({ type: 'rollback' });
  assert.equal(fired, 1);
  await wait(20);
  assert.equal(fired, 2, 'still needed');
});

test('negotiationneeded waits until the chain is empty', async (t) => {
  const pc = make(t);
  let fired = false;
  pc.onnegotiationneeded = () => (fired = true);
  const offer = await offerWithData(t);
  const first = pc.setRemoteDescription(offer);
  const last = first.then(() => pc.setLocalDescription());
  pc.createDataChannel('');
  await first;
  assert.equal(fired, false);
  await last;
  await wait(20);
  assert.equal(fired, false, 'the channel fits into the section that the peer offered');
});

test('close', async (t) => {
  const pair = makePair(t);
  const { a } = pair;
  const channel = a.createDataChannel('');
  await Promise.all([once(channel, 'open'), negotiate(pair)]);
  const { sctp } = a;
  for (const type of ['signalingstatechange', 'iceconnectionstatechange', 'connectionstatechange', 'icecandidate']) {
    a.addEventListener(type, () => assert.fail(type));
  }
  let settled = 0;
  const note = () => settled++;
  for (const promise of [a.createOffer(), a.setLocalDescription(), a.addIceCandidate()]) promise.then(note, note);
  assert.equal(a.close(), undefined);
  a.close();
  assert.equal(a.signalingState, 'closed');
  assert.equal(a.iceConnectionState, 'closed');
  assert.equal(a.connectionState, 'closed');
  assert.equal(channel.readyState, 'closed');
  assert.equal(sctp.state, 'closed');
  assert.equal(sctp.transport.state, 'closed');
  assert.equal(sctp.transport.iceTransport.state, 'closed');
  await wait(50);
  assert.equal(settled, 0, 'nothing that was pending settles');

  for (const call of [
    () => a.createOffer(),
    () => a.createAnswer(),
    () => a.setLocalDescription(),
    () => a.setRemoteDescription({ type: 'rollback' }),
    () => a.addIceCandidate(),
  ]) {
    await assert.rejects(call, { name: 'InvalidStateError' });
  }
  assert.throws(() => a.createDataChannel(''), { name: 'InvalidStateError' });
  a.restartIce();
  assert.equal(a.localDescription.type, 'offer');
  assert.deepEqual(
    Array.from((await a.getStats()).values(), ({ type }) => type),
    ['peer-connection'],
  );
});

test('close in the middle of every operation', async (t) => {
  const offer = await offerWithData(t);
  for (const start of [
    (pc) => pc.createOffer(),
    (pc) => pc.setLocalDescription(),
    (pc) => pc.setRemoteDescription(offer),
    (pc) => pc.setRemoteDescription(offer).then(() => pc.setLocalDescription()),
    (pc) => pc.getStats().then(() => new Promise(() => {})),
  ]) {
    const pc = make(t);
    pc.createDataChannel('');
    let settled = false;
    const note = () => (settled = true);
    start(pc).then(note, note);
    pc.close();
    await turn();
    await wait(5);
    assert.equal(settled, false);
  }
});

test('a listener may close the connection', async (t) => {
  for (const type of ['signalingstatechange', 'icegatheringstatechange', 'iceconnectionstatechange', 'icecandidate']) {
    const pair = makePair(t);
    pair.a.createDataChannel('');
    const closed = new Promise((resolve) => {
      pair.a.addEventListener(type, () => {
        pair.a.close();
        resolve();
      });
    });
    negotiate(pair).catch(() => {});
    await closed;
    await wait(10);
    assert.equal(pair.a.connectionState, 'closed');
  }
});

test('createDataChannel checks its arguments', (t) => {
  const pc = make(t);
  for (const args of [
    [],
    ['x'.repeat(65536)],
    ['\u00b5'.repeat(32768)],
    ['', { protocol: 'x'.repeat(65536) }],
    ['', { maxPacketLifeTime: 0, maxRetransmits: 0 }],
    ['', { negotiated: true }],
    ['', { negotiated: true, id: 65535 }],
    ['', { id: 65536 }],
    ['', { id: -1 }],
    ['', { priority: 'other' }],
    ['', 1],
    [Symbol()],
  ]) {
    assert.throws(() => pc.createDataChannel(...args), TypeError);
  }
  const channel = pc.createDataChannel('', { negotiated: true, id: 65534 });
  assert.equal(channel.id, 65534);
  assert.throws(() => pc.createDataChannel('', { negotiated: true, id: 65534 }), { name: 'OperationError' });
  assert.equal(pc.createDataChannel('', { id: 65535 }).id, null);
});

test('icecandidateerror', async (t) => {
  const urls = 'turn:127.0.0.1:49999?transport=tcp';
  const pc = make(t, { ...loopback, iceServers: [{ urls, username: 'user', credential: 'secret' }] });
  pc.createDataChannel('');
  const failed = once(pc, 'icecandidateerror');
  await pc.setLocalDescription();
  const event = await failed;
  assert.equal(event.errorCode, 701);
  assert.equal(event.url, urls);
  assert.notEqual(event.errorText, '');
});
