/**
 * The process of one test: makes the global object that of a page, runs the page's scripts in order, and sends what
 * testharness.js reports through a pipe, one JSON text a line:
 *   { result: { name, status, message } }           a subtest is finished
 *   { missing: address }                            a script of the page is not in the checkout
 *   { complete: { status, message, results } }      the whole page is finished, with all subtests
 * It is synchronous, so that a crash loses nothing that was reported before it.
 *
 * Arguments: the checkout, the test's address, the module to load the package from, and whether the page has `long` time.
 */
import dns from 'node:dns';
import { writeSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { createRequire } from 'node:module';
import { AudioContext } from './audio_context.mjs';
import { OffscreenCanvas, withCanvas } from './canvas.mjs';
import { parseDocument, interfaces } from './document.mjs';
import { Resources, hosts, isTestServer } from './resources.mjs';
import { defineGlobals, installScope, makeNavigator } from './scope.mjs';
import { installTestDriver } from './test_driver.mjs';
import { makeWorker } from './worker.mjs';

const pipe = 3;
const [root, address, packageName, timeLimit] = process.argv.slice(2);
const url = new URL(address);
const resources = new Resources(root);

function send(message) {
  const text = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < text.length;) {
    try {
      at += writeSync(pipe, text, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

const harnessStatuses = ['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED'];
const subtestStatuses = ['PASS', 'FAIL', 'TIMEOUT', 'NOTRUN', 'PRECONDITION_FAILED'];

let completed = false;
function complete(status, message, results) {
  if (completed) return;
  completed = true;
  send({ complete: { status, message, results } });
  // A task later: the page ends as when somebody leaves it, with whatever it left open, and that must not crash.
  setImmediate(() => process.exit(0));
}

/** In the place of testharnessreport.js, the file by which testharness.js is attached to a test system. */
function attachHarness() {
  const { add_completion_callback: onCompletion, add_result_callback: onResult, setup } = globalThis;
  const result = ({ name, status, message }) => ({ name, status: subtestStatuses[status], message: message ?? '' });
  setup({ output: false });
  onResult((test) => send({ result: result(test) }));
  onCompletion((tests, { status, message }) => complete(harnessStatuses[status], message ?? '', tests.map(result)));
}

const virtualScripts = new Map([
  ['/resources/testharnessreport.js', attachHarness],
  ['/resources/testdriver-vendor.js', installTestDriver],
]);

let firstError = null;
const scope = installScope({
  url,
  resources,
  handlers: ['load', 'pageshow', 'pagehide', 'beforeunload', 'unload'],
  unhandled: (error) => (firstError ??= error),
  rejected: (reason) => (firstError ??= reason),
});

/**
 * Where the machine has no network but loopback, connections gather loopback candidates: without them no connection can
 * be made at all. The settings are those of the package; nothing else of the configuration changes.
 */
function withLoopback(RTCPeerConnection) {
  const wrapper = new Proxy(RTCPeerConnection, {
    construct(target, [configuration, ...rest], newTarget) {
      const withNode = (object) =>
        Object.create(object, { node: { value: { includeLoopback: true }, enumerable: true } });
      if (configuration === undefined || configuration === null) configuration = withNode(null);
      else if (typeof configuration === 'object' && !('node' in configuration)) configuration = withNode(configuration);
      return Reflect.construct(target, [configuration, ...rest], newTarget === wrapper ? target : newTarget);
    },
  });
  RTCPeerConnection.prototype.constructor = wrapper;
  return wrapper;
}

/** The same for transports of ICE without a connection. */
function gatherWithLoopback(RTCIceTransport) {
  const { gather } = RTCIceTransport.prototype;
  RTCIceTransport.prototype.gather = function (options) {
    const given = Object(options) === options ? options : {};
    return gather.call(this, { ...given, node: { includeLoopback: true } });
  };
}

/** The package finds the test server's hosts, and no other hosts of its domains, where the server is. */
function resolveHosts(serverAddress) {
  const { lookup } = dns;
  dns.lookup = (hostname, options, callback) => {
    const done = callback ?? options;
    const { all = false } = callback === undefined ? {} : typeof options === 'object' ? options : {};
    if (!isTestServer(new URL(`https://${hostname}`))) return lookup(hostname, options, callback);
    const error = hosts.includes(hostname)
      ? null
      : Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
    setImmediate(() =>
      error ? done(error) : all ? done(null, [{ address: serverAddress, family: 4 }]) : done(null, serverAddress, 4),
    );
  };
}

function installPackage() {
  if (process.env.WPT_SERVER_ADDRESS) resolveHosts(process.env.WPT_SERVER_ADDRESS);
  createRequire(import.meta.url)(packageName);
  defineGlobals({ AudioContext, OffscreenCanvas });
  if (globalThis.VideoFrame) defineGlobals({ VideoFrame: withCanvas(globalThis.VideoFrame) });
  const onlyLoopback = Object.values(networkInterfaces()).every((addresses) =>
    addresses.every(({ internal }) => internal),
  );
  if (onlyLoopback && globalThis.RTCPeerConnection) {
    defineGlobals({ RTCPeerConnection: withLoopback(globalThis.RTCPeerConnection) });
    gatherWithLoopback(globalThis.RTCIceTransport);
  }
}

/** Elements can be reached by their id as if they were variables, as long as the page has none of that name. */
function nameElements(document, prototype) {
  for (const element of document.querySelectorAll('[id]')) {
    const { id } = element;
    if (id in globalThis) continue;
    Object.defineProperty(prototype, id, {
      get: () => document.getElementById(id) ?? undefined,
      set: (value) => {
        Object.defineProperty(globalThis, id, { value, writable: true, configurable: true, enumerable: true });
      },
      configurable: true,
    });
  }
}

const task = () => new Promise((resolve) => setImmediate(resolve));

async function loadPage() {
  const html = resources.page(url);
  if (html === null) throw new Error(`There is no test at ${url.pathname}`);
  const document = parseDocument(html, url.href);
  if (timeLimit === 'long') {
    const meta = document.createElement('meta');
    meta.setAttribute('name', 'timeout');
    meta.setAttribute('content', 'long');
    document.head.append(meta);
  }

  class Window extends EventTarget {}
  Object.setPrototypeOf(globalThis, Window.prototype);
  nameElements(document, Window.prototype);
  const Navigator = makeNavigator();
  defineGlobals({
    Window,
    ...interfaces,
    window: globalThis,
    document,
    parent: globalThis,
    top: globalThis,
    frames: globalThis,
    opener: null,
    length: 0,
    name: '',
    innerWidth: 800,
    innerHeight: 600,
    devicePixelRatio: 1,
    Navigator,
    navigator: new Navigator(),
    Worker: makeWorker({ base: url, root, packageName, report: scope.report }),
    requestAnimationFrame: (callback) => setTimeout(() => callback(performance.now()), 16),
    cancelAnimationFrame: clearTimeout,
    postMessage(data, options) {
      const transfer = Array.isArray(options) ? options : (options?.transfer ?? []);
      const clone = structuredClone(data, { transfer });
      setImmediate(() =>
        scope.dispatch(new MessageEvent('message', { data: clone, origin: url.origin, source: null })),
      );
    },
  });
  installPackage();

  for (const script of document.scripts) {
    if (script.type !== '' && !/^(text|application)\/(java|ecma)script$/.test(script.type)) continue;
    // Every script is a task: promises are settled and events delivered before the next one.
    await task();
    document.currentScript = script;
    try {
      runScript(script);
    } catch (error) {
      scope.report(error);
    }
    document.currentScript = null;
  }

  await task();
  document.readyState = 'interactive';
  document.dispatchEvent(new Event('DOMContentLoaded'));
  await task();
  document.readyState = 'complete';
  scope.dispatch(new Event('load'));

  if (!('add_completion_callback' in globalThis)) {
    complete('ERROR', `The page does not load testharness.js${firstError ? `: ${firstError.message}` : ''}`, []);
  }
}

function runScript(script) {
  if (script.src === '') return scope.run(script.textContent, url.href);
  const address = new URL(script.src);
  const virtual = virtualScripts.get(address.pathname);
  if (virtual) return virtual();
  const source = resources.readText(address);
  // As in a browser: what is not there does not run, and the page goes on.
  if (source === null) {
    send({ missing: address.pathname });
    script.dispatchEvent(new Event('error'));
  } else {
    scope.run(source, address.href);
  }
}

// Tests handle rejections late on purpose; every other warning is shown.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'PromiseRejectionHandledWarning') process.stderr.write(`${warning.stack}\n`);
});

// A page stays until it is left, whether or not something in it is still to happen.
setInterval(() => {}, 1 << 30);
loadPage().catch((error) => complete('ERROR', String(error?.stack ?? error), []));
