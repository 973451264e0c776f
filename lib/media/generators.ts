/** Streams that one writes frames or samples into: what the generators of both specifications have in common. */
import {
  WritableStream,
  WritableStreamDefaultWriter,
  type WritableStreamDefaultController,
  type UnderlyingSink,
} from 'node:stream/web';
import { isObject } from '../webidl';
import { isAudioData, nativeAudioData, type AudioData } from './AudioData';
import { isVideoFrame, nativeVideoFrame, type VideoFrame } from './VideoFrame';

/** A stream that its owner can close even while somebody writes. */
class ClosableStream<T> extends WritableStream<T> {
  readonly #controller: () => WritableStreamDefaultController;
  #writer: WeakRef<WritableStreamDefaultWriter<T>> | undefined;
  #closed = false;

  constructor(sink: UnderlyingSink<T>) {
    let kept: WritableStreamDefaultController | undefined;
    super({
      ...sink,
      start: (controller) => {
        kept = controller;
      },
    });
    this.#controller = () => kept as WritableStreamDefaultController;
  }

  override getWriter(): WritableStreamDefaultWriter<T> {
    const writer = super.getWriter();
    this.#writer = new WeakRef(writer);
    return writer;
  }

  /** Closes the stream when all is written that has been given to it. Idempotent. */
  finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    const writer = this.#writer?.deref();
    if (writer !== undefined) {
      // Writing to a closed stream is a TypeError; some versions of Node throw an internal assertion instead.
      Object.defineProperty(writer, 'write', {
        value: () => Promise.reject(new TypeError('The track has ended')),
        configurable: true,
      });
    }
    const closing = this.locked
      ? writer === undefined
        ? Promise.reject(new Error('piped'))
        : WritableStreamDefaultWriter.prototype.close.call(writer)
      : super.close();
    closing.catch(() => {
      // A pipe has a writer of its own, which nobody can close: it fails. A stream that is closed takes no notice.
      this.#controller().error(new TypeError('The track has ended'));
    });
  }
}

/** A stream of media, and what closes it. */
export interface MediaWritable<T> {
  readonly stream: WritableStream<T>;
  finish(): void;
}

/** A stream whose chunks go to `push` and are closed then; `end` is called when nothing more comes. */
function writableOf<T extends { close(): void }>(
  check: (chunk: unknown) => T,
  push: (chunk: T) => void,
  end: () => void,
): MediaWritable<T> {
  const stream = new ClosableStream<T>({
    write: (chunk) => {
      const media = check(chunk);
      push(media);
      media.close();
    },
    close: end,
    abort: end,
  });
  return {
    stream,
    finish: () => {
      stream.finish();
    },
  };
}

/** A stream of video frames. */
export function videoWritable(push: (frame: VideoFrame) => void, end: () => void): MediaWritable<VideoFrame> {
  const check = (chunk: unknown): VideoFrame => {
    if (!isObject(chunk) || !isVideoFrame(chunk)) throw new TypeError('The chunk is no VideoFrame');
    nativeVideoFrame(chunk);
    return chunk;
  };
  return writableOf(check, push, end);
}

/** A stream of samples. */
export function audioWritable(push: (data: AudioData) => void, end: () => void): MediaWritable<AudioData> {
  const check = (chunk: unknown): AudioData => {
    if (!isObject(chunk) || !isAudioData(chunk)) throw new TypeError('The chunk is no AudioData');
    nativeAudioData(chunk);
    return chunk;
  };
  return writableOf(check, push, end);
}
