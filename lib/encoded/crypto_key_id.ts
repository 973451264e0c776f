/** `typedef ([EnforceRange] unsigned long long or bigint) CryptoKeyID` (WebRTC Encoded Transform, section 4). */
import { enforceRange, type Converter } from '../webidl';

/** Names a key: an integer of 64 bits. */
export type CryptoKeyID = number | bigint;

/** Converts a `CryptoKeyID`; a `bigint` may still be any. */
export const cryptoKeyId: Converter<CryptoKeyID> = (value, context) =>
  typeof value === 'bigint' ? value : enforceRange.unsignedLongLong(value, context);

/** A key id as scripts see it: a number where that is exact. */
export function fromKeyId(keyId: bigint): CryptoKeyID {
  return keyId <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(keyId) : keyId;
}
