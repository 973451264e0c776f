import { native } from '../native';
import type { NativeAudioData } from '../native_media';
import {
  constructorOperation,
  defineInterface,
  dictionary,
  double,
  enforceRange,
  enumeration,
  internal,
  operation,
  sequence,
} from '../webidl';
import {
  arrayBuffer,
  bufferSource,
  detachAll,
  intoUnshared,
  isDetached,
  requireTransferable,
  unshared,
  type BufferSourceLike,
} from './buffers';

/** How samples are written (WebCodecs, section 9.1.5). */
export type AudioSampleFormat = 'u8' | 's16' | 's32' | 'f32' | 'u8-planar' | 's16-planar' | 's32-planar' | 'f32-planar';
const audioSampleFormat = enumeration('AudioSampleFormat', [
  'u8',
  's16',
  's32',
  'f32',
  'u8-planar',
  's16-planar',
  's32-planar',
  'f32-planar',
]);

/** Sound in memory (WebCodecs, section 9.1.2): rate in Hz, time in microseconds. */
export interface AudioDataInit {
  /** How they are written. */
  format: AudioSampleFormat;
  /** Samples of each channel in a second. */
  sampleRate: number;
  /** Samples of each channel. */
  numberOfFrames: number;
  /** Number of channels. */
  numberOfChannels: number;
  /** When the sound begins, in microseconds. */
  timestamp: number;
  /** The samples, tightly packed. */
  data: BufferSourceLike;
  /** Buffers that are detached. */
  transfer?: ArrayBuffer[];
}

/** What `copyTo` writes (WebCodecs, section 9.1.3). */
export interface AudioDataCopyToOptions {
  /** The channel of a planar format; 0 for an interleaved one. */
  planeIndex: number;
  /** Samples of the channel that are left out at the beginning; 0 where absent. */
  frameOffset?: number;
  /** All that follow where absent. */
  frameCount?: number;
  /** Any format: the samples are converted. The data's own where absent. */
  format?: AudioSampleFormat;
}

interface ConvertedInit extends Omit<AudioDataInit, 'data'> {
  data: ArrayBuffer | ArrayBufferView;
  transfer: ArrayBuffer[];
}
const audioDataInit = dictionary<ConvertedInit>('AudioDataInit', {
  format: { type: audioSampleFormat, required: true },
  sampleRate: { type: double, required: true },
  numberOfFrames: { type: enforceRange.unsignedLong, required: true },
  numberOfChannels: { type: enforceRange.unsignedLong, required: true },
  timestamp: { type: enforceRange.longLong, required: true },
  data: { type: bufferSource, required: true },
  transfer: { type: sequence(arrayBuffer), default: () => [] },
});

const audioDataCopyToOptions = dictionary<AudioDataCopyToOptions & { frameOffset: number }>('AudioDataCopyToOptions', {
  planeIndex: { type: enforceRange.unsignedLong, required: true },
  frameOffset: { type: enforceRange.unsignedLong, default: 0 },
  frameCount: { type: enforceRange.unsignedLong },
  format: { type: audioSampleFormat },
});

const bytesOfSample = { u8: 1, s16: 2, s32: 4, f32: 4 } as const;

function describe(format: AudioSampleFormat): { bytes: number; planar: boolean } {
  const sample = format.replace('-planar', '') as keyof typeof bytesOfSample;
  return { bytes: bytesOfSample[sample], planar: sample !== format };
}

const NAME = 'AudioData';
const CONSTRUCT = constructorOperation(NAME);
const CONSTRUCT_INIT = CONSTRUCT.parameter(1);
const ALLOCATION_SIZE = operation(NAME, 'allocationSize');
const COPY_TO = operation(NAME, 'copyTo');

/** Makes the object of native samples, which then belong to it. Not part of the public interface. */
export let audioDataOf: (handle: NativeAudioData) => AudioData;
/**
 * The native samples.
 *
 * @throws DOMException `InvalidStateError` when the data are closed
 */
export let nativeAudioData: (data: AudioData) => NativeAudioData;
/** Brand check for {@link AudioData}. Not part of the public interface. */
export let isAudioData: (value: object) => value is AudioData;

/**
 * A piece of sound. It refers to the samples as they are; they are copied and converted by `copyTo` only.
 *
 * Implements WebCodecs, section 9.1 (AudioData).
 */
export class AudioData {
  readonly #handle: NativeAudioData;
  #closed = false;

