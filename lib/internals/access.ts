/** Who may look: programs on this machine, and otherwise whoever knows the address. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whether an address or name is of this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The host of a `Host` header, without its port and brackets. */
function hostOf(header: string): string {
  const [, bracketed, plain = ''] = /^(?:\[(.*)\]|([^:]*))(?::\d+)?$/.exec(header) ?? [];
  return bracketed ?? plain;
}

/** Decides on requests. */
export class Access {
  readonly #token: string | null;

  /** @param host what the server listens on */
  constructor(host: string) {
    this.#token = isLoopback(host) ? null : randomBytes(16).toString('hex');
  }

  /** The path that everything is below; it has the token in it where there is one. */
  get base(): string {
    return this.#token === null ? '/' : `/${this.#token}/`;
  }

  /**
   * The path of a request below the base, or `null` for one that is not allowed.
   *
   * A page of another site must not read what is on loopback, though a browser on this machine would fetch it: by a
   * name of its own that leads here (`Host` tells), or by a form (it cannot set the header that changes ask for).
   */
  pathOf({ url = '/', method = 'GET', headers }: IncomingMessage): string | null {
    const path = url.split('?', 1)[0]!;
    if (method !== 'GET' && headers['x-internals'] === undefined) return null;
    if (this.#token === null) return isLoopback(hostOf(headers.host ?? '')) ? path.slice(1) : null;
    const [, first = '', ...rest] = path.split('/');
    const [given, wanted] = [Buffer.from(first), Buffer.from(this.#token)];
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? rest.join('/') : null;
  }
}
