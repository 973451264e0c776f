/** Sound at the pace of the source's own clock, and taken so much at a time. */
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { AudioData, AudioSink, AudioSource } from 'node-libwebrtc';

const timeout = 30_000;

/** Samples that count up, from `from` on. */
function data(from, length, sampleRate = 48_000) {
  const samples = Int16Array.from({ length }, (_, i) => from + i);
  const numbers = { sampleRate, numberOfFrames: length, numberOfChannels: 1, timestamp: 0 };
  return new AudioData({ ...numbers, format: 's16', data: samples });
}

function push(source, from, length, sampleRate) {
  const block = data(from, length, sampleRate);
  source.push(block);
  block.close();
}

function samplesOf(block) {
  const samples = new Int16Array(block.numberOfFrames);
  block.copyTo(samples, { planeIndex: 0, format: 's16' });
  block.close();
  return samples;
}

/** Resolves with all samples when there are as many. */
const hear = (track, count, options, onblock = () => {}) =>
  new Promise((resolve) => {
    const heard = [];
    const sink = new AudioSink(
      track,
      (block) => {
        onblock(block);
        heard.push(...samplesOf(block));
        if (heard.length < count) return;
        assert.equal(sink.dropped, 0);
        sink.close();
        resolve(heard);
      },
      { maxQueueLength: 1000, ...options },
    );
  });

test('a paced source plays what is pushed, one sample after the other, in its own time', { timeout }, async () => {
  const source = new AudioSource({ paced: true });
  const waiting = [];
  const heard = hear(source.createTrack(), 24_000, {}, () => waiting.push(source.queued));
  let from = 0;
  // Blocks of odd lengths, all at once.
  for (let i = 0; from < 24_000; i++) {
    const length = Math.min(137 + ((i * 211) % 3000), 24_000 - from);
    push(source, from, length);
    from += length;
  }
  assert.deepEqual(
    await heard,
    Array.from({ length: 24_000 }, (_, i) => i),
  );
  assert.equal(source.queued, 0);
  assert.deepEqual(
    waiting,
    waiting.toSorted((a, b) => b - a),
  );
  source.stop();
});

test('what waits in a paced source can be dropped', { timeout }, async () => {
  const source = new AudioSource({ paced: true });
  const track = source.createTrack();
  const first = hear(track, 480, {});
  for (let second = 0; second < 20; second++) push(source, 0, 48_000);
  await first;
  const { queued } = source;
  assert.ok(queued > 0 && queued < 20, `${queued}`);
  source.clear();
  assert.equal(source.queued, 0);
  // It goes on with what comes after that; less than a block may be left of what went before.
  const after = hear(track, 4800, {});
  push(source, 10_000, 9600);
  const heard = await after;
  const start = heard.indexOf(10_000);
  assert.ok(start >= 0 && start < 2400, `${start}`);
  assert.deepEqual(
    heard.slice(start, 4000),
    Array.from({ length: 4000 - start }, (_, i) => 10_000 + i),
  );
  source.stop();
});

test('a paced source takes other rates and channels on the way', { timeout }, async () => {
  const source = new AudioSource({ paced: true });
  const rates = new Set();
  const heard = hear(source.createTrack(), 4800 + 4000, {}, ({ sampleRate }) => rates.add(sampleRate));
  push(source, 0, 4410, 44_100);
  push(source, 0, 1600, 16_000);
  // No whole blocks: it becomes 48 kHz.
  push(source, 0, 11_025, 22_050);
  await heard;
  assert.deepEqual([...rates], [44_100, 16_000, 48_000]);
  source.stop();
});

test('a paced source has a limit; a source that is not paced keeps nothing', { timeout }, () => {
  const source = new AudioSource({ paced: true, maxQueued: 0.5 });
  // One block may be longer.
  push(source, 0, 48_000);
  const refused = data(0, 480);
  assert.throws(() => source.push(refused), { name: 'QuotaExceededError' });
  assert.ok(source.queued <= 1);
  source.stop();
  assert.equal(source.queued, 0);
  assert.throws(() => new AudioSource({ paced: true, maxQueued: 'much' }), TypeError);

  const direct = new AudioSource();
  push(direct, 0, 48_000);
  assert.equal(direct.queued, 0);
  direct.clear();
  direct.stop();
});

test('a sink with an interval waits for so much sound, and gives the rest at the end', { timeout }, async () => {
  const source = new AudioSource();
  const lengths = [];
  let called = () => {};
  const ended = new Promise((resolve) => {
    new AudioSink(
      source.createTrack(),
      (block) => {
        lengths.push(block.numberOfFrames);
        block.close();
        called();
      },
      { interval: 100, onended: resolve },
    );
  });
  const call = () => new Promise((resolve) => (called = resolve));
  // More than the interval, and more blocks than wait otherwise.
  let next = call();
  push(source, 0, 9600);
  await next;
  push(source, 0, 2400);
  for (let i = 0; i < 20; i++) await turn();
  next = call();
  push(source, 0, 2880);
  await next;
  push(source, 0, 1440);
  source.stop();
  await ended;
  assert.deepEqual(lengths, [9600, 5280, 1440]);
  assert.throws(() => new AudioSink(new AudioSource().createTrack(), () => {}, { interval: -1 }), TypeError);
});
