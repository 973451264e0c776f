import type { WritableStream } from 'node:stream/web';
import { attributeContext, boolean, defineInterface } from '../webidl';
import { videoWritable } from './generators';
import { setMuted, type MediaStreamTrack } from './MediaStreamTrack';
import { VideoSource } from './raw_sources';
import type { VideoFrame } from './VideoFrame';

/**
 * A video track whose frames one writes into a stream. Frames that are written are closed.
 *
 * Implements MediaStreamTrack Insertable Media Processing using Streams, section 4 (VideoTrackGenerator); it is there on
 * all threads.
 */
export class VideoTrackGenerator {
  readonly #track: MediaStreamTrack;
  readonly #writable: WritableStream<VideoFrame>;
  #muted = false;

  constructor() {
    const source: VideoSource = new VideoSource({
      onidle: () => {
        writable.finish();
      },
    });
    const writable = videoWritable(
      (frame) => {
        if (!this.#muted) source.push(frame);
      },
      () => {
        source.stop();
      },
    );
    this.#track = source.createTrack();
    this.#writable = writable.stream;
  }

  /** Takes the frames; closing it ends the track. */
  get writable(): WritableStream<VideoFrame> {
    return this.#writable;
  }

  /** Whether frames are thrown away; the track is muted then. */
  get muted(): boolean {
    return this.#muted;
  }

  set muted(value: boolean) {
    const muted = boolean(value, attributeContext('VideoTrackGenerator', 'muted'));
    if (muted === this.#muted) return;
    this.#muted = muted;
    // The track hears of it in a task of its own.
    setImmediate(() => {
      setMuted(this.#track, this.#muted);
    });
  }

  /** The track. */
  get track(): MediaStreamTrack {
    return this.#track;
  }

  static {
    defineInterface(this, { length: 0 });
  }
}
