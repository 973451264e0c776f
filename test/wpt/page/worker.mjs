/** `Worker` of a page: a node:worker_threads Worker whose global object `worker_scope.mjs` makes that of a web worker. */
import { Worker as ThreadWorker } from 'node:worker_threads';
import { resolveObjectURL } from 'node:buffer';
import { defineHandler } from './handlers.mjs';
import { ErrorEvent } from './scope.mjs';

/**
 * @param {object} options
 * @param {URL} options.base Address that relative ones are resolved against.
 * @param {string} options.root The checkout of web-platform-tests.
 * @param {string} options.packageName The module that workers load the package from.
 * @param {(error: unknown) => void} options.report Gets the errors of workers that no listener has cancelled.
 */
export function makeWorker({ base, root, packageName, report }) {
  return class Worker extends EventTarget {
    #thread;

    constructor(url, options = {}) {
      super();
      for (const type of ['message', 'messageerror', 'error']) defineHandler(this, this, type);
      this.#start(new URL(url, base), options);
    }

    postMessage(data, options) {
      const transfer = Array.isArray(options) ? options : (options?.transfer ?? []);
      this.#thread.postMessage({ data }, transfer);
    }

    terminate() {
      this.#thread.terminate();
    }

    /** Where the package looks for the thread behind a `Worker` that is not Node's own: the place of `web-worker`. */
    get [Symbol.for('worker')]() {
      return this.#thread;
    }

    #start(url, options) {
      const blob = url.protocol === 'blob:' ? resolveObjectURL(url.href) : undefined;
      this.#thread = new ThreadWorker(new URL('./worker_scope.mjs', import.meta.url), {
        workerData: { url: url.href, base: base.href, root, packageName, blob, name: options.name ?? '' },
      });
      this.#thread.on('message', ({ data, error }) => {
        if (error) this.#fail(error);
        else this.dispatchEvent(new MessageEvent('message', { data }));
      });
      this.#thread.on('messageerror', (error) => this.dispatchEvent(new MessageEvent('messageerror', { data: error })));
      this.#thread.on('error', (error) => this.#fail({ message: error.message, error }));
    }

    #fail({ message, filename, error }) {
      const event = new ErrorEvent('error', { cancelable: true, message, filename, error });
      if (this.dispatchEvent(event)) report(error ?? new Error(message));
    }
  };
}
