// Encoded transforms: frames go through a worker of node:worker_threads on their way.
import assert from 'node:assert/strict';
import { once as emitted } from 'node:events';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { RTCEncodedVideoFrame, RTCRtpScriptTransform, mediaDevices, workerScope } from 'node-libwebrtc';
import { loopback, makePair, negotiate } from './support/pair.mjs';

function startWorker(t) {
  const worker = new Worker(new URL('./support/transform_worker.mjs', import.meta.url));
  t.after(() => worker.terminate());
  return worker;
}

/** A transform, and the port that its worker has the other end of. */
function transformWith(t, worker, mode) {
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  return { transform: new RTCRtpScriptTransform(worker, { mode, port: port2 }, [port2]), port: port1 };
}

const next = async (port) => (await emitted(port, 'message'))[0];

async function capture(t, constraints = { video: { width: 160, height: 120, frameRate: 30 } }) {
  const stream = await mediaDevices.getUserMedia(constraints);
  t.after(() => stream.getTracks().forEach((track) => track.stop()));
  return stream;
}

/** A connection that sends the stream's first track, through transforms if they are given. */
async function send(t, stream, { sending, receiving, configuration } = {}) {
  const pair = makePair(t, configuration);
  const [track] = stream.getTracks();
  const sender = pair.a.addTrack(track, stream);
  if (sending) sender.transform = sending;
  if (receiving) pair.b.ontrack = ({ receiver }) => (receiver.transform = receiving);
  await negotiate(pair);
  return { ...pair, sender, receiver: pair.b.getReceivers()[0] };
}

/** Waits until the receiver has decoded pictures beyond those that it has now. */
async function decodes(receiver) {
  const decoded = async () => {
    for (const entry of (await receiver.getStats()).values()) {
      if (entry.type === 'inbound-rtp') return entry.framesDecoded ?? 0;
    }
    return 0;
  };
  const before = await decoded();
  while ((await decoded()) < before + 5) await wait(50);
}

test('there is no worker scope in the main thread', () => {
  assert.equal(workerScope, null);
});

test('pictures go through workers on both sides', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t);
  const sending = new RTCRtpScriptTransform(worker, { mode: 'invert' });
  const receiving = new RTCRtpScriptTransform(startWorker(t), { mode: 'invert' });
  const { sender, receiver, b } = await send(t, stream, { sending, receiving });
  assert.equal(sender.transform, sending);
  assert.equal(receiver.transform, receiving);
  await decodes(receiver);
  b.close();
});

test('a worker sees frames as they are, and writing takes them away', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t);
  const { transform, port } = transformWith(t, worker, 'report');
  const { a } = await send(t, stream, { sending: transform });
  const seen = await next(port);
  assert.equal(seen.name, 'RTCEncodedVideoFrame');
  assert.equal(seen.type, 'key');
  assert.ok(seen.byteLength > 0);
  assert.equal(seen.after, 0);
  const { metadata } = seen;
  assert.equal(metadata.mimeType, 'video/VP8');
  assert.equal(metadata.width, 160);
  assert.equal(metadata.height, 120);
  assert.ok(metadata.synchronizationSource > 0);
  assert.ok(metadata.payloadType > 0);
  assert.deepEqual(metadata.contributingSources, []);
  assert.ok(Number.isInteger(metadata.rtpTimestamp));
  assert.ok(metadata.captureTime > 0);
  assert.equal(seen.afterMetadata.width, 160);
  assert.equal(seen.afterMetadata.rtpTimestamp, undefined);
  a.close();
  for (let message = await next(port); message !== 'done'; message = await next(port));
});

test('sound goes through a worker', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t, { audio: true });
  const { transform, port } = transformWith(t, worker, 'report');
  const { receiver, b } = await send(t, stream, { receiving: transform });
  const seen = await next(port);
  assert.equal(seen.name, 'RTCEncodedAudioFrame');
  assert.equal(seen.metadata.mimeType, 'audio/opus');
  assert.ok(Number.isInteger(seen.metadata.sequenceNumber));
  assert.ok(seen.metadata.receiveTime > 0);
  assert.equal(receiver.transform, transform);
  receiver.transform = null;
  assert.equal(receiver.transform, null);
  for (let message = await next(port); message !== 'done'; message = await next(port));
  b.close();
});

test('key frames come when a transformer asks for them', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t);
  const sending = transformWith(t, worker, 'obey');
  const receiving = transformWith(t, worker, 'obey');
  const { a, sender, receiver } = await send(t, stream, {
    sending: sending.transform,
    receiving: receiving.transform,
  });
  const call = async ({ port }, method, argument) => {
    port.postMessage({ method, argument });
    return next(port);
  };
  await decodes(receiver);
  const first = await call(sending, 'generateKeyFrame');
  assert.ok(first.value > 0);
  const second = await call(sending, 'generateKeyFrame');
  assert.notEqual(second.value, first.value);
  assert.deepEqual(await call(sending, 'generateKeyFrame', 'no-rid'), { error: 'NotAllowedError' });
  assert.deepEqual(await call(sending, 'generateKeyFrame', 'unknown'), { error: 'NotFoundError' });
  assert.deepEqual(await call(receiving, 'generateKeyFrame'), { error: 'InvalidStateError' });
  assert.deepEqual(await call(receiving, 'sendKeyFrameRequest'), { value: undefined });
  assert.deepEqual(await call(sending, 'sendKeyFrameRequest'), { error: 'InvalidStateError' });
  await sender.generateKeyFrame();
  await assert.rejects(sender.generateKeyFrame(['unknown']), { name: 'NotFoundError' });
  await assert.rejects(sender.generateKeyFrame(['?']), { name: 'NotAllowedError' });
  sender.transform = null;
  assert.deepEqual(await call(sending, 'generateKeyFrame'), { error: 'InvalidStateError' });
  a.close();
  await assert.rejects(sender.generateKeyFrame(), { name: 'InvalidStateError' });
});

