/**
 * `import 'node-libwebrtc/polyfill'` puts the names of the specifications on `globalThis`, as in a browser: writable,
 * configurable and not enumerable; and `navigator.mediaDevices` with them. A name that is already there, from the runtime
 * or from another package, is left alone; importing it again changes nothing. In threads that have it, frames, tracks and
 * whatever else browsers let one post can be posted and cloned: it wraps `structuredClone` and the `postMessage` of Node's
 * ports for that. {@link install} does the same again, into another global object or over what is there.
 *
 * @module node-libwebrtc/polyfill
 */
import { installPosting, installStructuredClone } from './clone/install';
import * as library from './index';

/** What {@link install} may do beside what the import has done. */
export interface InstallOptions {
  /**
   * What may be replaced although it is there already: `true` for all names, or the names. `mediaDevices` is that of
   * `navigator`. `false` where absent.
   */
  overwrite?: boolean | readonly string[];
  /** The global object: that of a `vm` context, say. `globalThis` where absent. */
  target?: object;
}

/** Interfaces of the specifications whose names begin neither with `RTC` nor with `Media`. */
const OTHERS = new Set([
  'AudioData',
  'BlobEvent',
  'CaptureController',
  'DOMRectReadOnly',
  'DeviceChangeEvent',
  'ErrorEvent',
  'InputDeviceInfo',
  'OverconstrainedError',
  'SFrameTransform',
  'SFrameTransformErrorEvent',
  'VideoColorSpace',
  'VideoFrame',
  'VideoTrackGenerator',
]);

/** What browsers have in workers only. */
const IN_WORKERS = new Set(['KeyFrameRequestEvent', 'RTCRtpScriptTransformer', 'RTCTransformEvent']);

/** The interfaces of the specifications, by name. What else the package exports stays in the package. */
function interfaces(): [name: string, value: unknown][] {
  return Object.entries(library).filter(([name, value]) => {
    if (typeof value !== 'function') return false;
    if (IN_WORKERS.has(name)) return library.workerScope !== null;
    return /^(RTC|Media)/.test(name) || OTHERS.has(name);
  });
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
}

/** `mediaDevices` of a `navigator`: an accessor of its prototype if it has one of its own, as in a browser. */
function defineMediaDevices(navigator: object): void {
  const accessor = {
    get mediaDevices() {
      if ((this as object) !== navigator) throw new TypeError('Illegal invocation');
      return library.mediaDevices;
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(accessor, 'mediaDevices') ?? {};
  const prototype = Object.getPrototypeOf(navigator) as object | null;
  // The prototype of a plain object, of this realm or another, is everybody's.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  const own = isPlain || Object.hasOwn(navigator, 'mediaDevices');
  Object.defineProperty(own ? navigator : prototype, 'mediaDevices', descriptor);
}

/**
 * Puts the names on a global object.
 *
 * @example
 * import { install } from 'node-libwebrtc/polyfill';
 * install({ overwrite: true }); // in place of another package's classes
 */
export function install({ overwrite = false, target = globalThis }: InstallOptions = {}): void {
  const free = (object: object, name: string): boolean =>
    overwrite === true || !(name in object) || (overwrite !== false && overwrite.includes(name));
  for (const [name, value] of interfaces()) {
    if (free(target, name)) define(target, name, value);
  }
  // `navigator` came with Node 21.
  if (!('navigator' in target)) define(target, 'navigator', {});
  const { navigator } = target as { navigator?: unknown };
  if (typeof navigator === 'object' && navigator !== null && free(navigator, 'mediaDevices')) {
    defineMediaDevices(navigator);
  }
  installStructuredClone(target);
}

install();
installPosting();

/**
 * A worker's global object gets `rtctransform`, as in a browser: `onrtctransform`, and `addEventListener` with what
 * belongs to it unless something has made the global object an event target already.
 */
function installWorkerScope(scope: library.WorkerScope): void {
  if ('onrtctransform' in globalThis) return;
  if ('addEventListener' in globalThis) {
    library.WorkerScope.deliverTo(scope, globalThis as unknown as EventTarget);
  } else {
    define(globalThis, 'addEventListener', scope.addEventListener.bind(scope));
    define(globalThis, 'removeEventListener', scope.removeEventListener.bind(scope));
    define(globalThis, 'dispatchEvent', scope.dispatchEvent.bind(scope));
  }
  if (!('self' in globalThis)) define(globalThis, 'self', globalThis);
  Object.defineProperty(globalThis, 'onrtctransform', {
    get: () => scope.onrtctransform,
    set: (handler: library.WorkerScope['onrtctransform']) => {
      scope.onrtctransform = handler;
    },
    enumerable: true,
    configurable: true,
  });
}

const { workerScope } = library;
if (workerScope !== null) installWorkerScope(workerScope);
