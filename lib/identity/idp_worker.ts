/**
 * The thread of one identity provider (IdP): makes the realm that its script runs in, and passes texts in and out.
 *
 * The script is anybody's: whoever sends a description names the provider whose script validates it. So the realm is a
 * context of its own, and nothing of this thread's realm can be reached from it:
 *
 * - No object is handed in, and one function, which scripts never see (see `scope/scripts.ts`). The thread calls the
 *   realm's functions with strings and takes strings, and never looks at anything else that the realm gives or throws:
 *   looking at an object runs the script's code.
 * - Scripts cannot make code from text, and `import` cannot be written (see {@link withoutImport}): a promise of
 *   `import()` would be one of this thread's realm.
 * - Errors carry no stacks, since Node writes them with functions of its own (see `scope/limits.ts`).
 * - The realm's promises have a queue of their own, which runs only when this thread says so.
 *
 * The thread itself has no environment and no standard streams, and its process may do next to nothing: see
 * `idp_proxy.ts`.
 */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import * as vm from 'node:vm';
import { defineEncoding } from './scope/encoding';
import { makeBridge, type BridgeEnds } from './scope/bridge';
import { defineEvents } from './scope/events';
import { defineFetch } from './scope/fetch';
import { limitRealm } from './scope/limits';
import { defineProvider } from './scope/provider';
import { defineScripts } from './scope/scripts';
import { defineAddresses } from './scope/url';

/** What the thread begins with. */
export interface IdpWorkerData {
  source: string;
  url: string;
  /** Brings the scripts that the script imports. */
  scripts: MessagePort;
}

/** Bytes of buffers that a script may make. */
const BUFFER_BYTES = 32 * 1024 * 1024;
/** Bytes that questions and answers have room in. */
const SHARED_BYTES = 256 * 1024;
/** Characters that a script may send at a time. */
const MESSAGE_LENGTH = 4 * 1024 * 1024;
/** The longest that a timer can wait for; providers live for seconds. */
const MAX_DELAY = 60_000;

// What a script's promises reject with, or what is thrown past us, is not for us to look at.
process.on('unhandledRejection', () => undefined);
process.on('uncaughtException', () => process.exit(1));

const { source, url, scripts } = workerData as IdpWorkerData;
const port = parentPort;
if (port === null) throw new Error('This module runs in a thread of its own');

/** The scope's functions, as one script. Its value is made in the realm that the script is run in. */
const scopeSource = `(function () {
  'use strict';
  const scope = globalThis;
  const ends = (${makeBridge.toString()})(scope, ${SHARED_BYTES});
  (${limitRealm.toString()})(scope, ends.define, ${BUFFER_BYTES});
  (${defineEvents.toString()})(scope, ends.define);
  (${defineEncoding.toString()})(scope, ends.define);
  return {
    shared: ends.shared,
    turn: ends.turn,
    finish: (evaluate) => {
      (${defineAddresses.toString()})(scope, ends.define, ends.bridge, ${JSON.stringify(url)});
      (${defineFetch.toString()})(scope, ends.define, ends.bridge);
      (${defineProvider.toString()})(scope, ends.define, ends.bridge);
      return (${defineScripts.toString()})(scope, ends.define, ends.bridge, evaluate);
    },
  };
})()`;

/**
 * Writes every `import` with an escape. It means the same in names, strings, templates, patterns and comments; as the
 * keyword it is a syntax error, for keywords cannot be escaped.
 */
function withoutImport(text: string): string {
  return text.replace(/import/g, '\\u0069mport');
}

// Nothing of this thread's realm is in the object that becomes the global one.
const context = vm.createContext(Object.create(null) as vm.Context, {
  codeGeneration: { strings: false, wasm: false },
  microtaskMode: 'afterEvaluate',
});
const run = (script: vm.Script): unknown => script.runInContext(context, { displayErrors: false });
const runMicrotasks = new vm.Script('0');

const realm = run(new vm.Script(scopeSource)) as Pick<BridgeEnds, 'shared' | 'turn'> & {
  finish: (evaluate: () => number) => (thrown: unknown) => void;
};
// Taken out before the script has run: it can change nothing of them any more.
const { shared, turn, finish } = realm;
port.postMessage({ shared });

/**
 * Runs the script that has been fetched last, in the middle of another one: see `scope/scripts.ts`. Promises that have
 * settled before run their reactions then; a browser lets them wait.
 */
function evaluateImported(): number {
  let script: vm.Script;
  try {
    let text: unknown;
    for (let next = receiveMessageOnPort(scripts); next !== undefined; next = receiveMessageOnPort(scripts)) {
      text = next.message;
    }
    if (typeof text !== 'string') return 1;
    script = new vm.Script(withoutImport(text), { filename: url });
  } catch {
    return 1;
  }
  try {
    run(script);
    return 0;
  } catch (error) {
    keepThrown(error);
    return 2;
  }
}
const keepThrown = finish(evaluateImported);

/** Delivers a message, lets promises settle, and passes on what has been posted. */
function deliver(message: string): void {
  let leaving: unknown;
  try {
    const first = turn(message);
    run(runMicrotasks);
    const second = turn('{"type":""}');
    leaving = [first, second];
  } catch {
    // The script has broken its realm.
    process.exit(1);
  }
  for (const messages of leaving as unknown[]) {
    if (typeof messages !== 'string' || messages.length > MESSAGE_LENGTH) process.exit(1);
    for (const posted of JSON.parse(messages) as ({ type?: unknown } | null)[]) pass(posted);
  }
}

/** Timers run here, everything else is for the thread that asks. */
function pass(posted: ({ type?: unknown } & Record<string, unknown>) | null): void {
  if (posted?.type !== 'timer') {
    port?.postMessage(JSON.stringify(posted));
    return;
  }
  const { id, milliseconds } = posted;
  if (typeof id !== 'number' || typeof milliseconds !== 'number') return;
  setTimeout(() => deliver(JSON.stringify({ type: 'timer', id })), Math.min(milliseconds, MAX_DELAY));
}

try {
  run(new vm.Script(withoutImport(source), { filename: url }));
} catch {
  // What it has thrown is not looked at. A script that has registered a provider before may still be used.
}
deliver('{"type":"loaded"}');
port.on('message', (message: string) => deliver(message));
