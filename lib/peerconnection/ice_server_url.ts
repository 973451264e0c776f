/** URLs of STUN and TURN servers. Implements RFC 7064, section 3.1, and RFC 7065, section 3.1. */
import { isIPv4, isIPv6 } from 'node:net';

/** A parsed ICE server URL. */
export interface IceServerUrl {
  scheme: 'stun' | 'stuns' | 'turn' | 'turns';
  /** Host name or address; an IPv6 address without its brackets. */
  host: string;
  /** `null` when the URL leaves it to the scheme (libwebrtc takes 3478, or 5349 for `turns:`). */
  port: number | null;
  /** `null` when the URL does not say. Only TURN URLs can say it. */
  transport: 'udp' | 'tcp' | null;
}

const URL_GRAMMAR = /^(stuns?|turns?):(\[[^\]]*\]|[^:?[\]]*)(?::([0-9]*))?(?:\?(.*))?$/is;
// reg-name of RFC 3986: unreserved, percent-encoded and sub-delims.
const REG_NAME = /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
const DOTTED_DIGITS = /^[0-9]+(?:\.[0-9]+){3}$/;

/** Parses an ICE server URL; `null` when its scheme is none of the four or its syntax is wrong. */
export function parseIceServerUrl(url: string): IceServerUrl | null {
  const match = URL_GRAMMAR.exec(url);
  if (match === null) return null;
  const [, schemeName = '', hostPart = '', portDigits, query] = match;
  const scheme = schemeName.toLowerCase() as IceServerUrl['scheme'];

  let host = hostPart;
  if (host.startsWith('[')) {
    host = host.slice(1, -1);
    if (!isIPv6(host)) return null;
  } else if (!REG_NAME.test(host) || (DOTTED_DIGITS.test(host) && !isIPv4(host))) {
    return null;
  }

  let port: number | null = null;
  if (portDigits !== undefined) {
    port = Number(portDigits);
    if (port < 1 || port > 65535) return null;
  }

  let transport: IceServerUrl['transport'] = null;
  if (query !== undefined) {
    if (scheme === 'stun' || scheme === 'stuns') return null;
    const value = /^transport=(udp|tcp)$/i.exec(query)?.[1];
    if (value === undefined) return null;
    transport = value.toLowerCase() as 'udp' | 'tcp';
  }
  return { scheme, host, port, transport };
}
