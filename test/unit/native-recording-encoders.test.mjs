// Encoders of local tracks: what they give is decoded by FFmpeg.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { native } from './support/native.mjs';
import { checkOrder, collect, decode, frequencyOf, until } from './support/recording.mjs';

before(() => native.holdEventLoop(true));
after(() => native.holdEventLoop(false));

const options = {
  maxQueueLength: 1000,
  codec: 'VP8',
  bitsPerSecond: 500_000,
  keyFrameIntervalDuration: null,
  keyFrameIntervalCount: null,
  isScreencast: false,
};

function makeCamera(t, { width = 320, height = 240, frameRate = 30 } = {}) {
  const camera = native.createSyntheticVideoSource({ width, height, frameRate, pattern: 'camera' });
  t.after(() => camera.stop());
  return { camera, track: camera.createTrack('camera') };
}

function makeMicrophone(t, { sampleRate = 48000, channelCount = 1, frequency = 440 } = {}) {
  const microphone = native.createSyntheticAudioSource({ sampleRate, channelCount, signal: 'tone', frequency });
  t.after(() => microphone.stop());
  return { microphone, track: microphone.createTrack('microphone') };
}

for (const codec of ['VP8', 'VP9', 'AV1', 'H264']) {
  test(`${codec}: frames that FFmpeg decodes, from the first on`, async (t) => {
    const { track } = makeCamera(t);
    const got = collect(track.addVideoEncoder({ ...options, codec }));
    await until(() => got.chunks.length >= 20, 'encoding');
    got.tap.close();
    checkOrder(got.chunks);
    for (const chunk of got.chunks) {
      assert.equal(chunk.codec, codec);
      assert.equal(chunk.width, 320);
      assert.equal(chunk.height, 240);
      assert.equal(chunk.rotation, 0);
      assert.equal(chunk.rtpTimestamp, null);
      assert.equal(chunk.clockRate, 90_000);
      assert.equal(chunk.channelCount, 0);
    }
    assert.equal(got.chunks.filter(({ key }) => key).length, 1, 'a key frame only as needed');
    const frames = await decode(got.chunks);
    assert.equal(frames.length, got.chunks.length);
    assert.ok(frames.every(({ width, height }) => width === 320 && height === 240));
    assert.deepEqual(got.failed, []);
    assert.equal(got.tap.dropped, 0);
  });
}

test('key frames come when asked for, by time and by count', async (t) => {
  const { track } = makeCamera(t, { frameRate: 60 });
  const asked = collect(track.addVideoEncoder(options));
  const counted = collect(track.addVideoEncoder({ ...options, keyFrameIntervalCount: 5 }));
  const timed = collect(track.addVideoEncoder({ ...options, keyFrameIntervalDuration: 200 }));
  const keys = ({ chunks }) => chunks.flatMap(({ key }, i) => (key ? [i] : []));
  await until(() => asked.chunks.length >= 3);
  asked.tap.requestKeyFrame();
  await until(() => keys(asked).length === 2, 'the key frame');
  await until(() => counted.chunks.length >= 21);
  assert.deepEqual(keys(counted).slice(0, 4), [0, 5, 10, 15]);
  await until(() => keys(timed).length >= 3);
  const times = keys(timed).map((i) => timed.chunks[i].timestamp);
  for (let i = 1; i < times.length; ++i) assert.ok(times[i] - times[i - 1] >= 200_000);
  for (const { tap } of [asked, counted, timed]) tap.close();
});

test('a new size begins with a key frame of its own', async (t) => {
  const { camera, track } = makeCamera(t);
  const got = collect(track.addVideoEncoder(options));
  await until(() => got.chunks.length >= 5);
  camera.setFormat({ width: 160, height: 120, frameRate: 30 });
  await until(() => got.chunks.filter(({ width }) => width === 160).length >= 5);
  got.tap.close();
  const first = got.chunks.find(({ width }) => width === 160);
  assert.equal(first.key, true);
  assert.equal(first.height, 120);
  const frames = await decode(got.chunks);
  assert.equal(frames.length, got.chunks.length);
});

test('rotation and odd sizes are said with each frame', async (t) => {
  const source = native.createVideoSource({ isScreencast: false });
  t.after(() => source.stop());
  const track = source.createTrack('t');
  const [width, height] = [99, 77];
  const frame = native.createVideoFrame(new Uint8Array(width * height * 4).fill(90), {
    format: 'RGBA',
    codedWidth: width,
    codedHeight: height,
    layout: [{ offset: 0, stride: width * 4 }],
    visibleRect: { x: 0, y: 0, width, height },
    timestamp: 0,
    rotation: 90,
  });
  const all = ['VP8', 'VP9', 'AV1', 'H264'].map((codec) => collect(track.addVideoEncoder({ ...options, codec })));
  await until(() => {
    source.push(frame);
    return all.every(({ chunks }) => chunks.length >= 3);
  });
  for (const { tap, chunks } of all) {
    tap.close();
    assert.equal(chunks[0].rotation, 90);
    const even = chunks[0].codec === 'H264';
    assert.equal(chunks[0].width, even ? 98 : 99);
    assert.equal(chunks[0].height, even ? 76 : 77);
    assert.equal((await decode(chunks)).length, chunks.length);
  }
});

