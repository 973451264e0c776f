// The path of messages between the JS thread and the network thread.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'node:test';
import { connectNative, createChannel, makeNativePair, negotiate, silentSink } from './support/native_pair.mjs';

const time = { timeout: 120_000 };

/** Sends `count` numbered messages of `size` bytes, never with more than `limit` bytes under way. */
function pump(channel, count, size, limit = 1 << 20) {
  let next = 0;
  let buffered = 0;
  let finished;
  const done = new Promise((resolve) => (finished = resolve));
  const message = new Uint8Array(size);
  const view = new DataView(message.buffer);
  const turn = () => {
    while (next < count && buffered < limit) {
      view.setUint32(0, next++);
      channel.send(message);
      buffered += size;
    }
    if (next === count) finished();
  };
  channel.sink.sent = (bytes) => {
    buffered -= bytes;
    assert.ok(buffered >= 0);
    turn();
  };
  turn();
  return done;
}

/** Collects numbered messages until `count` have come. */
function collect(channel, count) {
  const numbers = [];
  return new Promise((resolve) => {
    channel.sink.messages = (batch) => {
      for (const message of batch) numbers.push(new DataView(message).getUint32(0));
      if (numbers.length >= count) resolve(numbers);
    };
  });
}

const assertInOrder = (numbers, count) => {
  assert.equal(numbers.length, count);
  assert.ok(numbers.every((number, index) => number === index));
};

test('300,000 small messages each way at once, ordered', time, async (t) => {
  const count = 300_000;
  const { ends } = await connectNative(t);
  const received = ends.map((channel) => collect(channel, count));
  await Promise.all(ends.map((channel) => pump(channel, count, 64)));
  for (const numbers of await Promise.all(received)) assertInOrder(numbers, count);
});

test('300,000 messages each way, unordered and reliable: each once', time, async (t) => {
  const count = 300_000;
  const { ends } = await connectNative(t, { ordered: false });
  const received = ends.map((channel) => collect(channel, count));
  await Promise.all(ends.map((channel) => pump(channel, count, 16)));
  for (const numbers of await Promise.all(received)) {
    assertInOrder(
      numbers.sort((a, b) => a - b),
      count,
    );
  }
});

test('a lossy channel loses little on loopback, and repeats nothing', time, async (t) => {
  const count = 200_000;
  const { ends } = await connectNative(t, { ordered: false, maxRetransmits: 0 });
  const numbers = [];
  ends[1].sink.messages = (batch) => {
    for (const message of batch) numbers.push(new DataView(message).getUint32(0));
  };
  await pump(ends[0], count, 64);
  let before;
  do {
    before = numbers.length;
    await wait(500);
  } while (numbers.length > before);
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.length > count / 2, `${numbers.length} of ${count}`);
});

test('messages of all sizes keep their bytes and their order', time, async (t) => {
  const { ends } = await connectNative(t);
  // Around the sizes where another way is taken: empty, small, a packet, a buffer of its own, the largest.
  const sizes = [0, 1, 63, 1023, 1024, 1170, 2047, 2048, 2049, 65_535, 65_536, 262_144];
  const messages = Array.from({ length: 200 }, (_, i) => {
    const bytes = new Uint8Array(sizes[i % sizes.length]).fill(i);
    return i % 3 === 0 ? String.fromCharCode(97 + (i % 26)).repeat(bytes.length) : bytes;
  });
  const received = [];
  const all = new Promise((resolve) => {
    ends[1].sink.messages = (batch) => {
      received.push(...batch);
      if (received.length === messages.length) resolve();
    };
  });
  // Below the 16 MiB that a channel's queue takes.
  for (const message of messages) ends[0].send(message);
  await all;
  messages.forEach((message, i) => {
    if (typeof message === 'string') assert.equal(received[i], message);
    else assert.ok(Buffer.from(received[i]).equals(message), `message ${i}`);
  });
});

