// VideoFrame and AudioData: what is in them comes out of them again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { AudioData, VideoColorSpace, VideoFrame, adoptMedia, releaseMedia } from 'node-libwebrtc';

const size = { codedWidth: 6, codedHeight: 4 };
const bytesOf = {
  I420: 24 + 2 * 6,
  I420A: 2 * 24 + 2 * 6,
  I422: 24 + 2 * 12,
  I444: 3 * 24,
  NV12: 24 + 12,
  RGBA: 96,
  RGBX: 96,
  BGRA: 96,
  BGRX: 96,
};

/** Distinct bytes. */
const pattern = (length) => Uint8Array.from({ length }, (_, i) => (i * 7 + 13) % 256);

for (const [format, length] of Object.entries(bytesOf)) {
  test(`${format}: planes go in and come out unchanged`, async () => {
    const data = pattern(length);
    const frame = new VideoFrame(data, { format, ...size, timestamp: 1234, duration: 10 });
    assert.equal(frame.format, format);
    assert.equal(frame.allocationSize(), length);
    const copy = new Uint8Array(length);
    const layout = await frame.copyTo(copy);
    const opaque = format.endsWith('X');
    // What stands for nothing need not be kept.
    const seen = (bytes) => bytes.filter((_, i) => !opaque || i % 4 !== 3);
    assert.deepEqual(seen(copy), seen(data));
    assert.equal(layout[0].offset, 0);
    frame.close();
  });
}

test('a layout with gaps, and a rectangle', async () => {
  const data = new Uint8Array(200);
  const layout = [
    { offset: 10, stride: 10 },
    { offset: 60, stride: 5 },
    { offset: 80, stride: 7 },
  ];
  for (let y = 0; y < 4; y++) for (let x = 0; x < 6; x++) data[10 + y * 10 + x] = 10 * y + x;
  for (let y = 0; y < 2; y++) {
    for (let x = 0; x < 3; x++) {
      data[60 + y * 5 + x] = 100 + 10 * y + x;
      data[80 + y * 7 + x] = 200 + 10 * y + x;
    }
  }
  const frame = new VideoFrame(data, { format: 'I420', ...size, timestamp: 0, layout });
  const rect = { x: 2, y: 2, width: 4, height: 2 };
  assert.equal(frame.allocationSize({ rect }), 12);
  const part = new Uint8Array(12);
  assert.deepEqual(await frame.copyTo(part, { rect }), [
    { offset: 0, stride: 4 },
    { offset: 8, stride: 2 },
    { offset: 10, stride: 2 },
  ]);
  assert.deepEqual([...part], [22, 23, 24, 25, 32, 33, 34, 35, 111, 112, 211, 212]);
  frame.close();
});

test('conversion gives the same colours', async () => {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
    [0, 0, 0],
    [128, 128, 128],
  ];
  for (const [red, green, blue] of colours) {
    const rgba = new Uint8Array(16 * 16 * 4);
    for (let i = 0; i < rgba.length; i += 4) rgba.set([red, green, blue, 255], i);
    const frame = new VideoFrame(rgba, { format: 'RGBA', codedWidth: 16, codedHeight: 16, timestamp: 0 });
    const bgra = new Uint8Array(rgba.length);
    await frame.copyTo(bgra, { format: 'BGRA' });
    assert.deepEqual([...bgra.subarray(0, 4)], [blue, green, red, 255]);
    const yuv = new Uint8Array(frame.allocationSize({ format: 'I420' }));
    await frame.copyTo(yuv, { format: 'I420' });
    const colorSpace = { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false };
    const init = { format: 'I420', codedWidth: 16, codedHeight: 16, timestamp: 0, colorSpace };
    const back = new VideoFrame(yuv, init);
    const out = new Uint8Array(rgba.length);
    await back.copyTo(out, { format: 'RGBA' });
    const found = [...out.subarray(4 * 100, 4 * 100 + 3)];
    for (const [i, value] of [red, green, blue].entries()) {
      assert.ok(Math.abs(found[i] - value) <= 5, `${[red, green, blue]} became ${found}`);
    }
    frame.close();
    back.close();
  }
});

