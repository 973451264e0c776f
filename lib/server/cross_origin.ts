/** Which pages may talk to the server: cross-origin resource sharing, and names that are not ours. */
import { hostInUrl, isLoopback } from './addresses';
import type { Exchange } from './exchange';
import { Problem } from './problem';

const EXPOSED = 'Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch, WWW-Authenticate';
const ALLOWED = 'Authorization, Content-Type, If-Match';
const A_DAY = '86400';

/** Lets pages of the origins that are allowed see the response, and make the request that a preflight asks about. */
export function shareAcrossOrigins(exchange: Exchange, origins: readonly string[]): void {
  const origin = exchange.header('origin');
  const { response } = exchange;
  if (!origins.includes('*')) response.setHeader('vary', 'Origin');
  if (origin === undefined) return;
  if (origins.includes('*')) response.setHeader('access-control-allow-origin', '*');
  else if (origins.includes(origin)) response.setHeader('access-control-allow-origin', origin);
  else return;
  response.setHeader('access-control-expose-headers', EXPOSED);
  if (exchange.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PATCH, DELETE');
  response.setHeader('access-control-allow-headers', ALLOWED);
  response.setHeader('access-control-max-age', A_DAY);
  // Pages of the public web that may reach into a private network are asked about in a field of its own.
  if (exchange.header('access-control-request-private-network') === 'true') {
    response.setHeader('access-control-allow-private-network', 'true');
  }
}

/**
 * On loopback every name but loopback's own is a trick: a page whose name has been made to lead here would count as of
 * this origin ("DNS rebinding").
 *
 * @throws Problem 421 for such a name
 */
export function refuseForeignNames(exchange: Exchange): void {
  const host = exchange.header('host');
  if (host === undefined) return;
  const name = host.replace(/:\d+$/, '');
  if (!isLoopback(name)) throw new Problem(421, `This server is not ${hostInUrl(name)}.`);
}

/**
 * Requests that change something here must not come from pages of other origins.
 *
 * @throws Problem 403 for one that does
 */
export function refuseForeignPages(exchange: Exchange): void {
  if (exchange.method === 'GET' || exchange.method === 'HEAD') return;
  const site = exchange.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Problem(403, 'A page of another origin cannot do that.');
  }
}
