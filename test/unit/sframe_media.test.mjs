// SFrameTransform as the transform of senders and receivers: who has the key sees and hears, nobody else does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AudioSink,
  MediaStream,
  RTCEncodedAudioFrame,
  RTCEncodedVideoFrame,
  RTCRtpSender,
  SFrameTransform,
  mediaDevices,
} from 'node-libwebrtc';
import { makePair, negotiate, once } from './support/pair.mjs';
import { camera, counters } from './support/pictures.mjs';

const baseKey = (fill) =>
  crypto.subtle.importKey('raw', new Uint8Array(16).fill(fill), 'HKDF', false, ['deriveBits', 'deriveKey']);

async function sframe(fill, options) {
  const transform = new SFrameTransform(options);
  if (fill !== undefined) await transform.setEncryptionKey(await baseKey(fill), 3);
  return transform;
}

/** A connection that sends a track, through transforms on both sides if they are given. */
async function send(t, track, { sending = null, receiving = null, codec } = {}) {
  const pair = makePair(t);
  const transceiver = pair.a.addTransceiver(track, { direction: 'sendonly', streams: [new MediaStream()] });
  if (codec) {
    const { codecs } = RTCRtpSender.getCapabilities(track.kind);
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === `${track.kind}/${codec}`));
  }
  transceiver.sender.transform = sending;
  pair.b.ontrack = ({ receiver }) => (receiver.transform = receiving);
  await negotiate(pair);
  return { ...pair, sender: transceiver.sender, receiver: pair.b.getReceivers()[0] };
}

async function statsOf(target, type) {
  for (const entry of (await target.getStats()).values()) if (entry.type === type) return entry;
  return undefined;
}

/** Waits until statistics say so. */
async function until(target, type, holds) {
  for (;;) {
    const entry = await statsOf(target, type);
    if (entry !== undefined && holds(entry)) return entry;
    await wait(50);
  }
}

for (const [codec, cipherSuite] of [
  ['VP8', 'AES_128_CTR_HMAC_SHA256_80'],
  ['VP9', 'AES_256_GCM_SHA512_128'],
]) {
  test(`pictures in ${codec} go from end to end`, { timeout: 60_000 }, async (t) => {
    const [sending, receiving] = await Promise.all([sframe(1, { cipherSuite }), sframe(1, { cipherSuite })]);
    receiving.onerror = ({ errorType }) => assert.fail(errorType);
    const { receiver } = await send(t, camera(t), { sending, receiving, codec });
    const seen = [];
    for await (const counter of counters(receiver.track)) if (seen.push(counter) === 20) break;
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  });
}

test('without the key there is nothing to see, with it there is', { timeout: 60_000 }, async (t) => {
  const [sending, receiving] = [await sframe(1), await sframe(2)];
  const { receiver } = await send(t, camera(t), { sending, receiving });
  for (const expected of ['authentication', 'authentication', 'authentication']) {
    const { errorType, keyID, frame } = await once(receiving, 'error');
    assert.equal(errorType, expected);
    assert.equal(keyID, null);
    assert.ok(frame instanceof RTCEncodedVideoFrame);
    assert.equal(frame.getMetadata().mimeType, 'video/VP8');
    assert.equal((new Uint8Array(frame.data)[0] >> 4) & 7, 3, 'the key id in the header');
  }
  assert.equal((await statsOf(receiver, 'inbound-rtp')).framesDecoded, 0);
  await receiving.setEncryptionKey(await baseKey(1), 3);
  let count = 0;
  for await (const _ of counters(receiver.track)) if (++count === 5) break;

  // A key of another id, set at one end first.
  const missing = once(receiving, 'error');
  await sending.setEncryptionKey(await baseKey(4), 4);
  const { errorType, keyID } = await missing;
  assert.deepEqual([errorType, keyID], ['keyID', 4]);
  await receiving.setEncryptionKey(await baseKey(4), 4);
  count = 0;
  for await (const _ of counters(receiver.track)) if (++count === 5) break;
});

test('a receiver without a transform decodes nothing of what is encrypted', { timeout: 60_000 }, async (t) => {
  const { receiver } = await send(t, camera(t), { sending: await sframe(1) });
  const { framesDecoded } = await until(receiver, 'inbound-rtp', ({ framesReceived }) => framesReceived > 20);
  assert.equal(framesDecoded, 0);
});

test('nothing leaves a sender before it has a key', { timeout: 60_000 }, async (t) => {
  const [sending, receiving] = [new SFrameTransform(), await sframe(1)];
  const { sender, receiver } = await send(t, camera(t), { sending, receiving });
  const { packetsSent } = await until(sender, 'outbound-rtp', ({ framesEncoded }) => framesEncoded > 10);
  assert.equal(packetsSent, 0);
  await sending.setEncryptionKey(await baseKey(1), 3);
  let count = 0;
  for await (const _ of counters(receiver.track)) if (++count === 5) break;
});

test('of a codec without a payload format for it, nothing is sent', { timeout: 60_000 }, async (t) => {
  const { sender } = await send(t, camera(t), { sending: await sframe(1), codec: 'H264' });
  const { packetsSent } = await until(sender, 'outbound-rtp', ({ framesEncoded }) => framesEncoded > 10);
  assert.equal(packetsSent, 0);
});

test('sound goes from end to end', { timeout: 60_000 }, async (t) => {
  const stream = await mediaDevices.getUserMedia({ audio: true });
  const [track] = stream.getAudioTracks();
  t.after(() => track.stop());
  const [sending, receiving] = [await sframe(1), await sframe(2)];
  const { receiver } = await send(t, track, { sending, receiving });
  const { errorType, frame } = await once(receiving, 'error');
  assert.equal(errorType, 'authentication');
  assert.ok(frame instanceof RTCEncodedAudioFrame);
  let loudest = 0;
  const sink = new AudioSink(receiver.track, (data) => {
    const samples = new Int16Array(data.allocationSize({ planeIndex: 0, format: 's16' }) / 2);
    data.copyTo(samples, { planeIndex: 0, format: 's16' });
    data.close();
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
  });
  t.after(() => sink.close());
  await until(receiver, 'inbound-rtp', ({ packetsReceived }) => packetsReceived > 50);
  assert.equal(loudest, 0);
  await receiving.setEncryptionKey(await baseKey(1), 3);
  while (loudest < 1000) await wait(20);
});

test('a transform is that of one sender or receiver, or a pair of streams', async (t) => {
  const { a } = makePair(t);
  const [one, other] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
  const transform = new SFrameTransform();
  assert.equal(transform.readable.locked, false);
  one.sender.transform = transform;
  assert.equal(one.sender.transform, transform);
  one.sender.transform = transform;
  assert.ok(transform.readable.locked && transform.writable.locked);
  const used = { name: 'InvalidStateError' };
  assert.throws(() => (other.sender.transform = transform), used);
  assert.throws(() => (one.receiver.transform = transform), used);
  one.sender.transform = null;
  assert.ok(transform.readable.locked && transform.writable.locked);
  assert.throws(() => (one.sender.transform = transform), used);
  const streams = new SFrameTransform();
  streams.readable.getReader();
  assert.throws(() => (one.sender.transform = streams), used);
});
