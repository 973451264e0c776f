import { ReadableStream } from 'node:stream/web';
import { dataCloneError, definePlatformObject } from '../clone/platform_objects';
import { activate, deactivate } from '../lifetime';
import { native } from '../native';
import type { NativeAudioData, NativeMediaStreamTrack, NativeVideoFrame } from '../native_media';
import { constructorOperation, defineInterface, dictionary, enforceRange, interfaceType, isObject } from '../webidl';
import { audioDataOf, type AudioData } from './AudioData';
import { isMediaStreamTrack, nativeTrack, whenEnded, type MediaStreamTrack } from './MediaStreamTrack';
import { videoFrameOf, type VideoFrame } from './VideoFrame';

/** Argument of the constructor of {@link MediaStreamTrackProcessor}. */
export interface MediaStreamTrackProcessorInit {
  /** The track whose frames or samples are wanted. */
  track: MediaStreamTrack;
  /** So many frames wait at most for a reader; then the oldest is dropped. */
  maxBufferSize?: number;
}

const mediaStreamTrackProcessorInit = dictionary<MediaStreamTrackProcessorInit>('MediaStreamTrackProcessorInit', {
  track: {
    type: interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value)),
    required: true,
  },
  maxBufferSize: { type: enforceRange.unsignedShort },
});

const CONSTRUCT = constructorOperation('MediaStreamTrackProcessor');

/** Sound is not to be lost because the reader is late once: a second of it waits. Of pictures the newest is best. */
const DEFAULT_SIZE = { video: 1, audio: 100 };

type Media = VideoFrame | AudioData;

interface QueueContent {
  readonly token: bigint;
  readonly limit: number;
}

/** Frames of a track, waiting for a reader. */
class FrameQueue {
  readonly #handle: NativeMediaStreamTrack;
  readonly #limit: number;
  readonly #waiting: (NativeVideoFrame | NativeAudioData)[] = [];
  readonly #wrap: (handle: NativeVideoFrame | NativeAudioData) => Media;
  readonly #close: () => void;
  #controller: ReadableStreamDefaultController<Media> | undefined;
  #wanted: (() => void) | undefined;
  #paused = false;
  #ended = false;

