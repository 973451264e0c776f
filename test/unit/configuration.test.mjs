// RTCConfiguration: conversion, checks, what may change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCPeerConnection } from 'node-libwebrtc';

const turn = { urls: 'turn:turn.example.org', username: 'user', credential: 'secret' };

/** Runs a test for the constructor and for setConfiguration. */
function both(name, run) {
  test(`${name}: constructor`, (t) => {
    run((configuration) => {
      const pc = new RTCPeerConnection(configuration);
      t.after(() => pc.close());
      return pc;
    });
  });
  test(`${name}: setConfiguration`, (t) => {
    run((configuration) => {
      const pc = new RTCPeerConnection();
      t.after(() => pc.close());
      pc.setConfiguration(configuration);
      return pc;
    });
  });
}

test('defaults', (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  assert.deepEqual(pc.getConfiguration(), {
    bundlePolicy: 'balanced',
    certificates: [],
    iceCandidatePoolSize: 0,
    iceServers: [],
    iceTransportPolicy: 'all',
    rtcpMuxPolicy: 'require',
  });
  assert.equal(RTCPeerConnection.length, 0);
});

both('servers come back with their URLs as arrays, as a copy', (make) => {
  const pc = make({ iceServers: [turn, { urls: ['stun:a.example', 'stuns:b.example:443'] }] });
  const { iceServers } = pc.getConfiguration();
  assert.deepEqual(iceServers, [
    { credential: 'secret', urls: ['turn:turn.example.org'], username: 'user' },
    { urls: ['stun:a.example', 'stuns:b.example:443'] },
  ]);
  iceServers[0].urls.push('stun:c.example');
  assert.equal(pc.getConfiguration().iceServers[0].urls.length, 1);
});

both('malformed URLs', (make) => {
  for (const urls of ['', [], ['stun:a.example', ''], 'http://example.com', 'stun:x?transport=udp', 'turn://x']) {
    assert.throws(() => make({ iceServers: [{ ...turn, urls }] }), { name: 'SyntaxError' }, String(urls));
  }
});

both('TURN needs credentials, which may be empty', (make) => {
  for (const scheme of ['turn', 'turns']) {
    const urls = `${scheme}:turn.example.org`;
    assert.throws(() => make({ iceServers: [{ urls }] }), { name: 'InvalidAccessError' });
    assert.throws(() => make({ iceServers: [{ urls, username: 'user' }] }), { name: 'InvalidAccessError' });
    assert.throws(() => make({ iceServers: [{ urls, credential: 'secret' }] }), { name: 'InvalidAccessError' });
    make({ iceServers: [{ urls, username: '', credential: '' }] });
  }
  make({ iceServers: [{ ...turn, username: 'u'.repeat(509) }] });
  assert.throws(() => make({ iceServers: [{ ...turn, username: 'u'.repeat(510) }] }), { name: 'InvalidAccessError' });
});

both('wrong types', (make) => {
  for (const configuration of [
    1,
    'text',
    { iceServers: null },
    { iceServers: [null] },
    { iceServers: [{}] },
    { iceServers: [{ url: 'stun:a.example' }] },
    { iceTransportPolicy: 'none' },
    { iceTransportPolicy: null },
    { bundlePolicy: 'other' },
    { rtcpMuxPolicy: 'other' },
    { certificates: null },
    { certificates: [{}] },
    { iceCandidatePoolSize: -1 },
    { iceCandidatePoolSize: 256 },
    { iceCandidatePoolSize: Symbol() },
    { node: 1 },
    { node: { portRange: {} } },
    { node: { portRange: { min: 2, max: 1 } } },
    { node: { portRange: { min: 0, max: 65536 } } },
    { node: { bindAddress: 'localhost' } },
    { node: { networkIgnoreMask: -1 } },
  ]) {
    assert.throws(() => make(configuration), TypeError, JSON.stringify(configuration));
  }
  make(null);
  make(undefined);
  make({ iceServers: undefined, certificates: undefined });
});

test('rtcpMuxPolicy negotiate is refused by name', (t) => {
  assert.throws(() => new RTCPeerConnection({ rtcpMuxPolicy: 'negotiate' }), { name: 'NotSupportedError' });
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  assert.throws(() => pc.setConfiguration({ rtcpMuxPolicy: 'negotiate' }), { name: 'InvalidModificationError' });
});

test('what is settled by the constructor', async (t) => {
  const certificate = await RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' });
  const other = await RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' });
  const initial = {
    bundlePolicy: 'max-bundle',
    certificates: [certificate],
    node: { portRange: { min: 40000, max: 41000 }, includeLoopback: true },
    peerIdentity: 'someone@example.org',
  };
  const pc = new RTCPeerConnection(initial);
  t.after(() => pc.close());
  pc.setConfiguration(initial);
  const { node, peerIdentity, certificates } = pc.getConfiguration();
  assert.deepEqual(node, initial.node);
  assert.equal(peerIdentity, initial.peerIdentity);
  assert.equal(certificates[0], certificate);
  pc.setConfiguration({ ...initial, node: undefined, peerIdentity: undefined, iceTransportPolicy: 'relay' });
  assert.deepEqual(pc.getConfiguration().node, initial.node);
  for (const change of [
    { bundlePolicy: 'balanced' },
    { certificates: [] },
    { certificates: [other] },
    { certificates: [certificate, other] },
    { node: { includeLoopback: false } },
    { peerIdentity: 'somebody@example.org' },
  ]) {
    assert.throws(() => pc.setConfiguration({ ...initial, ...change }), { name: 'InvalidModificationError' });
  }
});

test('the pool size is settled by the first local description', async (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  pc.setConfiguration({ iceCandidatePoolSize: 1 });
  assert.equal(pc.getConfiguration().iceCandidatePoolSize, 1);
  await pc.setLocalDescription();
  pc.setConfiguration({ iceCandidatePoolSize: 1 });
  assert.throws(() => pc.setConfiguration({ iceCandidatePoolSize: 2 }), { name: 'InvalidModificationError' });
});

test('nothing is applied unless everything is valid, and nothing after close', (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  assert.throws(() => pc.setConfiguration({ iceTransportPolicy: 'relay', iceServers: [{ urls: '' }] }));
  assert.equal(pc.getConfiguration().iceTransportPolicy, 'all');
  pc.close();
  assert.throws(() => pc.setConfiguration({}), { name: 'InvalidStateError' });
  assert.equal(pc.getConfiguration().iceTransportPolicy, 'all');
});

test('a pool of the greatest size does not stop the process', (t) => {
  const pc = new RTCPeerConnection({ iceCandidatePoolSize: 255 });
  t.after(() => pc.close());
  assert.equal(pc.getConfiguration().iceCandidatePoolSize, 255);
});
