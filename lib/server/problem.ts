/** Errors that clients see: problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http';

/** A request that cannot be fulfilled. Thrown by handlers, answered as `application/problem+json`. */
export class Problem extends Error {
  override name = 'Problem';

  /**
   * @param status HTTP status code
   * @param detail what is wrong with this very request, for people
   * @param headers more header fields of the response
   */
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
  }

  /** The body of the response. */
  toJSON(): { type: string; title: string; status: number; detail: string } {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.detail,
    };
  }
}

/** The server cannot now, but later. */
export const unavailable = (detail: string, retrySeconds: number): Problem =>
  new Problem(503, detail, { 'retry-after': String(Math.max(1, Math.ceil(retrySeconds))) });
