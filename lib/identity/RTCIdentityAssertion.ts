import { attributeContext, constructorOperation, defineInterface, DOMString } from '../webidl';

const NAME = 'RTCIdentityAssertion';
const CONSTRUCT = constructorOperation(NAME);

/**
 * Who an identity provider says the peer is.
 *
 * Implements Identity for WebRTC, section 8 (RTCPeerConnection Interface Extensions).
 */
export class RTCIdentityAssertion {
  #idp: string;
  #name: string;

  /**
   * @param idp the domain of the identity provider
   * @param name the identity: `user@domain`
   */
  constructor(idp: string, name: string) {
    CONSTRUCT.requireArguments(arguments.length, 2);
    this.#idp = DOMString(idp, CONSTRUCT.parameter(1));
    this.#name = DOMString(name, CONSTRUCT.parameter(2));
  }

  /** Domain of the identity provider that has validated the identity, with its port where that is not HTTPS's. */
  get idp(): string {
    return this.#idp;
  }

  set idp(value: string) {
    this.#idp = DOMString(value, attributeContext(NAME, 'idp'));
  }

  /** The peer's identity, in the form of a mail address (RFC 5322): `user@domain`. */
  get name(): string {
    return this.#name;
  }

  set name(value: string) {
    this.#name = DOMString(value, attributeContext(NAME, 'name'));
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
