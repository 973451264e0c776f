// MediaRecorder: states, events and errors, and what is in the parts that it gives.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AudioSource,
  BlobEvent,
  ErrorEvent,
  MediaRecorder,
  MediaStream,
  VideoFrame,
  VideoSource,
} from 'node-libwebrtc';
import {
  assertDecodes,
  devices,
  directory,
  loudness,
  once,
  packets,
  pictures,
  probe,
  samples,
} from './support/recorded.mjs';

const TYPES = ['start', 'stop', 'dataavailable', 'pause', 'resume', 'error'];

/** The types of the events of a recorder, as they come. */
function log(recorder) {
  const types = [];
  for (const type of TYPES) recorder.addEventListener(type, (event) => types.push(event.type));
  return types;
}

/** Keeps the parts of a recorder; `save` writes them into a file. */
function keep(t, recorder) {
  const parts = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  return {
    parts,
    async save() {
      const file = join(await directory(t), 'recording');
      await writeFile(file, Buffer.from(await new Blob(parts).arrayBuffer()));
      return file;
    },
  };
}

/** Records for so many milliseconds of media, and gives the file. */
async function record(t, stream, options, milliseconds, during = async () => {}) {
  const recorder = new MediaRecorder(stream, options);
  const { save } = keep(t, recorder);
  recorder.start(100);
  while ((recorder.statistics?.duration ?? 0) * 1000 < milliseconds / 2) await wait(20);
  await during(recorder);
  while (recorder.statistics.duration * 1000 < milliseconds) await wait(20);
  recorder.stop();
  await once(recorder, 'stop');
  return { file: await save(), statistics: recorder.statistics };
}

test('a recording begins, pauses, goes on and ends', async (t) => {
  const recorder = new MediaRecorder(await devices(t));
  const types = log(recorder);
  assert.equal(recorder.state, 'inactive');
  assert.equal(recorder.statistics, null);
  for (const method of ['pause', 'resume', 'requestData']) {
    assert.throws(() => recorder[method](), { name: 'InvalidStateError' });
  }
  recorder.stop();
  recorder.start();
  assert.equal(recorder.state, 'recording');
  assert.equal(recorder.mimeType, '');
  assert.throws(() => recorder.start(), { name: 'InvalidStateError' });
  const start = await once(recorder, 'start');
  assert.equal(start.isTrusted, true);
  assert.equal(recorder.mimeType, 'video/webm;codecs=vp8,opus');
  recorder.pause();
  recorder.pause();
  assert.equal(recorder.state, 'paused');
  await once(recorder, 'pause');
  recorder.resume();
  recorder.resume();
  assert.equal(recorder.state, 'recording');
  await once(recorder, 'resume');
  recorder.stop();
  assert.equal(recorder.state, 'inactive');
  assert.equal(recorder.mimeType, '');
  recorder.stop();
  const event = await once(recorder, 'dataavailable');
  assert.ok(event instanceof BlobEvent);
  assert.ok(event.data instanceof Blob);
  assert.ok(event.data.size > 0);
  assert.equal(event.data.type, 'video/webm;codecs=vp8,opus');
  await once(recorder, 'stop');
  assert.deepEqual(types, ['start', 'pause', 'resume', 'dataavailable', 'stop']);
  // And once more.
  recorder.start();
  await once(recorder, 'start');
  recorder.stop();
  await once(recorder, 'stop');
});

test('parts come as often as they are asked for, and follow each other', async (t) => {
  const recorder = new MediaRecorder(await devices(t));
  const codes = [];
  recorder.addEventListener('dataavailable', ({ timecode }) => codes.push(timecode));
  const { parts, save } = keep(t, recorder);
  recorder.start(200);
  while (parts.length < 5) await once(recorder, 'dataavailable');
  const before = parts.length;
  recorder.requestData();
  while (parts.length === before) await once(recorder, 'dataavailable');
  recorder.stop();
  await once(recorder, 'stop');
  assert.equal(codes[0], 0);
  for (let i = 1; i < codes.length; i++) assert.ok(codes[i] >= codes[i - 1]);
  const file = await save();
  await assertDecodes(file);
  const { video, audio } = await probe(file);
  const { tracks, bytes } = recorder.statistics;
  assert.deepEqual([audio.frames, video.frames], [tracks[0].frames, tracks[1].frames]);
  assert.equal(bytes, new Blob(parts).size);
});

