import { constructorOperation, defineInterface, dictionary, DOMString, enumeration, type Dictionary } from '../webidl';

/** What a session description is for. */
export type RTCSdpType = 'offer' | 'pranswer' | 'answer' | 'rollback';

/** A session description as it is signalled: `type` is required, `sdp` is empty for a rollback. */
export interface RTCSessionDescriptionInit {
  /** What it is. */
  type: RTCSdpType;
  /** The description; empty where absent. */
  sdp?: string;
}

/** The argument of `setLocalDescription`: both members may be left to the connection. */
export interface RTCLocalSessionDescriptionInit {
  /** What it is; what fits the state where absent. */
  type?: RTCSdpType;
  /** The description; made where absent. */
  sdp?: string;
}

const RTCSdpTypeEnum = enumeration('RTCSdpType', ['offer', 'pranswer', 'answer', 'rollback']);

/** Converts a value to `RTCSessionDescriptionInit`. */
export const sessionDescriptionInit: Dictionary<{ type: RTCSdpType; sdp: string }> = dictionary(
  'RTCSessionDescriptionInit',
  { type: { type: RTCSdpTypeEnum, required: true }, sdp: { type: DOMString, default: '' } },
);

/** Converts a value to `RTCLocalSessionDescriptionInit`. */
export const localSessionDescriptionInit: Dictionary<{ type?: RTCSdpType; sdp: string }> = dictionary(
  'RTCLocalSessionDescriptionInit',
  { type: { type: RTCSdpTypeEnum }, sdp: { type: DOMString, default: '' } },
);

const CONSTRUCT = constructorOperation('RTCSessionDescription');

/**
 * A local or remote session description. It never changes: a connection whose description gains a candidate has a new
 * object.
 *
 * Implements webrtc-pc, section 4.6.2 (RTCSessionDescription class).
 */
export class RTCSessionDescription {
  readonly #type: RTCSdpType;
  readonly #sdp: string;

  /**
   * @param descriptionInitDict `{ type, sdp = '' }`
   * @throws TypeError when `type` is missing or no `RTCSdpType`
   */
  constructor(descriptionInitDict: RTCSessionDescriptionInit) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const init = sessionDescriptionInit(descriptionInitDict, CONSTRUCT.parameter(1));
    this.#type = init.type;
    this.#sdp = init.sdp;
  }

  /** What the description is for. */
  get type(): RTCSdpType {
    return this.#type;
  }

  /** The description as text, lines ended by CR LF; empty for a rollback. */
  get sdp(): string {
    return this.#sdp;
  }

  /** The description as a plain object, for signalling: `{ type, sdp }`. */
  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.#type, sdp: this.#sdp };
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
