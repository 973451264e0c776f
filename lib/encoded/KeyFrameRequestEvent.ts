import { DOMString, constructorOperation, defineInterface } from '../webidl';

const CONSTRUCT = constructorOperation('KeyFrameRequestEvent');

/**
 * `keyframerequest`: the remote peer wants a key frame of what a sender sends, by an RTCP Picture Loss Indication or a
 * Full Intra Request.
 *
 * The specification lets scripts cancel the event, and have no key frame made then. Here it cannot be cancelled: libwebrtc's
 * encoder has heard of the request by itself, and makes the key frame, at most one in 300 ms.
 *
 * Implements WebRTC Encoded Transform, section 5.4 (KeyFrameRequestEvent interface).
 */
export class KeyFrameRequestEvent extends Event {
  readonly #rid: string | null;

  /**
   * @param type - the event's type.
   * @param rid - of the encoding that is meant.
   */
  constructor(type: string, rid?: string) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    super(DOMString(type, CONSTRUCT.parameter(1)));
    this.#rid = rid === undefined ? null : DOMString(rid, CONSTRUCT.parameter(2));
  }

  /** Of the encoding that is meant; `null` for all. */
  get rid(): string | null {
    return this.#rid;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
