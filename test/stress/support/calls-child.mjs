/**
 * Makes many calls with sound and pictures both ways, ends each in another order, and prints what is left of them as
 * JSON.
 */
import assert from 'node:assert/strict';
import { AudioData, AudioSink, AudioSource, VideoFrame, VideoSink, VideoSource } from 'node-libwebrtc';
import { negotiate, newPeer } from './peers.mjs';
import { descriptors, eventually, residentKilobytes, threads } from './process.mjs';

const STAGE = 120; // calls, one for each order
const STAGES = 5;
const STAGES_AT_MOST = 8;
const AT_ONCE = 6;
/** Memory is flat when the last stages together have grown by less than so much for each call. */
const FLAT_STAGES = 2;
const FLAT_KILOBYTES = 12;

const SIZE = { codedWidth: 64, codedHeight: 48 };
const LUMA = 180;
const RATE = 48_000;

/** Everything that pushes now: a picture every 20 ms, and the sound between two. */
const pumped = new Set();
let pushed = 0;
const pump = setInterval(() => {
  if (pumped.size === 0) return;
  pushed += 1;
  const data = new Uint8Array(SIZE.codedWidth * SIZE.codedHeight * 1.5).fill(128).fill(LUMA, 0, 64 * 48);
  const frame = new VideoFrame(data, { format: 'I420', ...SIZE, timestamp: pushed * 20_000 });
  const samples = Int16Array.from({ length: RATE / 50 }, (_, i) => 8000 * Math.sin(((2 * Math.PI * 1000) / RATE) * i));
  const sound = new AudioData({
    ...{ format: 's16', sampleRate: RATE, numberOfFrames: RATE / 50, numberOfChannels: 1, timestamp: pushed * 20_000 },
    data: samples,
  });
  for (const { video, audio } of pumped) {
    video.push(frame);
    audio.push(sound);
  }
  frame.close();
  sound.close();
}, 20);

/** The first picture, or the first sound that is none of silence, of a remote track. */
function firstOf(track) {
  return new Promise((resolve) => {
    if (track.kind === 'video') {
      const sink = new VideoSink(track, (frame) => {
        sink.close();
        resolve(frame);
      });
      return;
    }
    const sink = new AudioSink(track, (data) => {
      const heard = new Int16Array(data.numberOfFrames * data.numberOfChannels);
      data.copyTo(heard, { planeIndex: 0, format: 's16' });
      data.close();
      if (!heard.some((sample) => Math.abs(sample) > 1000)) return;
      sink.close();
      resolve(null);
    });
  });
}

function permutations(items) {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
const ORDERS = permutations(['stop', 'remove', 'replace', 'collect', 'close']);

/** Ends of a call, each with what it sends. */
class End {
  pc = newPeer();
  video = new VideoSource();
  audio = new AudioSource();
  tracks = [this.video.createTrack(), this.audio.createTrack()];
  senders = this.tracks.map((track) => this.pc.addTrack(track));
  arrived = Promise.all(
    ['video', 'audio'].map(
      (kind) =>
        new Promise((resolve) => {
          this.pc.addEventListener('track', ({ track }) => track.kind === kind && resolve(firstOf(track)));
        }),
    ),
  );
}

/** What a closed connection does not do any more is an InvalidStateError. */
async function unlessClosed(pc, action) {
  const closed = pc.signalingState === 'closed';
  try {
    await action();
    assert.ok(!closed, 'it is closed');
  } catch (error) {
    if (!closed || error.name !== 'InvalidStateError') throw error;
  }
}

const actions = {
  stop: ({ tracks }) => tracks.forEach((track) => track.stop()),
  remove: ({ pc, senders }) => Promise.all(senders.map((sender) => unlessClosed(pc, () => pc.removeTrack(sender)))),
  replace: ({ pc, senders, video, audio }) =>
    Promise.all([
      unlessClosed(pc, () => senders[0].replaceTrack(video.createTrack())),
      unlessClosed(pc, () => senders[1].replaceTrack(audio.createTrack())),
    ]),
  collect(end) {
    end.tracks = [];
    globalThis.gc();
  },
  close: ({ pc }) => pc.close(),
};

/** Frames that outlive their calls. */
const kept = [];

async function call(order) {
  const ends = [new End(), new End()];
  ends.forEach((end) => pumped.add(end));
  await negotiate(ends[0].pc, ends[1].pc);
  for (const { arrived } of ends) {
    const [frame] = await arrived;
    kept.push(frame);
  }
  ends.forEach((end) => pumped.delete(end));
  for (const name of order) for (const end of ends) await actions[name](end);
}

/** All orders, some at a time. */
async function stage() {
  const waiting = [...ORDERS];
  const work = async () => {
    for (let order = waiting.pop(); order !== undefined; order = waiting.pop()) await call(order);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // The pictures are there when everything else is gone; whoever closes none leaves them to the collector.
  const frames = kept.splice(0);
  assert.equal(frames.length, 2 * STAGE);
  for (const [index, frame] of frames.entries()) {
    const bytes = new Uint8Array(frame.allocationSize());
    await frame.copyTo(bytes);
    assert.ok(Math.abs(bytes[0] - LUMA) < 10, `luma ${bytes[0]}`);
    if (index % 2 === 0) frame.close();
  }
}

await residentKilobytes();
const before = { threads: threads(), descriptors: descriptors(), resources: process.getActiveResourcesInfo() };
const resident = [await residentKilobytes()];
let isFlat = false;
while (resident.length <= STAGES || (!isFlat && resident.length <= STAGES_AT_MOST)) {
  await stage();
  resident.push(await residentKilobytes());
  const growth = resident.at(-1) - resident.at(-1 - FLAT_STAGES);
  isFlat = growth < FLAT_STAGES * STAGE * FLAT_KILOBYTES;
}
await eventually(
  () => {
    globalThis.gc();
    return threads().length <= before.threads.length && descriptors() <= before.descriptors;
  },
  () => `threads and descriptors to be gone; there are ${threads().join(', ')} and ${descriptors()} descriptors`,
);
const after = { threads: threads(), descriptors: descriptors(), resources: process.getActiveResourcesInfo() };
clearInterval(pump);
console.log(JSON.stringify({ isFlat, resident, calls: (resident.length - 1) * STAGE, before, after }));
