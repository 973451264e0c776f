// Encoded frames as objects: what they know, copies of them, and messages with them.
import 'node-libwebrtc/polyfill';
import assert from 'node:assert/strict';
import { once as emitted } from 'node:events';
import { after, before, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { RTCEncodedAudioFrame, RTCEncodedVideoFrame, mediaDevices } from 'node-libwebrtc';
import { makePair, negotiate } from './support/pair.mjs';

/** The first frames of a sender and of the receiver at the other end, of both kinds. */
const frames = {};
const cleanups = [];
before(async () => {
  const pair = makePair({ after: (cleanup) => cleanups.push(cleanup) });
  const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120, frameRate: 30 } });
  cleanups.push(() => stream.getTracks().forEach((track) => track.stop()));
  const streams = {};
  for (const track of stream.getTracks()) {
    streams[track.kind] = { sent: pair.a.addTrack(track, stream).createEncodedStreams() };
  }
  pair.b.ontrack = ({ track, receiver }) => (streams[track.kind].received = receiver.createEncodedStreams());
  await negotiate(pair);
  for (const [kind, { sent, received }] of Object.entries(streams)) {
    const [reader, writer] = [sent.readable.getReader(), sent.writable.getWriter()];
    const { value: first } = await reader.read();
    frames[kind] = { sent: first, writer };
    // What the other end gets is a copy, for the first one is to stay.
    await writer.write(structuredClone(first));
    const { value } = await received.readable.getReader().read();
    Object.assign(frames[kind], { received: value, receivedWriter: received.writable.getWriter() });
  }
});
after(() => cleanups.forEach((cleanup) => cleanup()));

const bytes = (frame) => Buffer.from(frame.data);

test('a picture knows what the specification says, on both sides', () => {
  const { sent, received } = frames.video;
  for (const frame of [sent, received]) {
    assert.ok(frame instanceof RTCEncodedVideoFrame);
    assert.equal(frame.type, 'key');
    const metadata = frame.getMetadata();
    assert.equal(metadata.mimeType, 'video/VP8');
    assert.deepEqual([metadata.width, metadata.height], [160, 120]);
    assert.deepEqual([metadata.spatialIndex, metadata.temporalIndex], [0, 0]);
    assert.ok(metadata.payloadType >= 96 && metadata.payloadType <= 127);
    assert.ok(metadata.synchronizationSource > 0);
    assert.deepEqual(metadata.contributingSources, []);
    assert.equal(metadata.rtpTimestamp, frame.timestamp);
    assert.match(String(frame), /^RTCEncodedVideoFrame\{rtpTimestamp: \d+, size: \d+ bytes, type: key\}$/);
  }
  const [before, then] = [sent.getMetadata(), received.getMetadata()];
  assert.equal(then.synchronizationSource, before.synchronizationSource);
  assert.equal(then.rtpTimestamp, before.rtpTimestamp);
  assert.ok(bytes(sent).equals(bytes(received)));
  assert.ok(before.captureTime > 0 && before.captureTime <= performance.now());
  assert.ok(Number.isInteger(before.timestamp), 'that of the VideoFrame');
  assert.equal(then.timestamp, undefined);
  assert.ok(then.receiveTime >= before.captureTime && then.receiveTime <= performance.now());
  assert.equal(before.receiveTime, undefined);
  // They are asked for again, and have not changed.
  assert.deepEqual(received.getMetadata(), then);
});

test('sound knows what the specification says, on both sides', () => {
  const { sent, received } = frames.audio;
  for (const frame of [sent, received]) {
    assert.ok(frame instanceof RTCEncodedAudioFrame);
    const metadata = frame.getMetadata();
    assert.equal(metadata.mimeType, 'audio/opus');
    assert.ok(metadata.synchronizationSource > 0);
    assert.deepEqual(metadata.contributingSources, []);
    assert.equal(metadata.rtpTimestamp, frame.timestamp);
    assert.ok(metadata.audioLevel >= 0 && metadata.audioLevel <= 1);
    assert.match(String(frame), /^RTCEncodedAudioFrame\{rtpTimestamp: \d+, size: \d+ bytes\}$/);
  }
  assert.ok(bytes(sent).equals(bytes(received)));
  const { sequenceNumber, receiveTime } = received.getMetadata();
  assert.ok(Number.isInteger(sequenceNumber) && sequenceNumber >= 0 && sequenceNumber < 65536);
  assert.ok(receiveTime > 0 && receiveTime <= performance.now());
  assert.equal(sent.getMetadata().sequenceNumber, undefined);
});

