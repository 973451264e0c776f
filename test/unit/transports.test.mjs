// The transports of a connected pair.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import {
  RTCDtlsTransport,
  RTCIceCandidate,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCSctpTransport,
} from 'node-libwebrtc';
import { connect, makePair, negotiate, once } from './support/pair.mjs';

test('the whole stack of a connected pair', async (t) => {
  const { a, b } = await connect(t);
  for (const connection of [a, b]) {
    const { sctp } = connection;
    assert.ok(sctp instanceof RTCSctpTransport);
    assert.equal(connection.sctp, sctp);
    assert.equal(sctp.state, 'connected');
    assert.equal(sctp.maxMessageSize, 262_144);
    assert.ok(sctp.maxChannels > 0);
    const dtls = sctp.transport;
    assert.ok(dtls instanceof RTCDtlsTransport);
    assert.equal(dtls.state, 'connected');
    const ice = dtls.iceTransport;
    assert.ok(ice instanceof RTCIceTransport);
    assert.equal(dtls.iceTransport, ice);
    assert.ok(['connected', 'completed'].includes(ice.state));
    assert.equal(ice.component, 'rtp');
    assert.ok(ice.getLocalCandidates().every((candidate) => candidate instanceof RTCIceCandidate));
    assert.ok(ice.getRemoteCandidates().length > 0);
    const pair = ice.getSelectedCandidatePair();
    assert.ok(pair instanceof RTCIceCandidatePair);
    assert.equal(ice.getSelectedCandidatePair(), pair);
    assert.equal(pair.local.address, '127.0.0.1');
    assert.match(
      connection.localDescription.sdp,
      new RegExp(`a=ice-ufrag:${quote(ice.getLocalParameters().usernameFragment)}`),
    );
    assert.match(
      connection.remoteDescription.sdp,
      new RegExp(`a=ice-pwd:${quote(ice.getRemoteParameters().password)}`),
    );
  }
  assert.equal(a.sctp.transport.iceTransport.role, 'controlling');
  assert.equal(b.sctp.transport.iceTransport.role, 'controlled');
});

function quote(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

test('remote certificates are those of the description', async (t) => {
  const { a } = await connect(t);
  const [der] = a.sctp.transport.getRemoteCertificates();
  const { fingerprint256 } = new X509Certificate(Buffer.from(der));
  assert.ok(a.remoteDescription.sdp.includes(`a=fingerprint:sha-256 ${fingerprint256}`));
});

test('states begin as new and go up one by one', async (t) => {
  const pair = makePair(t);
  pair.a.createDataChannel('x');
  const seen = [];
  const opened = once(pair.b, 'datachannel');
  await negotiate(pair);
  const { sctp } = pair.a;
  const watch = (name, transport) => {
    seen.push(`${name} ${transport.state}`);
    transport.addEventListener('statechange', () => seen.push(`${name} ${transport.state}`));
  };
  watch('sctp', sctp);
  watch('dtls', sctp.transport);
  await opened;
  assert.deepEqual(
    seen.filter((entry) => entry.startsWith('sctp')),
    ['sctp connecting', 'sctp connected'],
  );
  assert.equal(seen.at(-1), 'sctp connected');
  assert.equal(sctp.transport.state, 'connected');
});

test('closing a connection closes its transports without events', async (t) => {
  const { a } = await connect(t);
  const { sctp } = a;
  const all = [sctp, sctp.transport, sctp.transport.iceTransport];
  for (const transport of all) transport.onstatechange = () => assert.fail('no event');
  a.close();
  assert.deepEqual(
    all.map((transport) => transport.state),
    ['closed', 'closed', 'closed'],
  );
  // Everything still answers.
  sctp.transport.iceTransport.getLocalCandidates();
  sctp.transport.iceTransport.getSelectedCandidatePair();
  assert.equal(typeof sctp.transport.iceTransport.role, 'string');
  await new Promise((resolve) => setTimeout(resolve, 50));
});
