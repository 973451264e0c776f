/** Who may do what: bearer tokens (RFC 6750). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem';

/** What somebody wants to do. */
export type Role = 'publish' | 'view' | 'metrics' | 'admin';

const ROLES: readonly Role[] = ['publish', 'view', 'metrics', 'admin'];
const WHAT: Record<Role, string> = {
  publish: 'publish',
  view: 'view',
  metrics: 'read the metrics',
  admin: 'administrate',
};

const REALM = 'realm="recording-server"';

/** A set of tokens that can be asked without telling by its timing how near a guess was. */
export class TokenSet {
  // Of a key of this process: the digests say nothing to anybody, and have one length.
  readonly #key = randomBytes(32);
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map((token) => this.#digest(token));
  }

  get empty(): boolean {
    return this.#digests.length === 0;
  }

  /** Whether it has this token. All tokens are compared, whole, always. */
  has(token: string): boolean {
    const digest = this.#digest(token);
    let found = false;
    for (const known of this.#digests) found = timingSafeEqual(known, digest) || found;
    return found;
  }

  #digest(token: string): Buffer {
    return createHmac('sha256', this.#key).update(token).digest();
  }
}

/** The token of an `Authorization` header field. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization);
  if (match !== null) return match[1];
  if (/^Bearer\b/i.test(authorization)) {
    throw new Problem(400, 'The Authorization header field has no well-formed bearer token.', {
      'www-authenticate': `Bearer ${REALM}, error="invalid_request"`,
    });
  }
  return undefined;
}

/** The name of the cookie that a page has instead of a header field, for elements that cannot send one. */
const COOKIE = 'recording_server_token';

/** Decides by tokens. */
export class Access {
  readonly #tokens: Record<Role, TokenSet>;

  constructor(tokens: Record<Role, readonly string[]>) {
    this.#tokens = {
      publish: new TokenSet(tokens.publish),
      view: new TokenSet(tokens.view),
      metrics: new TokenSet(tokens.metrics),
      admin: new TokenSet(tokens.admin),
    };
  }

  /** Whether a token is needed for a role. Metrics are public only where everything is. */
  needsToken(role: Role): boolean {
    if (role === 'metrics') return ROLES.some((other) => !this.#tokens[other].empty);
    return role === 'admin' || !this.#tokens[role].empty;
  }

  /** Whether there is any token that has the role. */
  isPossible(role: Role): boolean {
    return role !== 'admin' || !this.#tokens.admin.empty;
  }

  /** The roles that a token has; those that need none left out. Whoever may watch may read the metrics. */
  roles(token: string): Role[] {
    const has = new Set(ROLES.filter((role) => this.#tokens[role].has(token)));
    if (has.has('view')) has.add('metrics');
    return ROLES.filter((role) => has.has(role) || has.has('admin'));
  }

  /**
   * Lets pass who has the role.
   *
   * @param authorization the `Authorization` header field
   * @param cookies the `Cookie` header field
   * @throws Problem 401 without a token or with an unknown one, 403 with one of another role
   */
  require(role: Role, authorization: string | undefined, cookies?: string): void {
    if (!this.needsToken(role)) return;
    const token = bearerToken(authorization) ?? cookieToken(cookies);
    if (token === undefined) {
      throw new Problem(401, 'This needs a bearer token.', { 'www-authenticate': `Bearer ${REALM}` });
    }
    const roles = this.roles(token);
    if (roles.includes(role)) return;
    if (roles.length > 0) {
      throw new Problem(403, `This token does not allow to ${WHAT[role]}.`, {
        'www-authenticate': `Bearer ${REALM}, error="insufficient_scope"`,
      });
    }
    throw new Problem(401, 'This token is not known.', {
      'www-authenticate': `Bearer ${REALM}, error="invalid_token"`,
    });
  }
}

function cookieToken(cookies: string | undefined): string | undefined {
  const pair = cookies
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${COOKIE}=`));
  if (pair === undefined) return undefined;
  try {
    return decodeURIComponent(pair.slice(COOKIE.length + 1));
  } catch {
    return undefined;
  }
}

/** A `Set-Cookie` header field that keeps a token in a browser, or takes it away. */
export function tokenCookie(token: string | null, secure: boolean): string {
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return token === null
    ? `${COOKIE}=; Max-Age=0${attributes}`
    : `${COOKIE}=${encodeURIComponent(token)}; Max-Age=${7 * 86400}${attributes}`;
}
