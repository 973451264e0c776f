/**
 * What a speech recogniser wants: the sound that a peer sends, as 16-bit samples at 16 kHz, in pieces of 100 ms.
 *
 *     node examples/speech-to-samples/main.mjs [--seconds 3] [--wav speech.wav]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AudioSink, mediaDevices } from 'node-libwebrtc';
import { makePair, negotiate, next } from '../shared/pair.mjs';
import { Downsampler } from './resample.mjs';

const RATE = 16_000;
const PIECE = RATE / 10;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, wav: { type: 'string' } },
});
const wanted = Math.round(Number(values.seconds) * 10);

/** Pieces of a track's sound: an `Int16Array` of 1600 samples each. */
async function* piecesOf(track) {
  const ready = [];
  let wake = () => {};
  let downsampler;
  let waiting = [];
  const sink = new AudioSink(
    track,
    (data) => {
      const { numberOfFrames, numberOfChannels, sampleRate } = data;
      downsampler ??= new Downsampler(sampleRate, RATE);
      const mono = new Float32Array(numberOfFrames);
      const channel = new Float32Array(numberOfFrames);
      for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++) {
        data.copyTo(channel, { planeIndex, format: 'f32-planar' });
        channel.forEach((sample, index) => (mono[index] += sample / numberOfChannels));
      }
      data.close();
      waiting.push(...downsampler.push(mono));
      while (waiting.length >= PIECE) {
        const piece = waiting.slice(0, PIECE).map((sample) => Math.max(-1, Math.min(1, sample)) * 32_767);
        waiting = waiting.slice(PIECE);
        ready.push(Int16Array.from(piece));
      }
      wake();
    },
    // Sound is not to be lost when a recogniser is busy for a moment.
    { maxQueueLength: 200, onended: () => wake() },
  );
  try {
    for (;;) {
      while (ready.length > 0) yield ready.shift();
      if (sink.closed) return;
      await new Promise((resolve) => (wake = resolve));
    }
  } finally {
    sink.close();
  }
}

/** A file that players know: a header of 44 bytes before the samples. */
function wav(pieces) {
  const samples = Buffer.concat(pieces.map((piece) => Buffer.from(piece.buffer)));
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

// The peer: a microphone that gives noise with the rhythm of speech.
const devices = await mediaDevices.enumerateDevices();
const { deviceId } = devices.find(({ label }) => label === 'Synthetic microphone (speech)');
const stream = await mediaDevices.getUserMedia({ audio: { deviceId: { exact: deviceId } } });
const [speaker, listener] = makePair();
speaker.addTrack(stream.getAudioTracks()[0], stream);
const remote = next(listener, 'track');
await negotiate(speaker, listener);
const { track } = await remote;

const pieces = [];
for await (const piece of piecesOf(track)) {
  // Here a recogniser would be fed.
  const loudness = Math.sqrt(piece.reduce((sum, sample) => sum + sample ** 2, 0) / piece.length);
  console.log(`${(pieces.length / 10).toFixed(1).padStart(5)} s  ${'█'.repeat(Math.round(loudness / 250))}`);
  pieces.push(piece);
  if (pieces.length === wanted) break;
}
if (values.wav !== undefined) await writeFile(values.wav, wav(pieces));
console.log(`${pieces.length} pieces of ${PIECE} samples at ${RATE} Hz`);

for (const sent of stream.getTracks()) sent.stop();
speaker.close();
listener.close();
