/**
 * Pictures and sounds that can be recognized again after a codec, for both ends of a connection: Chromium gets this
 * same module, so that it must not import anything.
 */

const COUNTER_BITS = 16;
/** The part of the height, at the bottom, that shows the counter in blocks of black and white. */
const COUNTER_HEIGHT = 1 / 6;
/** Their colours. */
export const PATCHES = [
  [200, 40, 40],
  [40, 170, 60],
  [50, 60, 200],
];

/**
 * The picture number `counter` in RGBA: moving waves in grey, patches in colour, and the counter. It has the same
 * content at every size.
 */
export function paint(counter, width, height) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const top = Math.round(height * (1 - COUNTER_HEIGHT));
  const phase = (counter % 64) / 64;
  const columns = Array.from({ length: width }, (_, x) => 50 * Math.sin(2 * Math.PI * ((2 * x) / width + phase)));
  const rows = Array.from({ length: height }, (_, y) => 30 * Math.cos(2 * Math.PI * ((1.5 * y) / height - phase)));
  const fill = (at, red, green, blue) => {
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
    pixels[at + 3] = 255;
  };
  for (let y = 0, at = 0; y < height; y++) {
    const v = y / height;
    for (let x = 0; x < width; x++, at += 4) {
      const u = x / width;
      if (y >= top) {
        const bit = (counter >> (COUNTER_BITS - 1 - Math.floor(u * COUNTER_BITS))) & 1;
        const level = bit ? 230 : 20;
        fill(at, level, level, level);
      } else if (u >= 0.1 && u < 0.4 && v >= 0.1 && v < 0.3) {
        fill(at, ...(PATCHES[Math.floor((u - 0.1) * 10)] ?? PATCHES[2]));
      } else {
        const grey = 128 + columns[x] + rows[y];
        fill(at, grey, grey, grey);
      }
    }
  }
  return pixels;
}

/** The counter in a picture, or `null` where one of its blocks is neither black nor white. */
export function readCounter(pixels, width, height) {
  const row = Math.floor(height * (1 - COUNTER_HEIGHT / 2));
  const block = width / COUNTER_BITS;
  let counter = 0;
  for (let bit = 0; bit < COUNTER_BITS; bit++) {
    let [sum, count] = [0, 0];
    for (let x = Math.floor((bit + 0.35) * block); x < (bit + 0.65) * block; x++) {
      sum += pixels[(row * width + x) * 4 + 1];
      count++;
    }
    const level = sum / count;
    if (level > 90 && level < 160) return null;
    counter = counter * 2 + (level >= 160 ? 1 : 0);
  }
  return counter;
}

/** Decibels, over the three colours. */
export function psnr(one, other) {
  let squares = 0;
  for (let at = 0; at < one.length; at += 4) {
    for (let colour = 0; colour < 3; colour++) squares += (one[at + colour] - other[at + colour]) ** 2;
  }
  const mean = squares / ((one.length / 4) * 3);
  return mean === 0 ? 100 : 10 * Math.log10(255 ** 2 / mean);
}

/** The level of each patch's colours, for messages and for what PSNR could hide. */
export function patches(pixels, width, height) {
  return PATCHES.map((_, index) => {
    const at = (Math.floor(height * 0.2) * width + Math.floor(width * (0.15 + index / 10))) * 4;
    return [...pixels.slice(at, at + 3)];
  });
}

/**
 * Looks at pictures as they come, until `count` of them in a row are good: each shows a later counter than the one
 * before, and is the picture of this number by at least `floor` dB. With `size` or `from`, other sizes and earlier numbers
 * do not count. With `keeps`, the verdict has the last picture's pixels.
 */
export class PictureJudge {
  #count;
  #floor;
  #size;
  #from;
  #keeps;
  #good = [];
  seen = 0;
  last = null;

  constructor({ count = 15, floor = 28, size, from = 0, keeps = false } = {}) {
    this.#keeps = keeps;
    this.#count = count;
    this.#floor = floor;
    this.#size = size;
    this.#from = from;
  }

