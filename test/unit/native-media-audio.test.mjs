// Raw audio over the addon itself: samples go into a track and come out of its sinks, none lost and none twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { native } from './support/native.mjs';

const formats = ['u8', 's16', 's32', 'f32', 'u8-planar', 's16-planar', 's32-planar', 'f32-planar'];
const arrays = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array };
const arrayOf = (format) => arrays[format.split('-')[0]];

function makeData(
  samples,
  {
    format = 's16',
    sampleRate = 48_000,
    numberOfChannels = 1,
    numberOfFrames = samples.length / numberOfChannels,
    timestamp = 0,
  } = {},
) {
  return native.createAudioData(samples, format, sampleRate, numberOfFrames, numberOfChannels, timestamp);
}

function copy(data, format, plane = 0, offset = 0, count = data.numberOfFrames - offset) {
  const channels = format.endsWith('planar') ? 1 : data.numberOfChannels;
  const samples = new (arrayOf(format))(count * channels);
  data.copyTo(samples, format, plane, offset, count);
  return samples;
}

function listen(track, maxQueueLength = 1000) {
  const sink = track.addAudioSink({ maxQueueLength });
  const got = { blocks: [], ended: 0, sink };
  sink.sink = {
    blocks(batch) {
      got.blocks.push(...batch);
    },
    ended() {
      got.ended++;
    },
  };
  return got;
}

async function until(condition) {
  for (let i = 0; i < 500; ++i) {
    if (condition()) return;
    await delay(10);
  }
  assert.fail('it did not happen in time');
}

const joined = (blocks) => blocks.flatMap((block) => [...copy(block, 's16')]);
const ramp = (length) => Int16Array.from({ length }, (_, i) => (i * 13) % 30_000);

before(() => native.holdEventLoop(true));
after(() => native.holdEventLoop(false));

test('every format converts to every other', () => {
  const left = [0, 0.5, -0.5, -1];
  const right = [0.25, -0.25, 0.75, 0];
  const scale = { u8: (v) => v * 128 + 128, s16: (v) => v * 32_768, s32: (v) => v * 2 ** 31, f32: (v) => v };
  for (const from of formats) {
    const type = from.split('-')[0];
    const values = from.endsWith('planar') ? [...left, ...right] : left.flatMap((v, i) => [v, right[i]]);
    const data = makeData(arrayOf(from).from(values, scale[type]), { format: from, numberOfChannels: 2 });
    assert.equal(data.format, from);
    assert.equal(data.numberOfFrames, 4);
    for (const to of formats) {
      const expect = (list) => [...arrayOf(to).from(list, scale[to.split('-')[0]])];
      if (to.endsWith('planar')) {
        assert.deepEqual([...copy(data, to, 0)], expect(left), `${from} to ${to}`);
        assert.deepEqual([...copy(data, to, 1, 1, 2)], expect(right.slice(1, 3)), `${from} to ${to}`);
      } else {
        assert.deepEqual(
          [...copy(data, to, 0, 1)],
          expect(left.flatMap((v, i) => [v, right[i]]).slice(2)),
          `${from} to ${to}`,
        );
      }
    }
  }
});

test('loud samples are cut off, and what is no number is silence', () => {
  const data = makeData(Float32Array.of(2, -2, 1, NaN, Infinity), { format: 'f32' });
  assert.deepEqual([...copy(data, 's16')], [32_767, -32_768, 32_767, 0, 32_767]);
  assert.deepEqual([...copy(data, 'u8')], [255, 0, 255, 128, 255]);
});

test('what does not fit throws', () => {
  const samples = new Int16Array(480);
  for (const wrong of [
    { format: 's24' },
    { numberOfFrames: 481 },
    { numberOfFrames: 0 },
    { numberOfFrames: 2 ** 31, numberOfChannels: 1024 },
    { numberOfChannels: 2 },
    { numberOfChannels: 0 },
    { sampleRate: 0 },
    { timestamp: Infinity },
  ]) {
    assert.throws(() => makeData(samples, { numberOfFrames: 480, ...wrong }), TypeError);
  }
  const data = makeData(samples);
  assert.throws(() => data.copyTo(new Int16Array(479), 's16', 0, 0, 480), TypeError);
  assert.throws(() => data.copyTo(new Int16Array(480), 's16', 1, 0, 480), TypeError);
  assert.throws(() => data.copyTo(new Int16Array(480), 's16', 0, 1, 480), TypeError);
  assert.throws(() => data.copyTo(new Int16Array(480), 's16-planar', 1, 0, 480), TypeError);
});

test('data is closed, cloned and handed over', () => {
  const data = makeData(ramp(480), { timestamp: 42 });
  const clone = data.clone();
  const token = data.release();
  assert.equal(data.numberOfFrames, 480);
  assert.equal(data.timestamp, 42);
  assert.throws(() => copy(data, 's16'), TypeError);
  assert.throws(() => data.clone(), TypeError);
  data.close();
  const adopted = native.adoptAudioData(token);
  assert.throws(() => native.adoptAudioData(token), TypeError);
  assert.deepEqual(copy(adopted, 's16'), copy(clone, 's16'));
  assert.equal(adopted.timestamp, 42);
});

