// A worker that gets frames and tracks by messages, and does with them what it is told.
import 'node-libwebrtc/polyfill';
import { parentPort } from 'node:worker_threads';
import { MediaStreamTrackProcessor, VideoFrame, mediaDevices } from 'node-libwebrtc';

let track;
let clone;
let reader;
let writer;
const sinks = new Set();

/** The first frame of the track for which it is so. */
async function frameWith(isSo) {
  const { readable } = new MediaStreamTrackProcessor({ track });
  const reader = readable.getReader();
  sinks.add(reader);
  for (;;) {
    const { value } = await reader.read();
    const { timestamp, codedWidth, codedHeight } = value;
    value.close();
    if (!isSo({ timestamp, codedWidth, codedHeight })) continue;
    await reader.cancel();
    return { timestamp, codedWidth, codedHeight };
  }
}

const actions = {
  back: (frame) => [frame, [frame]],
  describe({ list, again }) {
    const [frame, { deep }] = list;
    const [[sound, set]] = deep;
    const result = {
      ...{ isFrame: frame instanceof VideoFrame, isSame: frame === again, isInSet: set.has(frame) },
      ...{ format: frame.format, frames: sound.numberOfFrames, rest: ['list', 'again'] },
    };
    frame.close();
    sound.close();
    return [result];
  },
  hold(given) {
    track = given;
    const { id, label, kind, readyState, enabled, muted, contentHint } = track;
    return [{ id, label, kind, readyState, enabled, muted, contentHint }];
  },
  frame: async () => [await frameWith(() => true)],
  frameOf: async ({ width }) => [await frameWith(({ codedWidth }) => codedWidth === width)],
  listening: () => [sinks.size],
  clone() {
    clone = track.clone();
    return [clone.readyState];
  },
  stop() {
    track.stop();
    return [track.readyState];
  },
  stopClone() {
    clone.stop();
    return [clone.readyState];
  },
  knowledge: () => [
    { settings: track.getSettings(), capabilities: track.getCapabilities(), constraints: track.getConstraints() },
  ],
  async apply(constraints) {
    await track.applyConstraints(constraints);
    return [track.getSettings()];
  },
  async applyWrong(constraints) {
    const { name, constraint } = await track.applyConstraints(constraints).catch((error) => error);
    return [{ name, constraint }];
  },
  stream(readable) {
    reader = readable.getReader();
    return [readable.constructor.name];
  },
  async read(count) {
    const seen = [];
    while (seen.length < count) {
      const { value, done } = await reader.read();
      if (done) return [['done']];
      seen.push([value.timestamp, value.constructor.name]);
      value.close();
    }
    return [seen];
  },
  async write(writable) {
    writer = writable.getWriter();
    const frame = new VideoFrame(new Uint8Array(6), { format: 'I420', codedWidth: 2, codedHeight: 2, timestamp: 123 });
    await writer.write(frame);
    return [{ closed: frame.format === null }];
  },
  closed: async () => [await writer.closed.then(() => 'closed')],
  async closeWriter() {
    await writer.close();
    return ['closed'];
  },
  async camera() {
    const stream = await mediaDevices.getUserMedia({ video: true });
    const [made] = stream.getVideoTracks();
    return [made, [made]];
  },
};

parentPort.on('message', async ({ what, argument, port }) => {
  if (what === undefined) return;
  try {
    port.postMessage(...(await actions[what](argument)));
  } catch (failed) {
    port.postMessage({ failed });
  }
});
