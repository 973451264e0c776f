// The end of a channel: by either side, in the middle of a transfer, by failure, by the garbage collector.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { connectNative, createChannel, silentSink } from './support/native_pair.mjs';

const time = { timeout: 60_000 };

/** The calls of a sink, by name, and a promise of the last one. */
function record(channel) {
  const calls = [];
  const log = (name) => (value) => calls.push({ name, value });
  const closed = new Promise((resolve) => {
    channel.sink = {
      ...silentSink(),
      open: log('open'),
      closing: log('closing'),
      messages: (batch) => calls.push({ name: 'messages', value: batch.length }),
      closed(error) {
        calls.push({ name: 'closed', value: error });
        resolve(error);
      },
    };
  });
  return { calls, closed };
}

const countMessages = (calls) => calls.reduce((sum, { name, value }) => sum + (name === 'messages' ? value : 0), 0);

test('all that was sent before close() arrives before the channel closes', time, async (t) => {
  const { ends } = await connectNative(t);
  const records = ends.map(record);
  const count = 20_000;
  for (let i = 0; i < count; i++) ends[0].send('message');
  ends[0].close();
  ends[0].send('too late');
  assert.deepEqual(await Promise.all(records.map(({ closed }) => closed)), [null, null]);
  const { calls } = records[1];
  assert.equal(countMessages(calls), count);
  assert.deepEqual(
    calls.filter(({ name }) => name !== 'messages').map(({ name }) => name),
    ['closing', 'closed'],
  );
  assert.equal(
    calls.findIndex(({ name }) => name === 'closing'),
    calls.length - 2,
  );
  assert.equal(ends[0].state, 'closed');
});

test('the receiver closes in the middle of a transfer', time, async (t) => {
  const { ends } = await connectNative(t);
  const records = ends.map(record);
  const message = new Uint8Array(60_000);
  for (let i = 0; i < 200; i++) ends[0].send(message);
  ends[1].close();
  await Promise.all(records.map(({ closed }) => closed));
  for (const { calls } of records)
    assert.deepEqual(
      calls.slice(-2).map(({ name }) => name),
      ['closing', 'closed'],
    );
});

test('the connection closes in the middle of a transfer', time, async (t) => {
  const { ends, a } = await connectNative(t);
  const records = ends.map(record);
  const message = new Uint8Array(60_000);
  for (let i = 0; i < 200; i++) ends[0].send(message);
  a.connection.close();
  ends[0].send(message);
  ends[0].close();
  await Promise.all(records.map(({ closed }) => closed));
  for (const { calls } of records) assert.equal(calls.at(-1).name, 'closed');
});

test('a send that libwebrtc refuses closes the channel with an error', time, async (t) => {
  const { ends } = await connectNative(t);
  const records = ends.map(record);
  // Larger than the remote peer takes.
  ends[0].send(new Uint8Array(262_145));
  const error = await records[0].closed;
  assert.ok(error instanceof Error);
  assert.equal(error.type, 'NETWORK_ERROR');
});

test('a full queue closes the channel with an error', time, async (t) => {
  const { ends } = await connectNative(t);
  const { closed } = record(ends[0]);
  const message = new Uint8Array(262_144);
  // In one go, so that nothing can have left: four times what the queue takes.
  for (let i = 0; i < 256; i++) ends[0].send(message);
  const error = await closed;
  assert.equal(error?.type, 'NETWORK_ERROR');
});

test('the stream id of a closed channel can be used again', time, async (t) => {
  const { ends, a, b } = await connectNative(t);
  for (let round = 0; round < 5; round++) {
    const init = { negotiated: true, id: 10 };
    const channels = [a, b].map((side) => createChannel(side, init));
    const open = channels.map(
      (channel) => new Promise((resolve) => (channel.sink = { ...silentSink(), open: resolve })),
    );
    await Promise.all(open);
    assert.equal(channels[0].id, 10);
    const records = channels.map(record);
    channels[0].send(`round ${round}`);
    channels[0].close();
    await Promise.all(records.map(({ closed }) => closed));
    assert.equal(countMessages(records[1].calls), 1);
  }
  assert.equal(ends[0].state, 'open');
});

test('a collected handle closes its channel, in the middle of a transfer too', time, async (t) => {
  const { a, b } = await connectNative(t);
  const other = createChannel(b, { negotiated: true, id: 20 });
  const { closed } = record(other);
  // In a function of its own, whose variables nothing else sees.
  await (async () => {
    const mine = createChannel(a, { negotiated: true, id: 20 });
    mine.sink = silentSink();
    while (mine.state !== 'open' || other.state !== 'open') await wait(10);
    for (let i = 0; i < 100; i++) {
      mine.send(new Uint8Array(10_000));
      other.send(new Uint8Array(10_000));
    }
  })();
  for (let i = 0; i < 20; i++) {
    gc();
    await wait(20);
  }
  assert.equal(await closed, null);
  other.close();
});

test('handles that nobody holds are collected while messages are on their way', time, async (t) => {
  const { ends, a } = await connectNative(t);
  const registry = [];
  for (let i = 0; i < 200; i++) {
    const channel = createChannel(a);
    registry.push(new WeakRef(channel));
    channel.send('never open');
  }
  for (let i = 0; i < 20; i++) {
    gc();
    await wait(20);
  }
  assert.ok(registry.filter((reference) => reference.deref()).length < 5);
  const received = new Promise((resolve) => (ends[1].sink.messages = resolve));
  ends[0].send('still there');
  assert.deepEqual(await received, ['still there']);
});