test('a transform belongs to one sender or receiver', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const { a } = makePair(t);
  const [one, other] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
  const transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
  one.sender.transform = transform;
  one.sender.transform = transform;
  const used = { name: 'InvalidStateError' };
  assert.throws(() => (one.receiver.transform = transform), used);
  assert.throws(() => (other.sender.transform = transform), used);
  one.sender.transform = null;
  assert.throws(() => (other.sender.transform = transform), used);
  assert.throws(() => (one.sender.transform = {}), TypeError);
  assert.throws(() => new RTCRtpScriptTransform(), TypeError);
  assert.throws(() => new RTCRtpScriptTransform({ postMessage() {} }), TypeError);
  assert.throws(() => new RTCRtpScriptTransform(worker, () => {}), { name: 'DataCloneError' });
  assert.throws(() => new RTCRtpScriptTransform(worker, {}, [1]), TypeError);
});

test('a worker that does not read keeps few frames', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t, { audio: true });
  const { transform, port } = transformWith(t, worker, 'sleep');
  const { a, sender } = await send(t, stream, { sending: transform });
  const packets = async () => {
    for (const entry of (await sender.getStats()).values()) {
      if (entry.type === 'media-source') return entry.totalSamplesDuration;
    }
    return 0;
  };
  while (!((await packets()) > 4)) await wait(100);
  port.postMessage('now');
  const { waiting, dropped } = await next(port);
  assert.ok(waiting <= 130, `${waiting} frames`);
  assert.ok(dropped > 10, `${dropped} dropped`);
  a.close();
});

test('a transformer hears that the peer wants a key frame', { timeout: 60_000 }, async (t) => {
  const worker = startWorker(t);
  const stream = await capture(t);
  const sending = transformWith(t, worker, 'hear');
  const receiving = transformWith(t, worker, 'obey');
  const { sender, receiver } = await send(t, stream, { sending: sending.transform, receiving: receiving.transform });
  await decodes(receiver);
  const ask = () => receiving.port.postMessage({ method: 'sendKeyFrameRequest' });
  const heard = next(sending.port);
  ask();
  assert.deepEqual(await heard, { name: 'KeyFrameRequestEvent', rid: null, cancelable: false });
  // The next transform hears of the next request.
  const other = transformWith(t, worker, 'hear');
  sender.transform = other.transform;
  await decodes(receiver);
  const heardByOther = next(other.port);
  ask();
  assert.deepEqual(await heardByOther, { name: 'KeyFrameRequestEvent', rid: null, cancelable: false });
});

test('a worker that ends in the middle disturbs nothing', { timeout: 60_000 }, async (t) => {
  const stream = await capture(t);
  const worker = startWorker(t);
  const { sender, receiver } = await send(t, stream, {
    sending: new RTCRtpScriptTransform(worker, { mode: 'pass' }),
  });
  await decodes(receiver);
  await worker.terminate();
  await wait(200);
  sender.transform = new RTCRtpScriptTransform(startWorker(t), { mode: 'pass' });
  await decodes(receiver);
  // A transform with a worker that has ended already.
  sender.transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
  await wait(100);
  sender.transform = null;
  await decodes(receiver);
});

test('frames come as streams too', { timeout: 60_000 }, async (t) => {
  const stream = await capture(t);
  const configuration = { ...loopback, encodedInsertableStreams: true };
  const pair = makePair(t, configuration);
  assert.equal(pair.a.getConfiguration().encodedInsertableStreams, true);
  const sender = pair.a.addTrack(stream.getTracks()[0], stream);
  const { readable, writable } = sender.createEncodedStreams();
  assert.throws(() => sender.createEncodedStreams(), { name: 'InvalidStateError' });
  assert.throws(() => (sender.transform = new RTCRtpScriptTransform(startWorker(t), { mode: 'pass' })), {
    name: 'InvalidStateError',
  });
  await negotiate(pair);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const { value: frame } = await reader.read();
  assert.ok(frame instanceof RTCEncodedVideoFrame);
  assert.equal(frame.type, 'key');
  const copy = new RTCEncodedVideoFrame(frame, { metadata: { rtpTimestamp: 1234 } });
  assert.equal(copy.getMetadata().rtpTimestamp, 1234);
  assert.deepEqual(new Uint8Array(copy.data), new Uint8Array(frame.data));
  assert.throws(() => new RTCEncodedVideoFrame(frame, { metadata: { synchronizationSource: 1 } }), {
    name: 'InvalidModificationError',
  });
  const { byteLength } = frame.data;
  await writer.write(frame);
  assert.equal(frame.data.byteLength, byteLength, 'what has been seen stays');
  assert.throws(() => new RTCEncodedVideoFrame(frame), { name: 'DataCloneError' });
  const [receiver] = pair.b.getReceivers();
  const pump = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      await writer.write(value);
    }
  })();
  await decodes(receiver);
  pair.a.close();
  await pump;
  await assert.rejects(writer.write({}), TypeError);
  const { a } = makePair(t);
  assert.ok(a.addTransceiver('audio').sender.createEncodedStreams().readable, 'without having been announced');
});