test('samples come out in blocks of 10 ms, whatever lengths they go in with', async () => {
  const source = native.createAudioSource();
  const track = source.createTrack('t');
  const got = listen(track);
  const samples = ramp(44_100);
  for (let i = 0, length = 1; i < samples.length; i += length, length = ((length * 7) % 997) + 1) {
    source.push(makeData(samples.slice(i, i + length), { sampleRate: 44_100 }));
  }
  await until(() => got.blocks.length === 100);
  assert.deepEqual(joined(got.blocks), [...samples]);
  for (const [i, block] of got.blocks.entries()) {
    assert.equal(block.numberOfFrames, 441);
    assert.equal(block.timestamp, got.blocks[0].timestamp + i * 10_000);
  }
  assert.deepEqual(track.audioStatus(), { sampleRate: 44_100, channelCount: 1 });
  track.enabled = false;
  source.push(makeData(samples.slice(0, 441), { sampleRate: 44_100 }));
  await until(() => got.blocks.length === 101);
  assert.ok(copy(got.blocks[100], 's16').every((sample) => sample === 0));
  source.stop();
  await until(() => got.ended === 1);
});

test('other rates are resampled, and the pitch stays', async () => {
  for (const [rate, channels] of [
    [22_050, 1],
    [11_025, 2],
    [192_000, 1],
    [4000, 1],
    [44_099, 2],
  ]) {
    const source = native.createAudioSource();
    const got = listen(source.createTrack('t'));
    const frames = rate;
    const samples = new Float32Array(frames * channels);
    for (let i = 0; i < samples.length; ++i) {
      samples[i] = 0.5 * Math.sin((2 * Math.PI * 440 * Math.floor(i / channels)) / rate);
    }
    source.push(makeData(samples, { format: 'f32', sampleRate: rate, numberOfChannels: channels }));
    await until(() => got.blocks.length >= 95);
    assert.equal(got.blocks[0].sampleRate, 48_000);
    assert.equal(got.blocks[0].numberOfChannels, channels);
    const result = got.blocks.flatMap((block) => [...copy(block, 's16-planar', channels - 1)]);
    assert.ok(result.length >= 0.95 * 48_000 && result.length <= 48_000, `${result.length}`);
    const crossings = result.filter((sample, i) => i > 0 && sample >= 0 && result[i - 1] < 0).length;
    assert.ok(Math.abs((crossings / result.length) * 48_000 - 440) < 3, `${rate}: ${crossings}`);
    assert.ok(Math.abs(Math.max(...result.slice(1000, -1000)) - 16_384) < 200);
    source.stop();
  }
});

test('a slow sink loses the oldest blocks and counts them', async () => {
  const source = native.createAudioSource();
  const got = listen(source.createTrack('t'), 3);
  const samples = ramp(4800);
  source.push(makeData(samples));
  await until(() => got.blocks.length === 3);
  assert.equal(got.sink.dropped, 7);
  assert.deepEqual(joined(got.blocks), [...samples.slice(7 * 480)]);
  got.sink.close();
  source.push(makeData(samples));
  await delay(20);
  assert.equal(got.blocks.length, 3);
});

test('what is no data cannot be pushed', () => {
  const source = native.createAudioSource();
  const data = makeData(ramp(480));
  data.close();
  for (const wrong of [undefined, {}, source, data]) assert.throws(() => source.push(wrong), TypeError);
  const microphone = native.createSyntheticAudioSource({
    sampleRate: 48_000,
    channelCount: 1,
    signal: 'tone',
    frequency: 440,
  });
  assert.throws(() => microphone.push(makeData(ramp(480))), TypeError);
  microphone.stop();
});

test('a synthetic microphone hums at its pitch and keeps time', async () => {
  const microphone = native.createSyntheticAudioSource({
    sampleRate: 16_000,
    channelCount: 2,
    signal: 'tone',
    frequency: 1000,
  });
  const track = microphone.createTrack('m');
  await delay(50);
  assert.equal(track.audioStatus(), null);
  const began = performance.now();
  const got = listen(track);
  await until(() => got.blocks.length >= 50);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds > 0.48, `${seconds}`);
  const left = got.blocks.slice(0, 50).flatMap((block) => [...copy(block, 's16-planar', 0)]);
  const right = got.blocks.slice(0, 50).flatMap((block) => [...copy(block, 's16-planar', 1)]);
  assert.deepEqual(left, right);
  const crossings = left.filter((sample, i) => i > 0 && sample >= 0 && left[i - 1] < 0).length;
  assert.ok(Math.abs(crossings - 500) <= 1, `${crossings}`);
  // Nobody listens: it rests.
  got.sink.close();
  await delay(30);
  const again = listen(track);
  await until(() => again.blocks.length >= 3);
  microphone.stop();
  await until(() => again.ended === 1);
});

test('what sounds like speech has syllables and pauses', async () => {
  const microphone = native.createSyntheticAudioSource({
    sampleRate: 8000,
    channelCount: 1,
    signal: 'speech',
    frequency: 0,
  });
  const got = listen(microphone.createTrack('m'));
  await until(() => got.blocks.length >= 200);
  microphone.stop();
  const levels = got.blocks.map((block) => Math.max(...copy(block, 's16').map(Math.abs)));
  assert.ok(
    levels.some((level) => level > 1000),
    'loud',
  );
  assert.ok(levels.filter((level) => level < 20).length > 5, 'silent');
});
