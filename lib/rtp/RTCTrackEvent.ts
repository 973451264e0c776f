import type { MediaStream } from '../media/MediaStream';
import { isMediaStreamTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  interfaceType,
  sequence,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { mediaStreamType } from './parameters';
import { isReceiver, type RTCRtpReceiver } from './RTCRtpReceiver';
import { isTransceiver, type RTCRtpTransceiver } from './RTCRtpTransceiver';

/** Argument of the constructor of {@link RTCTrackEvent}. */
export interface RTCTrackEventInit extends EventInit {
  /** What receives the track. */
  receiver: RTCRtpReceiver;
  /** The track. */
  track: MediaStreamTrack;
  /** The streams that it is in. */
  streams?: MediaStream[];
  /** The transceiver of the receiver. */
  transceiver: RTCRtpTransceiver;
}

interface ConvertedTrackEventInit extends ConvertedEventInit {
  receiver: RTCRtpReceiver;
  track: MediaStreamTrack;
  streams: MediaStream[];
  transceiver: RTCRtpTransceiver;
}

const trackEventInit = dictionary<ConvertedTrackEventInit, ConvertedEventInit>(
  'RTCTrackEventInit',
  {
    receiver: {
      type: interfaceType<RTCRtpReceiver>('RTCRtpReceiver', (value) => isReceiver(value)),
      required: true,
    },
    streams: { type: sequence(mediaStreamType), default: () => [] },
    track: {
      type: interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value)),
      required: true,
    },
    transceiver: {
      type: interfaceType<RTCRtpTransceiver>('RTCRtpTransceiver', (value) => isTransceiver(value)),
      required: true,
    },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('RTCTrackEvent');

/**
 * `track`: the remote peer sends a track.
 *
 * Implements webrtc-pc, section 5.7 (RTCTrackEvent).
 */
export class RTCTrackEvent extends Event {
  readonly #receiver: RTCRtpReceiver;
  readonly #track: MediaStreamTrack;
  readonly #streams: readonly MediaStream[];
  readonly #transceiver: RTCRtpTransceiver;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit`, the required `receiver`, `track` and `transceiver`, and `streams`
   * @throws TypeError when a member is missing or of another type
   */
  constructor(type: string, eventInitDict: RTCTrackEventInit) {
    CONSTRUCT.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = trackEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#receiver = init.receiver;
    this.#track = init.track;
    this.#streams = Object.freeze(init.streams);
    this.#transceiver = init.transceiver;
  }

  /** The receiver of the track. */
  get receiver(): RTCRtpReceiver {
    return this.#receiver;
  }

  /** The track. */
  get track(): MediaStreamTrack {
    return this.#track;
  }

  /** The streams that the track is in. */
  get streams(): readonly MediaStream[] {
    return this.#streams;
  }

  /** The transceiver of the track. */
  get transceiver(): RTCRtpTransceiver {
    return this.#transceiver;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
