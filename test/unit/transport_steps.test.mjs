// The steps of the transports over handles that record: states, order of events, what the connection hears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import dtls from '../../dist/transport/RTCDtlsTransport.js';
import ice from '../../dist/transport/RTCIceTransport.js';
import pairs from '../../dist/transport/RTCIceCandidatePair.js';
import sctp from '../../dist/transport/RTCSctpTransport.js';

const { RTCDtlsTransport } = dtls;
const { RTCIceCandidatePair } = pairs;
const { RTCSctpTransport } = sctp;

const candidate = {
  candidate: 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'abcd',
  url: '',
  relayProtocol: '',
};

function makeHandles() {
  const iceHandle = {
    role: 'controlling',
    component: 'rtp',
    state: 'new',
    gatheringState: 'new',
    localCandidates: () => [candidate],
    remoteCandidates: () => [],
    selectedCandidatePair: () => null,
    localParameters: () => ({ usernameFragment: 'abcd', password: 'secret' }),
    remoteParameters: () => null,
  };
  const dtlsHandle = { state: 'new', iceTransport: iceHandle, remoteCertificates: [] };
  const sctpHandle = {
    information: { state: 'connecting', maxMessageSize: null, maxChannels: null },
    dtlsTransport: dtlsHandle,
  };
  return { iceHandle, dtlsHandle, sctpHandle };
}

test('constructors are illegal', () => {
  // That of RTCIceTransport is legal: webrtc-ice.
  for (const constructor of [RTCDtlsTransport, RTCIceCandidatePair, RTCSctpTransport]) {
    assert.throws(() => new constructor(), { name: 'TypeError', message: 'Illegal constructor' });
    assert.equal(constructor.length, 0);
  }
});

test('wrappers keep their identity', () => {
  const { iceHandle, dtlsHandle, sctpHandle } = makeHandles();
  const transport = sctp.sctpTransportOf(sctpHandle);
  assert.equal(sctp.sctpTransportOf(sctpHandle), transport);
  assert.equal(transport.transport, dtls.dtlsTransportOf(dtlsHandle));
  assert.equal(transport.transport.iceTransport, ice.iceTransportOf(iceHandle));
  assert.equal(sctp.sctpTransportOf({ ...sctpHandle, dtlsTransport: null }), null);
});

test('the connection hears of a change after the slot has changed and around the event', () => {
  const { iceHandle } = makeHandles();
  const transport = ice.iceTransportOf(iceHandle);
  const order = [];
  const hook = (name) => () => {
    order.push(`${name} before: ${transport.state} ${transport.gatheringState}`);
    return () => order.push(`${name} after`);
  };
  ice.observeIceTransport(transport, { state: hook('state'), gathering: hook('gathering') });
  transport.onstatechange = () => order.push('statechange');
  transport.ongatheringstatechange = () => order.push('gatheringstatechange');
  iceHandle.sink.statechange('checking');
  iceHandle.sink.statechange('checking');
  iceHandle.sink.gatheringstatechange('gathering');
  assert.deepEqual(order, [
    'state before: checking new',
    'statechange',
    'state after',
    'gathering before: checking gathering',
    'gatheringstatechange',
    'gathering after',
  ]);
});

test('ICE: candidates, parameters, selected pair', () => {
  const { iceHandle } = makeHandles();
  const transport = ice.iceTransportOf(iceHandle);
  assert.equal(transport.role, 'controlling');
  assert.equal(transport.component, 'rtp');
  assert.equal(transport.getLocalCandidates()[0].address, '127.0.0.1');
  assert.deepEqual(transport.getRemoteCandidates(), []);
  assert.deepEqual(transport.getLocalParameters(), { usernameFragment: 'abcd', password: 'secret' });
  assert.equal(transport.getRemoteParameters(), null);
  assert.equal(transport.getSelectedCandidatePair(), null);
  let fired = 0;
  transport.onselectedcandidatepairchange = () => fired++;
  iceHandle.sink.selectedcandidatepairchange({ local: candidate, remote: candidate });
  const pair = transport.getSelectedCandidatePair();
  assert.ok(pair instanceof RTCIceCandidatePair);
  assert.equal(transport.getSelectedCandidatePair(), pair);
  assert.equal(pair.local, pair.local);
  assert.equal(pair.remote.port, 50000);
  assert.equal(fired, 1);
});

