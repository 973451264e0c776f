/** What recorders are asked for. Implements MediaStream Recording, section 2.5 (MediaRecorderOptions). */
import { DOMString, dictionary, double, enumeration, unsignedLong } from '../webidl';

/** Whether sound is encoded at one rate or at what it needs (MediaStream Recording, section 2.6). */
export type BitrateMode = 'constant' | 'variable';

/** Options of `MediaRecorder`. */
export interface MediaRecorderOptions {
  /** Container and codecs, as in `'video/webm;codecs=vp8,opus'`; what it leaves open is chosen. */
  mimeType?: string;
  /** Bits a second of sound that is encoded for the recording. */
  audioBitsPerSecond?: number;
  /** Bits a second of video that is encoded for the recording. */
  videoBitsPerSecond?: number;
  /** Of both together; goes before the other two. */
  bitsPerSecond?: number;
  /** Whether the audio encoder keeps its bit rate or may vary it; `variable` where absent. */
  audioBitrateMode?: BitrateMode;
  /** Milliseconds between two key frames at most; not together with `videoKeyFrameIntervalCount`. */
  videoKeyFrameIntervalDuration?: number;
  /** Frames between two key frames at most. */
  videoKeyFrameIntervalCount?: number;
}

/** The options after conversion. */
export type ConvertedOptions = MediaRecorderOptions & { mimeType: string; audioBitrateMode: BitrateMode };

const bitrateMode = enumeration('BitrateMode', ['constant', 'variable']);

export const mediaRecorderOptions = dictionary<ConvertedOptions>('MediaRecorderOptions', {
  mimeType: { type: DOMString, default: '' },
  audioBitsPerSecond: { type: unsignedLong },
  videoBitsPerSecond: { type: unsignedLong },
  bitsPerSecond: { type: unsignedLong },
  audioBitrateMode: { type: bitrateMode, default: 'variable' },
  videoKeyFrameIntervalDuration: { type: double },
  videoKeyFrameIntervalCount: { type: unsignedLong },
});
