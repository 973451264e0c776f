/** `RTCIceParameters`: what one end of ICE is known by. */
import { randomBytes } from 'node:crypto';
import { boolean, dictionary, DOMString, type Dictionary } from '../webidl';

/** User name fragment and password of one side (WebRTC, section 5.6.1, and webrtc-ice, section 3). */
export interface RTCIceParameters {
  /** The user name. */
  usernameFragment?: string;
  /** The password. */
  password?: string;
  /** Of a remote side: that it answers checks and makes none of its own (RFC 8445, section 2.5). */
  iceLite?: boolean;
}

/** Parameters with which an agent can work. */
export interface CompleteIceParameters extends RTCIceParameters {
  usernameFragment: string;
  password: string;
}

/** Converts a value to `RTCIceParameters`. */
export const iceParameters: Dictionary<RTCIceParameters> = dictionary<RTCIceParameters>('RTCIceParameters', {
  iceLite: { type: boolean },
  password: { type: DOMString },
  usernameFragment: { type: DOMString },
});

/** `ice-char` of RFC 8839, section 5.4. */
const FRAGMENT = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;

/**
 * Checks the parameters of a remote peer.
 *
 * @throws TypeError when one of the two is missing
 * @throws DOMException `SyntaxError` when they are not what RFC 8839, section 5.4 allows
 */
export function completeIceParameters(parameters: RTCIceParameters, context: string): CompleteIceParameters {
  const { usernameFragment, password } = parameters;
  if (usernameFragment === undefined || password === undefined) {
    throw new TypeError(`${context}: usernameFragment and password are needed.`);
  }
  if (!FRAGMENT.test(usernameFragment)) {
    throw new DOMException(`${context}: usernameFragment is not 4 to 256 ice-chars.`, 'SyntaxError');
  }
  if (!PASSWORD.test(password)) {
    throw new DOMException(`${context}: password is not 22 to 256 ice-chars.`, 'SyntaxError');
  }
  return { ...parameters, usernameFragment, password };
}

/** New parameters; base 64 has just the characters that RFC 8839 allows. */
export function generateIceParameters(): CompleteIceParameters {
  return {
    usernameFragment: randomBytes(3).toString('base64'),
    password: randomBytes(18).toString('base64'),
    iceLite: false,
  };
}

/** Whether two sets of parameters are those of one generation. */
export function sameIceParameters(a: RTCIceParameters, b: RTCIceParameters): boolean {
  return a.usernameFragment === b.usernameFragment && a.password === b.password;
}
