import type { Define, Scope } from './scope';

/** Exceptions and events, as far as a worker without documents and messages has them. */
export function defineEvents(scope: Scope, define: Define): void {
  const codes: Record<string, number> = {
    IndexSizeError: 1,
    NotFoundError: 8,
    NotSupportedError: 9,
    InvalidStateError: 11,
    SyntaxError: 12,
    InvalidModificationError: 13,
    InvalidAccessError: 15,
    SecurityError: 18,
    NetworkError: 19,
    AbortError: 20,
    QuotaExceededError: 22,
    TimeoutError: 23,
    DataCloneError: 25,
  };

  class DOMException extends Error {
    readonly #name: string;

    constructor(message = '', name = 'Error') {
      super(String(message));
      this.#name = String(name);
    }
    override get name(): string {
      return this.#name;
    }
    get code(): number {
      return codes[this.#name] ?? 0;
    }
  }

  const details = [
    'data-channel-failure',
    'dtls-failure',
    'fingerprint-failure',
    'sctp-failure',
    'sdp-syntax-error',
    'hardware-encoder-not-available',
    'hardware-encoder-error',
    'idp-bad-script-failure',
    'idp-execution-failure',
    'idp-load-failure',
    'idp-need-login',
    'idp-timeout',
    'idp-tls-failure',
    'idp-token-expired',
    'idp-token-invalid',
  ];

  /** By its `errorDetail` a provider says what the application can do about a failure. */
  class RTCError extends DOMException {
    readonly #errorDetail: string;

    constructor(init: { errorDetail: string }, message = '') {
      super(message, 'OperationError');
      if (typeof init !== 'object' || (init as object | null) === null) {
        throw new TypeError('The first argument is no RTCErrorInit');
      }
      const errorDetail = String(init.errorDetail);
      if (!details.includes(errorDetail)) {
        throw new TypeError(`'${errorDetail}' is not a valid enum value of type RTCErrorDetailType`);
      }
      this.#errorDetail = errorDetail;
    }
    get errorDetail(): string {
      return this.#errorDetail;
    }
  }

  class Event {
    readonly type: string;
    readonly cancelable: boolean;
    readonly timeStamp = Date.now();
    #prevented = false;
    #stopped = false;
    #target: unknown = null;

    constructor(type: string, init: { cancelable?: boolean } = {}) {
      this.type = String(type);
      this.cancelable = Boolean(init.cancelable);
    }
    get target(): unknown {
      return this.#target;
    }
    get currentTarget(): unknown {
      return this.#target;
    }
    get defaultPrevented(): boolean {
      return this.#prevented;
    }
    preventDefault(): void {
      this.#prevented = this.cancelable;
    }
    stopImmediatePropagation(): void {
      this.#stopped = true;
    }
    static dispatch(event: Event, target: unknown, listeners: readonly Listener[]): boolean {
      event.#target = target;
      for (const { callback, once, remove } of [...listeners]) {
        if (event.#stopped) break;
        if (once) remove();
        try {
          if (typeof callback === 'function') callback.call(target, event);
          else callback.handleEvent(event);
        } catch {
          // As "report the exception", which nobody hears here.
        }
      }
      return !event.#prevented;
    }
  }

  type Callback = ((event: Event) => void) | { handleEvent(event: Event): void };
  interface Listener {
    type: string;
    callback: Callback;
    once: boolean;
    remove(): void;
  }

  class EventTarget {
    #listeners: Listener[] = [];

    addEventListener(type: string, callback: Callback | null, options?: { once?: boolean } | boolean): void {
      const at = String(type);
      if (callback === null || this.#listeners.some((known) => known.type === at && known.callback === callback))
        return;
      const once = typeof options === 'object' && Boolean(options.once);
      this.#listeners.push({ type: at, callback, once, remove: () => this.removeEventListener(at, callback) });
    }
    removeEventListener(type: string, callback: Callback | null): void {
      this.#listeners = this.#listeners.filter((known) => known.type !== String(type) || known.callback !== callback);
    }
    dispatchEvent(event: Event): boolean {
      return dispatch(
        event,
        this,
        this.#listeners.filter(({ type }) => type === event.type),
      );
    }
  }
  const { dispatch } = Event;
  delete (Event as { dispatch?: unknown }).dispatch;

  const target = new EventTarget();
  define({
    DOMException,
    RTCError,
    Event,
    EventTarget,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
    reportError: () => undefined,
    queueMicrotask: (callback: () => void) => {
      if (typeof callback !== 'function') throw new TypeError('The callback is no function');
      void Promise.resolve().then(callback);
    },
  });
  for (const made of [DOMException, RTCError, Event, EventTarget]) {
    Object.defineProperty(made.prototype, Symbol.toStringTag, { value: made.name, configurable: true });
  }
  scope['self'] = scope;
}
