/** Frames, samples and tracks in messages, with `node-libwebrtc/polyfill`, as between a browser's threads. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import * as threads from 'node:worker_threads';
import {
  AudioData,
  DOMRectReadOnly,
  MediaStreamTrackProcessor,
  VideoFrame,
  VideoSink,
  VideoSource,
  VideoTrackGenerator,
  mediaDevices,
} from 'node-libwebrtc';
import 'node-libwebrtc/polyfill';

const { BroadcastChannel, MessageChannel, Worker } = threads;
const timeout = 20_000;
const size = { codedWidth: 6, codedHeight: 4 };
const picture = Uint8Array.from({ length: 36 }, (_, i) => i * 7);

const newFrame = (timestamp = 3) =>
  new VideoFrame(picture, {
    format: 'I420',
    ...size,
    timestamp,
    duration: 4,
    visibleRect: { x: 2, y: 0, width: 4, height: 4 },
  });
const newSamples = () =>
  new AudioData({
    ...{ format: 's16', sampleRate: 8000, numberOfFrames: 10, numberOfChannels: 1, timestamp: 9 },
    data: Int16Array.from({ length: 10 }, (_, i) => i * 100),
  });

async function pixels(frame) {
  const bytes = new Uint8Array(36);
  await frame.copyTo(bytes, { rect: { x: 0, y: 0, width: 6, height: 4 } });
  return bytes;
}

let worker;
before(() => {
  worker = new Worker(new URL('support/posting_worker.mjs', import.meta.url));
});
after(() => worker.terminate());

/** Has the worker do something, and gives what it says of it. */
async function ask(what, argument, transfer = []) {
  const { port1, port2 } = new MessageChannel();
  const answer = once(port1, 'message');
  worker.postMessage({ what, argument, port: port2 }, [port2, ...transfer]);
  const [result] = await answer;
  port1.close();
  if (result?.failed) throw result.failed;
  return result;
}

test('a frame goes to a worker and back, and is closed where it was', { timeout }, async () => {
  const frame = newFrame();
  const returned = await ask('back', frame, [frame]);
  assert.equal(frame.format, null);
  assert.ok(returned instanceof VideoFrame);
  assert.deepEqual([returned.timestamp, returned.duration, returned.visibleRect.x], [3, 4, 2]);
  assert.deepEqual(await pixels(returned), picture);
  returned.close();
});

test('without a transfer list the worker gets a copy of frames and samples', { timeout }, async () => {
  const frame = newFrame();
  const sound = newSamples();
  const seen = await ask('describe', { list: [frame, { deep: new Map([[sound, new Set([frame])]]) }], again: frame });
  assert.deepEqual(seen, {
    isFrame: true,
    isSame: true,
    isInSet: true,
    format: 'I420',
    frames: 10,
    rest: ['list', 'again'],
  });
  assert.equal(frame.format, 'I420');
  assert.equal(sound.numberOfFrames, 10);
  frame.close();
  sound.close();
});

test('structuredClone clones and transfers', async () => {
  const frame = newFrame();
  const cyclic = { frame, list: [1, frame] };
  cyclic.self = cyclic;
  const clone = structuredClone(cyclic);
  assert.equal(clone.self, clone);
  assert.equal(clone.frame, clone.list[1]);
  assert.notEqual(clone.frame, frame);
  assert.deepEqual(await pixels(clone.frame), picture);
  const buffer = new ArrayBuffer(8);
  const moved = structuredClone({ frame, buffer }, { transfer: [frame, buffer] });
  assert.equal(frame.format, null);
  assert.equal(buffer.byteLength, 0);
  assert.equal(moved.buffer.byteLength, 8);
  assert.deepEqual(await pixels(moved.frame), picture);
  const rectangle = structuredClone(new DOMRectReadOnly(1, 2, 3, 4));
  assert.ok(rectangle instanceof DOMRectReadOnly);
  assert.deepEqual([rectangle.x, rectangle.bottom], [1, 6]);
  for (const one of [clone.frame, moved.frame]) one.close();
  assert.deepEqual(structuredClone({ a: [1n, new Date(5)] }), { a: [1n, new Date(5)] });
  assert.throws(() => structuredClone(), TypeError);
});

