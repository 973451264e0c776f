/** A recording that is given away in parts, as its application asks for them. */
import { MatroskaHeader } from './webm_pieces';
import type { PieceInfo, RecordingOutput } from './engine';
import type { Container } from './mime_type';

export class BlobOutput implements RecordingOutput {
  /** The application takes what it has asked for: nothing is ever thrown away. */
  readonly full = false;
  readonly #slice: number;
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Milliseconds in the recording: of the first frame of these parts, and of the last part that was given. */
  #start: number | undefined;
  #given: number | undefined;

  /** Takes parts, and the time of the first frame in them, when there is a slice of them. */
  onpart: ((parts: Uint8Array[], time: number) => void) | undefined;

  /** @param slice milliseconds of recording in what `onpart` gets at least */
  constructor(slice: number) {
    this.#slice = slice;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  header(bytes: Uint8Array, container: Container): void {
    this.#add(container === 'mp4' ? bytes : new MatroskaHeader(bytes).bytes);
  }

  piece(bytes: Uint8Array, { time, end }: PieceInfo): void {
    this.#start ??= time * 1000;
    this.#add(bytes);
    if (end * 1000 - this.#start >= this.#slice) this.onpart?.(...this.take());
  }

  /** What has come since the last time, and the time of the first frame in it, in milliseconds. */
  take(): [parts: Uint8Array[], time: number] {
    const parts = this.#parts;
    const time = Math.max(this.#start ?? this.#given ?? 0, this.#given ?? 0);
    this.#parts = [];
    this.#start = undefined;
    this.#given = time;
    return [parts, time];
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.byteLength;
  }
}
