/** The first module of a worker's thread: makes the global object that of a dedicated worker, then runs its script. */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { OffscreenCanvas, withCanvas } from './canvas.mjs';
import { Resources } from './resources.mjs';
import { defineGlobals, installScope, makeNavigator } from './scope.mjs';

const { root, packageName, blob, name } = workerData;
const url = new URL(workerData.url);
const resources = new Resources(root);
// Scripts of data: and blob: workers resolve against the page that made them.
const base = url.protocol === 'data:' || url.protocol === 'blob:' ? new URL(workerData.base) : url;

const scope = installScope({
  url: base,
  resources,
  handlers: ['messageerror'],
  unhandled: (error) =>
    parentPort.postMessage({
      error: { message: error instanceof Error ? error.message : String(error), filename: url.href },
    }),
  // As in a browser, where the console of the worker shows them: the page does not hear of them.
  rejected: () => {},
});

class WorkerGlobalScope extends EventTarget {}
class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}
Object.setPrototypeOf(globalThis, DedicatedWorkerGlobalScope.prototype);
const WorkerNavigator = makeNavigator();

defineGlobals({
  WorkerGlobalScope,
  DedicatedWorkerGlobalScope,
  WorkerNavigator,
  navigator: new WorkerNavigator(),
  name,
  postMessage(data, options) {
    parentPort.postMessage({ data }, Array.isArray(options) ? options : (options?.transfer ?? []));
  },
  close: () => parentPort.close(),
  importScripts(...urls) {
    for (const script of urls) {
      const address = new URL(script, base);
      const text = address.protocol === 'data:' ? dataText(address) : resources.workerScript(address);
      if (text === null) throw new DOMException(`There is no script at ${address}`, 'NetworkError');
      scope.run(text, address.href);
    }
  },
});

createRequire(import.meta.url)(packageName);
defineGlobals({ OffscreenCanvas });
if (globalThis.VideoFrame) defineGlobals({ VideoFrame: withCanvas(globalThis.VideoFrame) });

function dataText(address) {
  const [, header, body] = /^data:([^,]*),(.*)$/s.exec(address.href);
  return /;base64$/.test(header) ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body);
}

const script = (await blob?.text()) ?? (url.protocol === 'data:' ? dataText(url) : resources.workerScript(url));
if (script === null) {
  scope.report(new Error(`There is no script at ${url}`));
} else {
  try {
    scope.run(script, url.href);
  } catch (error) {
    scope.report(error);
  }
}
// Only now, so that no message is lost for want of a listener.
parentPort.on('message', ({ data }) => scope.dispatch(new MessageEvent('message', { data })));
