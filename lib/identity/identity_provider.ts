/** Which identity provider (IdP) a connection uses, and where its script is. Implements RFC 8827, section 7.5. */
import { dictionary, DOMString } from '../webidl';

/** Options of `setIdentityProvider`. */
export interface RTCIdentityProviderOptions {
  /** Which of the provider's protocols to use, `'default'` where absent; it has neither `/` nor `\`. */
  protocol?: string;
  /** Whose identity is meant, for providers that have several of a user. */
  usernameHint?: string;
  /** Whom the identity is for; `RTCConfiguration.peerIdentity` where absent. */
  peerIdentity?: string;
}

/** {@link RTCIdentityProviderOptions} after conversion. */
export interface IdentityProviderOptions {
  protocol: string;
  usernameHint?: string;
  peerIdentity?: string;
}

/** Converts a value to `RTCIdentityProviderOptions`. */
export const identityProviderOptions = dictionary<IdentityProviderOptions>('RTCIdentityProviderOptions', {
  protocol: { type: DOMString, default: 'default' },
  usernameHint: { type: DOMString },
  peerIdentity: { type: DOMString },
});

/** An identity provider: a domain, with its port if that is not HTTPS's, and one of its protocols. */
export interface IdentityProvider {
  domain: string;
  protocol: string;
}

const WELL_KNOWN = '/.well-known/idp-proxy/';

/** Whether a protocol's name may not be used: it would reach another place of the provider's site. */
export function isForbiddenProtocol(protocol: string): boolean {
  return /[/\\]/.test(protocol);
}

/** Where a provider's script is; `null` for what is no domain or no protocol. */
export function scriptUrl({ domain, protocol }: IdentityProvider): URL | null {
  // A domain alone: anything else would move the well-known path, or add credentials.
  if (!/^[^/\\?#@\s]+$/.test(domain) || isForbiddenProtocol(protocol)) return null;
  try {
    const url = new URL(`https://${domain}${WELL_KNOWN}${protocol}`);
    // Protocols like '..' have led elsewhere.
    return url.pathname.startsWith(WELL_KNOWN) && url.pathname.length > WELL_KNOWN.length ? url : null;
  } catch {
    return null;
  }
}

/** A host name as it is compared: in lower case and in ASCII; `null` for what is none. */
function canonicalHost(domain: string): string | null {
  if (!/^[^/\\?#@\s]+$/.test(domain)) return null;
  try {
    return new URL(`https://${domain}/`).hostname;
  } catch {
    return null;
  }
}

/** The two parts of an identity, `user@domain`; `null` for what is none. */
function splitIdentity(identity: string): { user: string; host: string } | null {
  const at = identity.lastIndexOf('@');
  const host = canonicalHost(identity.slice(at + 1));
  return at < 1 || host === null ? null : { user: identity.slice(0, at), host };
}

/** Whether a provider may speak for an identity: it is one of its own domain (RFC 8827, section 8.1). */
export function speaksFor(domain: string, identity: string): boolean {
  const parts = splitIdentity(identity);
  return parts !== null && parts.host === canonicalHost(domain);
}

/** Whether two identities are the same: the user to the letter, the domain as domains are compared. */
export function isSameIdentity(a: string, b: string): boolean {
  const [first, second] = [splitIdentity(a), splitIdentity(b)];
  if (first === null || second === null) return a === b;
  return first.user === second.user && first.host === second.host;
}
