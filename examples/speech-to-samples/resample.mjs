/** From any rate down to another: a low-pass filter, and every so-manyth sample of what it lets through. */

/** Taps to each side of the middle, for each sample that is left out. */
const LOBES = 16;

/** Converts a stream of mono samples, piece by piece, without a seam between two pieces. */
export class Downsampler {
  #step;
  #kernel;
  #history;
  #position = 0;

  /** @param {number} from rate of the samples in, in Hz, a multiple of `to`; the rate of the samples out */
  constructor(from, to) {
    if (from % to !== 0) throw new RangeError(`${from} Hz is no multiple of ${to} Hz`);
    this.#step = from / to;
    this.#kernel = lowPass(this.#step, LOBES * this.#step);
    this.#history = new Float32Array(this.#kernel.length - 1);
  }

  /** @param {Float32Array} samples @returns {Float32Array} */
  push(samples) {
    const taps = this.#kernel.length;
    const all = new Float32Array(this.#history.length + samples.length);
    all.set(this.#history);
    all.set(samples, this.#history.length);
    const out = [];
    let at = this.#position;
    for (; at + taps <= all.length; at += this.#step) {
      let sum = 0;
      for (let i = 0; i < taps; i++) sum += this.#kernel[i] * all[at + i];
      out.push(sum);
    }
    this.#position = at - samples.length;
    this.#history = all.slice(samples.length);
    return Float32Array.from(out);
  }
}

/** A sinc under a Hann window, which lets everything below 90 % of the new Nyquist frequency through. */
function lowPass(step, reach) {
  const cutoff = 0.9 / step;
  const taps = Array.from({ length: 2 * reach + 1 }, (_, index) => {
    const x = index - reach;
    const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1)));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}