  /** The verdict, as soon as there is one. */
  look(pixels, width, height) {
    this.seen++;
    const counter = readCounter(pixels, width, height);
    const counts = counter !== null && counter >= this.#from && (!this.#size || this.#size[0] === width);
    const similarity = !counts ? 0 : psnr(pixels, paint(counter, width, height));
    this.last = { counter, similarity, width, height };
    const before = this.#good.at(-1);
    if (similarity < this.#floor || (before && (counter <= before.counter || width !== before.width))) this.#good = [];
    if (similarity < this.#floor) return undefined;
    this.#good.push(this.last);
    if (this.#good.length < this.#count) return undefined;
    const similarities = this.#good.map((picture) => picture.similarity);
    return {
      ...{ width, height, seen: this.seen },
      first: this.#good[0].counter,
      last: counter,
      lowest: Math.min(...similarities),
      mean: similarities.reduce((sum, value) => sum + value, 0) / similarities.length,
      patches: patches(pixels, width, height),
      ...(this.#keeps ? { pixels } : {}),
    };
  }

  toString() {
    return `${this.seen} pictures seen, ${this.#good.length} good ones in a row, the last ${JSON.stringify(this.last)}`;
  }
}

/** Bars at three quarters of full colour: white, yellow, cyan, green, magenta, red, blue, black. */
const BARS = [0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001, 0b000];

/** Looks for the bars of a test pattern, in a number of pictures that are all different. */
export class BarsJudge {
  #left;
  #before;
  last = null;
  seen = 0;

  constructor({ count = 10 } = {}) {
    this.#left = count;
  }

  look(pixels, width, height) {
    this.seen++;
    // The median of a column is the bar's, whatever moves across it.
    const median = (x, colour) => {
      const levels = Array.from({ length: height }, (_, y) => pixels[(y * width + x) * 4 + colour]);
      return levels.sort((one, other) => one - other)[height >> 1];
    };
    let worst = 0;
    const bars = BARS.map((bits, index) =>
      [2, 1, 0].map((bit, colour) => {
        const level = median(Math.floor(((index + 0.5) * width) / BARS.length), colour);
        worst = Math.max(worst, Math.abs(level - ((bits >> bit) & 1) * 191));
        return level;
      }),
    );
    const changed = !this.#before || pixels.some((level, at) => Math.abs(level - this.#before[at]) > 50);
    this.#before = pixels.slice();
    this.last = { width, height, worst, bars };
    if (worst <= 16 && changed) this.#left--;
    return this.#left <= 0 ? this.last : undefined;
  }

  toString() {
    return `${this.seen} pictures seen, ${this.#left} more wanted, the last ${JSON.stringify(this.last)}`;
  }
}

/** The power of one frequency in samples, as a share of all their power, 0 to 1 (Goertzel's algorithm). */
export function share(samples, sampleRate, frequency) {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let [one, two, all] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + factor * one - two, one];
    all += sample ** 2;
  }
  return all === 0 ? 0 : (one ** 2 + two ** 2 - factor * one * two) / ((all * samples.length) / 2);
}

/** Root mean square. */
export function loudness(samples) {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}

/** Looks at sound as it comes, until half a second of it is one tone: the loudest frequency, with its share of power. */
export class ToneJudge {
  #frequency;
  #least;
  #samples = [];
  last = null;
  seen = 0;

  constructor({ frequency, purity = 0.95 }) {
    this.#frequency = frequency;
    this.#least = purity;
  }

  look(samples, sampleRate) {
    this.seen += samples.length;
    for (const sample of samples) this.#samples.push(sample);
    const enough = Math.floor(sampleRate / 2);
    if (this.#samples.length < enough) return undefined;
    const heard = this.#samples.splice(0);
    if (loudness(heard) < 0.005) {
      this.last = 'silence';
      return undefined;
    }
    // Half a second tells 2 Hz apart; first every 10 Hz of an eighth of it, then closer.
    const short = heard.slice(0, Math.floor(enough / 8));
    const best = (range, from) =>
      range.reduce(
        (best, frequency) => {
          const purity = share(from, sampleRate, frequency);
          return purity > best.purity ? { frequency, purity } : best;
        },
        { frequency: 0, purity: 0 },
      );
    const around = best(
      Array.from({ length: 340 }, (_, index) => 100 + index * 10),
      short,
    ).frequency;
    const { frequency, purity } = best(
      Array.from({ length: 41 }, (_, index) => around - 10 + index / 2),
      heard,
    );
    this.last = { frequency, purity, loudness: loudness(heard), sampleRate };
    return Math.abs(frequency - this.#frequency) <= 2 && purity >= this.#least ? this.last : undefined;
  }

  toString() {
    return `${this.seen} samples heard, the last were ${JSON.stringify(this.last)}`;
  }
}

const LOW = [697, 770, 852, 941];
const HIGH = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];

/** Hears the keys of a telephone in sound as it comes, until they are the ones expected. */
export class KeyJudge {
  #keys;
  #samples = [];
  #before = '';
  #candidate = '';
  heard = '';

  constructor({ keys }) {
    this.#keys = keys;
  }

  look(samples, sampleRate) {
    for (const sample of samples) this.#samples.push(sample);
    const length = Math.floor(sampleRate / 50);
    while (this.#samples.length >= length) {
      const key = this.#key(this.#samples.splice(0, length), sampleRate);
      // Two blocks of 20 ms in a row make a key, or a pause.
      if (key === this.#candidate && key !== this.#before) {
        this.#before = key;
        this.heard += key;
      }
      this.#candidate = key;
    }
    return this.heard === this.#keys ? { heard: this.heard } : undefined;
  }

  #key(samples, sampleRate) {
    if (loudness(samples) < 0.005) return '';
    const strongest = (group) => {
      const shares = group.map((frequency) => share(samples, sampleRate, frequency));
      const most = Math.max(...shares);
      return [shares.indexOf(most), most];
    };
    const [[row, low], [column, high]] = [strongest(LOW), strongest(HIGH)];
    return low > 0.2 && high > 0.2 && low + high > 0.75 ? KEYS[row][column] : '';
  }

  toString() {
    return `heard the keys "${this.heard}"`;
  }
}

/**
 * The layers in which frames come to a receiver of a connection with `encodedInsertableStreams`, as `S0T1`, while they go
 * on to the decoder. To be called when the receiver is new.
 */
export function watchLayers(receiver) {
  const layers = new Set();
  const look = (frame, controller) => {
    const { spatialIndex, temporalIndex } = frame.getMetadata();
    layers.add(`S${spatialIndex}T${temporalIndex}`);
    controller.enqueue(frame);
  };
  const { readable, writable } = receiver.createEncodedStreams();
  // It ends with the connection.
  readable
    .pipeThrough(new TransformStream({ transform: look }))
    .pipeTo(writable)
    .catch(() => {});
  return layers;
}

export const JUDGES = { picture: PictureJudge, bars: BarsJudge, tone: ToneJudge, keys: KeyJudge };
