import type { MediaStream } from '../media/MediaStream';
import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  nullable,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { mediaStreamType } from './parameters';

/** Argument of the constructor of {@link MediaStreamEvent}. */
export interface MediaStreamEventInit extends EventInit {
  /** The stream that has come or gone. */
  stream?: MediaStream | null;
}

const mediaStreamEventInit = dictionary<ConvertedEventInit & { stream: MediaStream | null }, ConvertedEventInit>(
  'MediaStreamEventInit',
  { stream: { type: nullable(mediaStreamType), default: null } },
  eventInit,
);

const CONSTRUCT = constructorOperation('MediaStreamEvent');

/**
 * `addstream` and `removestream`: the remote peer's streams have changed.
 *
 * It is of the first drafts of webrtc-pc; `track` says it better.
 */
export class MediaStreamEvent extends Event {
  readonly #stream: MediaStream | null;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit` and `stream`
   */
  constructor(type: string, eventInitDict: MediaStreamEventInit = {}) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = mediaStreamEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#stream = init.stream;
  }

  /** The stream. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
