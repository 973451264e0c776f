/** SFrame's cipher suites and keys (RFC 9605, sections 4.4.2 and 4.5). Frames are encrypted by the addon. */
import { webcrypto } from 'node:crypto';
import { types } from 'node:util';
import { enumeration, interfaceType } from '../webidl';

/** The cipher suites of RFC 9605, section 4.5. The number at the end of a name is the length of the tag in bits. */
export type SFrameCipherSuite =
  | 'AES_128_CTR_HMAC_SHA256_80'
  | 'AES_128_CTR_HMAC_SHA256_64'
  | 'AES_128_CTR_HMAC_SHA256_32'
  | 'AES_128_GCM_SHA256_128'
  | 'AES_256_GCM_SHA512_128';

interface Suite {
  /** In IANA's registry. */
  readonly number: number;
  readonly hash: 'SHA-256' | 'SHA-512';
  /** Nk, in bytes: with AES-CTR also the key of the tag. */
  readonly keyLength: number;
}

/** Nn, in bytes. */
const SALT_LENGTH = 12;

const SUITES: Readonly<Record<SFrameCipherSuite, Suite>> = {
  AES_128_CTR_HMAC_SHA256_80: { number: 1, hash: 'SHA-256', keyLength: 48 },
  AES_128_CTR_HMAC_SHA256_64: { number: 2, hash: 'SHA-256', keyLength: 48 },
  AES_128_CTR_HMAC_SHA256_32: { number: 3, hash: 'SHA-256', keyLength: 48 },
  AES_128_GCM_SHA256_128: { number: 4, hash: 'SHA-256', keyLength: 16 },
  AES_256_GCM_SHA512_128: { number: 5, hash: 'SHA-512', keyLength: 32 },
};

/** `enum SFrameCipherSuite`. */
export const cipherSuite = enumeration<SFrameCipherSuite>(
  'SFrameCipherSuite',
  Object.keys(SUITES) as SFrameCipherSuite[],
);

/** By what number the addon knows a suite. */
export const suiteNumber = (suite: SFrameCipherSuite): number => SUITES[suite].number;

/** `CryptoKey`, Node's own. */
export const cryptoKey = interfaceType<webcrypto.CryptoKey>('CryptoKey', (value) => types.isCryptoKey(value));

/** What is derived from a base key. */
export interface SFrameKeyMaterial {
  /** `sframe_key`. */
  readonly key: ArrayBuffer;
  /** `sframe_salt`. */
  readonly salt: ArrayBuffer;
}

/** HKDF-Extract without a salt, and HKDF-Expand. */
async function derive(baseKey: webcrypto.CryptoKey, suite: Suite, info: Buffer, length: number): Promise<ArrayBuffer> {
  const { subtle } = webcrypto;
  const hkdf = { name: 'HKDF', hash: suite.hash, salt: new Uint8Array(0), info };
  if (baseKey.usages.includes('deriveBits')) return subtle.deriveBits(hkdf, baseKey, length * 8);
  // A key that may only derive keys: any key of that length will do.
  const algorithm = { name: 'HMAC', hash: suite.hash, length: length * 8 };
  return subtle.exportKey('raw', await subtle.deriveKey(hkdf, baseKey, algorithm, true, ['sign']));
}

/**
 * Key and salt of a key id (RFC 9605, section 4.4.2).
 *
 * @throws DOMException when nothing can be derived from this key
 */
export async function deriveKeyMaterial(
  name: SFrameCipherSuite,
  baseKey: webcrypto.CryptoKey,
  keyId: bigint,
): Promise<SFrameKeyMaterial> {
  const suite = SUITES[name];
  const label = (text: string): Buffer => {
    const numbers = Buffer.alloc(10);
    numbers.writeBigUInt64BE(keyId);
    numbers.writeUInt16BE(suite.number, 8);
    return Buffer.concat([Buffer.from(text), numbers]);
  };
  const [key, salt] = await Promise.all([
    derive(baseKey, suite, label('SFrame 1.0 Secret key '), suite.keyLength),
    derive(baseKey, suite, label('SFrame 1.0 Secret salt '), SALT_LENGTH),
  ]);
  return { key, salt };
}
