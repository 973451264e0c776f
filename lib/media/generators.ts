/** Streams that one writes frames or samples into: what the generators of both specifications have in common. */
import {
  WritableStream,
  WritableStreamDefaultWriter,
  type WritableStreamDefaultController,
  type UnderlyingSink,
} from 'node:stream/web';
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { dataCloneError, definePlatformObject } from '../clone/platform_objects';
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

type Kind = 'audio' | 'video';
type Media = VideoFrame | AudioData;

/** Throws a `TypeError` for what is no open frame, or are no open samples. */
const checks: Record<Kind, (chunk: unknown) => Media> = {
  video: (chunk) => {
    if (!isObject(chunk) || !isVideoFrame(chunk)) throw new TypeError('The chunk is no VideoFrame');
    nativeVideoFrame(chunk);
    return chunk;
  },
  audio: (chunk) => {
    if (!isObject(chunk) || !isAudioData(chunk)) throw new TypeError('The chunk is no AudioData');
    nativeAudioData(chunk);
    return chunk;
  },
};

/** Where a stream's chunks go: to `push`, and are closed then. `end` is called when nothing more comes. */
class MediaSink {
  readonly kind: Kind;
  readonly #push: (chunk: Media) => Promise<void> | void;
  readonly #end: () => void;
  readonly stream: ClosableStream<Media>;
  /** To the thread that the stream has been transferred to. */
  #port: MessagePort | null = null;

  constructor(kind: Kind, push: (chunk: Media) => Promise<void> | void, end: () => void) {
    this.kind = kind;
    this.#push = push;
    this.#end = end;
    this.stream = new ClosableStream<Media>({
      write: (chunk) => this.take(chunk),
      close: () => {
        if (this.#port === null) end();
      },
      abort: end,
    });
    sinks.set(this.stream, this);
  }

  async take(chunk: unknown): Promise<void> {
    const media = checks[this.kind](chunk);
    await this.#push(media);
    media.close();
  }

  get isTransferred(): boolean {
    return this.#port !== null;
  }

  /** From now on chunks come from another thread. */
  serve(port: MessagePort): void {
    this.#port = port;
    port.on('message', (message: { chunk: Media } | null) => {
      // The last one.
      if (message === null) {
        port.close();
        return;
      }
      const answer = (): void => {
        port.postMessage('taken');
      };
      // It has been checked where it was written.
      void this.take(message.chunk).then(answer, answer);
    });
    // Also when that thread ends.
    port.on('close', () => {
      this.#end();
    });
    port.unref();
  }

  /** Closes the stream, wherever it is. Idempotent. */
  finish(): void {
    this.#port?.postMessage('ended');
    this.stream.finish();
  }
}

/** The sinks of our streams. */
const sinks = new WeakMap<object, MediaSink>();

/** A stream whose chunks go to another thread, from which the stream has come. */
function distantStream(kind: Kind, port: MessagePort): WritableStream<Media> {
  let taken: (() => void) | undefined;
  const sink = new MediaSink(
    kind,
    (chunk) =>
      new Promise((resolve) => {
        taken = resolve;
        port.ref();
        port.postMessage({ chunk }, [chunk as unknown as Transferable]);
      }),
    () => {
      port.postMessage(null);
    },
  );
  const settle = (): void => {
    taken?.();
    taken = undefined;
    port.unref();
  };
  port.on('message', (message: 'taken' | 'ended') => {
    settle();
    if (message === 'ended') sink.stream.finish();
  });
  port.on('close', () => {
    settle();
    sink.stream.finish();
  });
  port.unref();
  return sink.stream;
}

// What is written on the other thread comes here without a copy, one chunk after the other.
definePlatformObject<WritableStream<Media>, { readonly kind: Kind; readonly port: MessagePort }>({
  name: 'MediaStreamTrackGenerator.writable',
  is: (value): value is WritableStream<Media> => sinks.has(value),
  transfer: (stream) => {
    const sink = sinks.get(stream);
    if (sink === undefined || stream.locked || sink.isTransferred) throw dataCloneError('The stream is locked.');
    const { port1, port2 } = new MessageChannel();
    return {
      data: { kind: sink.kind, port: port2 },
      ports: [port2],
      // Node locks the stream, and gives the other thread one that nobody uses.
      native: true,
      commit: () => {
        sink.serve(port1);
      },
      rollback: () => {
        port1.close();
      },
    };
  },
  deserialize: ({ kind, port }) => distantStream(kind, port),
});

function writableOf<T extends Media>(kind: Kind, push: (chunk: T) => void, end: () => void): MediaWritable<T> {
  const sink = new MediaSink(kind, push as (chunk: Media) => void, end);
  return {
    stream: sink.stream,
    finish: () => {
      sink.finish();
    },
  };
}

/** A stream of video frames. */
export function videoWritable(push: (frame: VideoFrame) => void, end: () => void): MediaWritable<VideoFrame> {
  return writableOf('video', push, end);
}

/** A stream of samples. */
export function audioWritable(push: (data: AudioData) => void, end: () => void): MediaWritable<AudioData> {
  return writableOf('audio', push, end);
}
