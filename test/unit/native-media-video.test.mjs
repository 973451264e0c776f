// Raw video over the addon itself: what goes into a track comes out of its sinks, unchanged and uncopied.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { native } from './support/native.mjs';

const width = 32;
const height = 16;
const whole = { x: 0, y: 0, width, height };

// Planes of each format: pixels to a sample, and bytes of a sample.
const shapes = {
  I420: [
    [1, 1, 1],
    [2, 2, 1],
    [2, 2, 1],
  ],
  I420A: [
    [1, 1, 1],
    [2, 2, 1],
    [2, 2, 1],
    [1, 1, 1],
  ],
  I422: [
    [1, 1, 1],
    [2, 1, 1],
    [2, 1, 1],
  ],
  I444: [
    [1, 1, 1],
    [1, 1, 1],
    [1, 1, 1],
  ],
  NV12: [
    [1, 1, 1],
    [2, 2, 2],
  ],
  RGBA: [[1, 1, 4]],
  RGBX: [[1, 1, 4]],
  BGRA: [[1, 1, 4]],
  BGRX: [[1, 1, 4]],
};

function layoutOf(format, w = width, h = height) {
  let size = 0;
  const layout = shapes[format].map(([x, y, bytes]) => {
    const stride = Math.ceil(w / x) * bytes;
    const plane = { offset: size, stride };
    size += stride * Math.ceil(h / y);
    return plane;
  });
  return { layout, size };
}

function makeFrame(format, bytes, init = {}) {
  const { layout } = layoutOf(format);
  return native.createVideoFrame(bytes, {
    format,
    codedWidth: width,
    codedHeight: height,
    layout,
    visibleRect: whole,
    timestamp: 0,
    rotation: 0,
    ...init,
  });
}

function copy(frame, format, rect = whole) {
  const { layout, size } = layoutOf(format, rect.width, rect.height);
  const bytes = new Uint8Array(size);
  frame.copyTo(bytes, format, rect, layout);
  return bytes;
}

const noise = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 7919) >> 3);
const grey = (format, value = 126) => new Uint8Array(layoutOf(format).size).fill(value);