test('views send what they show, and memory is free to change after send', time, async (t) => {
  const { ends } = await connectNative(t);
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i);
  const views = [
    bytes.subarray(3, 7),
    new DataView(bytes.buffer, 8, 5),
    new Uint32Array(bytes.buffer, 16, 2),
    new Float64Array(bytes.buffer, 32, 1),
    Buffer.from(bytes.buffer, 40, 3),
    bytes.buffer,
  ];
  const expected = views.map((view) =>
    view instanceof ArrayBuffer
      ? Buffer.from(view.slice(0))
      : Buffer.from(Buffer.from(view.buffer, view.byteOffset, view.byteLength)),
  );
  const received = [];
  const all = new Promise((resolve) => {
    ends[1].sink.messages = (batch) => {
      received.push(...batch);
      if (received.length === views.length) resolve();
    };
  });
  for (const view of views) ends[0].send(view);
  bytes.fill(255);
  await all;
  received.forEach((message, i) => assert.ok(Buffer.from(message).equals(expected[i]), `view ${i}`));
  assert.throws(() => ends[0].send(1), { type: 'INVALID_PARAMETER' });
});

test('text of every length and alphabet', time, async (t) => {
  const { ends } = await connectNative(t);
  const texts = [
    '',
    'a',
    'ä'.repeat(511),
    'ä'.repeat(512),
    '€'.repeat(341),
    '😀'.repeat(256),
    '\0x\0',
    '😀€äa'.repeat(5000),
  ];
  for (let length = 1015; length <= 1030; length++) texts.push('x'.repeat(length), `${'x'.repeat(length - 4)}😀`);
  const received = [];
  const all = new Promise((resolve) => {
    ends[1].sink.messages = (batch) => {
      received.push(...batch);
      if (received.length === texts.length) resolve();
    };
  });
  for (const text of texts) ends[0].send(text);
  await all;
  assert.deepEqual(received, texts);
});

test('a lone surrogate is sent as U+FFFD', time, async (t) => {
  const { ends } = await connectNative(t);
  const received = new Promise((resolve) => (ends[1].sink.messages = ([message]) => resolve(message)));
  ends[0].send('a\uD800b');
  assert.equal(await received, 'a\uFFFDb');
});

test('a channel opened in-band loses no message that came before its sink', time, async (t) => {
  const pair = makeNativePair(t);
  const count = 2000;
  const channel = createChannel(pair.a);
  const arrived = new Promise((resolve) => (pair.b.onChannel = resolve));
  const opened = new Promise((resolve) => (channel.sink = { ...silentSink(), open: resolve }));
  await negotiate(pair);
  await opened;
  const sent = pump(channel, count, 64);
  const other = await arrived;
  // Messages come while nobody listens.
  await wait(200);
  other.sink = silentSink();
  const received = collect(other, count + 1);
  await sent;
  // The last one wakes the channel up if all others are already waiting.
  channel.sink.sent = () => {};
  channel.send(Uint8Array.of(0, 0, count >> 8, count & 255));
  assertInOrder(await received, count + 1);
});

test('a JS thread that is busy holds up the sender, and nothing is lost', time, async (t) => {
  const { ends } = await connectNative(t);
  const size = 65_536;
  const count = 1600;
  let next = 0;
  let received = 0;
  const all = new Promise((resolve) => {
    ends[1].sink.messages = (batch) => {
      for (const message of batch) assert.equal(new DataView(message).getUint32(0), received++);
      if (received === count) resolve();
    };
  });
  const message = new Uint8Array(size);
  const view = new DataView(message.buffer);
  let buffered = 0;
  // More than may wait for the JS thread, from a turn that does not end; the channel's own queue is the only limit.
  const turn = () => {
    while (next < count && buffered < 15 << 20) {
      view.setUint32(0, next++);
      ends[0].send(message);
      buffered += size;
    }
  };
  ends[0].sink.sent = (bytes) => {
    buffered -= bytes;
    turn();
    const until = performance.now() + 20;
    while (performance.now() < until);
  };
  turn();
  await all;
});
