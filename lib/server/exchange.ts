/** One HTTP request and its response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress } from './addresses';
import type { Logger } from './logger';
import { Problem } from './problem';

/** What a handler works with. */
export class Exchange {
  /** What stands in the place of the names of the route. */
  parameters: Record<string, string> = {};
  /** The pattern of the route, for metrics. */
  route = 'none';
  /** The address of the client. */
  readonly address: string;
  /** Whether the client speaks HTTPS. */
  readonly secure: boolean;
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly log: Logger,
    trustProxy: boolean,
  ) {
    const socket = request.socket as IncomingMessage['socket'] & { encrypted?: boolean };
    const forwarded = trustProxy ? this.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
    this.address = plainAddress(
      forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : (socket.remoteAddress ?? ''),
    );
    this.secure = socket.encrypted === true || (trustProxy && this.header('x-forwarded-proto') === 'https');
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    this.path = path;
    this.query = new URLSearchParams(query);
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  /** A header field of the request. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /**
   * The body of the request as text.
   *
   * @throws Problem 415 when it is of another media type, 413 when it is too large, 400 when it is no UTF-8
   */
  async text(mediaType: string, limit: number): Promise<string> {
    const type = this.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type !== mediaType) throw new Problem(415, `The body must be ${mediaType}.`);
    // What follows is not read: the connection ends with the response.
    const tooLarge = new Problem(413, `The body has more than ${limit} bytes.`, { connection: 'close' });
    if (Number(this.header('content-length') ?? 0) > limit) throw tooLarge;
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge;
      chunks.push(chunk);
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    } catch {
      throw new Problem(400, 'The body is no UTF-8.');
    }
  }

  /** Sends a response without a body. */
  empty(status: number, headers: Record<string, string | string[]> = {}): void {
    this.response.writeHead(status, status === 204 ? headers : { 'content-length': '0', ...headers }).end();
  }

  /** Sends a response with a body. */
  body(status: number, type: string, body: string | Buffer, headers: Record<string, string | string[]> = {}): void {
    const bytes = Buffer.from(body);
    this.response.writeHead(status, { 'content-type': type, 'content-length': String(bytes.length), ...headers });
    this.response.end(this.method === 'HEAD' ? undefined : bytes);
  }

  /** Sends JSON. */
  json(status: number, value: unknown, headers: Record<string, string> = {}): void {
    this.body(status, 'application/json', JSON.stringify(value), { 'cache-control': 'no-store', ...headers });
  }

  /** Sends an error, or ends a response that has begun. */
  fail(error: unknown): void {
    const { response } = this;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    let problem: Problem;
    if (error instanceof Problem) {
      problem = error;
    } else if (response.destroyed || (this.request.destroyed && !this.request.complete)) {
      return;
    } else {
      this.log.error('request failed', {
        method: this.method,
        path: this.path,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      problem = new Problem(500, 'Something went wrong here; the log says what.');
    }
    this.body(problem.status, 'application/problem+json', JSON.stringify(problem), {
      'cache-control': 'no-store',
      ...problem.headers,
    });
  }
}
