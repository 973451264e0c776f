import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  interfaceType,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { isMediaStreamTrack, type MediaStreamTrack } from './MediaStreamTrack';

/** Argument of the constructor of {@link MediaStreamTrackEvent}. */
export interface MediaStreamTrackEventInit extends EventInit {
  /** The track that has come or gone. */
  track: MediaStreamTrack;
}

const mediaStreamTrackEventInit = dictionary<ConvertedEventInit & { track: MediaStreamTrack }, ConvertedEventInit>(
  'MediaStreamTrackEventInit',
  {
    track: {
      type: interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value)),
      required: true,
    },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('MediaStreamTrackEvent');

/**
 * `addtrack` and `removetrack`: a stream has got or lost a track.
 *
 * Implements Media Capture and Streams, section 4.4 (MediaStreamTrackEvent).
 */
export class MediaStreamTrackEvent extends Event {
  readonly #track: MediaStreamTrack;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit` and the required `track`
   * @throws TypeError when `track` is no `MediaStreamTrack`
   */
  constructor(type: string, eventInitDict: MediaStreamTrackEventInit) {
    CONSTRUCT.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = mediaStreamTrackEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#track = init.track;
  }

  /** The track. */
  get track(): MediaStreamTrack {
    return this.#track;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
