/** Server-sent events: what happens, for pages that show it. */
import type { Exchange } from './exchange';
import { unavailable } from './problem';
import type { Sessions } from './Sessions';

/** Levels are shown so often, the list at least so often. */
const LEVEL_MILLISECONDS = 200;
const LIST_MILLISECONDS = 1000;
/** Changes that come together are told together. */
const TOGETHER_MILLISECONDS = 50;
/** Who has not read so much has gone, or is too slow for this. */
const MAX_UNREAD = 256 * 1024;

/**
 * Tells its subscribers the live sessions (`sessions`), their levels (`levels`), and that there are other recordings
 * (`recordings`). Without subscribers it does nothing.
 */
export class LiveFeed {
  readonly #sessions: Sessions;
  readonly #most: number;
  readonly #subscribers = new Set<Exchange>();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  #recordings = false;
  #listAt = 0;

  /** @param most subscribers at once */
  constructor(sessions: Sessions, most: number) {
    this.#sessions = sessions;
    this.#most = most;
  }

  /**
   * Adds a subscriber.
   *
   * @throws Problem 503 when there are too many
   */
  subscribe(exchange: Exchange): void {
    if (this.#subscribers.size >= this.#most) throw unavailable('Too many pages are open.', 30);
    exchange.response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    exchange.response.on('close', () => {
      this.#subscribers.delete(exchange);
      if (this.#subscribers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
    this.#subscribers.add(exchange);
    send(exchange, event('sessions', this.#list()));
    this.#timer ??= setInterval(() => this.#tick(), LEVEL_MILLISECONDS);
  }

  /** The live sessions are other ones. */
  sessionsChanged(): void {
    this.#tellSoon();
  }

  /** The recordings are other ones. */
  recordingsChanged(): void {
    this.#recordings = true;
    this.#tellSoon();
  }

  /** Ends all subscriptions. */
  close(): void {
    clearTimeout(this.#soon);
    for (const { response } of this.#subscribers) response.end();
  }

  #list() {
    return this.#sessions.list().map((session) => session.describe());
  }

  #tellSoon(): void {
    if (this.#subscribers.size === 0) {
      this.#recordings = false;
      return;
    }
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#tellList();
      if (this.#recordings) this.#tell(event('recordings', {}));
      this.#recordings = false;
    }, TOGETHER_MILLISECONDS);
  }

  #tellList(): void {
    this.#listAt = performance.now();
    this.#tell(event('sessions', this.#list()));
  }

  #tick(): void {
    if (performance.now() - this.#listAt >= LIST_MILLISECONDS) this.#tellList();
    const levels = this.#sessions
      .list()
      .filter(({ state }) => state === 'live')
      .map((session) => [session.id, Math.round(session.level() * 1000) / 1000] as const);
    if (levels.length > 0) this.#tell(event('levels', Object.fromEntries(levels)));
  }

  #tell(text: string): void {
    for (const subscriber of this.#subscribers) send(subscriber, text);
  }
}

const event = (type: string, data: unknown) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

function send({ response }: Exchange, text: string): void {
  if (response.writableLength > MAX_UNREAD) response.destroy();
  else response.write(text);
}
