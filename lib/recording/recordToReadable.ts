import { Readable } from 'node:stream';
import type { MediaStream } from '../media/MediaStream';
import type { Container } from './mime_type';
import { MatroskaHeader } from './webm_pieces';
import { startRecording, type EndingOutput, type Recording, type RecordingOptions } from './Recording';

/** Pieces for a reader; when it does not keep up, some are left out. */
class ReadableOutput implements EndingOutput {
  readonly #readable: Readable;
  readonly #limit: number;
  #size = 0;

  constructor(readable: Readable, limit: number) {
    this.#readable = readable;
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  get full(): boolean {
    return this.#readable.readableLength >= this.#limit;
  }

  header(bytes: Uint8Array, container: Container): void {
    this.piece(container === 'mp4' ? bytes : new MatroskaHeader(bytes).bytes);
  }

  piece(bytes: Uint8Array): void {
    if (this.#readable.destroyed) return;
    this.#size += bytes.byteLength;
    this.#readable.push(bytes);
  }

  finish(): Promise<undefined> {
    if (!this.#readable.destroyed) this.#readable.push(null);
    return Promise.resolve(undefined);
  }
}

/** A recording as a stream of bytes. */
export class RecordingReadable extends Readable {
  readonly #recording: Recording;

  /** Not for applications: `recordToReadable` makes it. */
  constructor(stream: MediaStream, options: RecordingOptions) {
    super();
    this.#recording = startRecording(stream, options, undefined, (limit) => new ReadableOutput(this, limit));
    this.#recording.addEventListener('error', ({ error }) => this.destroy(error as Error));
  }

  /** The recording, with its events and statistics. */
  get recording(): Recording {
    return this.#recording;
  }

  /** Nothing has to be asked for: pieces come by themselves. */
  override _read(): void {
    // See above.
  }

  /** Not for applications: `Readable` calls it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    void this.#recording.stop().then(() => {
      callback(error);
    });
  }
}

/**
 * Records a stream into a `Readable`, beginning at once. It ends when all tracks have ended or `recording.stop()` is
 * called, and is destroyed with the error when the recording fails. Destroying it ends the recording.
 *
 * A reader that falls more than `maxBufferedBytes` behind misses some of it: the statistics count what.
 *
 * @example
 * const readable = recordToReadable(stream, { mimeType: 'video/webm' });
 * await pipeline(readable, response);
 *
 * @throws TypeError when `stream` is no `MediaStream`
 * @throws DOMException `NotSupportedError` when no track is live, or `mimeType` cannot be recorded
 */
export function recordToReadable(stream: MediaStream, options: RecordingOptions = {}): RecordingReadable {
  return new RecordingReadable(stream, options);
}
