/**
 * Asking an identity provider (IdP): its script is loaded and runs in a process of its own, for one question.
 * Implements Identity for WebRTC, sections 5 (Identity Provider Interaction) and 9 (IdP Error Handling).
 */
import type * as ChildProcessModule from 'node:child_process';
import { join } from 'node:path';
import { RTCError, type RTCErrorDetailTypeIdp } from '../errors/RTCError';
import { fetchFromProvider, loadProviderScript, type ProviderResponse, type ProviderScript } from './load_script';
import { scriptUrl, type IdentityProvider, type IdentityProviderOptions } from './identity_provider';

/** What a provider is asked. */
export type IdpQuestion =
  | { name: 'generateAssertion'; args: [contents: string, origin: string, options: IdentityProviderOptions] }
  | { name: 'validateAssertion'; args: [assertion: string, origin: string] };

/** What a provider can add to its failure. */
export interface IdpErrorDetails {
  idpErrorInfo: string | null;
  idpLoginUrl: string | null;
}

/** What a provider's failure says beside the error; empty for every other error. */
const details = new WeakMap<object, IdpErrorDetails>();

/** What a provider has said about its failure. */
export function idpErrorDetails(error: unknown): IdpErrorDetails {
  const known = typeof error === 'object' && error !== null ? details.get(error) : undefined;
  return known ?? { idpErrorInfo: null, idpLoginUrl: null };
}

/** How long a provider may take, in milliseconds, loading its script included. */
export const IDP_TIME_LIMIT = 15_000;

/** How many requests of one script may be on their way, and how many it may make. */
const MAX_PENDING_FETCHES = 8;
const MAX_FETCHES = 64;
/** The details that a provider may give; all else it does is a failure of its execution. */
const PROVIDER_DETAILS: readonly string[] = ['idp-need-login', 'idp-token-expired', 'idp-token-invalid'];

type Message = Record<string, unknown>;

function failure(errorDetail: RTCErrorDetailTypeIdp, message: string): RTCError {
  return new RTCError({ errorDetail }, message);
}

/** The error that a provider's rejection is for the application. */
function providerFailure({ errorDetail, idpErrorInfo, idpLoginUrl, message }: Message): RTCError {
  const string = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  const known = string(errorDetail) ?? '';
  const detail = PROVIDER_DETAILS.includes(known) ? (known as RTCErrorDetailTypeIdp) : 'idp-execution-failure';
  const error = failure(detail, `The identity provider has failed: ${string(message) ?? ''}`);
  const told = { idpErrorInfo: string(idpErrorInfo), idpLoginUrl: string(idpLoginUrl) };
  details.set(error, told);
  // The specification's text gives the error a member that its IDL does not have.
  if (told.idpLoginUrl !== null) {
    Object.defineProperty(error, 'idpLoginUrl', { value: told.idpLoginUrl, enumerable: true, configurable: true });
  }
  return error;
}

/** What `fetch` of a script gives. */
type ProviderAnswer = Omit<ProviderResponse, 'url'> & { url: string; redirected: boolean };

/** MIME types of scripts (WHATWG MIME Sniffing, section 4.6). */
const SCRIPT_TYPE =
  /^\s*(application|text)\/(x-)?(ecmascript|javascript)\s*(;|$)|^\s*text\/(javascript1\.[0-5]|jscript|livescript)\s*(;|$)/i;

/** `fetch` of a script: from its own origin. */
class Fetches {
  readonly #origin: string;
  readonly #signal: AbortSignal;
  #made = 0;
  #pending = 0;

  constructor(origin: string, signal: AbortSignal) {
    this.#origin = origin;
    this.#signal = signal;
  }

  /** The text of a script, or `null` where there is none. */
  async script(url: unknown, base: string): Promise<string | null> {
    const answer = await this.fetch({ url, method: 'GET' }, base);
    if (answer === null || answer.status < 200 || answer.status > 299) return null;
    const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    return SCRIPT_TYPE.test(type) ? answer.body : null;
  }