for (const kind of ['video', 'audio']) {
  const Frame = { video: RTCEncodedVideoFrame, audio: RTCEncodedAudioFrame }[kind];
  const Other = { video: RTCEncodedAudioFrame, audio: RTCEncodedVideoFrame }[kind];

  test(`copies of ${kind} are frames of their own`, () => {
    for (const side of ['sent', 'received']) {
      const original = frames[kind][side];
      for (const copy of [new Frame(original), new Frame(original, {}), new Frame(original, { metadata: {} })]) {
        assert.ok(bytes(copy).equals(bytes(original)));
        assert.equal(copy.type, original.type);
        const { rtpTimestamp, timestamp, receiveTime, captureTime } = copy.getMetadata();
        const expected = original.getMetadata();
        assert.deepEqual(
          [rtpTimestamp, timestamp, receiveTime, captureTime],
          [expected.rtpTimestamp, expected.timestamp, expected.receiveTime, expected.captureTime],
        );
        // The bytes are its own.
        new Uint8Array(copy.data).fill(0);
        assert.ok(!bytes(copy).equals(bytes(original)));
      }
      const other = new Frame(original, { metadata: { ...original.getMetadata(), rtpTimestamp: 7 } });
      assert.equal(other.timestamp, 7);
      other.data = new ArrayBuffer(3);
      assert.equal(new Frame(other).data.byteLength, 3);
      other.setMetadata({ rtpTimestamp: 8 });
      assert.equal(other.getMetadata().rtpTimestamp, 8);
      assert.notEqual(original.timestamp, 8);
    }
  });

  test(`what no ${kind} can be is refused`, () => {
    const { sent, received } = frames[kind];
    const refused = { name: 'InvalidModificationError' };
    for (const metadata of [{ synchronizationSource: 1 }, { mimeType: 'text/plain' }]) {
      for (const frame of [sent, received]) {
        assert.throws(() => new Frame(frame, { metadata }), refused);
        assert.throws(() => frame.setMetadata(metadata), refused);
      }
    }
    assert.throws(() => new Frame(), TypeError);
    assert.throws(() => new Frame({}), TypeError);
    assert.throws(() => new Frame(sent, 1), TypeError);
    assert.throws(() => new Other(sent), TypeError);
    assert.throws(() => sent.setMetadata(), TypeError);
    assert.throws(() => sent.setMetadata({ contributingSources: 1 }), TypeError);
    assert.throws(() => (sent.data = new Uint8Array(1)), TypeError);
    assert.throws(() => (sent.data = null), TypeError);
    assert.throws(() => Object.getOwnPropertyDescriptor(Frame.prototype, 'data').get.call({}), TypeError);
  });

  test(`${kind} is cloned with what scripts have given it`, () => {
    for (const side of ['sent', 'received']) {
      const original = new Frame(frames[kind][side]);
      original.data = Uint8Array.from([1, 2, 3]).buffer;
      const { clone, same } = structuredClone({ clone: original, same: original });
      assert.equal(clone, same);
      assert.ok(clone instanceof Frame);
      assert.notEqual(clone, original);
      assert.deepEqual([...new Uint8Array(clone.data)], [1, 2, 3]);
      assert.equal(clone.type, original.type);
      assert.equal(clone.getMetadata().mimeType, original.getMetadata().mimeType);
      assert.equal(clone.timestamp, original.timestamp);
      assert.equal(clone.getMetadata().timestamp, original.getMetadata().timestamp);
      new Uint8Array(clone.data).fill(9);
      assert.deepEqual([...new Uint8Array(original.data)], [1, 2, 3]);
    }
  });

  test(`${kind} is posted to another thread and back`, { timeout: 30_000 }, async (t) => {
    const worker = new Worker(
      `require('node-libwebrtc/polyfill');
       const { parentPort } = require('node:worker_threads');
       parentPort.on('message', ({ frame }) => {
         const bytes = new Uint8Array(frame.data).map((byte) => byte ^ 0xff);
         frame.data = bytes.buffer;
         parentPort.postMessage([frame, frame.constructor === globalThis[frame.constructor.name]]);
       });`,
      { eval: true },
    );
    t.after(() => worker.terminate());
    const original = frames[kind].sent;
    worker.postMessage({ frame: original });
    const [[back, isOurs]] = await emitted(worker, 'message');
    assert.equal(isOurs, true);
    assert.ok(back instanceof Frame);
    assert.ok(Buffer.from(bytes(back).map((byte) => byte ^ 0xff)).equals(bytes(original)));
    // What nobody receives is freed with the port.
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(original);
    port1.close();
    port2.close();
  });

  test(`written ${kind} cannot be copied any more`, async () => {
    for (const [side, writer] of [
      ['sent', 'writer'],
      ['received', 'receivedWriter'],
    ]) {
      const frame = new Frame(frames[kind][side]);
      await frames[kind][writer].write(frame);
      assert.throws(() => new Frame(frame), { name: 'DataCloneError' });
      assert.throws(() => structuredClone(frame), { name: 'DataCloneError' });
      assert.throws(() => frame.setMetadata({ rtpTimestamp: 1 }), { name: 'InvalidStateError' });
      assert.equal(typeof frame.getMetadata().mimeType, 'string');
      // For the second time it goes nowhere.
      await frames[kind][writer].write(frame);
    }
  });
}
