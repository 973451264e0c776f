// RTCIceCandidate and RTCSessionDescription.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCIceCandidate, RTCSessionDescription } from 'node-libwebrtc';

const line =
  'candidate:435653019 2 tcp 1845501695 192.168.0.196 4444 typ srflx raddr 10.0.0.1 rport 22222 tcptype active';

test('every attribute', () => {
  const candidate = new RTCIceCandidate({
    candidate: line,
    sdpMid: 'video',
    sdpMLineIndex: 1,
    usernameFragment: 'user',
    relayProtocol: 'tls',
    url: 'turn:turn.example.net',
  });
  const attributes = {};
  for (const name in candidate) if (typeof candidate[name] !== 'function') attributes[name] = candidate[name];
  assert.deepEqual(attributes, {
    candidate: line,
    sdpMid: 'video',
    sdpMLineIndex: 1,
    foundation: '435653019',
    component: 'rtcp',
    priority: 1845501695,
    address: '192.168.0.196',
    protocol: 'tcp',
    port: 4444,
    type: 'srflx',
    tcpType: 'active',
    relatedAddress: '10.0.0.1',
    relatedPort: 22222,
    usernameFragment: 'user',
    relayProtocol: 'tls',
    url: 'turn:turn.example.net',
  });
  assert.deepEqual(JSON.parse(JSON.stringify(candidate)), {
    candidate: line,
    sdpMid: 'video',
    sdpMLineIndex: 1,
    usernameFragment: 'user',
  });
  assert.equal(new RTCIceCandidate(candidate).url, 'turn:turn.example.net');
});

test('a line that is no candidate leaves its attributes null', () => {
  for (const candidate of ['', 'nonsense', null]) {
    const object = new RTCIceCandidate({ candidate, sdpMid: '' });
    assert.equal(object.candidate, String(candidate));
    assert.equal(object.foundation, null);
    assert.equal(object.address, null);
    assert.equal(object.sdpMLineIndex, null);
    assert.equal(object.usernameFragment, null);
  }
});

test('a media section must be named', () => {
  for (const init of [undefined, null, {}, { candidate: line }, { sdpMid: null, sdpMLineIndex: null }]) {
    assert.throws(() => new RTCIceCandidate(init), TypeError);
  }
  assert.throws(() => new RTCIceCandidate(1), TypeError);
  assert.throws(() => new RTCIceCandidate({ sdpMid: 'a', relayProtocol: 'other' }), TypeError);
  assert.equal(RTCIceCandidate.length, 0);
});

test('RTCSessionDescription', () => {
  const description = new RTCSessionDescription({ type: 'offer', sdp: 'v=0\r\n' });
  assert.equal(description.type, 'offer');
  assert.equal(description.sdp, 'v=0\r\n');
  assert.equal(JSON.stringify(description), '{"type":"offer","sdp":"v=0\\r\\n"}');
  assert.equal(new RTCSessionDescription({ type: 'rollback' }).sdp, '');
  assert.throws(() => new RTCSessionDescription(), TypeError);
  assert.throws(() => new RTCSessionDescription({}), TypeError);
  assert.throws(() => new RTCSessionDescription({ type: 'other' }), TypeError);
  assert.throws(() => {
    description.sdp = '';
  }, TypeError);
});