  /**
   * Sound in memory, which is copied.
   *
   * @throws TypeError when there are no samples, or fewer than the numbers say
   * @throws DOMException `DataCloneError` when a buffer cannot be transferred
   */
  constructor(init: AudioDataInit);
  constructor(init: unknown, handle?: unknown) {
    if (init === internal) {
      this.#handle = handle as NativeAudioData;
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const { data, transfer, format, sampleRate, numberOfFrames, numberOfChannels, timestamp } = audioDataInit(
      init,
      CONSTRUCT_INIT,
    );
    if (sampleRate <= 0 || numberOfFrames === 0 || numberOfChannels === 0) {
      throw new TypeError(`${CONSTRUCT.prefix}: sampleRate, numberOfFrames and numberOfChannels must be positive`);
    }
    if (isDetached(data)) throw new DOMException(`${CONSTRUCT.prefix}: the data are detached`, 'DataCloneError');
    const needed = describe(format).bytes * numberOfFrames * numberOfChannels;
    if (data.byteLength < needed) throw new TypeError(`${CONSTRUCT.prefix}: ${needed} bytes are needed`);
    requireTransferable(transfer);
    this.#handle = native.createAudioData(
      unshared(data),
      format,
      sampleRate,
      numberOfFrames,
      numberOfChannels,
      timestamp,
    );
    detachAll(transfer);
  }

  /** How the samples are written; `null` when closed. */
  get format(): AudioSampleFormat | null {
    return this.#closed ? null : this.#handle.format;
  }

  /** In Hz; 0 when closed. */
  get sampleRate(): number {
    return this.#closed ? 0 : this.#handle.sampleRate;
  }

  /** Samples of each channel; 0 when closed. */
  get numberOfFrames(): number {
    return this.#closed ? 0 : this.#handle.numberOfFrames;
  }

  /** 0 when closed. */
  get numberOfChannels(): number {
    return this.#closed ? 0 : this.#handle.numberOfChannels;
  }

  /** In microseconds; 0 when closed. */
  get duration(): number {
    if (this.#closed) return 0;
    const { numberOfFrames, sampleRate } = this.#handle;
    return Math.trunc((numberOfFrames / sampleRate) * 1e6);
  }

  /** When the sound is to be heard, in microseconds. */
  get timestamp(): number {
    return this.#handle.timestamp;
  }

  /**
   * The number of bytes that `copyTo` with these options writes.
   *
   * @throws DOMException `InvalidStateError` when closed
   * @throws RangeError when there is no such plane, or fewer samples
   */
  allocationSize(options: AudioDataCopyToOptions): number {
    ALLOCATION_SIZE.requireArguments(arguments.length, 1);
    return this.#parse(options, ALLOCATION_SIZE.parameter(1)).size;
  }

  /**
   * Writes samples of one channel, or of all for an interleaved format, in the data's format or in another.
   *
   * @throws DOMException `InvalidStateError` when closed
   * @throws RangeError when there is no such plane, or fewer samples, or the destination is too small
   */
  copyTo(destination: BufferSourceLike, options: AudioDataCopyToOptions): void {
    COPY_TO.requireArguments(arguments.length, 2);
    const target = bufferSource(destination, COPY_TO.parameter(1));
    const { size, format, planeIndex, frameOffset, frameCount } = this.#parse(options, COPY_TO.parameter(2));
    if (target.byteLength < size) throw new RangeError(`${COPY_TO.prefix}: ${size} bytes are needed`);
    intoUnshared(target, (memory) => {
      this.#handle.copyTo(memory, format, planeIndex, frameOffset, frameCount);
    });
  }

  /**
   * Another reference to the same samples.
   *
   * @throws DOMException `InvalidStateError` when closed
   */
  clone(): AudioData {
    return audioDataOf(nativeAudioData(this).clone());
  }

  /** Gives the samples back. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** "Compute Copy Element Count". */
  #parse(options: unknown, context: string) {
    const {
      planeIndex,
      frameOffset,
      frameCount,
      format = nativeAudioData(this).format,
    } = audioDataCopyToOptions(options, context);
    const { numberOfFrames, numberOfChannels } = nativeAudioData(this);
    const { bytes, planar } = describe(format);
    if (planeIndex >= (planar ? numberOfChannels : 1)) throw new RangeError(`${context}: there is no such plane`);
    if (frameOffset >= numberOfFrames) throw new RangeError(`${context}: frameOffset is past the end`);
    const count = frameCount ?? numberOfFrames - frameOffset;
    if (count > numberOfFrames - frameOffset) throw new RangeError(`${context}: frameCount is past the end`);
    const size = count * bytes * (planar ? 1 : numberOfChannels);
    return { format, planeIndex, frameOffset, frameCount: count, size };
  }

  static {
    defineInterface(this, { length: 1 });
    audioDataOf = (handle) =>
      new (AudioData as unknown as new (key: symbol, handle: NativeAudioData) => AudioData)(internal, handle);
    nativeAudioData = (data) => {
      if (data.#closed) throw new DOMException('The data are closed', 'InvalidStateError');
      return data.#handle;
    };
    isAudioData = (value): value is AudioData => #handle in value;
  }
}