test('closing fires nothing and leaves the gathering state', () => {
  const { iceHandle, dtlsHandle, sctpHandle } = makeHandles();
  const transport = sctp.sctpTransportOf(sctpHandle);
  const { transport: below } = transport;
  const { iceTransport } = below;
  iceHandle.sink.gatheringstatechange('gathering');
  for (const target of [transport, below, iceTransport]) {
    target.onstatechange = () => assert.fail('no event');
  }
  const sinks = [iceHandle.sink, dtlsHandle.sink];
  sctp.closeSctpTransport(transport);
  dtls.closeDtlsTransport(below);
  ice.closeIceTransport(iceTransport);
  sinks[0].statechange('failed');
  sinks[1].statechange('failed', []);
  assert.deepEqual([transport.state, below.state, iceTransport.state], ['closed', 'closed', 'closed']);
  assert.equal(iceTransport.gatheringState, 'gathering');
});

test('ICE: a transport that has been given up fails when there can be no more candidates', () => {
  const { iceHandle } = makeHandles();
  const transport = ice.iceTransportOf(iceHandle);
  const seen = [];
  let ended = false;
  transport.onstatechange = () => seen.push(transport.state);
  ice.observeIceTransport(transport, {
    hasAllRemoteCandidates: () => ended,
    state: () => void seen.push(`given up: ${ice.isGivenUp(transport)}`),
  });
  iceHandle.sink.gatheringstatechange('gathering');
  iceHandle.sink.statechange('checking');
  iceHandle.sink.statechange('failed');
  assert.equal(transport.state, 'disconnected');
  iceHandle.sink.gatheringstatechange('complete');
  assert.equal(transport.state, 'disconnected', 'remote candidates may come');
  ended = true;
  ice.endRemoteCandidates(transport);
  assert.equal(transport.state, 'failed');
  iceHandle.sink.statechange('checking');
  iceHandle.sink.statechange('disconnected');
  ended = false;
  iceHandle.sink.statechange('failed');
  assert.deepEqual(seen, [
    ...['given up: false', 'checking', 'given up: true', 'disconnected', 'given up: true', 'failed'],
    ...['given up: false', 'checking', 'given up: false', 'disconnected', 'given up: true'],
  ]);
});

test('DTLS: certificates come with connected', () => {
  const { dtlsHandle } = makeHandles();
  const transport = dtls.dtlsTransportOf(dtlsHandle);
  assert.deepEqual(transport.getRemoteCertificates(), []);
  const certificate = new ArrayBuffer(3);
  let seen;
  transport.onstatechange = () => {
    seen = transport.getRemoteCertificates();
  };
  dtlsHandle.sink.statechange('connecting', []);
  assert.deepEqual(seen, []);
  dtlsHandle.sink.statechange('connected', [certificate]);
  assert.deepEqual(seen, [certificate]);
  seen.length = 0;
  assert.deepEqual(transport.getRemoteCertificates(), [certificate]);
});

test('DTLS: an error fails the transport once, error before statechange', () => {
  const { dtlsHandle } = makeHandles();
  const transport = dtls.dtlsTransportOf(dtlsHandle);
  const events = [];
  transport.onerror = (event) => events.push([event.type, event.error.errorDetail, transport.state]);
  transport.onstatechange = (event) => events.push([event.type, transport.state]);
  const error = Object.assign(new Error('bad'), { type: 'INTERNAL_ERROR', detail: 'none' });
  dtlsHandle.sink.error(error);
  dtlsHandle.sink.statechange('failed', []);
  dtlsHandle.sink.error(error);
  assert.deepEqual(events, [
    ['error', 'dtls-failure', 'failed'],
    ['statechange', 'failed'],
  ]);
});

test('SCTP: limits', () => {
  const { sctpHandle } = makeHandles();
  const transport = sctp.sctpTransportOf(sctpHandle);
  assert.equal(transport.maxMessageSize, 65536);
  assert.equal(transport.maxChannels, null);
  sctpHandle.information = { state: 'connecting', maxMessageSize: 262144, maxChannels: 1024 };
  sctp.updateSctpTransport(transport);
  assert.equal(transport.maxMessageSize, 262144);
  assert.equal(transport.maxChannels, null);
  let fired = 0;
  transport.onstatechange = () => fired++;
  sctpHandle.sink.statechange({ state: 'connected', maxMessageSize: 262144, maxChannels: 1024 });
  assert.equal(transport.state, 'connected');
  assert.equal(transport.maxChannels, 1024);
  assert.equal(fired, 1);
});
