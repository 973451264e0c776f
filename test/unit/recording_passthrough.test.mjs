// Recording what remote peers send as it comes: nothing is decoded, and what else happens to the tracks does no harm.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { MediaStream, RTCRtpSender, VideoSink, recordToFile } from 'node-libwebrtc';
import { makePair, negotiate } from './support/pair.mjs';
import { assertDecodes, devices, directory, loudness, packets, pictures, probe, samples } from './support/recorded.mjs';

const codecsOf = (name) =>
  RTCRtpSender.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === `video/${name}`);

/** A connection whose second end receives the synthetic devices, the picture in this codec. */
async function receive(t, codec) {
  const { a, b } = makePair(t);
  const stream = await devices(t);
  for (const track of stream.getTracks()) a.addTrack(track, stream);
  const [, video] = a.getTransceivers();
  video.setCodecPreferences(codecsOf(codec));
  await negotiate({ a, b });
  return { a, b, video, received: new MediaStream(b.getReceivers().map(({ track }) => track)) };
}

async function framesDecoded(connection) {
  const report = await connection.getStats();
  return [...report.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video').framesDecoded;
}

const recorded = async (recording, seconds) => {
  while (recording.duration < seconds) await wait(20);
};
const trackOf = (result, wanted) => result.tracks.find(({ kind }) => kind === wanted);

for (const [codec, extension, name, mimeType] of [
  ['VP8', 'webm', 'vp8', 'video/webm;codecs=vp8,opus'],
  ['VP9', 'webm', 'vp9', 'video/webm;codecs=vp9,opus'],
  ['AV1', 'mp4', 'av1', 'video/mp4;codecs=av01,opus'],
  ['H264', 'mp4', 'h264', 'video/mp4;codecs=avc1,opus'],
  ['H264', 'mkv', 'h264', 'video/x-matroska;codecs=avc1,opus'],
]) {
  test(`${codec} and Opus go into a .${extension} file as they come`, async (t) => {
    // Not between the connection and the recording: what comes there is decoded.
    const home = await directory(t);
    const { b, received } = await receive(t, codec);
    const path = join(home, `recording.${extension}`);
    const recording = recordToFile(received, path);
    // What came before there was a recorder has been decoded.
    await recorded(recording, 0.5);
    const before = await framesDecoded(b);
    await recorded(recording, 2.5);
    // Before its end, after which pictures are decoded again.
    assert.equal(await framesDecoded(b), before);
    const result = await recording.stop();
    assert.equal(result.error, null);
    assert.equal(result.mimeType, mimeType);
    for (const { mode, modeChanges } of result.tracks) assert.deepEqual([mode, modeChanges], ['passthrough', 0]);
    const { video, audio, complaints } = await probe(path);
    assert.equal(complaints, '');
    assert.equal(video.codec_name, name);
    assert.equal(video.frames, trackOf(result, 'video').frames);
    assert.equal(audio.frames, trackOf(result, 'audio').frames);
    await assertDecodes(path);
    const sound = (await samples(path)).subarray(48_000, 96_000);
    assert.ok(loudness(sound, 440) > 10 * loudness(sound, 1000));
    // Sound has the distances of its ticks, to the millisecond that files count in; a busy machine may lose some.
    const times = (await packets(path, 'a')).map(({ time }) => time);
    for (let i = 1; i < times.length; i++) {
      const ticks = (times[i] - times[i - 1]) / 0.02;
      assert.ok(ticks > 0.5 && Math.abs(ticks - Math.round(ticks)) < 0.075, `${ticks} ticks`);
    }
  });
}

test('who wants pictures gets them beside a recording', async (t) => {
  const { b, received } = await receive(t, 'VP8');
  const path = join(await directory(t), 'recording.webm');
  const recording = recordToFile(received, path);
  await recorded(recording, 1);
  let seen = 0;
  const sink = new VideoSink(received.getVideoTracks()[0], (frame) => {
    seen++;
    frame.close();
  });
  while (seen < 10) await wait(20);
  sink.close();
  const result = await recording.stop();
  assert.equal(trackOf(result, 'video').mode, 'passthrough');
  assert.ok((await framesDecoded(b)) >= 10);
  await assertDecodes(path);
});

test('a codec that does not fit is encoded', async (t) => {
  const { received } = await receive(t, 'VP8');
  const path = join(await directory(t), 'recording.mp4');
  const recording = recordToFile(received, path, { mimeType: 'video/mp4;codecs=avc1.42E01F,opus' });
  await recorded(recording, 2);
  const result = await recording.stop();
  assert.deepEqual([trackOf(result, 'video').mode, trackOf(result, 'audio').mode], ['encoded', 'passthrough']);
  assert.equal((await probe(path)).video.codec_name, 'h264');
  await assertDecodes(path);
});

test('a peer that changes its codec is encoded from there on', async (t) => {
  const { a, b, video, received } = await receive(t, 'VP8');
  const path = join(await directory(t), 'recording.webm');
  const recording = recordToFile(received, path);
  await recorded(recording, 1.5);
  video.setCodecPreferences(codecsOf('VP9'));
  await negotiate({ a, b });
  while (trackOf(recording.statistics, 'video').mode !== 'encoded') await wait(20);
  await recorded(recording, recording.duration + 2);
  const result = await recording.stop();
  assert.equal(result.error, null);
  assert.equal(trackOf(result, 'video').modeChanges, 1);
  const found = await probe(path);
  assert.equal(found.video.codec_name, 'vp8');
  assert.equal(found.video.frames, trackOf(result, 'video').frames);
  await assertDecodes(path);
});

test('what is disabled is not recorded, though it comes', async (t) => {
  const { received } = await receive(t, 'VP8');
  const path = join(await directory(t), 'recording.webm');
  for (const track of received.getTracks()) track.enabled = false;
  const recording = recordToFile(received, path);
  await recorded(recording, 1.5);
  const result = await recording.stop();
  for (const { mode } of result.tracks) assert.equal(mode, 'encoded');
  const shown = await pictures(path, { width: 32, height: 18 });
  assert.ok(shown.length > 0);
  for (const picture of shown) assert.ok(picture.every((level) => level < 24));
  assert.ok((await samples(path)).every((sample) => Math.abs(sample) < 0.001));
});