test('a frame of a frame: time, part, turn; a clone; a closed frame', async () => {
  const init = { format: 'I444', ...size, timestamp: 5, duration: 7, rotation: 90, displayWidth: 12, displayHeight: 8 };
  const frame = new VideoFrame(pattern(72), { ...init, visibleRect: { x: 1, y: 1, width: 4, height: 2 } });
  assert.deepEqual([frame.displayWidth, frame.displayHeight, frame.rotation, frame.duration], [12, 8, 90, 7]);
  const clone = frame.clone();
  const other = new VideoFrame(frame, { timestamp: 6, rotation: 90, visibleRect: { x: 2, y: 2, width: 2, height: 2 } });
  frame.close();
  frame.close();
  assert.deepEqual(
    [frame.format, frame.codedWidth, frame.codedRect, frame.visibleRect, frame.displayWidth, frame.timestamp],
    [null, 0, null, null, 0, 5],
  );
  assert.throws(() => frame.clone(), { name: 'InvalidStateError' });
  assert.throws(() => frame.allocationSize(), { name: 'InvalidStateError' });
  await assert.rejects(frame.copyTo(new Uint8Array(100)), { name: 'InvalidStateError' });
  assert.throws(() => new VideoFrame(frame), { name: 'InvalidStateError' });

  assert.deepEqual([clone.timestamp, clone.duration, clone.displayWidth, clone.visibleRect.width], [5, 7, 12, 4]);
  assert.deepEqual([other.timestamp, other.rotation, other.visibleRect.x, other.displayWidth], [6, 180, 2, 2]);
  const data = new Uint8Array(12);
  await other.copyTo(data);
  const luma = pattern(72);
  assert.deepEqual([...data.subarray(0, 4)], [luma[14], luma[15], luma[20], luma[21]]);
  clone.close();
  other.close();
});

test('what does not fit is a TypeError', () => {
  const good = { format: 'I420', codedWidth: 4, codedHeight: 4, timestamp: 0 };
  const make = (init, length = 24) => new VideoFrame(new Uint8Array(length), { ...good, ...init });
  make({}).close();
  const bad = [
    [{}, 23],
    [{ codedWidth: 0 }],
    [{ codedHeight: 2 ** 31 }],
    [{ format: 'I999' }],
    [{ layout: [{ offset: 0, stride: 4 }] }],
    [{ visibleRect: { x: 1, y: 0, width: 2, height: 2 } }],
    [{ visibleRect: { x: 0, y: 0, width: 6, height: 2 } }],
    [{ visibleRect: { x: 0, y: 0, width: Infinity, height: 2 } }],
    [{ displayWidth: 4 }],
  ];
  for (const [init, length] of bad) assert.throws(() => make(init, length), TypeError, JSON.stringify(init));
  assert.throws(() => new VideoFrame(), TypeError);
  assert.throws(() => new VideoFrame({}), TypeError);
});

test('buffers to transfer are detached; shared memory is read and written', async () => {
  const data = pattern(24).buffer;
  const init = { format: 'I420', codedWidth: 4, codedHeight: 4, timestamp: 0 };
  const frame = new VideoFrame(data, { ...init, transfer: [data] });
  assert.equal(data.byteLength, 0);
  assert.throws(() => new VideoFrame(data, init), { name: 'DataCloneError' });
  const shared = new SharedArrayBuffer(24);
  await frame.copyTo(shared);
  assert.deepEqual(new Uint8Array(shared), pattern(24));
  const again = new VideoFrame(shared, init);
  const out = new Uint8Array(24);
  await again.copyTo(out);
  assert.deepEqual(out, pattern(24));
  frame.close();
  again.close();
});

test('metadata are kept, copied and replaced', () => {
  const init = { format: 'I420', ...size, timestamp: 0 };
  const plain = new VideoFrame(pattern(36), init);
  assert.deepEqual(plain.metadata(), {});
  const metadata = { rtpTimestamp: 90_000, captureTime: 1.5, receiveTime: 2.5, unknown: 1 };
  const frame = new VideoFrame(pattern(36), { ...init, metadata });
  const known = { rtpTimestamp: 90_000, captureTime: 1.5, receiveTime: 2.5 };
  assert.deepEqual(frame.metadata(), known);
  frame.metadata().rtpTimestamp = 1;
  const clone = frame.clone();
  assert.deepEqual(clone.metadata(), known);
  const same = new VideoFrame(frame, { timestamp: 1 });
  assert.deepEqual(same.metadata(), known);
  const other = new VideoFrame(frame, { metadata: { captureTime: 3 } });
  assert.deepEqual(other.metadata(), { captureTime: 3 });
  for (const one of [plain, frame, clone, same, other]) one.close();
  assert.throws(() => frame.metadata(), { name: 'InvalidStateError' });
});

test('colour spaces', () => {
  const rgb = new VideoFrame(pattern(96), { format: 'RGBA', ...size, timestamp: 0 });
  assert.deepEqual(rgb.colorSpace.toJSON(), {
    primaries: 'bt709',
    transfer: 'iec61966-2-1',
    matrix: 'rgb',
    fullRange: true,
  });
  const colorSpace = { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: false };
  const hdr = new VideoFrame(pattern(36), { format: 'I420', ...size, timestamp: 0, colorSpace });
  assert.deepEqual(hdr.colorSpace.toJSON(), colorSpace);
  assert.equal(new VideoColorSpace().primaries, null);
  assert.throws(() => new VideoColorSpace({ matrix: 'x' }), TypeError);
  rgb.close();
  hdr.close();
});