for (const [mimeType, name, tag] of [
  ['video/webm;codecs=vp8,opus', 'vp8'],
  ['video/webm;codecs=vp9,opus', 'vp9'],
  ['video/webm;codecs=av1,opus', 'av1'],
  ['video/x-matroska;codecs=avc1,opus', 'h264'],
  ['video/mp4;codecs=avc1.42E01F,opus', 'h264', 'avc1'],
  ['video/mp4;codecs=avc3.42E01F,opus', 'h264', 'avc3'],
  ['video/mp4;codecs=vp9,opus', 'vp9', 'vp09'],
  ['video/mp4;codecs=av01,opus', 'av1', 'av01'],
]) {
  test(`${mimeType} is what it says`, async (t) => {
    const { file, statistics } = await record(t, await devices(t), { mimeType }, 1500);
    assert.equal(statistics.mimeType, mimeType);
    const { video, audio, complaints } = await probe(file);
    assert.equal(complaints, '');
    assert.deepEqual([video.codec_name, video.width, video.height], [name, 320, 180]);
    assert.deepEqual([audio.codec_name, audio.channels], ['opus', 2]);
    if (tag !== undefined) assert.equal(video.codec_tag_string, tag);
    for (const track of statistics.tracks) assert.equal(track.mode, 'encoded');
    assert.equal(video.frames, statistics.tracks.find(({ kind }) => kind === 'video').frames);
    await assertDecodes(file);
    // The microphone's tone.
    const sound = (await samples(file)).subarray(24_000, 48_000);
    assert.ok(loudness(sound, 440) > 10 * loudness(sound, 1000));
  });
}

test('sound alone, in both containers', async (t) => {
  for (const mimeType of ['audio/webm;codecs=opus', 'audio/mp4;codecs=opus']) {
    const { file } = await record(t, await devices(t, { audio: true }), { mimeType }, 600);
    const { audio, video } = await probe(file);
    assert.equal(video, undefined);
    assert.ok(audio.frames >= 25);
    await assertDecodes(file);
  }
});

test('what is disabled is black and silent', async (t) => {
  const stream = await devices(t);
  for (const track of stream.getTracks()) track.enabled = false;
  const { file } = await record(t, stream, {}, 800);
  const shown = await pictures(file, { width: 32, height: 18 });
  assert.ok(shown.length > 0);
  for (const picture of shown) assert.ok(picture.every((level) => level < 24));
  assert.ok((await samples(file)).every((sample) => Math.abs(sample) < 0.001));
});

test('a pause is left out, of both tracks', async (t) => {
  const stream = await devices(t);
  const begun = performance.now();
  let paused = 0;
  const { file, statistics } = await record(t, stream, {}, 2000, async (recorder) => {
    const from = performance.now();
    recorder.pause();
    await wait(1500);
    recorder.resume();
    paused = performance.now() - from;
  });
  // Timers of a busy machine are late: all that has passed is the most that can have been recorded, but for the length
  // of the last picture.
  const most = (performance.now() - begun - paused) / 1000 + 0.2;
  assert.ok(statistics.duration <= most, `${statistics.duration} of ${most}`);
  await assertDecodes(file);
  // Pictures begin again with one that can be decoded, soon after the sound.
  const [video, audio] = [await packets(file, 'v'), await packets(file, 'a')];
  const last = (list) => list.at(-1).time;
  // With the pause in one of them they would be one and a half seconds apart.
  assert.ok(Math.abs(last(video) - last(audio)) < 0.7, `${last(video)} s, ${last(audio)} s`);
  assert.ok(video.filter(({ key }) => key).length >= 2);
});

test('it ends with its tracks', async (t) => {
  const stream = await devices(t);
  const recorder = new MediaRecorder(stream);
  const types = log(recorder);
  recorder.start();
  await once(recorder, 'start');
  const [audio, video] = stream.getTracks();
  audio.stop();
  await wait(50);
  assert.equal(recorder.state, 'recording');
  video.stop();
  assert.equal(recorder.state, 'recording');
  await once(recorder, 'stop');
  assert.equal(recorder.state, 'inactive');
  assert.deepEqual(types, ['start', 'dataavailable', 'stop']);
  assert.throws(() => recorder.start(), { name: 'NotSupportedError' });
});

test('a stream whose tracks change cannot be recorded further', async (t) => {
  for (const change of ['addTrack', 'removeTrack']) {
    const stream = await devices(t);
    const [audio, video] = stream.getTracks();
    if (change === 'addTrack') stream.removeTrack(audio);
    const recorder = new MediaRecorder(stream);
    const types = log(recorder);
    recorder.start();
    stream[change](change === 'addTrack' ? audio : video);
    const { error, ...event } = await once(recorder, 'error').then((event) => {
      // The global one where there is one: Node.js 26 has it.
      assert.ok(event instanceof (globalThis.ErrorEvent ?? ErrorEvent));
      assert.equal(recorder.state, 'inactive');
      return { error: event.error, isTrusted: event.isTrusted };
    });
    assert.equal(event.isTrusted, true);
    assert.equal(error.name, 'InvalidModificationError');
    await once(recorder, 'stop');
    assert.deepEqual(types, ['start', 'error', 'dataavailable', 'stop']);
  }
});

test('a stream without media is recorded as such', async () => {
  const stream = new MediaStream([new VideoSource().createTrack(), new AudioSource().createTrack()]);
  const recorder = new MediaRecorder(stream);
  const types = log(recorder);
  recorder.start();
  recorder.stop();
  const { data } = await once(recorder, 'dataavailable');
  assert.equal(data.size, 0);
  await once(recorder, 'stop');
  assert.deepEqual(types, ['start', 'dataavailable', 'stop']);
});

