/** The recording server as a whole. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Access } from './access';
import { addressOwner, hostInUrl, isLoopback } from './addresses';
import { refuseForeignNames, refuseForeignPages, shareAcrossOrigins } from './cross_origin';
import { Exchange } from './exchange';
import { Library } from './library';
import { LiveFeed } from './LiveFeed';
import { Logger } from './logger';
import { addPageRoutes } from './page_routes';
import { Problem } from './problem';
import { RateLimiter } from './rate_limiter';
import type { RecordingInfo } from './recording_info';
import { Router } from './router';
import { ServerMetrics } from './server_metrics';
import { addSessionRoutes } from './session_routes';
import { Sessions } from './Sessions';
import { completeSettings, type RecordingServerOptions, type RecordingServerSettings } from './settings';
import { Thumbnails } from './thumbnails';

/** Seconds for a request's header fields, and for all of it. */
const HEADERS_SECONDS = 10;
const REQUEST_SECONDS = 30;
/** A wrong token costs so many requests. */
const WRONG_TOKEN_COST = 10;

/** A server that takes in publishers over WHIP, records each of them into a file, and plays them over WHEP. */
export interface RecordingServer {
  /** Where the page is; ends with a slash. */
  readonly url: string;
  /** What it listens on. */
  readonly address: AddressInfo;
  /** Where the recordings are. */
  readonly directory: string;
  /** All recordings, the latest first, unfinished ones included. */
  recordings: () => readonly RecordingInfo[];
  /** How many publish at the moment. */
  readonly publishers: number;
  /**
   * Takes no more sessions, ends those that there are, finishes their files, and stops listening. Idempotent.
   *
   * @param why for the log
   */
  close: (why?: string) => Promise<void>;
}

/**
 * Starts a recording server.
 *
 * ```js
 * const server = await startRecordingServer({ directory: 'recordings', port: 8080 });
 * console.log(server.url);
 * ```
 *
 * @param options settings; what is left out has its default
 * @returns the server, which listens
 * @throws SettingError for a setting that is wrong; the errors of the file system and of the network
 */
export async function startRecordingServer(options: RecordingServerOptions = {}): Promise<RecordingServer> {
  const settings = completeSettings(options);
  const log = new Logger(settings.logLevel, options.log ?? ((line) => process.stderr.write(`${line}\n`)));
  const library = await Library.open(settings.directory, log);
  const application = new Application(settings, library, log);
  return application.listen();
}

class Application {
  readonly #settings: RecordingServerSettings;
  readonly #log: Logger;
  readonly #library: Library;
  readonly #metrics: ServerMetrics;
  readonly #sessions: Sessions;
  readonly #feed: LiveFeed;
  readonly #router = new Router();
  readonly #requests: RateLimiter;
  #server: Server | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: RecordingServerSettings, library: Library, log: Logger) {
    this.#settings = settings;
    this.#library = library;
    this.#log = log;
    this.#requests = new RateLimiter(settings.requestRate, settings.requestRate * 10);
    this.#metrics = new ServerMetrics({
      publishers: () => this.#sessions.list(),
      viewers: () => this.#sessions.viewerCount,
      recordings: () => library.size,
      freeBytes: () => this.#sessions.freeBytes,
    });
    this.#sessions = new Sessions(settings, library, log, this.#metrics);
    this.#feed = new LiveFeed(this.#sessions, settings.maxViewers + settings.maxSessions);
    this.#sessions.onchange = () => {
      this.#feed.sessionsChanged();
    };
    library.onchange = () => {
      this.#feed.recordingsChanged();
    };
    const access = new Access({
      publish: settings.publishTokens,
      view: settings.viewTokens,
      metrics: settings.metricsTokens,
      admin: settings.adminTokens,
    });
    addSessionRoutes(this.#router, {
      settings,
      access,
      sessions: this.#sessions,
      limiter: new RateLimiter(settings.sessionRate / 60, settings.sessionRate),
    });
    addPageRoutes(this.#router, {
      access,
      sessions: this.#sessions,
      library,
      feed: this.#feed,
      thumbnails: new Thumbnails(settings.thumbnailInterval),
      metrics: this.#metrics,
    });
  }

  async listen(): Promise<RecordingServer> {
    const { host, port, tlsCertificate, tlsKey } = this.#settings;
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    const secure = tlsCertificate !== '';
    const server: Server = secure
      ? createSecureServer({ cert: await readFile(tlsCertificate), key: await readFile(tlsKey) }, listener)
      : createServer(listener);
    server.headersTimeout = HEADERS_SECONDS * 1000;
    server.requestTimeout = REQUEST_SECONDS * 1000;
    this.#server = server;
    server.listen(port, host);
    await once(server, 'listening');
    const address = server.address() as AddressInfo;
    // An address that stands for all is none to go to.
    const name = /^(0\.0\.0\.0|::)$/.test(host) ? 'localhost' : host;
    const url = `${secure ? 'https' : 'http'}://${hostInUrl(name)}:${address.port}/`;
    this.#log.info('listening', { url, directory: this.#library.directory, recordings: this.#library.size });
    const sessions = this.#sessions;
    return {
      url,
      address,
      directory: this.#library.directory,
      recordings: () => this.#library.list(),
      get publishers() {
        return sessions.list().length;
      },
      close: (why = 'close() was called') => (this.#closing ??= this.#close(why)),
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const exchange = new Exchange(request, response, this.#log, this.#settings.trustProxy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.on('close', () => {
      const seconds = (performance.now() - started) / 1000;
      const { route, method } = exchange;
      // A method is what the client says it is.
      const known = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other';
      this.#metrics.request(route, known, response.statusCode, route === '/api/events' ? null : seconds);
      this.#log.debug('request', { method, route, status: response.statusCode, address: exchange.address, seconds });
    });
    try {
      this.#admit(exchange);
      const route = this.#router.find(exchange);
      if (route.crossOrigin === true) shareAcrossOrigins(exchange, this.#settings.allowOrigins);
      else refuseForeignPages(exchange);
      await this.#router.run(route, exchange);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        this.#requests.take(addressOwner(exchange.address), WRONG_TOKEN_COST);
      }
      exchange.fail(error);
    }
  }

  /** Refuses who asks too often, and names that are not this server's. */
  #admit(exchange: Exchange): void {
    const wait = this.#requests.take(addressOwner(exchange.address));
    if (wait > 0) {
      throw new Problem(429, 'Too many requests come from there.', { 'retry-after': String(Math.ceil(wait)) });
    }
    if (isLoopback(this.#settings.host) && !this.#settings.trustProxy) refuseForeignNames(exchange);
  }

  async #close(why: string): Promise<void> {
    const { shutdownTimeout } = this.#settings;
    this.#log.info('ending', { why, publishers: this.#sessions.list().length });
    const server = this.#server;
    const closed = server === undefined ? Promise.resolve() : once(server, 'close');
    server?.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        resolve('late');
      }, shutdownTimeout * 1000);
    });
    if ((await Promise.race([this.#sessions.close('shutdown'), late])) === 'late') {
      this.#log.error('not all files could be finished in time');
    }
    clearTimeout(timer);
    this.#feed.close();
    server?.closeAllConnections();
    await closed;
    this.#log.info('ended');
  }
}
