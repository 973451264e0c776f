// Encoded media from a receiver to senders of other connections: what comes out at the end is what went in, and nobody
// between has decoded or encoded anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AudioSink, EncodedForwarding, MediaStream, RTCRtpSender, forwardEncoded, mediaDevices } from 'node-libwebrtc';
import { makePair, negotiate } from './support/pair.mjs';
import { camera, counters } from './support/pictures.mjs';

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
    // Once the publisher's first key frame is over, another one has to be asked for.
    const published = counters(receiver.track);
    await published.next();
    await published.return();
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

test('nothing is encoded or decoded between', { timeout: 60_000 }, async (t) => {
  const { receiver } = await publish(t, camera(t));
  const viewer = await view(t, 'video');
  const forwarding = forwardEncoded(receiver, viewer.sender);
  const seen = counters(viewer.track);
  for (let i = 0; i < 20; i++) await seen.next();
  await seen.return();
  const { framesEncoded, keyFramesEncoded, framesSent, totalEncodeTime } = await statsOf(viewer.sender, 'outbound-rtp');
  assert.equal(framesEncoded, 0);
  assert.equal(keyFramesEncoded, 0);
  assert.ok(framesSent > 0 && totalEncodeTime < 1);
  const { framesReceived, framesDecoded } = await statsOf(receiver, 'inbound-rtp');
  // Some were decoded before anything was forwarded.
  assert.ok(framesReceived >= 20 && framesDecoded <= 5, `${framesDecoded} of ${framesReceived} decoded`);
  forwarding.stop();
});

test(
  'viewers that come later begin with a key frame, and one that goes disturbs nobody',
  { timeout: 60_000 },
  async (t) => {
    const { receiver, publisher } = await publish(t, camera(t));
    const early = await view(t, 'video');
    const one = forwardEncoded(receiver, early.sender);
    const pictures = counters(early.track);
    for (let i = 0; i < 10; i++) await pictures.next();

    const viewers = await Promise.all([1, 2, 3].map(() => view(t, 'video')));
    const others = viewers.map(({ sender }) => forwardEncoded(receiver, sender));
    await Promise.all(
      viewers.map(async ({ track }) => {
        let count = 0;
        for await (const _ of counters(track)) if (++count === 10) break;
      }),
    );
    const { value: before } = await pictures.next();
    for (const forwarding of others) forwarding.stop();
    let last = before;
    for (let i = 0; i < 10; i++) {
      const { value } = await pictures.next();
      assert.ok(value > last);
      last = value;
    }
    await pictures.return();
    // Requests are for all viewers together.
    const { keyFramesEncoded } = await statsOf(publisher.sender, 'outbound-rtp');
    assert.ok(keyFramesEncoded >= 2 && keyFramesEncoded <= 12, `${keyFramesEncoded} key frames`);
    one.stop();
  },
);

test('a sender goes on with another source, and with its own track again', { timeout: 60_000 }, async (t) => {
  const first = await publish(t, camera(t, 0));
  const second = await publish(t, camera(t, 20_000));
  const viewer = await view(t, 'video');
  const own = camera(t, 40_000);
  await viewer.sender.replaceTrack(own);
  const pictures = counters(viewer.track);
  const from = async (number) => {
    for await (const counter of { [Symbol.asyncIterator]: () => ({ next: () => pictures.next() }) }) {
      if (counter >= number && counter < number + 10_000) return;
    }
  };
  await from(40_000);
  const one = forwardEncoded(first.receiver, viewer.sender);
  assert.equal(viewer.sender.track, own);
  await from(0);
  const two = forwardEncoded(second.receiver, viewer.sender);
  assert.equal(await one.ended, 'replaced');
  await from(20_000);
  two.stop();
  await from(40_000);
  const three = forwardEncoded(first.receiver, viewer.sender);
  await from(0);
  await viewer.sender.replaceTrack(own);
  assert.equal(await three.ended, 'replaced');
  await from(40_000);
  await pictures.return();
});

test('sound comes through unchanged, and goes on when the source changes', { timeout: 60_000 }, async (t) => {
  const tone = async () => {
    const stream = await mediaDevices.getUserMedia({ audio: true });
    t.after(() => stream.getTracks().forEach((track) => track.stop()));
    return (await publish(t, stream.getAudioTracks()[0])).receiver;
  };
  const viewer = await view(t, 'audio');
  const listen = () =>
    new Promise((resolve) => {
      let loud = 0;
      const sink = new AudioSink(viewer.track, (data) => {
        const samples = new Int16Array(data.numberOfFrames * data.numberOfChannels);
        data.copyTo(samples, { planeIndex: 0, format: 's16' });
        data.close();
        if (samples.some((sample) => Math.abs(sample) > 1000) && ++loud === 50) {
          sink.close();
          resolve();
        }
      });
    });
  const one = forwardEncoded(await tone(), viewer.sender);
  await listen();
  const two = forwardEncoded(await tone(), viewer.sender);
  assert.equal(await one.ended, 'replaced');
  await listen();
  const { frames, bytes, dropped } = two.statistics;
  assert.ok(frames > 0 && bytes > 0);
  assert.equal(dropped, 0);
  two.stop();
  const inbound = await statsOf(viewer.b.getReceivers()[0], 'inbound-rtp');
  assert.ok(inbound.packetsReceived >= frames);
});

test('a forwarding ends with its receiver or its sender', { timeout: 60_000 }, async (t) => {
  const publishing = await publish(t, camera(t));
  const viewers = [await view(t, 'video'), await view(t, 'video')];
  const [one, two] = viewers.map(({ sender }) => forwardEncoded(publishing.receiver, sender));
  viewers[0].a.close();
  assert.equal(await one.ended, 'sender-ended');
  publishing.b.close();
  assert.equal(await two.ended, 'receiver-ended');
  for (const forwarding of [one, two]) {
    forwarding.stop();
    assert.equal(typeof forwarding.statistics.frames, 'number');
  }
  assert.throws(() => forwardEncoded(publishing.receiver, viewers[1].sender), { name: 'InvalidStateError' });
});

test('what cannot be forwarded is refused before anything is sent', { timeout: 60_000 }, async (t) => {
  const publishing = await publish(t, camera(t), 'VP8');
  const other = await view(t, 'video', 'H264');
  assert.throws(() => forwardEncoded(publishing.receiver, other.sender), { name: 'NotSupportedError' });
  const sound = await view(t, 'audio');
  assert.throws(() => forwardEncoded(publishing.receiver, sound.sender), TypeError);
  assert.throws(() => forwardEncoded({}, sound.sender), TypeError);
  assert.throws(() => forwardEncoded(publishing.receiver), TypeError);
  const { a } = makePair(t);
  const { sender } = a.addTransceiver('video');
  assert.throws(() => forwardEncoded(publishing.receiver, sender), { name: 'InvalidStateError' });
  assert.throws(() => new EncodedForwarding(), TypeError);
});
