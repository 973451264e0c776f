/**
 * A program for `wrtc`: what it sees is printed as JSON. The module under test is named by the first argument, so that the
 * test can compare what the program sees of each.
 */
import { createHash } from 'node:crypto';

const { default: wrtc } = await import(process.argv[2]);
const { RTCPeerConnection, nonstandard } = wrtc;
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource, i420ToRgba, rgbaToI420 } = nonstandard;

const seen = {};

/** What a call gives, or how it fails. */
const outcome = (run) => {
  try {
    const value = run();
    return value === undefined ? 'ok' : value;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
const hash = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const fill = (data, seed) => data.map((_, index) => (index * 7 + seed * 31) % 251);

// Names.
seen.names = Object.keys(wrtc).sort();
seen.nonstandard = Object.keys(nonstandard).sort();

// What is refused, and how.
const audio = new RTCAudioSource();
const video = new RTCVideoSource();
const samples = new Int16Array(480);
const image = { width: 2, height: 2, data: new Uint8ClampedArray(6) };
const rgba = { width: 2, height: 2, data: new Uint8ClampedArray(16) };
seen.refused = [
  () => audio.onData(),
  () => audio.onData({}),
  () => audio.onData({ samples }),
  () => audio.onData({ samples: 'x', sampleRate: 48_000 }),
  () => audio.onData({ samples, sampleRate: '48000' }),
  () => audio.onData({ samples: new Int16Array(470), sampleRate: 48_000 }),
  () => audio.onData({ samples, sampleRate: 48_000, bitsPerSample: 8 }),
  () => audio.onData({ samples, sampleRate: 48_000, numberOfFrames: 3 }),
  () => audio.onData({ samples, sampleRate: 48_000, channelCount: 2 }),
  () => audio.onData({ samples: samples.buffer, sampleRate: 48_000 }),
  () => video.onFrame(),
  () => video.onFrame({}),
  () => video.onFrame({ width: 2, height: 2 }),
  () => video.onFrame({ width: 2, height: 2, data: new Uint8Array(7) }),
  () => i420ToRgba(),
  () => i420ToRgba(image),
  () => i420ToRgba(image, { width: 4, height: 2, data: new Uint8Array(32) }),
  () => i420ToRgba(image, { width: 2, height: 2, data: new Uint8Array(32) }),
  () => rgbaToI420(rgba, { width: 4, height: 4, data: new Uint8Array(24) }),
  () => new RTCAudioSink(),
  () => new RTCAudioSink({}),
  () => new RTCAudioSink(video.createTrack()),
  () => new RTCVideoSink(audio.createTrack()),
].map(outcome);
seen.options = [
  [new RTCVideoSource().isScreencast, new RTCVideoSource().needsDenoising],
  [
    new RTCVideoSource({ isScreencast: true }).isScreencast,
    new RTCVideoSource({ needsDenoising: true }).needsDenoising,
  ],
];
seen.stream = new wrtc.MediaStream({ id: 'given' }).id;

// Conversions. The last bit of rgbaToI420's chroma depends on the version of libyuv: the test looks at it closer.
seen.chroma = [];
seen.conversions = [16, 64].flatMap((side) => {
  const size = { width: side, height: side };
  const i420 = { ...size, data: new Uint8ClampedArray((side * side * 3) / 2) };
  rgbaToI420({ ...size, data: fill(new Uint8ClampedArray(side * side * 4), side) }, i420);
  seen.chroma.push([...i420.data.subarray(side * side)]);
  const back = { ...size, data: new Uint8ClampedArray(side * side * 4) };
  i420ToRgba({ ...size, data: fill(new Uint8ClampedArray((side * side * 3) / 2), side) }, back);
  return [hash(i420.data.subarray(0, side * side)), hash(back.data)];
});

// Sound and pictures from a source to a sink of the same process: one event for each call, later than the call.
async function heard(sampleRate, channelCount) {
  const source = new RTCAudioSource();
  const track = source.createTrack();
  const sink = new RTCAudioSink(track);
  const events = [];
  const enough = new Promise((resolve) => {
    sink.ondata = (event) => events.push(event) === 3 && resolve();
  });
  const length = (sampleRate / 100) * channelCount;
  for (let block = 0; block < 3; block++) {
    source.onData({ samples: fill(new Int16Array(length), block), sampleRate, channelCount });
  }
  const atOnce = events.length;
  await enough;
  const stopped = sink.stopped;
  sink.stop();
  source.onData({ samples: new Int16Array(length), sampleRate, channelCount });
  await turn();
  track.stop();
  return {
    atOnce,
    stopped: [stopped, sink.stopped],
    count: events.length,
    events: events.map(({ type, samples, bitsPerSample, sampleRate, channelCount, numberOfFrames }) => ({
      ...{ type, bitsPerSample, sampleRate, channelCount, numberOfFrames },
      samples: [samples.constructor.name, samples.length, hash(samples)],
    })),
  };
}
seen.heard = [await heard(48_000, 1), await heard(48_000, 2), await heard(16_000, 1), await heard(8_000, 1)];

async function shown() {
  const source = new RTCVideoSource();
  const track = source.createTrack();
  const sink = new RTCVideoSink(track);
  const events = [];
  const enough = new Promise((resolve) => {
    sink.addEventListener('frame', (event) => events.push(event) === 2 && resolve());
  });
  for (const [seed, [width, height]] of Object.entries([
    [64, 48],
    [128, 96],
  ])) {
    source.onFrame({ width, height, data: fill(new Uint8ClampedArray((width * height * 3) / 2), Number(seed)) });
  }
  const atOnce = events.length;
  await enough;
  sink.stop();
  track.stop();
  return {
    atOnce,
    state: track.readyState,
    events: events.map(({ type, frame }) => ({
      ...{ type, width: frame.width, height: frame.height, rotation: frame.rotation },
      data: [frame.data.constructor.name, frame.data.length, hash(frame.data)],
    })),
  };
}
seen.shown = await shown();

// getUserMedia.
const media = (constraints) =>
  wrtc.getUserMedia(constraints).then(
    (stream) =>
      stream.getTracks().map((track) => {
        track.stop();
        return track.kind;
      }),
    (error) => `${error.name}: ${error.message}`,
  );
seen.media = [];
for (const constraints of [undefined, {}, { audio: false }, { audio: true }, { audio: true, video: true }]) {
  seen.media.push(await media(constraints));
}

// A connection.
const range = { portRange: { min: 42_000, max: 42_999 } };
const configured = new RTCPeerConnection(range);
seen.configuration = Object.entries(configured.getConfiguration())
  .filter(([name]) => name !== 'certificates')
  .sort();
seen.semantics = outcome(() => new RTCPeerConnection({ sdpSemantics: 'nonsense' })).split(':')[0];
seen.range = outcome(() => new RTCPeerConnection({ portRange: { min: 2, max: 1 } })).split(':')[0];

const [one, other] = [configured, new RTCPeerConnection(range)];
const candidates = { ports: new Set(), empty: 0 };
for (const [from, to] of [
  [one, other],
  [other, one],
]) {
  from.onicecandidate = ({ candidate }) => {
    if (candidate !== null) {
      if (candidate.candidate === '') candidates.empty++;
      if (/ udp /.test(candidate.candidate)) candidates.ports.add(Number(candidate.candidate.split(' ')[5]));
      to.addIceCandidate(candidate);
    }
  };
}
const streamOfOne = new wrtc.MediaStream({ id: 'of-one' });
const tone = new RTCAudioSource();
const pictures = new RTCVideoSource();
one.addTrack(tone.createTrack(), streamOfOne);
one.addTrack(pictures.createTrack(), streamOfOne);
const channel = one.createDataChannel('data');
const tracks = [];
other.ontrack = ({ track, streams, transceiver }) =>
  tracks.push([track.kind, streams.map(({ id }) => id), streams[0] instanceof wrtc.MediaStream, transceiver.direction]);
const arrived = new Promise((resolve) => {
  other.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) =>
      resolve([channel.label, channel.binaryType, data.constructor.name, data.byteLength]);
  };
});
const offer = await one.createOffer();
await one.setLocalDescription(offer);
await other.setRemoteDescription(one.localDescription);
const answer = await other.createAnswer();
await other.setLocalDescription(answer);
await one.setRemoteDescription(other.localDescription);
if (channel.readyState !== 'open') await new Promise((resolve) => (channel.onopen = resolve));
seen.offer = [offer.type, answer.type];
channel.send(new Uint8Array(100_000));
seen.message = await arrived;
seen.tracks = tracks.sort();

