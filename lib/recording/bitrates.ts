/** Bits a second, as far as the application leaves them open. */
import type { ConvertedOptions } from './options';

/** Bits a second of both kinds. */
export interface Bitrates {
  readonly audio: number;
  readonly video: number;
}

const DEFAULTS: Bitrates = { audio: 128_000, video: 2_500_000 };
/** What Opus can do. */
const OPUS = { min: 6000, max: 510_000 };
/** Below this no picture is worth it. */
const LEAST_VIDEO = 10_000;

/** Shares `total` out: a tenth to the sound, if there is video too. The sum is `total` as far as encoders can do it. */
function share(total: number, kinds: { audio: boolean; video: boolean }): Bitrates {
  if (!kinds.video) return { audio: Math.min(OPUS.max, Math.max(OPUS.min, total)), video: 0 };
  if (!kinds.audio) return { audio: 0, video: Math.max(LEAST_VIDEO, total) };
  const audio = Math.min(DEFAULTS.audio, Math.max(OPUS.min, Math.floor(total / 10)));
  return { audio, video: Math.max(LEAST_VIDEO, total - audio) };
}

/** The rates of a recorder that does not record: for tracks of both kinds. */
export function generalBitrates({ bitsPerSecond, audioBitsPerSecond, videoBitsPerSecond }: ConvertedOptions): Bitrates {
  if (bitsPerSecond !== undefined) return share(bitsPerSecond, { audio: true, video: true });
  return { audio: audioBitsPerSecond ?? DEFAULTS.audio, video: videoBitsPerSecond ?? DEFAULTS.video };
}

/** The rates for tracks of these kinds. */
export function bitratesFor(options: ConvertedOptions, kinds: { audio: boolean; video: boolean }): Bitrates {
  return options.bitsPerSecond === undefined ? generalBitrates(options) : share(options.bitsPerSecond, kinds);
}

/** What an encoder is told: attributes may say 0, encoders need more. */
export function encoderBitrate(kind: 'audio' | 'video', wanted: number): number {
  if (kind === 'audio') return Math.min(OPUS.max, Math.max(OPUS.min, wanted));
  return Math.max(LEAST_VIDEO, wanted);
}
