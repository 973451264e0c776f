/**
 * What is written into descriptions and what providers vouch for. Implements RFC 8827, sections 5.1 (Identity Attribute),
 * 7.4 (Binding Identity Assertions to JSEP Offer/Answer Transactions) and 7.6 (Verifying Assertions).
 */
import { Buffer } from 'node:buffer';
import type { RTCDtlsFingerprint } from '../peerconnection/RTCCertificate';
import { splitSections } from '../peerconnection/sdp';
import { isForbiddenProtocol, type IdentityProvider } from './identity_provider';

/** An identity assertion as descriptions carry it. */
export interface Assertion {
  idp: IdentityProvider;
  /** What the provider has made, and alone understands. */
  assertion: string;
}

/** An object of JSON; `null` for every other value and for what is no JSON. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** The value of `a=identity`: base64 of JSON. */
export function encodeAssertion({ idp: { domain, protocol }, assertion }: Assertion): string {
  return Buffer.from(JSON.stringify({ idp: { domain, protocol }, assertion })).toString('base64');
}

/** Reads the value of `a=identity`; `null` when it is malformed. */
export function decodeAssertion(value: string): Assertion | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return null;
  const { idp, assertion } = parseObject(Buffer.from(value, 'base64').toString()) ?? {};
  const { domain, protocol = 'default' } = asObject(idp) ?? {};
  if (typeof domain !== 'string' || typeof protocol !== 'string' || typeof assertion !== 'string') return null;
  return isForbiddenProtocol(protocol) ? null : { idp: { domain, protocol }, assertion };
}

/** What a provider is asked to vouch for: the fingerprints of the connection's certificate. */
export function makeContents(fingerprints: RTCDtlsFingerprint[]): string {
  return JSON.stringify({
    fingerprint: fingerprints.map(({ algorithm = '', value = '' }) => ({ algorithm, digest: value.toUpperCase() })),
  });
}

/** How a fingerprint is compared. */
const fingerprintKey = (algorithm: string, digest: string): string => `${algorithm} ${digest}`.toLowerCase();

/** Whether a provider has vouched for every fingerprint of a description. */
export function coversFingerprints(contents: string, sdp: string): boolean {
  const { fingerprint } = parseObject(contents) ?? {};
  if (!Array.isArray(fingerprint)) return false;
  const covered = new Set(
    fingerprint.map((entry) => {
      const { algorithm, digest } = asObject(entry) ?? {};
      return typeof algorithm === 'string' && typeof digest === 'string' ? fingerprintKey(algorithm, digest) : null;
    }),
  );
  const offered = Array.from(sdp.matchAll(/^a=fingerprint:(\S+) +(\S+)/gm));
  return offered.every(([, algorithm = '', digest = '']) => covered.has(fingerprintKey(algorithm, digest)));
}

/** The value of `a=identity` of a description; `null` when it has none. */
export function identityOf(sdp: string): string | null {
  // Nearly no description has one.
  if (!sdp.includes('a=identity:')) return null;
  const [session = ''] = splitSections(sdp);
  return /^a=identity:([^\s;]*)/m.exec(session)?.[1] ?? null;
}

/** Writes `a=identity` into a description, at the end of its session part; `null` leaves the description as it is. */
export function withIdentity(sdp: string, value: string | null): string {
  if (value === null || identityOf(sdp) !== null) return sdp;
  const [session = '', ...sections] = splitSections(sdp);
  return `${session}a=identity:${value}\r\n${sections.join('')}`;
}
