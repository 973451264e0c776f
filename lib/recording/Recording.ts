/** Recordings that run by themselves from their creation on: into a file, or a stream of Node's. Outside the specifications. */
import { makeErrorEvent, type ErrorEvent } from '../errors/ErrorEvent';
import { activate, deactivate } from '../lifetime';
import { isMediaStream, type MediaStream } from '../media/MediaStream';
import {
  TypedEventTarget,
  defineInterface,
  internal,
  interfaceType,
  requireInternal,
  trustedEvent,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { bitratesFor } from './bitrates';
import { fullMimeType, wantedFormat, type Container, type WantedFormat } from './mime_type';
import { mediaRecorderOptions, type MediaRecorderOptions } from './options';
import { RecordingSession, type CountingOutput } from './session';
import type { RecordingStatistics } from './statistics';

/** Options of `recordToFile` and `recordToReadable`. */
export interface RecordingOptions extends MediaRecorderOptions {
  /** Milliseconds between two writes at most: what a crash loses. 1000, the most, where absent. */
  pieceDuration?: number;
  /** Bytes that wait for a slow output at most; what comes on top is left out of the recording. 4 MiB where absent. */
  maxBufferedBytes?: number;
  /** Ends the recording as `stop()` does. */
  signal?: AbortSignal;
}

/** How a recording has ended. */
export interface RecordingResult extends RecordingStatistics {
  /** What made it end early, or `null`. What had been recorded before is in the output. */
  readonly error: Error | null;
}

/** Events of {@link Recording}. */
export interface RecordingEventMap {
  /** The recording cannot go on. */
  error: ErrorEvent;
  /** `pause()` was called. */
  pause: Event;
  /** `resume()` was called. */
  resume: Event;
  /** Container and codecs are known. */
  start: Event;
  /** The output is complete and closed. */
  stop: Event;
}

/** The event-handler attributes of {@link Recording}. */
export interface RecordingEventHandlers {
  /** Fired when container and codecs are known: `mimeType` is complete. */
  get onstart(): EventHandlerValue;
  set onstart(handler: EventHandler<Recording, Event>);
  /** Fired after `pause()`. */
  get onpause(): EventHandlerValue;
  set onpause(handler: EventHandler<Recording, Event>);
  /** Fired after `resume()`. */
  get onresume(): EventHandlerValue;
  set onresume(handler: EventHandler<Recording, Event>);
  /** Fired when the recording cannot go on; `stop` follows when what there is has been made whole. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<Recording, ErrorEvent>);
  /** Fired when the output is complete and closed. */
  get onstop(): EventHandlerValue;
  set onstop(handler: EventHandler<Recording, Event>);
}

/** What a recording writes into. */
export interface EndingOutput extends CountingOutput {
  /** Makes the output whole. Resolves with what went wrong, if anything did. */
  finish(): Promise<Error | undefined>;
}

const LONGEST_PIECE = 1000;
const BUFFERED = 4 * 2 ** 20;

const streamType = interfaceType<MediaStream>('MediaStream', (value) => isMediaStream(value));

/** Starts a recording. Not part of the public interface. */
export let startRecording: (
  stream: MediaStream,
  options: RecordingOptions,
  container: Container | undefined,
  makeOutput: (limit: number, failed: (error: Error) => void) => EndingOutput,
) => Recording;

/**
 * A recording under way: of all tracks that its stream had in the beginning, until they have ended or `stop()` is called.
 *
 * It holds the process as long as it runs.
 */
export class Recording extends TypedEventTarget<Recording, RecordingEventMap, RecordingEventHandlers> {
  readonly #session: RecordingSession<EndingOutput>;
  readonly #finished: Promise<RecordingResult>;
  #resolve!: (result: RecordingResult) => void;
  #state: 'recording' | 'paused' | 'inactive' = 'recording';
  #mimeType: string;
  #error: Error | null = null;
  #ending = false;

  /** Not for applications: `recordToFile` and `recordToReadable` make recordings. */
  protected constructor(
    key: symbol,
    stream: MediaStream,
    options: RecordingOptions,
    wanted: WantedFormat,
    makeOutput: (limit: number, failed: (error: Error) => void) => EndingOutput,
  ) {
    requireInternal(key);
    super();
    const converted = mediaRecorderOptions(options, 'The options');
    const tracks = stream.getTracks().filter(({ readyState }) => readyState === 'live');
    if (tracks.length === 0) throw new DOMException('No track of the stream is live.', 'NotSupportedError');
    const kinds = {
      audio: tracks.some(({ kind }) => kind === 'audio'),
      video: tracks.some(({ kind }) => kind === 'video'),
    };
    if (kinds.video && wanted.audioOnly) {
      throw new DOMException(`${wanted.mimeType} holds no video.`, 'NotSupportedError');
    }
    this.#mimeType = wanted.mimeType;
    this.#finished = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const { maxBufferedBytes = BUFFERED, pieceDuration = LONGEST_PIECE, signal } = options;
    const fail = (error: Error): void => {
      this.#fail(error);
    };
    this.#session = new RecordingSession({
      ...{ stream, tracks, wanted, options: converted, bitrates: bitratesFor(converted, kinds) },
      pieceMilliseconds: pieceDuration,
      output: makeOutput(maxBufferedBytes, fail),
      events: {
        decided: (format) => {
          this.#mimeType = fullMimeType(wanted, format, kinds);
          this.dispatchEvent(trustedEvent('start'));
        },
        failed: fail,
        ended: () => void this.stop(),
      },
    });
    activate(this, true);
    const abort = (): void => {
      void this.stop();
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    void this.#finished.then(() => signal?.removeEventListener('abort', abort));
  }

  /** Container and codecs; complete from `start` on. */
  get mimeType(): string {
    return this.#mimeType;
  }

  /** Whether it records. */
  get state(): 'recording' | 'paused' | 'inactive' {
    return this.#state;
  }

  /** Seconds that are recorded so far. */
  get duration(): number {
    return this.#session.duration;
  }

  /** Bytes that the output has taken so far. */
  get bytesWritten(): number {
    return this.#session.output.size;
  }

  /** What the recording says of itself: which way each track takes, how much of it there is and what is missing. */
  get statistics(): RecordingStatistics {
    return { ...this.#session.statistics(), mimeType: this.#mimeType };
  }

  /** Resolves when the output is complete and closed, however that came about; never rejects. */
  get finished(): Promise<RecordingResult> {
    return this.#finished;
  }

  /** Leaves out what comes from now on, until `resume()`. */
  pause(): void {
    if (this.#state !== 'recording') return;
    this.#state = 'paused';
    this.#session.pause();
    this.#session.queue(() => this.dispatchEvent(trustedEvent('pause')));
  }

  /** Goes on after `pause()`: what lay between takes no time in the recording. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'recording';
    this.#session.resume();
    this.#session.queue(() => this.dispatchEvent(trustedEvent('resume')));
  }

  /**
   * Ends the recording: what has come is written, the output is made seekable where it can be, and closed. Idempotent.
   *
   * @returns the same as `finished`
   */
  stop(): Promise<RecordingResult> {
    if (!this.#ending) {
      this.#ending = true;
      this.#state = 'inactive';
      void this.#finish();
    }
    return this.#finished;
  }

  /** Ends it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().then(() => undefined);
  }

  #fail(error: Error): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#state = 'inactive';
    // In a task of its own, and after `start`.
    this.#session.queue(() => this.dispatchEvent(makeErrorEvent(error)));
    void this.stop();
  }

  async #finish(): Promise<void> {
    const session = this.#session;
    await session.stop();
    const error = await session.output.finish();
    if (error !== undefined) this.#fail(error);
    session.queue(() => {
      this.dispatchEvent(trustedEvent('stop'));
      this.#resolve({ ...this.statistics, error: this.#error });
      deactivate(this);
    });
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['start', 'pause', 'resume', 'error', 'stop'],
      is: (value) => #session in value,
    });
    startRecording = (stream, options, container, makeOutput) => {
      const from = streamType(stream, 'The stream');
      const { mimeType = '' } = options;
      const wanted = wantedFormat(mimeType);
      if (wanted === undefined) throw new DOMException(`'${mimeType}' cannot be recorded.`, 'NotSupportedError');
      return new Recording(
        internal,
        from,
        options,
        { ...wanted, container: wanted.container ?? container },
        makeOutput,
      );
    };
  }
}