  constructor(handle: NativeMediaStreamTrack, limit: number) {
    this.#handle = handle;
    this.#limit = limit;
    const options = { maxQueueLength: limit };
    const take = (batch: (NativeVideoFrame | NativeAudioData)[]): void => {
      this.#take(batch);
    };
    const ended = (): void => {
      this.end();
    };
    if (handle.kind === 'video') {
      const sink = handle.addVideoSink(options);
      sink.sink = { frames: take, ended };
      this.#close = () => {
        sink.sink = undefined;
        sink.close();
      };
      this.#wrap = (frame) => videoFrameOf(frame as NativeVideoFrame);
    } else {
      const sink = handle.addAudioSink(options);
      sink.sink = { blocks: take, ended };
      this.#close = () => {
        sink.sink = undefined;
        sink.close();
      };
      this.#wrap = (data) => audioDataOf(data as NativeAudioData);
    }
  }

  start(controller: ReadableStreamDefaultController<Media>): void {
    this.#controller = controller;
    // The track may have ended before.
    if (this.#ended) controller.close();
  }

  /** A reader wants a frame: the next that waits, or the next that comes. Meanwhile the process is kept. */
  async pull(): Promise<void> {
    if (this.#give() || this.#ended) return;
    activate(this, true);
    await new Promise<void>((resolve) => {
      this.#wanted = resolve;
    });
  }

  cancel(): void {
    this.#ended = true;
    this.#release();
  }

  /** Gives nothing for now. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#wanted !== undefined && this.#give()) this.#satisfy();
  }

  /** What another thread makes such a queue of. */
  share(): QueueContent {
    return { token: this.#handle.share(false), limit: this.#limit };
  }

  #give(): boolean {
    if (this.#paused) return false;
    const handle = this.#waiting.shift();
    if (handle === undefined) return false;
    this.#controller?.enqueue(this.#wrap(handle));
    return true;
  }

  #take(batch: (NativeVideoFrame | NativeAudioData)[]): void {
    this.#waiting.push(...batch);
    if (this.#wanted !== undefined && this.#give()) this.#satisfy();
    while (this.#waiting.length > this.#limit) this.#waiting.shift()?.close();
  }

  #satisfy(): void {
    this.#wanted?.();
    this.#wanted = undefined;
    deactivate(this);
  }

  /** Nothing comes any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.close();
    this.#release();
  }

  #release(): void {
    this.#close();
    for (const handle of this.#waiting.splice(0)) handle.close();
    this.#satisfy();
  }
}

/** The queues of our streams. */
const queues = new WeakMap<object, FrameQueue>();
/** Streams that have been transferred. */
const moved = new WeakSet<object>();

/** A stream of what comes in a queue. */
function streamOf(queue: FrameQueue): ReadableStream<Media> {
  const source = {
    start: (controller: ReadableStreamDefaultController<Media>) => {
      queue.start(controller);
    },
    pull: () => queue.pull(),
    cancel: () => {
      queue.cancel();
    },
  };
  const stream = new ReadableStream<Media>(source, { highWaterMark: 0 });
  queues.set(stream, queue);
  return stream;
}

// Frames go straight to the thread that such a stream is transferred to, as fast as if it had always been there.
definePlatformObject<ReadableStream<Media>, QueueContent>({
  name: 'MediaStreamTrackProcessor.readable',
  is: (value): value is ReadableStream<Media> => queues.has(value),
  transfer: (stream) => {
    const queue = queues.get(stream);
    if (queue === undefined || stream.locked || moved.has(stream)) throw dataCloneError('The stream is locked.');
    queue.pause();
    const data = queue.share();
    return {
      data,
      // Node locks the stream, and gives the other thread one that ends at once.
      native: true,
      commit: () => {
        moved.add(stream);
        queue.end();
      },
      rollback: () => {
        native.adoptTrack(data.token);
        queue.resume();
      },
    };
  },
  deserialize: ({ token, limit }) => streamOf(new FrameQueue(native.adoptTrack(token), limit)),
});

/**
 * The frames of a video track, or the samples of an audio track, as a stream. A reader that is late misses frames: the
 * newest `maxBufferSize` wait for it. Whoever reads a frame closes it. The stream can be transferred to another thread.
 *
 * Implements MediaStreamTrack Insertable Media Processing using Streams, section 3 (MediaStreamTrackProcessor); it is
 * there on all threads, and takes audio too.
 */
export class MediaStreamTrackProcessor<T extends VideoFrame | AudioData = VideoFrame> {
  readonly #readable: ReadableStream<T>;

  /**
   * @param init the track, and how many frames wait at most; or the track alone, which Chromium takes too
   * @throws TypeError when the track is none
   * @throws DOMException `InvalidStateError` when the track has ended
   */
  constructor(init: MediaStreamTrackProcessorInit | MediaStreamTrack) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const given = isObject(init) && isMediaStreamTrack(init) ? { track: init } : init;
    const { track, maxBufferSize } = mediaStreamTrackProcessorInit(given, CONSTRUCT.parameter(1));
    if (track.readyState === 'ended') throw new DOMException('The track has ended', 'InvalidStateError');
    const limit = maxBufferSize ?? DEFAULT_SIZE[track.kind as 'audio' | 'video'];
    const queue = new FrameQueue(nativeTrack(track), Math.max(1, limit));
    whenEnded(track, () => {
      queue.end();
    });
    this.#readable = streamOf(queue) as unknown as ReadableStream<T>;
  }

  /** The frames; it closes when the track ends. */
  get readable(): ReadableStream<T> {
    return this.#readable;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
