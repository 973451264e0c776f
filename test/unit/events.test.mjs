// The event interfaces: constructors, dictionaries, and that they are Node's own events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import dataChannelEvent from '../../dist/datachannel/RTCDataChannelEvent.js';
import rtcError from '../../dist/errors/RTCError.js';
import errorEvent from '../../dist/errors/RTCErrorEvent.js';
import iceCandidate from '../../dist/peerconnection/RTCIceCandidate.js';
import iceErrorEvent from '../../dist/peerconnection/RTCPeerConnectionIceErrorEvent.js';
import iceEvent from '../../dist/peerconnection/RTCPeerConnectionIceEvent.js';

const { RTCDataChannelEvent } = dataChannelEvent;
const { RTCError } = rtcError;
const { RTCErrorEvent } = errorEvent;
const { RTCIceCandidate } = iceCandidate;
const { RTCPeerConnectionIceErrorEvent } = iceErrorEvent;
const { RTCPeerConnectionIceEvent } = iceEvent;

test('RTCErrorEvent', () => {
  const error = new RTCError({ errorDetail: 'dtls-failure' });
  const event = new RTCErrorEvent('error', { error, cancelable: true });
  assert.ok(event instanceof Event);
  assert.equal(event.error, error);
  assert.equal(event.type, 'error');
  assert.equal(event.cancelable, true);
  assert.equal(RTCErrorEvent.length, 2);
  assert.throws(() => new RTCErrorEvent('error'), TypeError);
  assert.throws(() => new RTCErrorEvent('error', {}), TypeError);
  assert.throws(() => new RTCErrorEvent('error', { error: new DOMException() }), TypeError);
});

test('RTCDataChannelEvent takes a channel and nothing else', () => {
  assert.equal(RTCDataChannelEvent.length, 2);
  for (const channel of [undefined, null, {}, new EventTarget()]) {
    assert.throws(() => new RTCDataChannelEvent('datachannel', { channel }), TypeError);
  }
});

test('RTCPeerConnectionIceEvent', () => {
  const bare = new RTCPeerConnectionIceEvent('icecandidate');
  assert.equal(bare.candidate, null);
  assert.equal(bare.url, null);
  assert.equal(RTCPeerConnectionIceEvent.length, 1);
  const candidate = new RTCIceCandidate({ sdpMid: '0' });
  assert.equal(new RTCPeerConnectionIceEvent('x', { candidate }).candidate, candidate);
  assert.throws(() => new RTCPeerConnectionIceEvent('x', { candidate: { sdpMid: '0' } }), TypeError);
  assert.throws(() => new RTCPeerConnectionIceEvent(), TypeError);
});

test('RTCPeerConnectionIceErrorEvent', () => {
  const event = new RTCPeerConnectionIceErrorEvent('icecandidateerror', { errorCode: 701 });
  assert.deepEqual([event.address, event.port, event.url, event.errorCode, event.errorText], [null, null, '', 701, '']);
  assert.equal(RTCPeerConnectionIceErrorEvent.length, 2);
  assert.throws(() => new RTCPeerConnectionIceErrorEvent('icecandidateerror', {}), TypeError);
});
