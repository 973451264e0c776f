// Media between two connections: tracks unmute with the first packet, and report what they receive.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { mediaDevices } from 'node-libwebrtc';
import { makePair, negotiate, once } from './support/pair.mjs';

async function devices(t, constraints) {
  const stream = await mediaDevices.getUserMedia(constraints);
  t.after(() => stream.getTracks().forEach((track) => track.stop()));
  return stream;
}

test('a received track is muted while nothing comes', async (t) => {
  const { a, b } = makePair(t);
  const stream = await devices(t, { audio: true, video: { width: 160, height: 120 } });
  for (const track of stream.getTracks()) a.addTrack(track, stream);
  const unmuted = [];
  b.ontrack = ({ track }) => {
    assert.equal(track.muted, true);
    unmuted.push(once(track, 'unmute'));
  };
  await negotiate({ a, b });
  await Promise.all(unmuted);
  const { track } = b.getReceivers()[1];
  assert.equal(track.muted, false);

  const [, video] = a.getTransceivers();
  const muted = once(track, 'mute');
  video.direction = 'inactive';
  await negotiate({ a, b });
  await muted;
  const again = once(track, 'unmute');
  video.direction = 'sendonly';
  await negotiate({ a, b });
  await again;
});

test('a receiver names the sources of what it plays', async (t) => {
  const { a, b } = makePair(t);
  const stream = await devices(t, { audio: true });
  a.addTrack(stream.getAudioTracks()[0], stream);
  await negotiate({ a, b });
  const [receiver] = b.getReceivers();
  while (receiver.getSynchronizationSources().length === 0) await wait(20);
  const [source] = receiver.getSynchronizationSources();
  assert.ok(Math.abs(source.timestamp - Date.now()) < 5000);
  assert.ok(source.source > 0 && source.rtpTimestamp >= 0);
  assert.ok(source.audioLevel >= 0 && source.audioLevel <= 1);
  assert.deepEqual(receiver.getContributingSources(), []);
});