  /** The answer, or `null` for a network error. */
  async fetch({ url, method, headers, body }: Message, base: string): Promise<ProviderAnswer | null> {
    if (this.#pending >= MAX_PENDING_FETCHES || ++this.#made > MAX_FETCHES) return null;
    this.#pending++;
    try {
      const address = new URL(String(url), base);
      const sameOrigin = (to: URL): boolean => to.origin === this.#origin && to.username === '' && to.password === '';
      if (!sameOrigin(address)) return null;
      const pairs = Array.isArray(headers) ? (headers as [string, string][]) : [];
      const request = {
        url: address,
        method: String(method),
        headers: { ...Object.fromEntries(pairs.filter(([name]) => !FORBIDDEN_HEADERS.test(name))) },
        ...(typeof body === 'string' ? { body } : {}),
      };
      const response = await fetchFromProvider(request, sameOrigin, this.#signal);
      return { ...response, url: response.url.href, redirected: response.url.href !== address.href };
    } catch {
      return null;
    } finally {
      this.#pending--;
    }
  }
}

/** As the Fetch Standard has it: headers that are the client's own affair. */
const FORBIDDEN_HEADERS =
  /^(accept-charset|accept-encoding|access-control-request-headers|access-control-request-method|connection|content-length|cookie|cookie2|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;

/** What a process cannot start without, and nothing else of this one's environment. */
function environment(): NodeJS.ProcessEnv {
  const needed = ['SystemRoot', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'ELECTRON_RUN_AS_NODE'];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.includes(name)));
}

/** The process may read its own modules and start its one thread, nothing more, as far as this version of Node knows. */
function flags(): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  const permission = ['--permission', '--experimental-permission'].find((flag) => known.has(flag));
  const modules = join(__dirname, '*');
  return [
    ...(permission === undefined ? [] : [permission, `--allow-fs-read=${modules}`, '--allow-worker']),
    ...('bun' in process.versions || 'deno' in process.versions ? [] : ['--disallow-code-generation-from-strings']),
  ];
}

/**
 * Runs a provider's script and asks it.
 *
 * The realm of the script is closed (see `idp_worker.ts`), but V8 ends the process for some of what a script can do with
 * memory: so it is not this process. It knows nothing, and what it does is cut off when there is an answer.
 *
 * @returns what the provider has given, whose members are strings
 * @throws RTCError with what has gone wrong in `errorDetail`; DOMException `OperationError` for a result of another shape
 */
export function runProvider(script: ProviderScript, question: IdpQuestion, signal: AbortSignal): Promise<Message> {
  signal.throwIfAborted();
  const { source, url } = script;
  // Loaded for the first provider: most processes never meet one.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- not by import(): the process is started at once
  const { fork } = require('node:child_process') as typeof ChildProcessModule;
  const child = fork(join(__dirname, 'idp_process.js'), [], {
    env: environment(),
    execArgv: flags(),
    // A process that dies of its script writes that down.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const send = (message: Message): void => void child.send(JSON.stringify(message), () => undefined);
  const fetches = new Fetches(url.origin, signal);
  return new Promise<Message>((resolve, reject) => {
    const receive = (message: Message): void => {
      switch (message['type']) {
        case 'loaded':
          if (message['registered'] === true) send({ type: 'call', ...question });
          else reject(failure('idp-bad-script-failure', 'The script has registered no identity provider'));
          break;
        case 'result':
          resolve(message['value'] as Message);
          break;
        case 'invalid':
          reject(new DOMException('The identity provider has given no valid result', 'OperationError'));
          break;
        case 'failure':
          reject(providerFailure(message));
          break;
        case 'fetch':
          void fetches.fetch(message, url.href).then((given) => {
            send({ type: 'fetched', id: message['id'], answer: given });
          });
          break;
        case 'import':
          void fetches.script(message['url'], url.href).then((source) => send({ type: 'imported', source }));
          break;
      }
    };
    child.on('message', (message: string) => receive(JSON.parse(message) as Message));
    child.on('error', (error) => reject(failure('idp-execution-failure', error.message)));
    child.on('exit', () => reject(failure('idp-execution-failure', 'The script has ended its process')));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    send({ type: 'script', source, url: url.href });
  }).finally(() => {
    child.removeAllListeners();
    child.on('error', () => undefined);
    child.kill('SIGKILL');
  });
}

/**
 * Loads a provider's script and asks it, within a time limit in milliseconds. It is broken off when `signal` says so.
 *
 * @throws RTCError with what has gone wrong in `errorDetail`; DOMException `OperationError` for a result of another shape
 */
export async function askProvider(
  provider: IdentityProvider,
  question: IdpQuestion,
  signal: AbortSignal,
  timeLimit = IDP_TIME_LIMIT,
): Promise<Message> {
  signal.throwIfAborted();
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort(failure('idp-timeout', `The identity provider has not answered within ${timeLimit / 1000} seconds`));
  }, timeLimit);
  const stop = () => over.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const script = await loadProviderScript(scriptUrl(provider), over.signal);
    return await runProvider(script, question, over.signal);
  } catch (error) {
    // What has been broken off fails for the reason that it was broken off for.
    over.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    over.abort();
  }
}