test('what cannot be posted is a DataCloneError, and stays as it was', async () => {
  const fails = { name: 'DataCloneError' };
  const frame = newFrame();
  const closed = newFrame();
  closed.close();
  const track = new VideoSource().createTrack();
  const { port1, port2 } = new MessageChannel();
  assert.throws(() => port1.postMessage(closed), fails);
  assert.throws(() => port1.postMessage(null, [closed]), fails);
  assert.throws(() => port1.postMessage(frame, [frame, frame]), fails);
  assert.throws(() => port1.postMessage({ frame, wrong: () => {} }, [frame]), fails);
  assert.throws(() => port1.postMessage({ frame, closed }, [frame]), fails);
  // A track can be transferred, but not cloned.
  assert.throws(() => port1.postMessage({ frame, track }, { transfer: [frame] }), fails);
  assert.throws(() => structuredClone(track), fails);
  assert.equal(track.readyState, 'live');
  assert.deepEqual(await pixels(frame), picture);
  const channel = new BroadcastChannel('posting');
  assert.throws(() => channel.postMessage(frame), fails);
  channel.postMessage('anything else');
  channel.close();
  // To nobody it goes all the same.
  port2.close();
  await once(port1, 'close');
  port1.postMessage(frame, [frame]);
  assert.equal(frame.format, null);
  track.stop();
});

test('a port that is asked for its messages gives them', async () => {
  const { port1, port2 } = new MessageChannel();
  const frame = newFrame();
  port1.postMessage({ frame }, [frame]);
  const { message } = threads.receiveMessageOnPort(port2);
  assert.deepEqual(await pixels(message.frame), picture);
  message.frame.close();
  assert.equal(threads.receiveMessageOnPort(port2), undefined);
  port1.close();
});

test('listeners of all kinds get the same object, and no ports of ours', { timeout }, async () => {
  const { port1, port2 } = new MessageChannel();
  const track = new VideoSource({ label: 'pushed' }).createTrack();
  const got = new Promise((resolve) => {
    const seen = [];
    const take = (value) => seen.push(value) === 3 && resolve(seen);
    port2.on('message', take);
    port2.addEventListener('message', ({ data }) => take(data));
    port2.onmessage = ({ data, ports }) => {
      assert.deepEqual(ports, []);
      take(data);
    };
  });
  port1.postMessage(track, [track]);
  const [one, two, three] = await got;
  assert.equal(one, two);
  assert.equal(two, three);
  assert.equal(one.label, 'pushed');
  one.stop();
  port1.close();
});

test('a track goes to a worker with its media, and has ended where it was', { timeout }, async () => {
  let idle = false;
  const source = new VideoSource({ label: 'counter', onidle: () => (idle = true) });
  const track = source.createTrack();
  const { id } = track;
  track.contentHint = 'detail';
  const ended = new Promise((resolve) => new VideoSink(track, () => {}, { onended: resolve }));
  assert.deepEqual(await ask('hold', track, [track]), {
    ...{ id, label: 'counter', kind: 'video', readyState: 'live', enabled: true, muted: false, contentHint: 'detail' },
  });
  assert.equal(track.readyState, 'ended');
  await ended;
  assert.throws(() => structuredClone(track, { transfer: [track] }), { name: 'DataCloneError' });
  // Frames go straight to the worker.
  const next = ask('frame');
  await ask('listening');
  const frame = newFrame(77);
  source.push(frame);
  assert.deepEqual(await next, { timestamp: 77, codedWidth: 4, codedHeight: 4 });
  frame.close();
  // A clone there is one more track of the source here.
  await ask('clone');
  assert.equal(await ask('stop'), 'ended');
  await ask('listening');
  assert.equal(idle, false);
  await ask('stopClone');
  const limit = performance.now() + timeout;
  while (!idle && performance.now() < limit) await ask('listening');
  assert.ok(idle);
});

test('constraints of a track that was transferred ask its source', { timeout }, async () => {
  const stream = await mediaDevices.getUserMedia({ video: { width: 320, height: 180, frameRate: 20 } });
  const [track] = stream.getVideoTracks();
  const capabilities = track.getCapabilities();
  const settings = track.getSettings();
  await ask('hold', track, [track]);
  const there = await ask('knowledge');
  assert.deepEqual(there, { settings, capabilities, constraints: { width: 320, height: 180, frameRate: 20 } });
  const changed = await ask('apply', { width: { exact: 160 }, height: { exact: 90 } });
  assert.deepEqual([changed.width, changed.height], [160, 90]);
  const { codedWidth, codedHeight } = await ask('frameOf', { width: 160 });
  assert.deepEqual([codedWidth, codedHeight], [160, 90]);
  assert.deepEqual(await ask('applyWrong', { width: { exact: 100_000 } }), {
    name: 'OverconstrainedError',
    constraint: 'width',
  });
  assert.equal(await ask('stop'), 'ended');
});

