/** Looks whether a stream has other tracks than a recording of it began with. Streams fire no event for what scripts do. */
import type { MediaStream } from '../media/MediaStream';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { startTicking, stopTicking } from './ticker';

export class StreamWatch {
  readonly #stream: MediaStream;
  readonly #tracks: readonly MediaStreamTrack[];
  readonly #changed: () => void;
  readonly #look = (): void => {
    this.tick();
  };

  /** @param changed called once, in a task of its own, when a track was added or removed */
  constructor(stream: MediaStream, changed: () => void) {
    this.#stream = stream;
    this.#tracks = stream.getTracks();
    this.#changed = changed;
    startTicking(this);
    setImmediate(this.#look);
  }

  tick(): void {
    const tracks = this.#stream.getTracks();
    if (tracks.length === this.#tracks.length && tracks.every((track, index) => track === this.#tracks[index])) return;
    this.close();
    this.#changed();
  }

  close(): void {
    stopTicking(this);
  }
}
