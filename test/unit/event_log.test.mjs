// The RTC event log of a connection.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mediaDevices, startEventLog, stopEventLog, RTCPeerConnection } from 'node-libwebrtc';
import { readEventLog } from './support/event_log.mjs';
import { connect, loopback, makePair, negotiate, once } from './support/pair.mjs';

async function directoryOf(t) {
  const directory = await mkdtemp(join(tmpdir(), 'event-log-test-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A pair that sends sound and pictures; resolves when some have been decoded. */
async function connectMedia(t, before = () => {}) {
  const pair = makePair(t);
  before(pair);
  const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  t.after(() => stream.getTracks().forEach((track) => track.stop()));
  for (const track of stream.getTracks()) pair.a.addTrack(track, stream);
  await negotiate(pair);
  return pair;
}

/** Resolves when the far end has decoded some frames: only then packets of all kinds have gone over. */
async function flowing({ b }) {
  for (;;) {
    const stats = [...(await b.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
    if (stats.length === 2 && stats.every(({ packetsReceived }) => packetsReceived > 20)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a log of media, from the start', async (t) => {
  const file = join(await directoryOf(t), 'a.log');
  const before = Date.now();
  const pair = await connectMedia(t, ({ a }) => startEventLog(a, file));
  await flowing(pair);
  stopEventLog(pair.a);

  const events = readEventLog(await readFile(file));
  const named = (name) => events.filter((event) => event.name === name);
  const [begin] = events;
  assert.equal(begin.name, 'begin');
  assert.equal(begin.fields[2], 2, 'version of the format');
  assert.ok(Math.abs(begin.fields[3] - before) < 60_000, 'the time of day');
  assert.equal(events.at(-1).name, 'end');

  // Times run forward, and there are events of all that happens.
  for (const { name, fields } of events) assert.ok(fields[1] >= begin.fields[1], name);
  for (const name of [
    'ice config',
    'ice event',
    'dtls state',
    'dtls writable',
    'probe cluster',
    'delay-based update',
  ]) {
    assert.ok(named(name).length > 0, name);
  }
  assert.deepEqual(
    [...new Set(named('dtls state').map(({ fields }) => fields[2]))].filter((state) => state === 3),
    [3],
    'connected',
  );

  // The packets of both streams, by their SSRCs, with sequence numbers that follow one another.
  const configs = [...named('audio send config'), ...named('video send config')];
  assert.ok(configs.length >= 2);
  const stats = [...(await pair.a.getStats()).values()].filter(({ type }) => type === 'outbound-rtp');
  const packets = named('outgoing rtp');
  for (const { ssrc, rtxSsrc, kind } of stats) {
    assert.ok(
      // Of video, libwebrtc itself tells the SSRC of retransmissions alone.
      configs.some(({ fields }) => fields[2] === ssrc || fields[3] === rtxSsrc),
      `${kind} is announced`,
    );
    const own = packets.filter(({ fields }) => fields[6] === ssrc);
    assert.ok(own.length > 5, `${own.length} packets of ${kind}`);
    own.forEach(({ fields }, index) => {
      if (index > 0) assert.equal(fields[4], (own[index - 1].fields[4] + 1) & 0xffff);
      for (const required of [1, 2, 3, 4, 5, 6, 8, 9, 10]) assert.ok(required in fields, `field ${required}`);
    });
  }

  // RTCP comes without who is who (202) and what applications put in (204).
  const reports = [...named('incoming rtcp'), ...named('outgoing rtcp')];
  assert.ok(reports.length > 0);
  for (const { fields } of reports) {
    for (let at = 0; at < fields[2].length; at += (fields[2].readUInt16BE(at + 2) + 1) * 4) {
      const type = fields[2][at + 1];
      assert.ok(type >= 200 && type <= 207 && type !== 202 && type !== 204, `type ${type}`);
    }
  }
});

test('a log that begins late knows the streams and the pairs; close() completes it', async (t) => {
  const file = join(await directoryOf(t), 'late.log');
  const pair = await connectMedia(t);
  await flowing(pair);
  startEventLog(pair.a, file);
  await flowing(pair);
  pair.a.close();
  const names = readEventLog(await readFile(file)).map(({ name }) => name);
  assert.equal(names[0], 'begin');
  for (const name of ['audio send config', 'video send config', 'ice config']) assert.ok(names.includes(name), name);
  assert.equal(names.at(-1), 'end');
});

test('a log ends with a whole event at its maximum size', async (t) => {
  const file = join(await directoryOf(t), 'small.log');
  const pair = await connectMedia(t, ({ a }) => startEventLog(a, file, { maxSize: 2000, outputPeriod: 0 }));
  await flowing(pair);
  stopEventLog(pair.a);
  const { size } = await stat(file);
  assert.ok(size <= 2000 && size > 1500, `${size} bytes`);
  readEventLog(await readFile(file));
});

test('one log after another, and one of a data channel', async (t) => {
  const directory = await directoryOf(t);
  const { a, near, far } = await connect(t);
  for (const name of ['1.log', '2.log']) {
    startEventLog(a, join(directory, name));
    const message = once(far, 'message');
    near.send(name);
    assert.equal((await message).data, name);
    stopEventLog(a);
    stopEventLog(a);
    const events = readEventLog(await readFile(join(directory, name)));
    assert.equal(events[0].name, 'begin');
    assert.equal(events.at(-1).name, 'end');
  }
});

test('what is wrong is said', async (t) => {
  const directory = await directoryOf(t);
  const file = join(directory, 'a.log');
  const connection = new RTCPeerConnection(loopback);
  t.after(() => connection.close());
  assert.throws(() => startEventLog(connection, join(directory, 'no', 'where.log')), { code: 'ENOENT' });
  assert.throws(() => startEventLog(connection, directory), { code: 'EISDIR' });
  assert.throws(() => startEventLog(connection), TypeError);
  assert.throws(() => startEventLog({}, file), TypeError);
  assert.throws(() => startEventLog(connection, file, { maxSize: -1 }), TypeError);
  assert.throws(() => startEventLog(connection, file, { maxSize: NaN }), TypeError);
  assert.throws(() => stopEventLog(null), TypeError);
  startEventLog(connection, file);
  assert.throws(() => startEventLog(connection, file), { name: 'InvalidStateError' });
  connection.close();
  stopEventLog(connection);
  assert.throws(() => startEventLog(connection, file), { name: 'InvalidStateError' });
});
