// getStats and RTCStatsReport.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once as emitted } from 'node:events';
import { test } from 'node:test';
import { RTCPeerConnection, RTCStatsReport } from 'node-libwebrtc';
import { collect, connect, loopback, once } from './support/pair.mjs';

function gatheringEnds(connection) {
  return new Promise((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve();
    });
  });
}

test('the report of a new connection', async (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  const before = Date.now();
  const report = await pc.getStats();
  assert.ok(report instanceof RTCStatsReport);
  assert.equal(report.size, [...report].length);
  const [id, stats] = [...report].find(([, { type }]) => type === 'peer-connection');
  assert.equal(stats.id, id);
  assert.equal(report.get(id), stats);
  assert.equal(report.has(id), true);
  assert.equal(report.has('other'), false);
  assert.equal(report.get('other'), undefined);
  assert.ok(Math.abs(stats.timestamp - before) < 60_000, 'milliseconds since the epoch');
  assert.equal(stats.dataChannelsOpened, 0);
  report.forEach(function (value, key, map) {
    assert.equal(report.get(key), value);
    assert.equal(map, report);
    assert.equal(this, 'this');
  }, 'this');
  assert.deepEqual(
    [...report.keys()],
    [...report.entries()].map(([key]) => key),
  );
  assert.equal(RTCStatsReport.prototype[Symbol.iterator], RTCStatsReport.prototype.entries);
  assert.equal(report.set, undefined);
  assert.throws(() => new RTCStatsReport(), TypeError);
  assert.throws(() => report.get(), TypeError);
  assert.throws(() => report.forEach(1), TypeError);
});

test('who asks before the peer’s certificate is known learns it afterwards', { timeout: 60_000 }, async (t) => {
  // Nothing comes through between the two before the gate is opened, and nobody calls `a` but for statistics then.
  const gate = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => gate.close());
  await emitted(gate, 'listening');
  const [a, b] = [new RTCPeerConnection(loopback), new RTCPeerConnection(loopback)];
  t.after(() => [a, b].forEach((connection) => connection.close()));
  const gathered = Promise.all([a, b].map((connection) => gatheringEnds(connection)));
  const opened = once(a.createDataChannel('channel'), 'open');
  const withoutCandidates = ({ type, sdp }) => ({ type, sdp: sdp.replace(/^a=candidate.*\r\n/gm, '') });
  await a.setLocalDescription();
  await b.setRemoteDescription(withoutCandidates(a.localDescription));
  await b.setLocalDescription();
  await a.setRemoteDescription(withoutCandidates(b.localDescription));
  await gathered;
  const [portOfA, portOfB] = [a, b].map(({ localDescription: { sdp } }) =>
    Number(/^a=candidate.* 127\.0\.0\.1 (\d+) typ host/m.exec(sdp)[1]),
  );
  const candidate = `candidate:1 1 udp 2113929471 127.0.0.1 ${gate.address().port} typ host`;
  await a.addIceCandidate({ candidate, sdpMid: '0' });
  const transportOf = async () => [...(await a.getStats()).values()].find(({ type }) => type === 'transport');
  const before = await transportOf();
  assert.equal(typeof before.localCertificateId, 'string');
  assert.equal(before.remoteCertificateId, undefined);

  gate.on('message', (packet, { port }) => gate.send(packet, port === portOfA ? portOfB : portOfA, '127.0.0.1'));
  const connected = new Promise((resolve) => {
    a.onconnectionstatechange = () => a.connectionState === 'connected' && resolve(transportOf());
  });
  const { remoteCertificateId, localCertificateId } = await connected;
  assert.equal(typeof remoteCertificateId, 'string', 'in the very moment');
  assert.notEqual(remoteCertificateId, localCertificateId);
  await opened;
  assert.equal((await transportOf()).remoteCertificateId, remoteCertificateId);
});

test('the report of a connected pair', async (t) => {
  const { a, near, far } = await connect(t, { protocol: 'test' });
  const received = collect(far, 2);
  near.send('12345');
  near.send('67890');
  await received;
  const report = await a.getStats();
  const one = (type) => [...report.values()].find((stats) => stats.type === type);

  const channel = one('data-channel');
  assert.equal(channel.label, 'channel');
  assert.equal(channel.protocol, 'test');
  assert.equal(channel.dataChannelIdentifier, near.id);
  assert.equal(channel.state, 'open');
  assert.equal(channel.messagesSent, 2);
  assert.equal(channel.bytesSent, 10);

  const transport = one('transport');
  assert.equal(transport.dtlsState, 'connected');
  assert.ok(['client', 'server'].includes(transport.dtlsRole));
  assert.equal(transport.iceRole, 'controlling');
  assert.ok(transport.bytesSent > 0);
  const pair = report.get(transport.selectedCandidatePairId);
  assert.equal(pair.type, 'candidate-pair');
  assert.equal(pair.state, 'succeeded');
  assert.equal(pair.nominated, true);
  assert.equal(report.get(pair.localCandidateId).type, 'local-candidate');
  assert.equal(report.get(pair.localCandidateId).candidateType, 'host');
  const remote = report.get(pair.remoteCandidateId);
  assert.equal(remote.type, 'remote-candidate');
  assert.ok(remote.address === null || remote.address === '127.0.0.1');
  const certificate = report.get(transport.localCertificateId);
  assert.match(certificate.fingerprint, /^[0-9A-F:]+$/i);
  assert.equal(certificate.fingerprintAlgorithm, 'sha-256');
  const connection = one('peer-connection');
  assert.equal(connection.dataChannelsOpened, 1);

  a.close();
  const [last, ...others] = (await a.getStats()).values();
  assert.deepEqual(others, []);
  assert.equal(last.id, connection.id);
  assert.equal(last.type, connection.type);
  assert.ok(last.timestamp >= connection.timestamp && last.timestamp < connection.timestamp + 60_000);
  assert.equal(last.dataChannelsOpened, 1);
  assert.equal(last.dataChannelsClosed, 1);
});

test('selectors', async (t) => {
  const pc = new RTCPeerConnection();
  t.after(() => pc.close());
  await pc.getStats(null);
  await pc.getStats(undefined);
  await assert.rejects(pc.getStats({}), TypeError);
});

test('reports that are asked for together, and closing meanwhile', async () => {
  const pc = new RTCPeerConnection();
  const all = [pc.getStats(), pc.getStats()];
  pc.close();
  all.push(pc.getStats());
  for (const report of await Promise.all(all)) assert.ok(report instanceof RTCStatsReport);
});
