import { MediaStream as StandardMediaStream, createStream } from '../media/MediaStream';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { isIterable, isObject } from '../webidl';

/** What `wrtc` takes beside a stream and tracks: the id of a new, empty stream. */
export interface RTCMediaStreamInit {
  /** The id of the stream. */
  id: string;
}

const isInit = (value: unknown): value is RTCMediaStreamInit =>
  isObject(value) && !(value instanceof StandardMediaStream) && !isIterable(value) && 'id' in value;

/** The standard's `MediaStream`, which can be given its id. Every stream is an instance of it. */
export class MediaStream extends StandardMediaStream {
  /** @param init tracks, another stream, or `{ id }` */
  constructor(init?: StandardMediaStream | Iterable<MediaStreamTrack> | RTCMediaStreamInit) {
    if (isInit(init)) {
      super();
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- it has nothing beside
      return createStream(init.id);
    }
    super(init);
  }

  /** Whether an object is a stream, of whichever class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof StandardMediaStream;
  }
}