const formats = { u8: Uint8Array, s16: Int16Array, s32: Int32Array, f32: Float32Array };

for (const [sample, Type] of Object.entries(formats)) {
  test(`AudioData: ${sample}, interleaved and planar`, () => {
    const frames = 48;
    const value = (channel, i) => Math.sin(i / 5 + channel);
    const scale = { u8: (v) => 128 + 127 * v, s16: (v) => 32767 * v, s32: (v) => 2147483000 * v, f32: (v) => v }[
      sample
    ];
    const interleaved = new Type(2 * frames);
    for (let i = 0; i < frames; i++) {
      for (const channel of [0, 1]) interleaved[2 * i + channel] = scale(value(channel, i));
    }
    const init = { sampleRate: 48000, numberOfFrames: frames, numberOfChannels: 2, timestamp: 77 };
    const data = new AudioData({ ...init, format: sample, data: interleaved });
    assert.deepEqual([data.format, data.duration, data.timestamp], [sample, 1000, 77]);
    const copy = new Type(2 * frames);
    data.copyTo(copy, { planeIndex: 0 });
    assert.deepEqual(copy, interleaved);
    const plane = new Float32Array(20);
    assert.equal(data.allocationSize({ planeIndex: 1, format: 'f32-planar', frameOffset: 10, frameCount: 20 }), 80);
    data.copyTo(plane, { planeIndex: 1, format: 'f32-planar', frameOffset: 10, frameCount: 20 });
    for (let i = 0; i < 20; i++) {
      assert.ok(Math.abs(plane[i] - value(1, i + 10)) < 0.02, `${plane[i]} is not ${value(1, i + 10)}`);
    }
    data.close();
  });
}

test('AudioData: what does not fit, and closing', () => {
  const init = { format: 'f32-planar', sampleRate: 8000, numberOfFrames: 4, numberOfChannels: 2, timestamp: 0 };
  const data = new AudioData({ ...init, data: new Float32Array(8) });
  assert.throws(() => data.copyTo(new Uint8Array(100), { planeIndex: 2 }), RangeError);
  assert.throws(() => data.copyTo(new Uint8Array(100), { planeIndex: 0, frameOffset: 4 }), RangeError);
  assert.throws(() => data.copyTo(new Uint8Array(100), { planeIndex: 0, frameCount: 5 }), RangeError);
  assert.throws(() => data.copyTo(new Uint8Array(15), { planeIndex: 0 }), RangeError);
  assert.throws(() => data.copyTo(new Uint8Array(16), {}), TypeError);
  assert.throws(() => new AudioData({ ...init, data: new Float32Array(7) }), TypeError);
  assert.throws(() => new AudioData({ ...init, numberOfFrames: 0, data: new Float32Array(8) }), TypeError);
  data.close();
  assert.deepEqual([data.format, data.numberOfFrames, data.duration], [null, 0, 0]);
  assert.throws(() => data.clone(), { name: 'InvalidStateError' });
});

test('frames and samples go to a worker and come back', { timeout: 20_000 }, async () => {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const { adoptMedia, releaseMedia } = require('node-libwebrtc');
     parentPort.on('message', (message) => {
       const media = adoptMedia(message);
       const copy = media.clone();
       media.close();
       parentPort.postMessage(releaseMedia(copy));
     });`,
    { eval: true },
  );
  const back = (message) => {
    worker.postMessage(message);
    return new Promise((resolve) => worker.once('message', resolve));
  };
  try {
    const init = {
      format: 'I420',
      ...size,
      timestamp: 3,
      duration: 4,
      visibleRect: { x: 2, y: 0, width: 4, height: 4 },
    };
    const frame = new VideoFrame(pattern(36), init);
    const released = releaseMedia(frame);
    assert.equal(frame.format, null);
    const returned = adoptMedia(await back(released));
    assert.deepEqual([returned.timestamp, returned.duration, returned.visibleRect.x], [3, 4, 2]);
    const out = new Uint8Array(36);
    await returned.copyTo(out, { rect: { x: 0, y: 0, width: 6, height: 4 } });
    assert.deepEqual(out, pattern(36));
    returned.close();
    assert.throws(() => adoptMedia(released), TypeError);

    const samples = Int16Array.from({ length: 10 }, (_, i) => i * 100);
    const numbers = { sampleRate: 8000, numberOfFrames: 10, numberOfChannels: 1, timestamp: 9 };
    const sound = adoptMedia(await back(releaseMedia(new AudioData({ ...numbers, format: 's16', data: samples }))));
    const heard = new Int16Array(10);
    sound.copyTo(heard, { planeIndex: 0 });
    assert.deepEqual(heard, samples);
    sound.close();
  } finally {
    await worker.terminate();
  }
});
