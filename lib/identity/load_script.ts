/** Fetching over HTTPS for identity providers: their scripts, and what the scripts ask for. */
import { Buffer } from 'node:buffer';
import type { RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { RTCError } from '../errors/RTCError';

/** What may be fetched at most, in bytes: far more than any script has. */
const MAX_BYTES = 4 * 1024 * 1024;
/** As the Fetch Standard has it. */
const MAX_REDIRECTS = 20;

/** A request of a script. */
export interface ProviderRequest {
  url: URL;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What a server has answered; `url` is where redirects have led. */
export interface ProviderResponse {
  url: URL;
  status: number;
  statusText: string;
  headers: [name: string, value: string][];
  body: string;
}

/** A failure of the connection, or an answer that cannot be used. */
export class FetchError extends Error {
  /** Whether the server's certificate is not trusted. */
  readonly untrusted: boolean;

  constructor(message: string, untrusted = false) {
    super(message);
    this.untrusted = untrusted;
  }
}

/** OpenSSL's and Node's names of what is wrong with a certificate. */
const UNTRUSTED = /CERT|ISSUER|LEAF_SIGNATURE|INVALID_CA|PATH_LENGTH|INVALID_PURPOSE/;

function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) response.destroy(new FetchError(`The answer has more than ${MAX_BYTES} bytes`));
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    response.on('error', reject);
    // A connection that breaks in the middle ends without 'end'.
    response.on('close', () => reject(new FetchError('The connection was closed')));
  });
}

async function fetchOnce({ url, method = 'GET', headers = {}, body }: ProviderRequest, signal: AbortSignal) {
  const options: RequestOptions = {
    method,
    headers: {
      accept: '*/*',
      ...headers,
      'accept-encoding': 'identity',
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
    // Identities are worth what the certificate is: no setting of the process may switch its check off.
    rejectUnauthorized: true,
    agent: false,
    signal,
  };
  // Loaded for the first provider: most processes never meet one.
  const { request } = await import('node:https');
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, options, resolve).on('error', reject).end(body);
    });
    return { response, body: await readBody(response) };
  } catch (error) {
    if (error instanceof FetchError) throw error;
    const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
    throw new FetchError(message, UNTRUSTED.test(code));
  }
}

/**
 * Fetches over HTTPS. Redirects are followed to other HTTPS addresses alone, and only where `follows` says so.
 *
 * @throws FetchError when there is no usable answer, whatever the reason
 */
export async function fetchFromProvider(
  first: ProviderRequest,
  follows: (to: URL) => boolean,
  signal: AbortSignal,
): Promise<ProviderResponse> {
  let next = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { response, body } = await fetchOnce(next, signal);
    const { statusCode: status = 0, statusMessage: statusText = '' } = response;
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      const headers = Object.entries(response.headersDistinct).map(([name, values = []]): [string, string] => [
        name,
        values.join(', '),
      ]);
      return { url: next.url, status, statusText, headers, body };
    }
    const to = URL.canParse(location, next.url.href) ? new URL(location, next.url) : null;
    if (to?.protocol !== 'https:' || !follows(to)) throw new FetchError('The redirect leads where none may lead');
    const becomesGet = status === 303 || (status < 303 && next.method === 'POST');
    next = becomesGet ? { url: to } : { ...next, url: to };
  }
  throw new FetchError('There are too many redirects');
}

/** A script of a provider; its address, which redirects have decided on, says which origin it belongs to. */
export interface ProviderScript {
  source: string;
  url: URL;
}

/**
 * Loads a provider's script.
 *
 * @throws RTCError `idp-tls-failure` when the server's certificate is not trusted, `idp-load-failure` for every other
 *   failure, with the status of HTTP where there is one
 */
export async function loadProviderScript(url: URL | null, signal: AbortSignal): Promise<ProviderScript> {
  if (url === null) throw new RTCError({ errorDetail: 'idp-load-failure' }, 'There is no such identity provider');
  try {
    const { status, body, url: finalUrl } = await fetchFromProvider({ url }, () => true, signal);
    if (status >= 200 && status < 300) return { source: body, url: finalUrl };
    throw new RTCError(
      { errorDetail: 'idp-load-failure', httpRequestStatusCode: status },
      `The server of the identity provider has answered with the status ${status}`,
    );
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const errorDetail = error.untrusted ? 'idp-tls-failure' : 'idp-load-failure';
    throw new RTCError({ errorDetail }, `The script of the identity provider cannot be loaded: ${error.message}`);
  }
}