// Remote media.
const phases = { at: 0, number: 0 };
const sound = new Int16Array(480);
const timer = setInterval(() => {
  tone.onData({
    samples: sound.map(() => 10_000 * Math.sin((2 * Math.PI * 500 * phases.at++) / 48_000)),
    sampleRate: 48_000,
  });
  phases.number++;
  if (phases.number % 5 === 0) {
    pictures.onFrame({ width: 64, height: 48, data: new Uint8ClampedArray((64 * 48 * 3) / 2).fill(128) });
  }
}, 10);
const [audioTrack, videoTrack] = ['audio', 'video'].map(
  (kind) => other.getReceivers().find(({ track }) => track.kind === kind).track,
);
const ears = new RTCAudioSink(audioTrack);
const eyes = new RTCVideoSink(videoTrack);
seen.remoteSound = await new Promise((resolve) => {
  ears.ondata = ({ samples, bitsPerSample, sampleRate, channelCount, numberOfFrames }) => {
    if (samples.every((sample) => sample === 0)) return;
    ears.ondata = null;
    resolve([
      samples.length === channelCount * numberOfFrames,
      bitsPerSample,
      sampleRate,
      channelCount,
      numberOfFrames,
    ]);
  };
});
seen.remotePicture = await new Promise((resolve) => {
  eyes.onframe = ({ frame }) => {
    eyes.onframe = null;
    resolve([frame.width, frame.height, frame.rotation, frame.data.length, Math.round(frame.data[0] / 8)]);
  };
});
clearInterval(timer);
ears.stop();
eyes.stop();
const ports = [...candidates.ports];
seen.candidates = {
  inRange: ports.length > 0 && ports.every((port) => port >= range.portRange.min && port <= range.portRange.max),
  empty: candidates.empty,
};
one.close();
other.close();
seen.closed = [one.connectionState, one.signalingState];

process.stdout.write(JSON.stringify(seen));
// wrtc holds the process.
process.exit();
