// What is read from and written into session descriptions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addCandidate,
  addEndOfCandidates,
  candidateKey,
  filterCandidates,
  fingerprintDiffers,
  mapSections,
  mediaSections,
  splitSections,
} from '../../dist/peerconnection/sdp.js';
import { Descriptions } from '../../dist/peerconnection/descriptions.js';

const lines = (...all) => all.map((line) => `${line}\r\n`).join('');
const session = lines('v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 data');
const audio = lines(
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-ufrag:aaaa',
  'a=mid:0',
);
const data = lines(
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:bbbb',
  'a=mid:data',
);
const sdp = session + audio + data;
const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0 ufrag bbbb network-id 1';

test('sections', () => {
  assert.deepEqual(splitSections(sdp), [session, audio, data]);
  assert.deepEqual(mediaSections(sdp), [
    { mid: '0', index: 0, usernameFragment: 'aaaa', rejected: false },
    { mid: 'data', index: 1, usernameFragment: 'bbbb', rejected: false },
  ]);
  assert.deepEqual(mediaSections(''), []);
  assert.deepEqual(mediaSections('v=0\na=ice-ufrag:ssss\nm=audio 0 x 1\na=mid:x\n'), [
    { mid: 'x', index: 0, usernameFragment: 'ssss', rejected: true },
  ]);
  assert.equal(
    mapSections(sdp, (section) => section),
    sdp,
  );
});

test('candidates go behind the connection line, then behind each other, once', () => {
  const once = addCandidate(data, candidate);
  assert.deepEqual(once.split('\r\n').slice(1, 4), [
    'c=IN IP4 0.0.0.0',
    'a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0 network-id 1',
    'a=ice-ufrag:bbbb',
  ]);
  assert.equal(addCandidate(once, candidate), once);
  const twice = addCandidate(once, candidate.replace('50000', '50001'));
  assert.match(twice.split('\r\n')[3], /50001/);
  const ended = addEndOfCandidates(twice);
  assert.equal(ended.split('\r\n')[4], 'a=end-of-candidates');
  assert.equal(addEndOfCandidates(ended), ended);
  assert.equal(
    filterCandidates(twice, (key) => key === candidateKey(candidate)),
    once,
  );
});

test('fingerprints', () => {
  const ours = lines('v=0', 'm=x', 'a=fingerprint:sha-256 AA:BB');
  assert.equal(fingerprintDiffers(ours, ours), false);
  assert.equal(fingerprintDiffers(ours, `${ours}a=more\r\n`), false);
  assert.equal(fingerprintDiffers(ours, ours.replace('AA', 'CC')), true);
  assert.equal(fingerprintDiffers('', ours), true);
  assert.equal(fingerprintDiffers(ours, 'v=0\r\n'), false);
});

test('descriptions show candidates from their event on, and keep their objects', () => {
  const descriptions = new Descriptions();
  const native = { candidate, sdpMid: 'data', sdpMLineIndex: 1, usernameFragment: 'bbbb', url: '', relayProtocol: '' };
  const withCandidate = sdp + 'a=candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0\r\n';
  const none = { currentLocal: null, pendingLocal: null, currentRemote: null, pendingRemote: null };
  assert.equal(descriptions.local, null);
  descriptions.update({ ...none, pendingLocal: { type: 'offer', sdp: withCandidate } });
  assert.equal(descriptions.local.sdp, sdp);
  assert.equal(descriptions.local, descriptions.pendingLocal);

  const before = descriptions.local;
  descriptions.surface(native);
  assert.notEqual(descriptions.local, before);
  assert.match(descriptions.local.sdp, /a=candidate:1 1 udp/);
  descriptions.endLocal('data', 'bbbb');
  assert.equal(descriptions.local.sdp.match(/a=end-of-candidates/g).length, 1);

  const pending = descriptions.local;
  descriptions.update({
    ...none,
    currentLocal: { type: 'offer', sdp: withCandidate },
    currentRemote: { type: 'answer', sdp },
  });
  assert.equal(descriptions.pendingLocal, null);
  assert.match(descriptions.currentLocal.sdp, /a=candidate:1[^]*a=end-of-candidates/);
  assert.equal(descriptions.local.type, pending.type);

  const current = descriptions.currentLocal;
  descriptions.update({
    ...none,
    currentLocal: { type: 'offer', sdp: withCandidate },
    currentRemote: { type: 'answer', sdp },
  });
  assert.equal(descriptions.currentLocal, current);
});

test('remote candidates and their end', () => {
  const descriptions = new Descriptions();
  descriptions.update({
    currentLocal: null,
    pendingLocal: null,
    currentRemote: null,
    pendingRemote: { type: 'offer', sdp },
  });
  descriptions.addRemote({ candidate, sdpMid: 'data', sdpMLineIndex: 1, usernameFragment: null });
  assert.match(splitSections(descriptions.remote.sdp)[2], /a=candidate:1/);
  assert.doesNotMatch(splitSections(descriptions.remote.sdp)[1], /a=candidate:1/);
  descriptions.endRemote({ candidate: '', sdpMid: null, sdpMLineIndex: 0, usernameFragment: null });
  assert.match(splitSections(descriptions.remote.sdp)[1], /a=end-of-candidates/);
  assert.doesNotMatch(splitSections(descriptions.remote.sdp)[2], /a=end-of-candidates/);
  descriptions.endRemote({ candidate: '', sdpMid: null, sdpMLineIndex: null, usernameFragment: null });
  assert.equal(descriptions.remote.sdp.match(/a=end-of-candidates/g).length, 2);
});
