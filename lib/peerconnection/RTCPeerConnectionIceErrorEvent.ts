import {
  DOMString,
  USVString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  nullable,
  unsignedShort,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';

/** Argument of the constructor of {@link RTCPeerConnectionIceErrorEvent} (WebRTC, section 4.8.3). */
export interface RTCPeerConnectionIceErrorEventInit extends EventInit {
  /** The local address that was used. */
  address?: string | null;
  /** The local port that was used. */
  port?: number | null;
  /** The server. */
  url?: string;
  /** The STUN error code, 701 for a server that was not reached. */
  errorCode: number;
  /** What the server says, or why it was not reached. */
  errorText?: string;
}

interface ConvertedInit extends ConvertedEventInit {
  address?: string | null;
  errorCode: number;
  errorText?: string;
  port?: number | null;
  url?: string;
}

const rtcPeerConnectionIceErrorEventInit = dictionary<ConvertedInit, ConvertedEventInit>(
  'RTCPeerConnectionIceErrorEventInit',
  {
    address: { type: nullable(DOMString) },
    errorCode: { type: unsignedShort, required: true },
    errorText: { type: USVString },
    port: { type: nullable(unsignedShort) },
    url: { type: USVString },
  },
  eventInit,
);

const constructing = constructorOperation('RTCPeerConnectionIceErrorEvent');

/**
 * `icecandidateerror`: gathering candidates from a STUN or TURN server failed.
 *
 * Implements WebRTC, section 4.8.3 (RTCPeerConnectionIceErrorEvent).
 */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  /**
   * @param type - the event's type.
   * @param eventInitDict - `EventInit`, the required `errorCode` and the other attributes' values.
   * @throws TypeError when `errorCode` is missing.
   */
  constructor(type: string, eventInitDict: RTCPeerConnectionIceErrorEventInit) {
    constructing.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, constructing.parameter(1));
    const init = rtcPeerConnectionIceErrorEventInit(eventInitDict, constructing.parameter(2));
    super(eventType, init);
    this.#address = init.address ?? null;
    this.#port = init.port ?? null;
    this.#url = init.url ?? '';
    this.#errorCode = init.errorCode;
    this.#errorText = init.errorText ?? '';
  }

  /** Local IP address that the server was contacted from, or `null` where it may not be exposed. */
  get address(): string | null {
    return this.#address;
  }

  /** Local port that the server was contacted from, or `null` where there is no address. */
  get port(): number | null {
    return this.#port;
  }

  /** URL of the server. */
  get url(): string {
    return this.#url;
  }

  /** STUN's error code (300 to 699), or 701 when no server of the URL could be reached. */
  get errorCode(): number {
    return this.#errorCode;
  }

  /** STUN's reason phrase, or the implementation's words where `errorCode` is 701. */
  get errorText(): string {
    return this.#errorText;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