test('a track of a worker ends when the worker does', { timeout }, async () => {
  const other = new Worker(new URL('support/posting_worker.mjs', import.meta.url));
  const { port1, port2 } = new MessageChannel();
  other.postMessage({ what: 'camera', port: port2 }, [port2]);
  const [track] = await once(port1, 'message');
  port1.close();
  assert.equal(track.readyState, 'live');
  await new Promise((resolve) => {
    const sink = new VideoSink(track, (frame) => {
      frame.close();
      sink.close();
      resolve();
    });
  });
  const ended = once(track, 'ended');
  await other.terminate();
  await ended;
  assert.equal(track.readyState, 'ended');
});

test('the stream of a processor goes to a worker, and frames with it', { timeout }, async () => {
  const source = new VideoSource();
  const track = source.createTrack();
  const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 3 });
  const push = (timestamp) => {
    const frame = newFrame(timestamp);
    source.push(frame);
    frame.close();
  };
  assert.throws(() => structuredClone(readable), { name: 'DataCloneError' });
  assert.equal(await ask('stream', readable, [readable]), 'ReadableStream');
  assert.throws(() => structuredClone(readable, { transfer: [readable] }), { name: 'DataCloneError' });
  assert.equal((await readable.getReader().read()).done, true);
  const frames = ask('read', 2);
  await ask('listening');
  push(1);
  push(2);
  assert.deepEqual(await frames, [
    [1, 'VideoFrame'],
    [2, 'VideoFrame'],
  ]);
  const end = ask('read', 1);
  track.stop();
  assert.deepEqual(await end, ['done']);

  // A stream that cannot go stays where it is.
  const second = source.createTrack();
  const kept = new MediaStreamTrackProcessor({ track: second }).readable;
  const { port1, port2 } = new MessageChannel();
  assert.throws(() => port1.postMessage({ kept, wrong: () => {} }, [kept]), { name: 'DataCloneError' });
  port1.close();
  await once(port2, 'close');
  second.stop();
});

test('frames can be written on a worker, and are closed there', { timeout }, async () => {
  for (const end of ['track', 'writer', 'worker']) {
    const generator = new VideoTrackGenerator();
    const { writable, track } = generator;
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 3 }).readable.getReader();
    const next = reader.read();
    const other = new Worker(new URL('support/posting_worker.mjs', import.meta.url));
    const tell = async (...message) => {
      const { port1, port2 } = new MessageChannel();
      other.postMessage({ what: message[0], argument: message[1], port: port2 }, [port2, ...(message[2] ?? [])]);
      const [answer] = await once(port1, 'message');
      port1.close();
      return answer;
    };
    assert.deepEqual(await tell('write', writable, [writable]), { closed: true });
    assert.throws(() => structuredClone(writable, { transfer: [writable] }), { name: 'DataCloneError' });
    const { value } = await next;
    assert.equal(value.timestamp, 123);
    value.close();
    if (end === 'track') {
      track.stop();
      assert.equal(await tell('closed'), 'closed');
    } else {
      const ended = once(track, 'ended');
      if (end === 'writer') assert.equal(await tell('closeWriter'), 'closed');
      else await other.terminate();
      await ended;
      assert.equal((await reader.read()).done, true);
    }
    await other.terminate();
  }
});

test('frames on their way to a worker that is terminated are freed', { timeout: 60_000 }, async () => {
  const codedWidth = 1920;
  const codedHeight = 1080;
  const bytes = codedWidth * codedHeight * 4;
  const resident = () => process.memoryUsage.rss();
  const silent = new Worker('setInterval(() => {}, 1000)', { eval: true });
  await once(silent, 'online');
  const pixels = new Uint8Array(bytes).fill(200);
  const count = 40;
  const before = resident();
  for (let i = 0; i < count; i++) {
    const frame = new VideoFrame(pixels, { format: 'RGBA', codedWidth, codedHeight, timestamp: i });
    silent.postMessage({ frame }, [frame]);
  }
  const waiting = resident() - before;
  await silent.terminate();
  const limit = performance.now() + 30_000;
  while (resident() - before > waiting / 2 && performance.now() < limit) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(waiting > (count * bytes) / 2, `${waiting} bytes`);
  assert.ok(resident() - before < waiting / 2, `${resident() - before} of ${waiting} bytes are left`);
});

test('tracks and streams that were transferred leave no ports behind', { timeout }, async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const before = ports();
  const source = new VideoSource();
  const { port1, port2 } = new MessageChannel();
  for (let i = 0; i < 20; i++) {
    const track = source.createTrack();
    const { readable } = new MediaStreamTrackProcessor({ track: source.createTrack() });
    const arrived = once(port2, 'message');
    port1.postMessage({ track, readable }, [track, readable]);
    const [received] = await arrived;
    const clone = received.track.clone();
    await received.readable.cancel();
    received.track.stop();
    clone.stop();
  }
  source.stop();
  port1.close();
  const limit = performance.now() + timeout;
  while (ports() > before && performance.now() < limit) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(ports(), before);
});
