// Callbacks in place of promises, and the overloads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCPeerConnection } from 'node-libwebrtc';

const call = (start) => new Promise((resolve, reject) => start(resolve, reject));

test('a negotiation by callbacks', async (t) => {
  const a = new RTCPeerConnection();
  const b = new RTCPeerConnection();
  t.after(() => {
    a.close();
    b.close();
  });
  a.createDataChannel('');
  const offer = await call((done, failed) => {
    a.createOffer(done, failed, {}).then((value) => assert.equal(value, undefined));
  });
  assert.equal(offer.type, 'offer');
  assert.equal(await call((done, failed) => a.setLocalDescription(offer, done, failed)), undefined);
  await call((done, failed) => b.setRemoteDescription(offer, done, failed));
  const answer = await call((done, failed) => b.createAnswer(done, failed));
  await call((done, failed) => b.setLocalDescription(answer, done, failed));
  await call((done, failed) => a.setRemoteDescription(answer, done, failed));
  await call((done, failed) => a.addIceCandidate({}, done, failed));
});

test('failures reach the callback', async (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  const fails = (start) => call((done, failed) => start(failed, done));
  assert.equal((await fails((ok, no) => pc.createAnswer(ok, no))).name, 'InvalidStateError');
  assert.equal((await fails((ok, no) => pc.addIceCandidate({}, ok, no))).name, 'InvalidStateError');
  assert.ok((await fails((ok, no) => pc.addIceCandidate({ candidate: 'x' }, ok, no))) instanceof TypeError);
  const offer = { type: 'offer', sdp: 'x' };
  assert.equal((await fails((ok, no) => pc.setRemoteDescription(offer, ok, no))).errorDetail, 'sdp-syntax-error');
});

test('arguments that fit no overload', async (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  const f = () => {};
  for (const promise of [
    pc.createOffer(f, 1),
    pc.createOffer(1, f),
    pc.createOffer(f, f, 1),
    pc.createAnswer(f, null),
    pc.setLocalDescription({}, f),
    pc.setLocalDescription({}, f, 1),
    pc.setRemoteDescription({ type: 'offer' }, f),
    pc.setRemoteDescription({}, f, f),
    pc.addIceCandidate({}, f),
  ]) {
    await assert.rejects(promise, TypeError);
  }
});

test('a wrong this is a rejection', async () => {
  const { prototype } = RTCPeerConnection;
  for (const name of [
    'createOffer',
    'createAnswer',
    'setLocalDescription',
    'setRemoteDescription',
    'addIceCandidate',
    'getStats',
  ]) {
    await assert.rejects(prototype[name].call({}), TypeError);
  }
  for (const name of ['close', 'restartIce', 'getConfiguration', 'setConfiguration', 'createDataChannel']) {
    assert.throws(() => prototype[name].call({}), TypeError);
  }
  assert.throws(() => prototype.signalingState, TypeError);
});