test('a track that begins late is where it belongs', async (t) => {
  const [microphone] = (await devices(t, { audio: true })).getTracks();
  const source = new VideoSource();
  const camera = source.createTrack();
  const recorder = new MediaRecorder(new MediaStream([microphone, camera]));
  const { save } = keep(t, recorder);
  recorder.start(100);
  while ((recorder.statistics?.tracks[0].lastTime ?? 0) < 3) await wait(20);
  const before = recorder.statistics.tracks[0].lastTime;
  const pixels = new Uint8Array((320 * 180 * 3) / 2).fill(128);
  for (let i = 0; i < 30; i++) {
    const init = { format: 'I420', codedWidth: 320, codedHeight: 180, timestamp: Math.round(performance.now() * 1000) };
    const frame = new VideoFrame(pixels, init);
    source.push(frame);
    frame.close();
    await wait(30);
  }
  recorder.stop();
  await once(recorder, 'stop');
  const file = await save();
  await assertDecodes(file);
  const [first] = await packets(file, 'v');
  assert.ok(first.key);
  assert.ok(first.time > before && first.time < before + 1.5, `${first.time} after ${before}`);
});

test('the size of the picture may change', async (t) => {
  for (const mimeType of ['video/webm;codecs=vp8', 'video/x-matroska;codecs=avc1', 'video/mp4;codecs=avc3']) {
    const source = new VideoSource();
    const recorder = new MediaRecorder(new MediaStream([source.createTrack()]), { mimeType });
    const { save } = keep(t, recorder);
    recorder.start();
    for (const [width, height] of [
      [320, 180],
      [640, 360],
      [160, 120],
    ]) {
      const pixels = new Uint8Array((width * height * 3) / 2).fill(100);
      for (let i = 0; i < 15; i++) {
        const timestamp = Math.round(performance.now() * 1000);
        const frame = new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
        source.push(frame);
        frame.close();
        await wait(30);
      }
    }
    recorder.stop();
    await once(recorder, 'stop');
    const [video] = recorder.statistics.tracks;
    assert.deepEqual(
      video.resolutions.map(({ width, height }) => [width, height]),
      [
        [320, 180],
        [640, 360],
        [160, 120],
      ],
      mimeType,
    );
    const file = await save();
    await assertDecodes(file);
    assert.equal((await probe(file)).video.frames, video.frames);
  }
});

/** A camera whose pictures are as hard to encode as its grain. */
function grainyCamera(t) {
  const [width, height] = [320, 180];
  const source = new VideoSource();
  const pixels = Array.from({ length: 8 }, (_, index) =>
    Uint8Array.from({ length: width * height * 1.5 }, (__, at) =>
      at < width * height ? 100 + ((at * (index + 7) * 31) % 37) : 128,
    ),
  );
  let count = 0;
  const timer = setInterval(() => {
    const timestamp = Math.round(performance.now() * 1000);
    const init = { format: 'I420', codedWidth: width, codedHeight: height, timestamp };
    const frame = new VideoFrame(pixels[count++ % pixels.length], init);
    source.push(frame);
    frame.close();
  }, 50);
  t.after(() => clearInterval(timer));
  return source.createTrack();
}

test('as much is encoded as is asked for', async (t) => {
  const of = async (options) => {
    const [microphone] = (await devices(t, { audio: true })).getTracks();
    const { statistics } = await record(t, new MediaStream([microphone, grainyCamera(t)]), options, 3000);
    return Object.fromEntries(statistics.tracks.map(({ kind, bytes, lastTime }) => [kind, (bytes * 8) / lastTime]));
  };
  const [low, high, sum] = await Promise.all([
    of({ videoBitsPerSecond: 100_000, audioBitsPerSecond: 12_000, audioBitrateMode: 'constant' }),
    of({ videoBitsPerSecond: 1_000_000, audioBitsPerSecond: 96_000, audioBitrateMode: 'constant' }),
    of({ bitsPerSecond: 400_000 }),
  ]);
  assert.ok(Math.abs(low.audio - 12_000) < 2000, `${low.audio} bit/s`);
  assert.ok(Math.abs(high.audio - 96_000) < 10_000, `${high.audio} bit/s`);
  assert.ok(high.video > 2 * low.video, `${low.video} and ${high.video} bit/s`);
  assert.ok(sum.video > low.video && sum.video < high.video, `${sum.video} bit/s`);
});

test('key frames come as often as they are asked for', async (t) => {
  for (const options of [{ videoKeyFrameIntervalDuration: 300 }, { videoKeyFrameIntervalCount: 9 }]) {
    const stream = await devices(t, { video: { width: 320, height: 180 } });
    const { file } = await record(t, stream, options, 2000);
    const keys = (await packets(file, 'v')).filter(({ key }) => key).map(({ time }) => time);
    assert.ok(keys.length >= 5, `${keys}`);
    for (let i = 1; i < keys.length; i++) assert.ok(keys[i] - keys[i - 1] < 0.5, `${keys}`);
  }
});
