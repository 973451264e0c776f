// Encoded media from a receiver to senders of other connections: what comes out at the end is what went in, and nobody
// between has decoded or encoded anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EncodedForwarding,
  MediaStream,
  MediaStreamTrackProcessor,
  RTCRtpSender,
  VideoFrame,
  VideoSource,
  forwardEncoded,
  mediaDevices,
} from 'node-libwebrtc';
import { paint, readCounter } from '../interop/support/media_content.mjs';
import { makePair, negotiate } from './support/pair.mjs';

const [WIDTH, HEIGHT] = [320, 240];

/** Pictures with a counter, from `first` on, until the test ends. */
function camera(t, first = 0) {
  const source = new VideoSource();
  const track = source.createTrack();
  let counter = first;
  const timer = setInterval(() => {
    const frame = new VideoFrame(paint(counter++ & 0xffff, WIDTH, HEIGHT), {
      format: 'RGBA',
      codedWidth: WIDTH,
      codedHeight: HEIGHT,
      timestamp: Math.round(performance.now() * 1000),
    });
    source.push(frame);
    frame.close();
  }, 33);
  t.after(() => {
    clearInterval(timer);
    track.stop();
  });
  return track;
}

/** The counters of pictures that a track gives, as they come. */
async function* counters(track) {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  try {
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done) return;
      const { codedWidth, codedHeight } = frame;
      const pixels = new Uint8Array(codedWidth * codedHeight * 4);
      await frame.copyTo(pixels, { format: 'RGBA' });
      frame.close();
      const counter = readCounter(pixels, codedWidth, codedHeight);
      if (counter !== null) yield counter;
    }
  } finally {
    await reader.cancel();
  }
}

async function statsOf(sender, type) {
  for (const entry of (await sender.getStats()).values()) if (entry.type === type) return entry;
  return undefined;
}

const codec = (kind, name) => RTCRtpSender.getCapabilities(kind).codecs.filter((c) => c.mimeType === `${kind}/${name}`);

/** A publisher's connection with a track, as the other end sees it. */
async function publish(t, track, mimeType) {
  const pair = makePair(t);
  const transceiver = pair.a.addTransceiver(track, { direction: 'sendonly', streams: [new MediaStream()] });
  if (mimeType) transceiver.setCodecPreferences(codec(track.kind, mimeType));
  await negotiate(pair);
  return { ...pair, receiver: pair.b.getReceivers()[0], publisher: transceiver };
}

/** A viewer's connection, before anything is sent. */
async function view(t, kind, mimeType) {
  const pair = makePair(t);
  const transceiver = pair.a.addTransceiver(kind, { direction: 'sendonly', streams: [new MediaStream()] });
  if (mimeType) transceiver.setCodecPreferences(codec(kind, mimeType));
  await negotiate(pair);
  return { ...pair, sender: transceiver.sender, track: pair.b.getReceivers()[0].track };
}

for (const name of ['VP8', 'VP9', 'AV1', 'H264']) {
  test(`${name} pictures come through unchanged`, { timeout: 60_000 }, async (t) => {
    const { receiver } = await publish(t, camera(t), name);
    const viewer = await view(t, 'video', name);
    const forwarding = forwardEncoded(receiver, viewer.sender);
    assert.ok(forwarding instanceof EncodedForwarding);
    assert.equal(forwarding.receiver, receiver);
    assert.equal(forwarding.sender, viewer.sender);
    const seen = [];
    for await (const counter of counters(viewer.track)) {
      seen.push(counter);
      if (seen.length === 40) break;
    }
    assert.ok(
      seen.every((counter, i) => i === 0 || counter > seen[i - 1]),
      `in order: ${seen}`,
    );
    const { frames, bytes, keyFramesRequested } = forwarding.statistics;
    assert.ok(frames >= 40 && bytes > 1000 && keyFramesRequested >= 1, JSON.stringify(forwarding.statistics));
    const outbound = await statsOf(viewer.sender, 'outbound-rtp');
    assert.equal(outbound.encoderImplementation, 'forwarding');
    forwarding.stop();
    assert.equal(await forwarding.ended, 'stopped');
  });
}