test('another bitrate shows in what comes', async (t) => {
  const { track } = makeCamera(t, { width: 640, height: 480, frameRate: 30 });
  const got = collect(track.addVideoEncoder({ ...options, bitsPerSecond: 1_500_000 }));
  await until(() => got.chunks.length >= 45);
  got.tap.setBitrate(100_000);
  await until(() => got.chunks.length >= 120);
  got.tap.close();
  const size = (chunks) => chunks.reduce((sum, { data }) => sum + data.byteLength, 0) / chunks.length;
  assert.ok(size(got.chunks.slice(90)) < size(got.chunks.slice(10, 45)) / 2);
});

test('an encoder ends with its track', async (t) => {
  const { camera, track } = makeCamera(t);
  const stopped = track.clone('clone');
  const [one, other] = [track, stopped].map((each) => collect(each.addVideoEncoder(options)));
  await until(() => one.chunks.length > 0 && other.chunks.length > 0);
  stopped.stop();
  await until(() => other.ended === 1);
  assert.equal(one.ended, 0);
  camera.stop();
  await until(() => one.ended === 1);
  const late = collect(stopped.addVideoEncoder(options));
  await until(() => late.ended === 1);
  assert.equal(late.chunks.length, 0);
});

test('what nobody takes is thrown away up to a key frame, and counted', async (t) => {
  const { track } = makeCamera(t, { frameRate: 60 });
  const tap = track.addVideoEncoder({ ...options, maxQueueLength: 5 });
  await until(() => tap.dropped >= 5);
  const got = collect(tap);
  await until(() => got.chunks.length > 10);
  tap.close();
  assert.equal(got.chunks[0].key, true);
  assert.equal(got.chunks[5].key, true, 'the key frame that was asked for');
  assert.equal((await decode(got.chunks)).length, got.chunks.length);
});

test('the wrong kind of track is a TypeError; a local one has nothing encoded', (t) => {
  const { track: video } = makeCamera(t);
  const { track: audio } = makeMicrophone(t);
  assert.throws(() => audio.addVideoEncoder(options), TypeError);
  assert.throws(() => video.addAudioEncoder({ maxQueueLength: 1 }), TypeError);
  assert.equal(video.addEncodedTap({ maxQueueLength: 1 }), null);
  assert.equal(audio.addEncodedTap({ maxQueueLength: 1 }), null);
});

const audioOptions = { maxQueueLength: 1000, codec: 'opus', bitsPerSecond: 64_000, constantBitrate: false };

for (const [sampleRate, channelCount] of [
  [48000, 1],
  [48000, 2],
  [44100, 2],
  [16000, 1],
]) {
  test(`Opus from ${sampleRate} Hz and ${channelCount} channels is the same tone`, async (t) => {
    const { track } = makeMicrophone(t, { sampleRate, channelCount, frequency: 1000 });
    const got = collect(track.addAudioEncoder(audioOptions));
    await until(() => got.chunks.length >= 30);
    got.tap.close();
    checkOrder(got.chunks);
    for (let i = 0; i < got.chunks.length; ++i) {
      const chunk = got.chunks[i];
      assert.equal(chunk.duration, 20_000);
      assert.equal(chunk.key, true);
      assert.equal(chunk.clockRate, 48_000);
      assert.equal(chunk.channelCount, channelCount);
      // Samples are counted: no jitter at all.
      assert.equal(chunk.timestamp, got.chunks[0].timestamp + i * 20_000);
    }
    const samples = await decode(got.chunks);
    assert.ok(Math.abs(samples.length - got.chunks.length * 960) < 960);
    assert.ok(Math.abs(frequencyOf(samples.subarray(4800)) - 1000) < 10);
  });
}

test('a constant bitrate makes packets of one size', async (t) => {
  const { track } = makeMicrophone(t);
  const got = collect(track.addAudioEncoder({ ...audioOptions, constantBitrate: true }));
  await until(() => got.chunks.length >= 15);
  got.tap.setBitrate(24_000);
  await until(() => got.chunks.at(-1).data.byteLength === 60);
  got.tap.close();
  assert.deepEqual(new Set(got.chunks.map(({ data }) => data.byteLength)), new Set([160, 60]));
});

test('a pause of the source is a gap, and nothing else is', async (t) => {
  const source = native.createAudioSource();
  t.after(() => source.stop());
  const track = source.createTrack('t');
  const got = collect(track.addAudioEncoder(audioOptions));
  const second = native.createAudioData(new Int16Array(4800), 's16', 48_000, 4800, 1, 0);
  source.push(second);
  await until(() => got.chunks.length === 5);
  const began = performance.now();
  await until(() => performance.now() - began > 600);
  source.push(second);
  source.push(second);
  await until(() => got.chunks.length === 15);
  got.tap.close();
  const steps = got.chunks.slice(1).map(({ timestamp }, i) => timestamp - got.chunks[i].timestamp);
  assert.ok(steps[4] > 500_000);
  steps.splice(4, 1);
  assert.deepEqual(new Set(steps), new Set([20_000]));
});
