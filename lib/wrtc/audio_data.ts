/** Sound as `wrtc` passes it: 10 ms of interleaved samples of 16 bits. */

/** What `RTCAudioSource.onData` takes. */
export interface RTCAudioData {
  /** Interleaved samples, `channelCount * sampleRate / 100` of them. */
  samples: Int16Array | ArrayBuffer | ArrayBufferView;
  /** In Hz. */
  sampleRate: number;
  /** 16, the only number there is; the default. */
  bitsPerSample?: number;
  /** 1 where absent. */
  channelCount?: number;
  /** Samples of each channel: `sampleRate / 100`, the default. */
  numberOfFrames?: number;
}

/** What `RTCAudioSink` gives. */
export interface RTCAudioSinkData {
  /** The samples, the channels in turn. */
  samples: Int16Array;
  /** Samples of each channel in a second. */
  sampleRate: number;
  /** Bits of a sample: 16. */
  bitsPerSample: 16;
  /** Number of channels. */
  channelCount: number;
  /** Samples of each channel. */
  numberOfFrames: number;
}

const BYTES = 2;

/** A whole number that is not negative and below the limit. */
function integer(value: unknown, limit: number, expected: string): number {
  if (typeof value !== 'number') throw new TypeError(expected);
  const whole = Math.trunc(value);
  if (!(whole >= 0 && whole < limit)) throw new TypeError(expected);
  return whole;
}

/** More than any card samples; `wrtc` stops at 65,535. */
const HIGHEST_RATE = 2 ** 20;

/**
 * Checks what a program gives to `onData`.
 *
 * @throws TypeError when a member is missing or does not fit the others
 */
export function checkedAudioData(data: unknown): Required<Omit<RTCAudioData, 'bitsPerSample'>> {
  if (typeof data !== 'object' || data === null) throw new TypeError('Expected an object');
  const { samples, sampleRate, bitsPerSample = 16, channelCount = 1, numberOfFrames } = data as Partial<RTCAudioData>;
  if (!(samples instanceof ArrayBuffer) && !ArrayBuffer.isView(samples)) {
    throw new TypeError('Expected an ArrayBuffer');
  }
  if (integer(bitsPerSample, 2 ** 8, 'Expected an 8-bit unsigned integer') !== 16) {
    throw new TypeError(`Expected a .bitsPerSample of 16, not ${bitsPerSample}`);
  }
  const rate = integer(sampleRate, HIGHEST_RATE, 'Expected a 16-bit unsigned integer');
  const channels = integer(channelCount, 2 ** 8, 'Expected an 8-bit unsigned integer');
  const frames = Math.floor(rate / 100);
  const given = integer(numberOfFrames ?? frames, 2 ** 16, 'Expected a 16-bit unsigned integer');
  if (given !== frames) throw new TypeError(`Expected a .numberOfFrames of ${frames}, not ${given}`);
  const byteLength = channels * frames * BYTES;
  if (samples.byteLength !== byteLength) {
    throw new TypeError(`Expected a .byteLength of ${byteLength}, not ${samples.byteLength}`);
  }
  return { samples, sampleRate: rate, channelCount: channels, numberOfFrames: frames };
}
