// Displays, what tracks of devices count, and the limits of the synthetic devices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CaptureController,
  MediaStreamTrackAudioStats,
  MediaStreamTrackVideoStats,
  VideoSource,
  mediaDevices,
  registerDevice,
} from 'node-libwebrtc';
import { collect, samplesOf, share } from './support/raw_media.mjs';

const timeout = 20_000;

test('displays of the application: kinds of surfaces, and a controller', { timeout }, async (t) => {
  const open = () => new VideoSource({ isScreencast: true });
  const formats = [{ width: 640, height: 480, frameRate: 30 }];
  const screen = registerDevice({ kind: 'display', label: 'Screen 1', formats, cursor: 'always', open });
  const editor = registerDevice({ kind: 'display', label: 'Editor', formats, displaySurface: 'window', open });
  t.after(() => {
    screen.unregister();
    editor.unregister();
  });
  const capture = async (options) => {
    const stream = await mediaDevices.getDisplayMedia(options);
    const [track] = stream.getTracks();
    const { displaySurface, logicalSurface, cursor } = track.getSettings();
    const seen = [track.label, displaySurface, logicalSurface, cursor];
    assert.equal(track.getCapabilities().displaySurface, displaySurface);
    return { track, seen };
  };
  const controller = new CaptureController();
  controller.setFocusBehavior('no-focus-change');
  const results = [
    await capture({ video: { displaySurface: 'window' }, controller }),
    await capture({ video: true }),
    await capture({ video: { displaySurface: 'browser' } }),
    await capture({ monitorTypeSurfaces: 'exclude' }),
  ];
  assert.deepEqual(
    results.map(({ seen }) => seen),
    [
      ['Editor', 'window', true, 'never'],
      ['Screen 1', 'monitor', true, 'always'],
      ['Screen 1', 'monitor', true, 'always'],
      ['Editor', 'window', true, 'never'],
    ],
  );
  assert.equal(mediaDevices.getSupportedConstraints().displaySurface, true);

  const invalid = { name: 'InvalidStateError' };
  await new Promise((resolve) => setImmediate(resolve));
  assert.throws(() => controller.setFocusBehavior('no-focus-change'), invalid);
  assert.throws(() => controller.setFocusBehavior('something'), TypeError);
  await assert.rejects(mediaDevices.getDisplayMedia({ controller }), invalid);
  const inTime = new CaptureController();
  const { track } = await capture({ video: { displaySurface: 'window' }, controller: inTime });
  inTime.setFocusBehavior('focus-captured-surface');
  const ofScreen = new CaptureController();
  results.push(await capture({ controller: ofScreen }));
  assert.throws(() => ofScreen.setFocusBehavior('focus-captured-surface'), invalid);
  for (const wrong of [
    { controller: {} },
    { monitorTypeSurfaces: 'exclude', video: { displaySurface: 'monitor' } },
    { systemAudio: 'loud' },
  ]) {
    await assert.rejects(mediaDevices.getDisplayMedia(wrong), TypeError);
  }
  for (const { track: one } of [...results, { track }]) one.stop();
  editor.unregister();
  await assert.rejects(mediaDevices.getDisplayMedia({ monitorTypeSurfaces: 'exclude' }), { name: 'NotFoundError' });
});

test('a camera of 4K at 60, and microphones of all rates and numbers of channels', { timeout }, async () => {
  const most = { width: { exact: 3840 }, height: { exact: 2160 }, frameRate: { exact: 60 } };
  const stream = await mediaDevices.getUserMedia({ video: most });
  const [camera] = stream.getTracks();
  const { width, height, frameRate } = camera.getSettings();
  assert.deepEqual([width, height, frameRate], [3840, 2160, 60]);
  const frames = await collect(camera, 3);
  for (const frame of frames) assert.deepEqual([frame.codedWidth, frame.codedHeight], [3840, 2160]);
  // A busy machine may leave frames out, but it gives none twice, and each at its time.
  const steps = frames.slice(1).map(({ timestamp }, i) => ((timestamp - frames[i].timestamp) * 60) / 1e6);
  for (const step of steps) assert.ok(step > 0.9 && Math.abs(step - Math.round(step)) < 0.1, `${step} frames`);
  for (const frame of frames) frame.close();
  camera.stop();
  for (const [sampleRate, channelCount] of [
    [8000, 1],
    [11_000, 3],
    [22_100, 6],
    [44_100, 2],
    [96_000, 8],
  ]) {
    const audio = { sampleRate: { exact: sampleRate }, channelCount: { exact: channelCount } };
    const [microphone] = (await mediaDevices.getUserMedia({ audio })).getTracks();
    const blocks = await collect(microphone, 20);
    const [{ numberOfChannels, numberOfFrames }] = blocks;
    assert.deepEqual(
      [blocks[0].sampleRate, numberOfChannels, numberOfFrames],
      [sampleRate, channelCount, sampleRate / 100],
    );
    for (const channel of [0, channelCount - 1]) assert.ok(share(samplesOf(blocks, channel), 440, sampleRate) > 0.98);
    for (const block of blocks) block.close();
    microphone.stop();
  }
});

test('tracks of devices count what they give', { timeout }, async () => {
  const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120, frameRate: 30 } });
  const [sound] = stream.getAudioTracks();
  const [picture] = stream.getVideoTracks();
  const until = async (isSo) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  assert.ok(picture.stats instanceof MediaStreamTrackVideoStats);
  assert.equal(picture.stats, picture.stats);
  await until(() => picture.stats.deliveredFrames > 3);
  const { discardedFrames, deliveredFrames, totalFrames } = picture.stats.toJSON();
  assert.deepEqual([discardedFrames, totalFrames], [0, deliveredFrames]);
  await picture.applyConstraints({ frameRate: { exact: 10 } });
  await until(() => picture.stats.discardedFrames > 3);
  const clone = picture.clone();
  assert.ok(clone.stats.totalFrames < picture.stats.totalFrames);

  assert.ok(sound.stats instanceof MediaStreamTrackAudioStats);
  await until(() => sound.stats.totalFramesDuration >= 100);
  const counted = sound.stats.toJSON();
  assert.equal(counted.totalFrames, (counted.totalFramesDuration / 1000) * sound.getSettings().sampleRate);
  assert.deepEqual(
    [counted.deliveredFrames, counted.deliveredFramesDuration],
    [counted.totalFrames, counted.totalFramesDuration],
  );
  for (const name of ['latency', 'averageLatency', 'minimumLatency', 'maximumLatency']) {
    assert.ok(Math.abs(counted[name] - 10) < 1e-6, `${name} ${counted[name]}`);
  }
  sound.stats.resetLatency();
  assert.ok(Math.abs(sound.stats.averageLatency - 10) < 1e-6);
  // Off, a track counts nothing.
  sound.enabled = false;
  await until(() => sound.stats.latency > 0);
  const still = sound.stats.totalFrames;
  await until(() => picture.stats.deliveredFrames > deliveredFrames + 5);
  assert.equal(sound.stats.totalFrames, still);
  assert.equal(new VideoSource().createTrack().stats, null);
  for (const track of [picture, clone, sound]) track.stop();
});
