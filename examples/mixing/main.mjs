/**
 * A conference without video: the sound of several participants, mixed into one track for a listener.
 *
 *     node examples/mixing/main.mjs [--seconds 2]
 */
import { parseArgs } from 'node:util';
import { AudioData, AudioSink, AudioSource } from 'node-libwebrtc';
import { makePair, negotiate, next } from '../shared/pair.mjs';
import { Mixer } from './mixer.mjs';

const RATE = 48_000;
const NOTES = { Ann: 440, Ben: 660, Cleo: 990 };

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '2' } } });
const wanted = Number(values.seconds) * RATE;

/** Somebody who sings one note. */
function singer(frequency) {
  const source = new AudioSource();
  const start = performance.now();
  let sample = 0;
  const timer = setInterval(() => {
    // As many blocks as time has passed: a timer alone is always late.
    while ((sample / RATE) * 1000 <= performance.now() - start) {
      const timestamp = Math.round((sample / RATE) * 1e6);
      const data = Float32Array.from({ length: RATE / 100 }, () => {
        return 0.2 * Math.sin((2 * Math.PI * frequency * sample++) / RATE);
      });
      const format = { format: 'f32-planar', sampleRate: RATE, numberOfChannels: 1, numberOfFrames: data.length };
      const block = new AudioData({ ...format, timestamp, data });
      source.push(block);
      block.close();
    }
  }, 10);
  return {
    track: source.createTrack(),
    stop: () => {
      clearInterval(timer);
      source.stop();
    },
  };
}

/** How much of a frequency is in the samples, piece by piece, the median: 1 for a tone of full loudness. */
function amount(samples, frequency) {
  const piece = RATE / 20;
  const amounts = [];
  for (let at = 0; at + piece <= samples.length; at += piece) {
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < piece; i++) {
      const angle = (2 * Math.PI * frequency * i) / RATE;
      real += samples[at + i] * Math.cos(angle);
      imaginary += samples[at + i] * Math.sin(angle);
    }
    amounts.push((2 * Math.hypot(real, imaginary)) / piece);
  }
  return amounts.sort((a, b) => a - b)[Math.floor(amounts.length / 2)];
}

const singers = Object.values(NOTES).map(singer);
const mixer = new Mixer();
for (const { track } of singers) mixer.add(track);

const [mixing, listening] = makePair();
mixing.addTrack(mixer.createTrack());
const remote = next(listening, 'track');
await negotiate(mixing, listening);
const { track } = await remote;

const heard = [];
await new Promise((resolve) => {
  const sink = new AudioSink(
    track,
    (data) => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      data.close();
      heard.push(...samples);
      if (heard.length < wanted) return;
      sink.close();
      resolve();
    },
    { maxQueueLength: 200 },
  );
});

// The beginning is left out: the connection had to come about first.
const late = heard.slice(heard.length / 2);
for (const [name, frequency] of Object.entries(NOTES)) {
  console.log(`${name.padEnd(5)} ${String(frequency).padStart(4)} Hz  ${amount(late, frequency).toFixed(3)}`);
}
console.log(`nobody 550 Hz  ${amount(late, 550).toFixed(3)}`);

mixer.close();
for (const { stop } of singers) stop();
mixing.close();
listening.close();
