/** What a track counts. Implements Media Capture and Streams Extensions, section 8 (statistics of tracks). */
import type { NativeAudioCounters, NativeMediaStreamTrack, NativeVideoCounters } from '../native_media';
import { defineInterface, internal, requireInternal } from '../webidl';

/** Counters as they are when a script reads one first: they stay so until it gives back control. */
class Reading<T> {
  readonly #read: () => T;
  #current: T | undefined;

  constructor(read: () => T) {
    this.#read = read;
  }

  get current(): T {
    if (this.#current === undefined) {
      this.#current = this.#read();
      queueMicrotask(() => {
        this.#current = undefined;
      });
    }
    return this.#current;
  }

  forget(): void {
    this.#current = undefined;
  }
}

const NO_VIDEO: NativeVideoCounters = { delivered: 0, discarded: 0 };
const NO_AUDIO: NativeAudioCounters = {
  ...{ frames: 0, duration: 0, latency: 0 },
  ...{ minimumLatency: 0, maximumLatency: 0, averageLatency: 0 },
};

/** Makes the counters of a video track. Not part of the public interface. */
export let videoStatsOf: (track: NativeMediaStreamTrack) => MediaStreamTrackVideoStats;
/** Makes the counters of an audio track. Not part of the public interface. */
export let audioStatsOf: (track: NativeMediaStreamTrack) => MediaStreamTrackAudioStats;

/**
 * The pictures that a camera's or display's track has seen while it was enabled.
 *
 * Implements Media Capture and Streams Extensions, section 8.2 (MediaStreamTrackVideoStats).
 */
export class MediaStreamTrackVideoStats {
  readonly #reading: Reading<NativeVideoCounters>;

  private constructor(key: symbol, track: NativeMediaStreamTrack) {
    requireInternal(key);
    this.#reading = new Reading(() => track.videoCounters() ?? NO_VIDEO);
  }

  /** Pictures that consumers of the track got, or would have got. */
  get deliveredFrames(): number {
    return this.#reading.current.delivered;
  }

  /** Pictures that were left out, for the frame rate that the track was asked for. */
  get discardedFrames(): number {
    return this.#reading.current.discarded;
  }

  /** Both together: none is lost on the way. */
  get totalFrames(): number {
    const { delivered, discarded } = this.#reading.current;
    return delivered + discarded;
  }

  /** The attributes as a plain object. */
  toJSON(): Record<'deliveredFrames' | 'discardedFrames' | 'totalFrames', number> {
    const { deliveredFrames, discardedFrames, totalFrames } = this;
    return { deliveredFrames, discardedFrames, totalFrames };
  }

  static {
    defineInterface(this, { length: 0 });
    videoStatsOf = (track) => new MediaStreamTrackVideoStats(internal, track);
  }
}

/**
 * The sound that a microphone's track has seen while it was enabled, from when somebody first asked: a microphone rests
 * as long as nobody wants its sound. Durations and latencies in milliseconds; a frame has one sample of each channel.
 *
 * Implements Media Capture and Streams Extensions, section 8.1 (MediaStreamTrackAudioStats).
 */
export class MediaStreamTrackAudioStats {
  readonly #track: NativeMediaStreamTrack;
  readonly #reading: Reading<NativeAudioCounters>;

  private constructor(key: symbol, track: NativeMediaStreamTrack) {
    requireInternal(key);
    this.#track = track;
    this.#reading = new Reading(() => track.audioCounters() ?? NO_AUDIO);
  }

  /** Frames that consumers of the track got, or would have got: all. */
  get deliveredFrames(): number {
    return this.#reading.current.frames;
  }

  /** How long they last. */
  get deliveredFramesDuration(): number {
    return this.#reading.current.duration;
  }

  /** Frames that the microphone gave. */
  get totalFrames(): number {
    return this.#reading.current.frames;
  }

  /** How long they last. */
  get totalFramesDuration(): number {
    return this.#reading.current.duration;
  }

  /** The age of the newest block's first sample when the block came. */
  get latency(): number {
    return this.#reading.current.latency;
  }

  /** The mean of all since the last `resetLatency()`. */
  get averageLatency(): number {
    return this.#reading.current.averageLatency;
  }

  /** The least since the last `resetLatency()`. */
  get minimumLatency(): number {
    return this.#reading.current.minimumLatency;
  }

  /** The greatest since the last `resetLatency()`. */
  get maximumLatency(): number {
    return this.#reading.current.maximumLatency;
  }

  /** Forgets all latencies but the newest. */
  resetLatency(): void {
    this.#track.resetLatency();
    this.#reading.forget();
  }

  /** The attributes as a plain object. */
  toJSON(): Record<Exclude<keyof MediaStreamTrackAudioStats, 'resetLatency' | 'toJSON'>, number> {
    const { deliveredFrames, deliveredFramesDuration, totalFrames, totalFramesDuration } = this;
    const { latency, averageLatency, minimumLatency, maximumLatency } = this;
    return {
      ...{ deliveredFrames, deliveredFramesDuration, totalFrames, totalFramesDuration },
      ...{ latency, averageLatency, minimumLatency, maximumLatency },
    };
  }

  static {
    defineInterface(this, { length: 0 });
    audioStatsOf = (track) => new MediaStreamTrackAudioStats(internal, track);
  }
}
