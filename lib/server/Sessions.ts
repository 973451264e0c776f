/** All sessions of the server, and how many there may be. */
import type { RTCConfiguration } from '../peerconnection/configuration';
import { isLoopback } from './addresses';
import type { Library } from './library';
import type { Logger } from './logger';
import { Problem, unavailable } from './problem';
import { PublisherSession, type PublisherIdentity, type SessionSurroundings } from './PublisherSession';
import type { EndReason } from './recording_info';
import type { ServerMetrics } from './server_metrics';
import type { RecordingServerSettings } from './settings';
import { ViewerSession } from './ViewerSession';

/** How long free disk space is known. */
const FREE_SECONDS = 2;
/** When everything is full, that is when to come again. */
const RETRY_SECONDS = 10;

/** Publishers and viewers. */
export class Sessions {
  /** Called when the list of live sessions is another one. */
  onchange: () => void = () => undefined;
  readonly #surroundings: SessionSurroundings;
  readonly #metrics: ServerMetrics;
  readonly #publishers = new Map<string, PublisherSession>();
  readonly #viewers = new Map<string, ViewerSession>();
  readonly #timer: NodeJS.Timeout;
  #closing = false;
  /** What is wrong with the directory of the recordings. */
  #unusable: Error | null = null;
  #free = Number.POSITIVE_INFINITY;
  #freeAt = 0;

  constructor(settings: RecordingServerSettings, library: Library, log: Logger, metrics: ServerMetrics) {
    this.#surroundings = { settings, library, log, configuration: connectionSettings(settings) };
    this.#metrics = metrics;
    this.#timer = setInterval(() => void this.#tick(), Math.min(1000, settings.statisticsInterval * 1000));
    this.#timer.unref();
  }

  /** The publishers, the latest first. */
  list(): PublisherSession[] {
    return [...this.#publishers.values()].reverse();
  }

  get viewerCount(): number {
    return this.#viewers.size;
  }

  /** Bytes that were free on the disk when it was looked at last. */
  get freeBytes(): number {
    return this.#free;
  }

  /** Whether new sessions are taken, and if not, why. */
  get refusal(): string | null {
    if (this.#closing) return 'The server is ending.';
    if (this.#unusable !== null) return 'The directory of the recordings cannot be used.';
    if (this.#free < this.#surroundings.settings.minFree) return 'The disk is full.';
    return null;
  }

  /** The live publisher of that id or, if there is none, the latest of that name. */
  find(idOrName: string): PublisherSession | undefined {
    const sessions = this.list();
    return sessions.find(({ id }) => id === idOrName) ?? sessions.find(({ identity }) => identity.name === idOrName);
  }

  /** The session of a session URL. */
  bySecret(secret: string): PublisherSession | ViewerSession | undefined {
    return this.#publishers.get(secret) ?? this.#viewers.get(secret);
  }

  /**
   * Begins a publisher's session.
   *
   * @throws Problem 503 when there is no room, and what its offer deserves
   */
  async publish(identity: PublisherIdentity, offer: string): Promise<{ session: PublisherSession; answer: string }> {
    await this.#lookAtDisk();
    const { refusal } = this;
    if (refusal !== null) throw this.#refuse('not-now', unavailable(refusal, RETRY_SECONDS));
    if (this.#publishers.size >= this.#surroundings.settings.maxSessions) {
      throw this.#refuse('max-sessions', unavailable('There are as many publishers as there may be.', RETRY_SECONDS));
    }
    const session = new PublisherSession(identity, this.#surroundings);
    this.#publishers.set(session.secret, session);
    session.onchange = () => this.onchange();
    session.onended = (reason) => {
      this.#publishers.delete(session.secret);
      for (const viewer of this.#viewers.values()) if (viewer.publisher === session) viewer.end('publisher-ended');
      this.#metrics.ended(reason, session);
      this.onchange();
    };
    const answer = await session.accept(offer).catch((error: unknown) => {
      throw error instanceof Problem ? this.#refuse('offer', error) : error;
    });
    this.#metrics.begun('publisher');
    session.log.info('publishing', { address: identity.address, name: identity.name });
    this.onchange();
    return { session, answer };
  }

  /**
   * Begins a viewer's session.
   *
   * @throws Problem 409 when nobody publishes that, 503 when there is no room, and what its offer deserves
   */
  async watch(idOrName: string, offer: string): Promise<{ session: ViewerSession; answer: string }> {
    const publisher = this.find(idOrName);
    if (publisher?.state !== 'live') {
      throw new Problem(409, 'Nobody publishes that at the moment.', { 'retry-after': '2' });
    }
    if (this.#closing) throw unavailable('The server is ending.', RETRY_SECONDS);
    if (this.#viewers.size >= this.#surroundings.settings.maxViewers) {
      throw this.#refuse('max-viewers', unavailable('There are as many viewers as there may be.', RETRY_SECONDS));
    }
    const session = new ViewerSession(publisher, this.#surroundings);
    this.#viewers.set(session.secret, session);
    publisher.viewers += 1;
    session.onended = () => {
      this.#viewers.delete(session.secret);
      publisher.viewers -= 1;
      this.onchange();
    };
    const answer = await session.accept(offer);
    this.#metrics.begun('viewer');
    this.onchange();
    return { session, answer };
  }

  /** Ends all sessions; resolves when their files are finished. */
  async close(reason: EndReason): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    for (const viewer of this.#viewers.values()) viewer.end('publisher-ended');
    await Promise.all([...this.#publishers.values()].map((session) => session.end(reason)));
  }

  #refuse(why: string, problem: Problem): Problem {
    this.#metrics.refused(why);
    return problem;
  }

  async #tick(): Promise<void> {
    const now = Date.now();
    for (const session of this.#publishers.values()) session.tick(now);
    for (const session of this.#viewers.values()) session.tick(now);
    if (this.#publishers.size > 0 || this.refusal !== null) await this.#lookAtDisk();
  }

  /** Ends recordings before the disk is full: then their ends still fit. */
  async #lookAtDisk(): Promise<void> {
    const { library, log, settings } = this.#surroundings;
    const now = performance.now();
    if (now - this.#freeAt < Math.min(FREE_SECONDS, settings.statisticsInterval) * 1000) return;
    this.#freeAt = now;
    try {
      this.#free = await library.freeBytes();
      this.#unusable = null;
    } catch (error) {
      this.#free = 0;
      this.#unusable = error as Error;
    }
    const error = this.#unusable;
    if (error === null && this.#free >= settings.stopFree) return;
    const live = this.list().filter(({ state }) => state === 'live');
    if (live.length === 0) return;
    const sessions = live.length;
    if (error === null) log.error('disk full: recordings are ended', { free: this.#free, sessions });
    else log.error('directory not usable: recordings are ended', { error: error.message, sessions });
    for (const session of live) void session.end(error === null ? 'disk-full' : 'write-error', error ?? undefined);
  }
}

/** What the connections of all sessions have in common. */
function connectionSettings(settings: RecordingServerSettings): RTCConfiguration {
  return {
    iceServers: settings.iceServers.map((server) => ({ ...server })),
    bundlePolicy: 'max-bundle',
    node: {
      // Who is on this machine may come over loopback, and on one without a network must.
      includeLoopback: isLoopback(settings.host) || isLoopback(settings.mediaAddress),
      ...(settings.mediaAddress === '' ? {} : { bindAddress: settings.mediaAddress }),
      ...(settings.mediaPorts === null ? {} : { portRange: settings.mediaPorts }),
    },
  };
}
