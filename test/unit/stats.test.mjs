// getStats and RTCStatsReport.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCPeerConnection, RTCStatsReport } from 'node-libwebrtc';
import { collect, connect, makePair, negotiate, once } from './support/pair.mjs';

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

test('who asks before the peer’s certificate is known learns it afterwards', async (t) => {
  const { a, b } = makePair(t);
  const opened = once(a.createDataChannel('channel'), 'open');
  await negotiate({ a, b });
  const transportOf = async () => [...(await a.getStats()).values()].find(({ type }) => type === 'transport');
  while (a.connectionState !== 'connected') await transportOf();
  await opened;
  let transport;
  do transport = await transportOf();
  while (transport.remoteCertificateId === undefined);
  assert.notEqual(transport.remoteCertificateId, transport.localCertificateId);
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
