import type { NativeVideoColorSpace } from '../native_media';
import { boolean, constructorOperation, defineInterface, dictionary, enumeration, nullable } from '../webidl';

/** Red, green and blue (WebCodecs, section 9.10). */
export type VideoColorPrimaries = 'bt709' | 'bt470bg' | 'smpte170m' | 'bt2020' | 'smpte432';
/** From light to numbers (WebCodecs, section 9.11). */
export type VideoTransferCharacteristics = 'bt709' | 'smpte170m' | 'iec61966-2-1' | 'linear' | 'pq' | 'hlg';
/** From RGB to YUV (WebCodecs, section 9.12). */
export type VideoMatrixCoefficients = 'rgb' | 'bt709' | 'bt470bg' | 'smpte170m' | 'bt2020-ncl';

/** What the numbers of a picture mean; `null` is unspecified. */
export interface VideoColorSpaceInit {
  /** The primary colours. */
  primaries?: VideoColorPrimaries | null;
  /** How light becomes numbers. */
  transfer?: VideoTransferCharacteristics | null;
  /** How colours become luma and chroma. */
  matrix?: VideoMatrixCoefficients | null;
  /** Whether values use the whole range from 0 to 255. */
  fullRange?: boolean | null;
}

const primaries = enumeration('VideoColorPrimaries', ['bt709', 'bt470bg', 'smpte170m', 'bt2020', 'smpte432']);
const transfer = enumeration('VideoTransferCharacteristics', [
  'bt709',
  'smpte170m',
  'iec61966-2-1',
  'linear',
  'pq',
  'hlg',
]);
const matrix = enumeration('VideoMatrixCoefficients', ['rgb', 'bt709', 'bt470bg', 'smpte170m', 'bt2020-ncl']);

/** Converts a `VideoColorSpaceInit`. */
export const videoColorSpaceInit = dictionary<Required<VideoColorSpaceInit>>('VideoColorSpaceInit', {
  primaries: { type: nullable(primaries), default: null },
  transfer: { type: nullable(transfer), default: null },
  matrix: { type: nullable(matrix), default: null },
  fullRange: { type: nullable(boolean), default: null },
});

const CONSTRUCT = constructorOperation('VideoColorSpace');

/** The colour space of a native frame. Not part of the public interface. */
export const colorSpaceOf = (native: NativeVideoColorSpace | null): VideoColorSpace =>
  new VideoColorSpace((native ?? {}) as VideoColorSpaceInit);

/**
 * What the numbers of a picture mean.
 *
 * Implements WebCodecs, section 9.8 (VideoColorSpace).
 */
export class VideoColorSpace {
  readonly #init: Required<VideoColorSpaceInit>;

  constructor(init: VideoColorSpaceInit = {}) {
    this.#init = videoColorSpaceInit(init, CONSTRUCT.parameter(1));
  }

  /** The primary colours; `null` where they are not known. */
  get primaries(): VideoColorPrimaries | null {
    return this.#init.primaries;
  }

  /** How light becomes numbers; `null` where it is not known. */
  get transfer(): VideoTransferCharacteristics | null {
    return this.#init.transfer;
  }

  /** How colours become luma and chroma; `null` where it is not known. */
  get matrix(): VideoMatrixCoefficients | null {
    return this.#init.matrix;
  }

  /** Whether black and white are the ends of the numbers' range. */
  get fullRange(): boolean | null {
    return this.#init.fullRange;
  }

  /** The attributes as a plain object. */
  toJSON(): Required<VideoColorSpaceInit> {
    const { primaries, transfer, matrix, fullRange } = this.#init;
    return { primaries, transfer, matrix, fullRange };
  }

  static {
    defineInterface(this, { length: 0 });
  }
}
