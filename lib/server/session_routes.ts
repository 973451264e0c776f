/** WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep): endpoints and session URLs. */
import { addressOwner } from './addresses';
import type { Access, Role } from './access';
import type { Exchange } from './exchange';
import { iceServerLinks } from './offers';
import { Problem } from './problem';
import { PublisherSession } from './PublisherSession';
import type { RateLimiter } from './rate_limiter';
import type { Router } from './router';
import type { Sessions } from './Sessions';
import type { RecordingServerSettings } from './settings';
import type { ViewerSession } from './ViewerSession';

const SDP = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const DEFAULT_NAME = 'stream';

/** What the routes work with. */
export interface SessionRoutesContext {
  settings: RecordingServerSettings;
  access: Access;
  sessions: Sessions;
  /** Of new sessions. */
  limiter: RateLimiter;
}

/** Adds the routes. */
export function addSessionRoutes(router: Router, { settings, access, sessions, limiter }: SessionRoutesContext): void {
  const links = iceServerLinks(settings.iceServers);
  const linkHeader: Record<string, string[]> = links.length === 0 ? {} : { link: links };

  const authorize = (exchange: Exchange, role: Role) => {
    access.require(role, exchange.header('authorization'), exchange.header('cookie'));
  };
  const limit = ({ address }: Exchange) => {
    const wait = limiter.take(addressOwner(address));
    if (wait > 0) {
      throw new Problem(429, 'Too many sessions were begun from there.', { 'retry-after': String(Math.ceil(wait)) });
    }
  };
  /** The answer of a session that has begun. */
  const created = (exchange: Exchange, { secret, etag }: { secret: string; etag: string }, answer: string) => {
    exchange.body(201, SDP, answer, {
      location: `/session/${secret}`,
      etag,
      'accept-patch': FRAGMENT,
      'cache-control': 'no-store',
      ...linkHeader,
    });
  };
  const nothing = (exchange: Exchange) => {
    exchange.empty(204);
  };
  const isPermitted = (exchange: Exchange, role: Role) => {
    try {
      authorize(exchange, role);
      return true;
    } catch {
      return false;
    }
  };
  /**
   * The ICE servers are for those who ask for them before they offer (RFC 9725, section 4.6): a preflight asks for
   * permission only, and without a token that is needed nobody learns the credentials of a TURN server.
   */
  const endpointOptions = (role: Role) => (exchange: Exchange) => ({
    'accept-post': SDP,
    ...(exchange.header('access-control-request-method') === undefined && isPermitted(exchange, role)
      ? linkHeader
      : {}),
  });

  const publish = async (exchange: Exchange) => {
    authorize(exchange, 'publish');
    const name = exchange.parameters['name'] ?? DEFAULT_NAME;
    if (!NAME.test(name)) throw new Problem(400, 'A name has letters, digits, "-" and "_" only, 64 at most.');
    limit(exchange);
    const offer = await exchange.text(SDP, settings.maxDescription);
    const { session, answer } = await sessions.publish(
      { name, address: exchange.address, userAgent: exchange.header('user-agent')?.slice(0, 256) ?? null },
      offer,
    );
    created(exchange, session, answer);
  };
  const watch = async (exchange: Exchange) => {
    authorize(exchange, 'view');
    limit(exchange);
    const offer = await exchange.text(SDP, settings.maxDescription);
    const { session, answer } = await sessions.watch(exchange.parameters['id'] ?? '', offer);
    created(exchange, session, answer);
  };
  const endpoint = (role: Role) => ({ crossOrigin: true, optionsHeaders: endpointOptions(role) });
  router.add('/whip', { POST: publish, GET: nothing }, endpoint('publish'));
  router.add('/whip/:name', { POST: publish, GET: nothing }, endpoint('publish'));
  router.add('/whep/:id', { POST: watch, GET: nothing }, endpoint('view'));

  const find = (exchange: Exchange): PublisherSession | ViewerSession => {
    const session = sessions.bySecret(exchange.parameters['secret'] ?? '');
    if (session === undefined) throw new Problem(404, 'There is no such session, or it has ended.');
    authorize(exchange, session instanceof PublisherSession ? 'publish' : 'view');
    return session;
  };
  router.add(
    '/session/:secret',
    {
      GET: nothing,
      PATCH: async (exchange) => {
        const session = find(exchange);
        const result = await session.patch(
          exchange.header('if-match'),
          await exchange.text(FRAGMENT, settings.maxDescription),
        );
        if (result.status === 204) exchange.empty(204);
        else exchange.body(200, FRAGMENT, result.fragment, { etag: result.etag, 'cache-control': 'no-store' });
      },
      DELETE: async (exchange) => {
        const session = find(exchange);
        if (session instanceof PublisherSession) await session.end('publisher-left');
        else session.end('viewer-left');
        exchange.empty(200);
      },
    },
    { crossOrigin: true, optionsHeaders: { 'accept-patch': FRAGMENT } },
  );
}
