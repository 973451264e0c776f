import type { Bridge, Define, Scope } from './scope';

/** `fetch` of texts, from the origin of the script. */
export function defineFetch(scope: Scope, define: Define, bridge: Bridge): void {
  type Pairs = Iterable<[name: string, value: string]>;

  class Headers {
    readonly #values = new Map<string, string>();

    constructor(init: Pairs | Record<string, string> = {}) {
      const pairs = Symbol.iterator in init ? (init as Pairs) : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    static #name(name: string): string {
      const normalized = String(name).toLowerCase();
      if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(normalized)) throw new TypeError(`'${normalized}' is no name of a header`);
      return normalized;
    }
    append(name: string, value: string): void {
      const before = this.get(name);
      this.set(name, before === null ? value : `${before}, ${String(value)}`);
    }
    delete(name: string): void {
      this.#values.delete(Headers.#name(name));
    }
    get(name: string): string | null {
      return this.#values.get(Headers.#name(name)) ?? null;
    }
    has(name: string): boolean {
      return this.#values.has(Headers.#name(name));
    }
    set(name: string, value: string): void {
      const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');

      if (/[\0\n\r]|[^\0-\xff]/.test(text)) throw new TypeError('The value of a header is invalid');
      this.#values.set(Headers.#name(name), text);
    }
    forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
      for (const [name, value] of this) callback.call(thisArg, value, name, this);
    }
    *entries(): Generator<[string, string]> {
      yield* [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
    }
    *keys(): Generator<string> {
      for (const [name] of this.entries()) yield name;
    }
    *values(): Generator<string> {
      for (const [, value] of this.entries()) yield value;
    }
    [Symbol.iterator](): Generator<[string, string]> {
      return this.entries();
    }
  }

  interface Answer {
    url: string;
    redirected: boolean;
    status: number;
    statusText: string;
    headers: [string, string][];
    body: string;
  }

  class Response {
    readonly #answer: Answer;
    #used = false;
    readonly headers: Headers;

    constructor(answer: Answer) {
      this.#answer = answer;
      this.headers = new Headers(answer.headers);
    }
    get type(): string {
      return 'basic';
    }
    get url(): string {
      return this.#answer.url;
    }
    get redirected(): boolean {
      return this.#answer.redirected;
    }
    get status(): number {
      return this.#answer.status;
    }
    get ok(): boolean {
      return this.status >= 200 && this.status < 300;
    }
    get statusText(): string {
      return this.#answer.statusText;
    }
    get bodyUsed(): boolean {
      return this.#used;
    }
    text(): Promise<string> {
      if (this.#used) return Promise.reject(new TypeError('The body has been used'));
      this.#used = true;
      return Promise.resolve(this.#answer.body);
    }
    json(): Promise<unknown> {
      return this.text().then((text): unknown => JSON.parse(text));
    }
    arrayBuffer(): Promise<ArrayBuffer> {
      const encoder = scope['TextEncoder'] as new () => { encode(text: string): Uint8Array };
      return this.text().then((text) => new encoder().encode(text).buffer as ArrayBuffer);
    }
  }

  const pending = new Map<number, (message: Record<string, unknown>) => void>();
  let last = 0;
  bridge.on('fetched', (message) => {
    const settle = pending.get(message['id'] as number);
    pending.delete(message['id'] as number);
    settle?.(message);
  });

  interface RequestInit {
    method?: string;
    headers?: Pairs | Record<string, string>;
    body?: unknown;
  }

  define({
    Headers,
    Response,
    fetch: (url: unknown, { method = 'GET', headers = {}, body }: RequestInit = {}) =>
      new Promise((resolve, reject) => {
        const verb = String(method);
        if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(verb) || /^(CONNECT|TRACE|TRACK)$/i.test(verb)) {
          throw new TypeError(`'${verb}' is no method`);
        }
        const normalized = /^(delete|get|head|options|post|put)$/i.test(verb) ? verb.toUpperCase() : verb;
        if (body != null && (normalized === 'GET' || normalized === 'HEAD'))
          throw new TypeError(`${normalized} has no body`);
        const sent = new Headers(headers);
        if (body != null && !sent.has('content-type')) {
          const isQuery = body instanceof (scope['URLSearchParams'] as new () => object);
          sent.set(
            'content-type',
            isQuery ? 'application/x-www-form-urlencoded;charset=UTF-8' : 'text/plain;charset=UTF-8',
          );
        }
        pending.set(++last, ({ answer }) => {
          if (typeof answer === 'object' && answer !== null) resolve(new Response(answer as Answer));
          else reject(new TypeError('Failed to fetch'));
        });
        bridge.post({
          type: 'fetch',
          id: last,
          url: String(url),
          method: normalized,
          headers: [...sent],
          ...(body == null ? {} : { body: String(body) }),
        });
      }),
  });
}
