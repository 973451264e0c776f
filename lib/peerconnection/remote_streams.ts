import { createStream, type MediaStream } from '../media/MediaStream';

/** The streams that remote descriptions have named: one object for each id, as long as anybody has it. */
export class RemoteStreams {
  readonly #streams = new Map<string, WeakRef<MediaStream>>();

  /** The stream with this id. */
  get(id: string): MediaStream {
    let stream = this.#streams.get(id)?.deref();
    if (stream === undefined) {
      stream = createStream(id);
      this.#streams.set(id, new WeakRef(stream));
    }
    return stream;
  }

  /** Forgets those that are gone. */
  sweep(): void {
    for (const [id, reference] of this.#streams) {
      if (reference.deref() === undefined) this.#streams.delete(id);
    }
  }
}
