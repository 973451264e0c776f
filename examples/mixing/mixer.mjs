/** Several audio tracks into one. */
import { AudioData, AudioSink, AudioSource } from 'node-libwebrtc';

const RATE = 48_000;
/** Samples in 10 ms, which is what a track gives at a time. */
const BLOCK = RATE / 100;
/** Samples of a track that wait before it is heard. */
const CUSHION = 4 * BLOCK;
/** Samples of a track that wait at most; what is older is let go, so that no track falls ever further behind. */
const LIMIT = 20 * BLOCK;

/** Adds up what its tracks give, in mono at 48 kHz; they may come and go while it runs. */
export class Mixer {
  #inputs = new Map();
  #source = new AudioSource({ label: 'Mix' });
  #timer;
  #start = performance.now();
  #blocks = 0;

  constructor() {
    this.#timer = setInterval(() => this.#mix(), 10);
  }

  /** The mix, as a track to be sent or recorded. */
  createTrack() {
    return this.#source.createTrack();
  }

  /** @param {MediaStreamTrack} track @param {number} [gain] what its samples are multiplied by */
  add(track, gain = 1) {
    const input = { samples: [], gain, ready: false };
    input.sink = new AudioSink(track, (data) => take(input, data), { onended: () => this.remove(track) });
    this.#inputs.set(track, input);
  }

  remove(track) {
    this.#inputs.get(track)?.sink.close();
    this.#inputs.delete(track);
  }

  close() {
    clearInterval(this.#timer);
    for (const track of [...this.#inputs.keys()]) this.remove(track);
    this.#source.stop();
  }

  /** Gives the blocks whose time has come: timers are late now and then, and the sum must be right. */
  #mix() {
    for (; this.#blocks * 10 <= performance.now() - this.#start; this.#blocks++) {
      const sum = new Float32Array(BLOCK);
      for (const input of this.#inputs.values()) {
        const { samples, gain } = input;
        // A track begins, and goes on after a gap, when enough of it waits to bridge a late timer.
        input.ready = input.ready ? samples.length >= BLOCK : samples.length >= CUSHION;
        if (!input.ready) continue;
        samples.splice(0, BLOCK).forEach((sample, index) => (sum[index] += sample * gain));
      }
      // What is too loud is bent rather than cut off.
      const data = sum.map((sample) => Math.tanh(sample));
      const block = new AudioData({
        ...{ format: 'f32-planar', sampleRate: RATE, numberOfChannels: 1, numberOfFrames: BLOCK, data },
        timestamp: this.#blocks * 10_000,
      });
      this.#source.push(block);
      block.close();
    }
  }
}

function take(input, data) {
  if (data.sampleRate !== RATE) throw new RangeError(`The mixer takes ${RATE} Hz, and not ${data.sampleRate} Hz`);
  const { numberOfFrames, numberOfChannels } = data;
  const mono = new Float32Array(numberOfFrames);
  const channel = new Float32Array(numberOfFrames);
  for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++) {
    data.copyTo(channel, { planeIndex, format: 'f32-planar' });
    channel.forEach((sample, index) => (mono[index] += sample / numberOfChannels));
  }
  data.close();
  input.samples.push(...mono);
  if (input.samples.length > LIMIT) input.samples.splice(0, input.samples.length - LIMIT);
}