/** Collects what a sink gets. */
function listen(track, maxQueueLength = 100) {
  const sink = track.addVideoSink({ maxQueueLength });
  const got = { frames: [], batches: [], ended: 0, sink };
  sink.sink = {
    frames(batch) {
      got.batches.push(batch.length);
      got.frames.push(...batch);
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

before(() => native.holdEventLoop(true));
after(() => native.holdEventLoop(false));

test('every format goes through a frame unchanged', () => {
  for (const format of Object.keys(shapes)) {
    const bytes = noise(layoutOf(format).size);
    const frame = makeFrame(format, bytes, { timestamp: 12_345, rotation: 90 });
    assert.equal(frame.format, format);
    assert.equal(frame.codedWidth, width);
    assert.equal(frame.codedHeight, height);
    assert.equal(frame.timestamp, 12_345);
    assert.equal(frame.rotation, 90);
    assert.equal(frame.rtpTimestamp, null);
    assert.equal(frame.colorSpace, null);
    assert.deepEqual(copy(frame, format), bytes, format);
    frame.close();
  }
});

test('every format converts to every other', () => {
  for (const from of Object.keys(shapes)) {
    for (const to of Object.keys(shapes)) {
      const frame = makeFrame(from, grey(from));
      const bytes = copy(frame, to);
      // Mid grey, as full or limited range, or an alpha channel.
      for (const byte of bytes) {
        assert.ok(Math.abs(byte - 126) <= 4 || byte === 255, `${from} to ${to}: ${byte}`);
      }
      frame.close();
    }
  }
});

test('red stays red in all conversions', () => {
  const pixels = { RGBA: [255, 0, 0, 255], BGRA: [0, 0, 255, 255] };
  for (const [from, pixel] of Object.entries(pixels)) {
    const frame = makeFrame(
      from,
      Uint8Array.from({ length: layoutOf(from).size }, (_, i) => pixel[i % 4]),
    );
    for (const through of ['I420', 'I422', 'I444', 'NV12']) {
      const yuv = makeFrame(through, copy(frame, through));
      for (const to of Object.keys(pixels)) {
        const result = [...copy(yuv, to).subarray(0, 4)];
        for (let i = 0; i < 4; ++i) {
          assert.ok(Math.abs(result[i] - pixels[to][i]) <= 3, `${from}, ${through}, ${to}: ${result}`);
        }
      }
    }
  }
});

test('the colour space chooses the matrix', () => {
  const bytes = new Uint8Array(layoutOf('I444').size);
  const plane = width * height;
  bytes
    .fill(100, 0, plane)
    .fill(90, plane, 2 * plane)
    .fill(200, 2 * plane);
  const colorSpace = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false };
  const frame = makeFrame('I444', bytes, { colorSpace });
  assert.deepEqual(frame.colorSpace, colorSpace);
  const plain = copy(makeFrame('I444', bytes), 'RGBA');
  assert.notDeepEqual(copy(frame, 'RGBA'), plain);
});

test('a part of a frame is copied', () => {
  const bytes = noise(layoutOf('RGBA').size);
  const frame = makeFrame('RGBA', bytes);
  const part = copy(frame, 'RGBA', { x: 4, y: 2, width: 8, height: 4 });
  for (let y = 0; y < 4; ++y) {
    const start = ((y + 2) * width + 4) * 4;
    assert.deepEqual(part.subarray(y * 32, y * 32 + 32), bytes.subarray(start, start + 32));
  }
});

test('what does not fit throws and touches nothing', () => {
  const { layout, size } = layoutOf('I420');
  const init = {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    layout,
    visibleRect: whole,
    timestamp: 0,
    rotation: 0,
  };
  const bytes = new Uint8Array(size);
  for (const [data, wrong] of [
    [bytes.subarray(1), {}],
    [bytes, { codedWidth: 0 }],
    [bytes, { codedWidth: 1e9 }],
    [bytes, { codedHeight: height + 2 }],
    [bytes, { format: 'P010' }],
    [bytes, { layout: layout.slice(1) }],
    [bytes, { layout: layout.map(({ offset }) => ({ offset, stride: 2 ** 31 - 1 })) }],
    [bytes, { layout: layout.map(({ stride }) => ({ offset: 2 ** 53, stride })) }],
    [bytes, { layout: layout.map(({ offset }) => ({ offset, stride: 1 })) }],
    [bytes, { visibleRect: { x: 2, y: 0, width, height } }],
    [bytes, { rotation: 45 }],
    [bytes, { timestamp: NaN }],
    ['text', {}],
    [null, {}],
  ]) {
    assert.throws(() => native.createVideoFrame(data, { ...init, ...wrong }), TypeError);
  }
  const frame = native.createVideoFrame(bytes, init);
  assert.throws(() => frame.copyTo(new Uint8Array(size - 1), 'I420', whole, layout), TypeError);
  assert.throws(() => frame.copyTo(bytes, 'I420', { x: 2, y: 0, width, height }, layout), TypeError);
  assert.throws(() => frame.copyTo(bytes, 'I420', { x: 0, y: 0, width: 0, height }, layout), TypeError);
  assert.throws(() => frame.copyTo(bytes, 'YUY2', whole, layout), TypeError);
});

test('frames are closed, cloned and handed over', () => {
  const bytes = noise(layoutOf('NV12').size);
  const frame = makeFrame('NV12', bytes, { timestamp: 5 });
  const clone = frame.clone(77, { x: 2, y: 2, width: 4, height: 4 });
  assert.equal(clone.timestamp, 77);
  assert.deepEqual(clone.visibleRect, { x: 2, y: 2, width: 4, height: 4 });
  const token = frame.release();
  assert.equal(typeof token, 'bigint');
  assert.equal(frame.codedWidth, width);
  assert.throws(() => copy(frame, 'NV12'), TypeError);
  assert.throws(() => frame.clone(), TypeError);
  assert.throws(() => frame.release(), TypeError);
  frame.close();
  const adopted = native.adoptVideoFrame(token);
  assert.deepEqual(copy(adopted, 'NV12'), bytes);
  assert.throws(() => native.adoptVideoFrame(token), TypeError);
  assert.throws(() => native.adoptVideoFrame(0n), TypeError);
  assert.throws(() => native.adoptVideoFrame(1), TypeError);
  adopted.close();
  adopted.close();
  assert.deepEqual(copy(clone, 'NV12'), bytes);
});

test('a sink gets the frames of its source, many to a call', async () => {
  const source = native.createVideoSource({ isScreencast: false });
  const track = source.createTrack('t');
  const got = listen(track);
  const bytes = noise(layoutOf('RGBA').size);
  const frame = makeFrame('RGBA', bytes);
  for (let i = 0; i < 5; ++i) source.push(frame.clone(i * 1000));
  assert.equal(got.frames.length, 0);
  await until(() => got.frames.length === 5);
  assert.deepEqual(got.batches, [5]);
  assert.deepEqual(
    got.frames.map(({ timestamp }) => timestamp),
    [0, 1000, 2000, 3000, 4000],
  );
  assert.deepEqual(copy(got.frames[3], 'RGBA'), bytes);
  assert.deepEqual(track.videoStatus().width, width);
  source.push(frame);
  source.stop();
  await until(() => got.ended === 1);
  assert.equal(got.frames.length, 6);
  assert.equal(track.state, 'ended');
  source.push(frame);
  await delay(20);
  assert.equal(got.frames.length, 6);
  const late = listen(track);
  await until(() => late.ended === 1);
});

test('a slow sink loses the oldest frames and counts them', async () => {
  const source = native.createVideoSource({ isScreencast: false });
  const got = listen(source.createTrack('t'), 3);
  const frame = makeFrame('I420', grey('I420'));
  for (let i = 0; i < 10; ++i) source.push(frame.clone(i));
  await until(() => got.frames.length === 3);
  assert.deepEqual(
    got.frames.map(({ timestamp }) => timestamp),
    [7, 8, 9],
  );
  assert.equal(got.sink.dropped, 7);
  got.sink.close();
  got.sink.close();
  source.push(frame);
  await delay(20);
  assert.equal(got.frames.length, 3);
});

test('tracks get the visible part, and nothing when they are not enabled', async () => {
  const source = native.createVideoSource({ isScreencast: false });
  const track = source.createTrack('t');
  const got = listen(track);
  const bytes = noise(layoutOf('RGBA').size);
  source.push(makeFrame('RGBA', bytes, { visibleRect: { x: 4, y: 2, width: 8, height: 4 } }));
  track.enabled = false;
  source.push(makeFrame('RGBA', bytes));
  await until(() => got.frames.length === 2);
  assert.equal(got.frames[0].codedWidth, 8);
  assert.equal(got.frames[0].format, 'RGBA');
  assert.deepEqual(
    copy(got.frames[0], 'RGBA', { x: 0, y: 0, width: 8, height: 4 }).subarray(0, 32),
    bytes.subarray((2 * width + 4) * 4, (2 * width + 4) * 4 + 32),
  );
  assert.deepEqual([...copy(got.frames[1], 'RGBA').subarray(0, 4)], [0, 0, 0, 255]);
});

test('what is no frame cannot be pushed', () => {
  const source = native.createVideoSource({ isScreencast: true });
  const frame = makeFrame('I420', grey('I420'));
  for (const wrong of [undefined, {}, source, native.createAudioSource()]) {
    assert.throws(() => source.push(wrong), TypeError);
  }
  frame.close();
  assert.throws(() => source.push(frame), TypeError);
  const camera = native.createSyntheticVideoSource({ width: 16, height: 16, frameRate: 10, pattern: 'camera' });
  assert.throws(() => camera.push(makeFrame('I420', grey('I420'))), TypeError);
  camera.stop();
});

test('a synthetic camera keeps its rate and its picture moves', async () => {
  for (const pattern of ['camera', 'display']) {
    const camera = native.createSyntheticVideoSource({ width: 320, height: 240, frameRate: 50, pattern });
    const got = listen(camera.createTrack('c'), 1000);
    await until(() => got.frames.length >= 25);
    camera.stop();
    await until(() => got.ended === 1);
    const { frames } = got;
    for (let i = 1; i < frames.length; ++i) {
      // Planned times: they drift from their raster by no more than the rounding.
      const step = (frames[i].timestamp - frames[0].timestamp) / 20_000;
      assert.ok(Math.abs(step - Math.round(step)) < 0.001, `${step}`);
    }
    const rect = { x: 0, y: 0, width: 320, height: 240 };
    assert.notDeepEqual(copy(frames[0], 'I420', rect), copy(frames[1], 'I420', rect));
  }
});

test('a synthetic camera of any size draws within its picture, and changes it', async () => {
  const camera = native.createSyntheticVideoSource({ width: 1, height: 1, frameRate: 200, pattern: 'camera' });
  const got = listen(camera.createTrack('c'), 1000);
  for (const [w, h] of [
    [1, 1],
    [3, 2],
    [17, 401],
    [640, 1],
    [123, 77],
    [1280, 720],
  ]) {
    camera.setFormat({ width: w, height: h, frameRate: w % 2 ? 200 : 100 });
    await until(() => {
      const last = got.frames.at(-1);
      return last?.codedWidth === w && last.codedHeight === h;
    });
  }
  camera.stop();
});

test('there may be no camera, but then none opens', () => {
  assert.ok(Array.isArray(native.listCameras()));
  assert.throws(() => native.openCamera('no such camera', { width: 640, height: 480, frameRate: 30 }), {
    type: 'INTERNAL_ERROR',
  });
});
