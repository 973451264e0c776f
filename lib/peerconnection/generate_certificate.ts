/** Making certificates. Implements webrtc-pc, section 4.9 (certificate management). */
import { exceptionFrom } from '../errors/native_error';
import { activate, deactivate } from '../lifetime';
import { native, type NativeKeyParameters } from '../native';
import { dictionary, DOMString, enforceRange, isObject, type Converter } from '../webidl';
import { createCertificate, type RTCCertificate } from './RTCCertificate';

/** `"ECDSA"`-like names or objects of the Web Cryptography API, with a lifetime. */
export type RTCCertificateAlgorithm =
  | string
  | {
      /** `ECDSA` or `RSASSA-PKCS1-v1_5`. */
      name: string;
      /** Milliseconds that the certificate is valid for; 30 days by default, a year at most. */
      expires?: number;
      /** Of ECDSA: `P-256`. */
      namedCurve?: string;
      /** Of RSA: bits of the modulus. */
      modulusLength?: number;
      /** Of RSA: 65537, as bytes. */
      publicExponent?: Uint8Array;
      /** Of RSA: `SHA-256`. */
      hash?: string | { name: string };
    };

const uint8Array: Converter<Uint8Array> = (value, context) => {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${context} is not of type 'Uint8Array'.`);
  return value;
};

const hashIdentifier: Converter<string> = (value, context) =>
  isObject(value) ? algorithm(value, context).name : DOMString(value, context);

const expiration = dictionary<{ expires?: number }>('RTCCertificateExpiration', {
  expires: { type: enforceRange.unsignedLongLong },
});
const algorithm = dictionary<{ name: string }>('Algorithm', { name: { type: DOMString, required: true } });
const ecKeyGenParams = dictionary<{ namedCurve: string }>('EcKeyGenParams', {
  namedCurve: { type: DOMString, required: true },
});
const rsaKeyGenParams = dictionary<{ modulusLength: number; publicExponent: Uint8Array; hash: string }>(
  'RsaHashedKeyGenParams',
  {
    hash: { type: hashIdentifier, required: true },
    modulusLength: { type: enforceRange.unsignedLong, required: true },
    publicExponent: { type: uint8Array, required: true },
  },
);

/** The specification lets a year be the most. */
const MAX_LIFETIME = 365 * 24 * 60 * 60 * 1000;
/** BoringSSL's bounds, in bits. */
const MIN_MODULUS = 1024;
const MAX_MODULUS = 8192;

function notSupported(context: string, what: string): never {
  throw new DOMException(`${context}: ${what} is not supported.`, 'NotSupportedError');
}

/** "Normalize an algorithm" of the Web Cryptography API, for what certificates can be made with. */
function normalize(identifier: unknown, context: string): NativeKeyParameters {
  const value = isObject(identifier) ? identifier : { name: DOMString(identifier, context) };
  const { name } = algorithm(value, context);
  switch (name.toUpperCase()) {
    case 'ECDSA': {
      const { namedCurve } = ecKeyGenParams(value, context);
      if (namedCurve !== 'P-256') notSupported(context, `the curve '${namedCurve}'`);
      return { name: 'ECDSA', namedCurve };
    }
    case 'RSASSA-PKCS1-V1_5': {
      const { modulusLength, publicExponent, hash } = rsaKeyGenParams(value, context);
      if (hash.toUpperCase() !== 'SHA-256') notSupported(context, `the hash '${hash}'`);
      if (modulusLength < MIN_MODULUS || modulusLength > MAX_MODULUS) {
        notSupported(context, `a modulus of ${modulusLength} bits`);
      }
      const exponent = publicExponent.reduce((sum, byte) => sum * 256 + byte, 0);
      if (exponent !== 3 && exponent !== 65537) notSupported(context, 'the public exponent');
      return { name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: exponent };
    }
    default:
      return notSupported(context, `the algorithm '${name}'`);
  }
}

/** The steps of `RTCPeerConnection.generateCertificate`; what it throws becomes a rejection in the caller. */
export function generateCertificate(identifier: unknown, context: string): Promise<RTCCertificate> {
  // 2. If keygenAlgorithm is an object, convert it to RTCCertificateExpiration.
  const { expires = null } = isObject(identifier) ? expiration(identifier, context) : {};
  // 3. to 5. Normalize the algorithm; throw a NotSupportedError for what cannot make a certificate.
  const parameters = normalize(identifier, context);
  // 6. to 10. Generate in parallel; the promise is settled in a task.
  const operation = {};
  activate(operation, true);
  return new Promise((resolve, reject) => {
    native.generateCertificate(
      parameters,
      expires === null ? null : Math.min(expires, MAX_LIFETIME),
      (error, certificate) => {
        deactivate(operation);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
        if (error !== null) reject(exceptionFrom(error));
        else resolve(createCertificate(certificate));
      },
    );
  });
}
