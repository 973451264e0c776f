/**
 * What a window and a worker have in common: a global object that is an event target, errors and unhandled rejections
 * that become events on it, `location`, `fetch` of the test server's files, and classic scripts run in the main realm, so
 * that `instanceof` and the prototypes are the same for the tests and for the package.
 */
import vm from 'node:vm';
import './iterator_helpers.mjs';
import { FileReader } from './file_reader.mjs';
import { defineHandler } from './handlers.mjs';
import { isTestServer } from './resources.mjs';
import { MediaCapabilities } from './media_capabilities.mjs';

export class ErrorEvent extends Event {
  constructor(type, init = {}) {
    super(type, init);
    this.message = String(init.message ?? '');
    this.filename = String(init.filename ?? '');
    this.lineno = init.lineno ?? 0;
    this.colno = init.colno ?? 0;
    this.error = init.error;
  }
}

export class PromiseRejectionEvent extends Event {
  constructor(type, init) {
    super(type, init);
    this.promise = init.promise;
    this.reason = init.reason;
  }
}

/** Puts names on the global object as Web IDL does interface objects: writable, configurable, not enumerable. */
export function defineGlobals(values) {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/**
 * Makes the global object of this thread the global object of a page or of a worker.
 * @param {object} options
 * @param {URL} options.url Its address.
 * @param {import('./resources.mjs').Resources} options.resources
 * @param {string[]} options.handlers Types of the events that have an `on…` attribute on the global object.
 * @param {(error: unknown) => void} options.unhandled Gets the errors that no listener has cancelled.
 * @param {(reason: unknown) => void} options.rejected Gets the reasons of rejected promises that nobody has handled.
 * @returns {{ dispatch(event: Event): boolean, report(error: unknown): void, run(source: string, url: string): void }}
 */
export function installScope({ url, resources, handlers, unhandled, rejected }) {
  const target = new EventTarget();
  // Called without a receiver by scripts, so bound.
  const dispatch = (event) => target.dispatchEvent(event);
  defineGlobals({
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: dispatch,
  });
  for (const type of ['error', 'unhandledrejection', 'message', ...handlers]) defineHandler(globalThis, target, type);

  const report = (error) => {
    const [, filename = '', lineno = '0', colno = '0'] =
      /\(?((?:https?|file):.*?):(\d+):(\d+)\)?$/m.exec(error?.stack ?? '') ?? [];
    const message = error instanceof Error ? `Uncaught ${error.name}: ${error.message}` : `Uncaught ${describe(error)}`;
    const event = new ErrorEvent('error', {
      cancelable: true,
      message,
      filename,
      lineno: +lineno,
      colno: +colno,
      error,
    });
    if (dispatch(event)) unhandled(error);
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', (reason, promise) => {
    const event = new PromiseRejectionEvent('unhandledrejection', { cancelable: true, promise, reason });
    if (dispatch(event)) rejected(reason);
  });

  const nodeFetch = globalThis.fetch;
  const fetch = async (input, init) => {
    const address = new URL(typeof input === 'string' || input instanceof URL ? input : input.url, url);
    if (!isTestServer(address)) return nodeFetch(input, init);
    const found = resources.read(address);
    if (found === null) return new Response('', { status: 404, statusText: 'Not Found' });
    return new Response(found.body, { headers: { 'content-type': found.type } });
  };

  defineGlobals({
    self: globalThis,
    ErrorEvent,
    PromiseRejectionEvent,
    FileReader,
    fetch,
    location: makeLocation(url),
    origin: url.origin,
    isSecureContext: url.protocol === 'https:',
    reportError: report,
  });

  return {
    dispatch,
    report,
    run(source, scriptUrl) {
      new vm.Script(source, { filename: scriptUrl }).runInThisContext();
    },
  };
}

/** The `Navigator` of both kinds of scope. */
export function makeNavigator() {
  return class Navigator {
    mediaCapabilities = new MediaCapabilities();
    get userAgent() {
      return `Node.js/${process.versions.node}`;
    }
    get platform() {
      return process.platform;
    }
    get language() {
      return 'en-US';
    }
    get languages() {
      return ['en-US'];
    }
    get onLine() {
      return true;
    }
  };
}

/** Addresses can be read; assigning one would navigate, which this environment cannot do, and has no effect. */
function makeLocation(url) {
  const location = { toString: () => url.href, reload() {}, assign() {}, replace() {} };
  for (const part of ['href', 'origin', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash']) {
    Object.defineProperty(location, part, { get: () => url[part], set() {}, enumerable: true });
  }
  return location;
}

function describe(value) {
  try {
    return String(value);
  } catch {
    return 'an object';
  }
}
