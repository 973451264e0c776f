import {
  DOMString,
  USVString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  interfaceType,
  nullable,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { isIceCandidate, type RTCIceCandidate } from './RTCIceCandidate';

/** Argument of the constructor of {@link RTCPeerConnectionIceEvent} (WebRTC, section 4.8.2). */
export interface RTCPeerConnectionIceEventInit extends EventInit {
  /** The candidate; `null` at the end of gathering. */
  candidate?: RTCIceCandidate | null;
  /** The server that gave it. */
  url?: string | null;
}

interface ConvertedInit extends ConvertedEventInit {
  candidate?: RTCIceCandidate | null;
  url?: string | null;
}

const rtcPeerConnectionIceEventInit = dictionary<ConvertedInit, ConvertedEventInit>(
  'RTCPeerConnectionIceEventInit',
  {
    candidate: { type: nullable(interfaceType<RTCIceCandidate>('RTCIceCandidate', (value) => isIceCandidate(value))) },
    url: { type: nullable(USVString) },
  },
  eventInit,
);

const constructing = constructorOperation('RTCPeerConnectionIceEvent');

/**
 * `icecandidate`: a local candidate is ready to be signalled.
 *
 * Implements WebRTC, section 4.8.2 (RTCPeerConnectionIceEvent).
 */
export class RTCPeerConnectionIceEvent extends Event {
  readonly #candidate: RTCIceCandidate | null;
  readonly #url: string | null;

  /**
   * @param type - the event's type.
   * @param eventInitDict - `EventInit`, `candidate` and `url`.
   * @throws TypeError when `candidate` is neither `null` nor an `RTCIceCandidate`.
   */
  constructor(type: string, eventInitDict: RTCPeerConnectionIceEventInit = {}) {
    constructing.requireArguments(arguments.length, 1);
    const eventType = DOMString(type, constructing.parameter(1));
    const init = rtcPeerConnectionIceEventInit(eventInitDict, constructing.parameter(2));
    super(eventType, init);
    this.#candidate = init.candidate ?? null;
    this.#url = init.url ?? null;
  }

  /**
   * The candidate. One with an empty `candidate` ends a generation of candidates; `null` says that gathering is
   * complete for the whole connection.
   */
  get candidate(): RTCIceCandidate | null {
    return this.#candidate;
  }

  /**
   * URL of the STUN or TURN server that gave the candidate, or `null`.
   * @deprecated Use `candidate.url`.
   */
  get url(): string | null {
    return this.#url;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
