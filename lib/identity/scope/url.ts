import type { Bridge, Define, Scope } from './scope';

/** Addresses, `location` and random numbers: what the realm asks the thread that has made it for. */
export function defineAddresses(scope: Scope, define: Define, bridge: Bridge, address: string): void {
  type Pair = [name: string, value: string];
  type Parts = Record<
    | 'href'
    | 'origin'
    | 'protocol'
    | 'username'
    | 'password'
    | 'host'
    | 'hostname'
    | 'port'
    | 'pathname'
    | 'search'
    | 'hash',
    string
  >;

  const encodeComponent = (text: string): string =>
    encodeURIComponent(
      text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd'),
    ).replace(/%20|[!'()~]/g, (match) =>
      match === '%20' ? '+' : `%${match.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const decodeComponent = (text: string): string => {
    const bytes: number[] = [];
    const plain = text.replace(/\+/g, ' ');
    for (let i = 0; i < plain.length; i++) {
      const escape = /^%([0-9a-f]{2})/i.exec(plain.slice(i, i + 3));
      if (escape !== null) {
        bytes.push(parseInt(escape[1] ?? '', 16));
        i += 2;
        continue;
      }
      const encoder = scope['TextEncoder'] as new () => { encode(text: string): Uint8Array };
      const character = String.fromCodePoint(plain.codePointAt(i) ?? 0);
      bytes.push(...new encoder().encode(character));
      i += character.length - 1;
    }
    const decoder = scope['TextDecoder'] as new () => { decode(bytes: Uint8Array): string };
    return new decoder().decode(new Uint8Array(bytes));
  };

  /** Implements the URL Standard, section 6.2 (URLSearchParams class). */
  class URLSearchParams {
    #pairs: Pair[] = [];
    #changed: () => void = () => undefined;

    constructor(init: string | Iterable<Pair> | Record<string, string> = '') {
      if (typeof init === 'object' && Symbol.iterator in init) {
        for (const [name, value] of init) this.#pairs.push([String(name), String(value)]);
      } else if (typeof init === 'object') {
        for (const [name, value] of Object.entries(init)) this.#pairs.push([name, String(value)]);
      } else {
        this.#parse(String(init).replace(/^\?/, ''));
      }
    }
    #parse(query: string): void {
      this.#pairs = query
        .split('&')
        .filter((part) => part !== '')
        .map((part): Pair => {
          const [name = '', ...value] = part.split('=');
          return [decodeComponent(name), decodeComponent(value.join('='))];
        });
    }
    get size(): number {
      return this.#pairs.length;
    }
    append(name: string, value: string): void {
      this.#pairs.push([String(name), String(value)]);
      this.#changed();
    }
    delete(name: string, value?: string): void {
      this.#pairs = this.#pairs.filter(
        ([known, own]) => known !== String(name) || (value !== undefined && own !== value),
      );
      this.#changed();
    }
    get(name: string): string | null {
      return this.#pairs.find(([known]) => known === String(name))?.[1] ?? null;
    }
    getAll(name: string): string[] {
      return this.#pairs.filter(([known]) => known === String(name)).map(([, value]) => value);
    }
    has(name: string, value?: string): boolean {
      return this.#pairs.some(([known, own]) => known === String(name) && (value === undefined || own === value));
    }
    set(name: string, value: string): void {
      const first = this.#pairs.find(([known]) => known === String(name));
      if (first === undefined) {
        this.#pairs.push([String(name), String(value)]);
      } else {
        first[1] = String(value);
        this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== String(name));
      }
      this.#changed();
    }
    sort(): void {
      this.#pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      this.#changed();
    }
    forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void {
      for (const [name, value] of this.#pairs) callback.call(thisArg, value, name, this);
    }
    *entries(): Generator<Pair> {
      for (let i = 0; i < this.#pairs.length; i++) yield [...(this.#pairs[i] ?? ['', ''])] as Pair;
    }
    *keys(): Generator<string> {
      for (const [name] of this.entries()) yield name;
    }
    *values(): Generator<string> {
      for (const [, value] of this.entries()) yield value;
    }
    [Symbol.iterator](): Generator<Pair> {
      return this.entries();
    }
    toString(): string {
      return this.#pairs.map(([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`).join('&');
    }
    static watch(params: URLSearchParams, changed: () => void): (query: string) => void {
      params.#changed = changed;
      return (query) => params.#parse(query.replace(/^\?/, ''));
    }
  }
  const { watch } = URLSearchParams;
  delete (URLSearchParams as { watch?: unknown }).watch;

  const parse = (url: unknown, base?: unknown): Parts | null =>
    bridge.ask({ what: 'url', url: String(url), ...(base === undefined ? {} : { base: String(base) }) })[
      'parts'
    ] as Parts | null;

  /** Implements the URL Standard, section 6.1 (URL class). */
  class URL {
    #parts: Parts;
    readonly #searchParams: URLSearchParams;
    readonly #setQuery: (query: string) => void;

    constructor(url: string, base?: string) {
      const parts = parse(url, base);
      if (parts === null) throw new TypeError('Invalid URL');
      this.#parts = parts;
      this.#searchParams = new URLSearchParams(parts.search);
      this.#setQuery = watch(this.#searchParams, () => this.#set('search', this.#searchParams.toString()));
    }
    static canParse(url: string, base?: string): boolean {
      return parse(url, base) !== null;
    }
    static parse(url: string, base?: string): URL | null {
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }
    static get(url: URL, name: keyof Parts): string {
      return url.#parts[name];
    }
    static set(url: URL, name: keyof Parts, value: string): void {
      url.#set(name, value);
      url.#setQuery(url.#parts.search);
    }
    #set(name: keyof Parts, value: string): void {
      const parts = bridge.ask({ what: 'url', url: this.#parts.href, set: name, value: String(value) })['parts'];
      if (parts === null) throw new TypeError('Invalid URL');
      this.#parts = parts as Parts;
    }
    get searchParams(): URLSearchParams {
      return this.#searchParams;
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }
  }
  const { get, set } = URL;
  delete (URL as { get?: unknown }).get;
  delete (URL as { set?: unknown }).set;
  const names = 'href origin protocol username password host hostname port pathname search hash'.split(
    ' ',
  ) as (keyof Parts)[];
  for (const name of names) {
    Object.defineProperty(URL.prototype, name, {
      get(this: URL) {
        return get(this, name);
      },
      ...(name === 'origin'
        ? {}
        : {
            set(this: URL, value: string) {
              set(this, name, value);
            },
          }),
      enumerable: true,
      configurable: true,
    });
  }

  // WorkerLocation. Its members are the object's own, so that scripts can write it down as JSON.
  const own = new URL(address);
  const location = Object.create(
    {},
    {
      toString: { value: () => address },
      [Symbol.toStringTag]: { value: 'WorkerLocation' },
    },
  ) as object;
  for (const name of names) {
    if (name !== 'username' && name !== 'password')
      Object.defineProperty(location, name, { value: get(own, name), enumerable: true });
  }

  const fill = (view: ArrayBufferView): void => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const { hex } = bridge.ask({ what: 'random', bytes: bytes.length });
    for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(String(hex).slice(2 * i, 2 * i + 2), 16);
  };
  const crypto = {
    getRandomValues<T extends ArrayBufferView>(view: T): T {
      const exception = scope['DOMException'] as new (message: string, name: string) => Error;
      if (!ArrayBuffer.isView(view) || /^(Float|DataView)/.test(Object.prototype.toString.call(view).slice(8, -1))) {
        throw new exception('The argument is no array of integers', 'TypeMismatchError');
      }
      if (view.byteLength > 65536) throw new exception('More than 65,536 bytes are asked for', 'QuotaExceededError');
      fill(view);
      return view;
    },
    randomUUID(): string {
      const bytes = new Uint8Array(16);
      fill(bytes);
      bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
      bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };

  define({ URL, URLSearchParams, crypto, location, origin: get(own, 'origin'), isSecureContext: true });
}
