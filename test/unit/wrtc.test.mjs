// The layer for code written for `wrtc`: what it adds to the standard's classes, and where it is better than wrtc.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as library from 'node-libwebrtc';
import wrtc, { MediaStream, RTCPeerConnection, nonstandard } from 'node-libwebrtc/wrtc';

const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource, i420ToRgba, rgbaToI420 } = nonstandard;

test('every world gets the same objects', () => {
  const commonjs = createRequire(import.meta.url)('node-libwebrtc/wrtc');
  assert.equal(commonjs.RTCPeerConnection, RTCPeerConnection);
  assert.equal(commonjs.default, wrtc);
  for (const name of ['RTCDataChannel', 'RTCIceCandidate', 'RTCRtpSender', 'MediaStreamTrack', 'mediaDevices']) {
    assert.equal(wrtc[name], library[name], name);
  }
});

test('portRange and sdpSemantics are taken, shown and kept', (t) => {
  const connection = new RTCPeerConnection({ portRange: { min: 40_000, max: 41_000 }, sdpSemantics: 'unified-plan' });
  t.after(() => connection.close());
  assert.ok(connection instanceof library.RTCPeerConnection);
  const configuration = connection.getConfiguration();
  assert.deepEqual(configuration.portRange, { min: 40_000, max: 41_000 });
  assert.equal(configuration.sdpSemantics, 'unified-plan');
  assert.ok(!('node' in configuration));
  connection.setConfiguration({ ...configuration, iceTransportPolicy: 'relay' });
  assert.equal(connection.getConfiguration().iceTransportPolicy, 'relay');
  assert.throws(() => connection.setConfiguration({ portRange: { min: 1, max: 2 } }), {
    name: 'InvalidModificationError',
  });
  assert.throws(() => new RTCPeerConnection({ sdpSemantics: 'plan-b' }), TypeError);
  assert.throws(() => new RTCPeerConnection({ sdpSemantics: 'plan-c' }), TypeError);
});

test('a stream can be given its id, and every stream is an instance', () => {
  const stream = new MediaStream({ id: 'given' });
  assert.equal(stream.id, 'given');
  assert.ok(stream instanceof MediaStream);
  assert.ok(new library.MediaStream() instanceof MediaStream);
  assert.ok(new MediaStream(stream) instanceof library.MediaStream);
  assert.throws(() => new MediaStream(5), TypeError);
});

test('a view of a buffer is taken as a view', async () => {
  const source = new RTCAudioSource();
  const track = source.createTrack();
  const sink = new RTCAudioSink(track);
  const heard = new Promise((resolve) => sink.addEventListener('data', resolve, { once: true }));
  const memory = Int16Array.from({ length: 960 }, (_, index) => index);
  source.onData({ samples: memory.subarray(480), sampleRate: 48_000 });
  const event = await heard;
  assert.ok(event instanceof Event);
  assert.equal(event.target, sink);
  assert.deepEqual([...event.samples], [...memory.subarray(480)]);
  track.stop();
  // A sink goes with its track, and says `stopped` when it has been told to.
  assert.equal(sink.stopped, false);
  sink.stop();
  sink.stop();
  assert.equal(sink.stopped, true);
});

test('rotation and odd sizes are kept', async () => {
  const source = new RTCVideoSource({ isScreencast: true });
  const track = source.createTrack();
  const sink = new RTCVideoSink(track);
  const shown = new Promise((resolve) => (sink.onframe = ({ frame }) => resolve(frame)));
  const data = Uint8ClampedArray.from({ length: 15 + 2 * 6 }, (_, index) => index * 9);
  source.onFrame({ width: 5, height: 3, data, rotation: 90 });
  const frame = await shown;
  assert.deepEqual({ ...frame, data: [...frame.data] }, { width: 5, height: 3, rotation: 90, data: [...data] });
  for (const rotation of [45, -90, '90', NaN]) {
    assert.throws(() => source.onFrame({ width: 5, height: 3, data, rotation }), TypeError);
  }
  for (const frame of [
    { width: -1, height: 3, data },
    { width: 5, height: 3, data: data.subarray(1) },
    { width: 2 ** 20, height: 2 ** 20, data },
    { width: NaN, height: 3, data },
    { width: 0, height: 0, data: new Uint8Array(0) },
  ]) {
    assert.throws(() => source.onFrame(frame), TypeError);
  }
  sink.stop();
  track.stop();
});

test('the conversions are inverse to each other for greys', () => {
  const [width, height] = [6, 4];
  const grey = { width, height, data: new Uint8ClampedArray(width * height * 4).fill(100) };
  const i420 = { width, height, data: new Uint8Array((width * height * 3) / 2) };
  const back = { width, height, data: new Uint8ClampedArray(width * height * 4) };
  rgbaToI420(grey, i420);
  i420ToRgba(i420, back);
  for (let at = 0; at < back.data.length; at += 4) {
    for (let colour = 0; colour < 3; colour++) assert.ok(Math.abs(back.data[at + colour] - 100) <= 2);
    assert.equal(back.data[at + 3], 255);
  }
});
