/** The shortest way out: sinks that call back with the frames or samples of a track. */
import { activate, deactivate } from '../lifetime';
import type { NativeAudioSink, NativeVideoSink } from '../native_media';
import { boolean, callbackFunction, enforceRange, interfaceType, invokeCallback } from '../webidl';
import { audioDataOf, type AudioData } from './AudioData';
import { isMediaStreamTrack, nativeTrack, whenEnded, type MediaStreamTrack } from './MediaStreamTrack';
import { videoFrameOf, type VideoFrame } from './VideoFrame';

/** Options of {@link VideoSink} and {@link AudioSink}. */
export interface SinkOptions {
  /** So many frames or blocks wait at most while the event loop is busy; then the oldest is dropped. 4 where absent. */
  maxQueueLength?: number;
  /** Called when the track has ended and nothing more comes. */
  onended?: () => void;
}

/** Options of {@link AudioSink}. */
export interface AudioSinkOptions extends SinkOptions {
  /**
   * Whether everything that has come since the last call is given as one block, instead of 10 ms at a time: there are
   * fewer calls and objects. Remote sound mostly comes 20 ms at a time. `false` where absent, unless there is an
   * `interval`.
   */
  merges?: boolean;
  /**
   * So many milliseconds of sound are waited for before the next call. What is still missing when the sound pauses comes
   * with what follows it, or at the end. Whoever writes a file, or recognizes speech, has fewer calls by it: 100 suits
   * most. The queue is long enough for two such blocks, whatever `maxQueueLength` says. 0 where absent.
   */
  interval?: number;
}

const DEFAULT_QUEUE_LENGTH = 4;
/** Milliseconds in a block of sound. */
const BLOCK = 10;

const trackOf = (kind: string) =>
  interfaceType<MediaStreamTrack>(
    `MediaStreamTrack of kind ${kind}`,
    (value) => isMediaStreamTrack(value) && value.kind === kind,
  );

/** What both sinks have. */
class Sink<Native extends NativeVideoSink | NativeAudioSink> {
  readonly #sink: Native;
  readonly #onended: (() => void) | undefined;
  #open = true;

  protected constructor(track: MediaStreamTrack, sink: Native, onended: (() => void) | undefined) {
    this.#sink = sink;
    this.#onended = onended;
    // As an open socket does, a sink keeps the process, which it is there to work for.
    activate(this, true);
    whenEnded(track, () => {
      this.end();
    });
  }

  /** Frames or blocks that were dropped because they were not taken in time. */
  get dropped(): number {
    return this.#sink.dropped;
  }

  /** Whether something may still come. */
  get closed(): boolean {
    return !this.#open;
  }

  /** Nothing comes any more. Idempotent. The track goes on. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#sink.sink = undefined;
    this.#sink.close();
    deactivate(this);
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The track has ended. */
  protected end(): void {
    if (!this.#open) return;
    this.close();
    if (this.#onended !== undefined) invokeCallback(this.#onended);
  }
}

function queueLength(options: SinkOptions): number {
  const length = enforceRange.unsignedShort(options.maxQueueLength ?? DEFAULT_QUEUE_LENGTH, 'maxQueueLength');
  return Math.max(1, length);
}

/**
 * Calls back with each frame of a video track. Outside the specifications.
 *
 * A frame belongs to the callback, which should `close()` it as soon as it can: buffers are used again.
 *
 * @example
 * const sink = new VideoSink(track, (frame) => {
 *   console.log(frame.codedWidth, frame.codedHeight);
 *   frame.close();
 * });
 */
export class VideoSink extends Sink<NativeVideoSink> {
  /**
   * @param track a video track
   * @param onframe takes the frames
   * @throws TypeError when the track is none of video
   */
  constructor(track: MediaStreamTrack, onframe: (frame: VideoFrame) => void, options: SinkOptions = {}) {
    const take = callbackFunction<(frame: VideoFrame) => void>('VideoSink callback')(onframe, 'The callback');
    const from = trackOf('video')(track, 'The track');
    const sink = nativeTrack(from).addVideoSink({ maxQueueLength: queueLength(options) });
    super(from, sink, options.onended);
    sink.sink = {
      frames: (batch) => {
        for (const frame of batch) {
          if (this.closed) frame.close();
          else invokeCallback(take, videoFrameOf(frame));
        }
      },
      ended: () => {
        this.end();
      },
    };
  }
}

/**
 * Calls back with each block of 10 ms of an audio track, or with more at a time. Outside the specifications. No sample is
 * missing between two blocks unless `dropped` has grown.
 */
export class AudioSink extends Sink<NativeAudioSink> {
  /**
   * @param track an audio track
   * @param ondata takes the blocks, which belong to it
   * @throws TypeError when the track is none of audio
   */
  constructor(track: MediaStreamTrack, ondata: (data: AudioData) => void, options: AudioSinkOptions = {}) {
    const take = callbackFunction<(data: AudioData) => void>('AudioSink callback')(ondata, 'The callback');
    const from = trackOf('audio')(track, 'The track');
    const interval = enforceRange.unsignedShort(options.interval ?? 0, 'interval');
    const sink = nativeTrack(from).addAudioSink({
      maxQueueLength: Math.max(queueLength(options), Math.ceil((2 * interval) / BLOCK)),
      merges: boolean(options.merges ?? interval > 0, 'merges'),
      interval,
    });
    super(from, sink, options.onended);
    sink.sink = {
      blocks: (batch) => {
        for (const data of batch) {
          if (this.closed) data.close();
          else invokeCallback(take, audioDataOf(data));
        }
      },
      ended: () => {
        this.end();
      },
    };
  }
}
