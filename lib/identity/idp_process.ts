/**
 * The process of one identity provider (IdP): starts the thread of its script, answers what the thread asks for, passes
 * messages between it and the process that wants to know, and ends itself when the script takes too much memory.
 */
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { IdpWorkerData } from './idp_worker';

/** What the process may take, in bytes; it has about 50 MB without a script. */
const MAX_MEMORY = 400 * 1024 * 1024;
/** How often it is measured, in milliseconds. */
const MEASURE_EVERY = 20;
/** How many addresses and random numbers a script may ask for; then it sleeps until its time is over. */
const MAX_QUESTIONS = 10_000;
/** How long the wait for one question may last at most, in milliseconds; then it begins again. */
const PATIENCE = 60_000;
const URL_PARTS = 'href origin protocol username password host hostname port pathname search hash'.split(' ');

type Message = Record<string, unknown>;

/** Answers what a script's thread sleeps for. */
function answer({ what, url, base, set, value, bytes }: Message): Message {
  if (what === 'random' && typeof bytes === 'number' && bytes >= 0 && bytes <= 65_536) {
    return { hex: randomBytes(bytes).toString('hex') };
  }
  if (what !== 'url' || typeof url !== 'string') return {};
  try {
    const parsed = new URL(url, typeof base === 'string' ? base : undefined);
    if (typeof set === 'string' && URL_PARTS.includes(set)) Reflect.set(parsed, set, value);
    return { parts: Object.fromEntries(URL_PARTS.map((part) => [part, Reflect.get(parsed, part) as string])) };
  } catch {
    return { parts: null };
  }
}

/** Scripts for the thread, which takes them while it sleeps. */
const { port1: scripts, port2: scriptsForThread } = new MessageChannel();
scripts.unref();
/** Takes the script that the thread waits for, or `null` where there is none. */
let takeScript: (source: unknown) => void = () => undefined;

/** Has the process that wants to know fetch a script. */
async function importScript(url: unknown): Promise<Message> {
  const source = await new Promise<unknown>((resolve) => {
    takeScript = resolve;
    process.send?.(JSON.stringify({ type: 'import', url }));
  });
  if (typeof source !== 'string') return { found: false };
  scripts.postMessage(source);
  return { found: true };
}

/** The other end of `scope/bridge.ts`: answers the questions that come through memory. */
async function answerQuestions(shared: SharedArrayBuffer): Promise<void> {
  const counters = new Int32Array(shared, 0, 3);
  const text = new Uint16Array(shared, 12);
  const { waitAsync } = Atomics as unknown as {
    waitAsync: (
      array: Int32Array,
      index: number,
      value: number,
      timeout: number,
    ) => { value: string | Promise<string> };
  };
  for (let answered = 0; answered < MAX_QUESTIONS;) {
    await waitAsync(counters, 0, answered, PATIENCE).value;
    if (Atomics.load(counters, 0) === answered) continue;
    const length = Math.min(counters[2] ?? 0, text.length);
    const question = Buffer.from(shared, text.byteOffset, 2 * length).toString('utf16le');
    let given = '{}';
    try {
      const asked = JSON.parse(question) as Message;
      given = JSON.stringify(asked['what'] === 'script' ? await importScript(asked['url']) : answer(asked));
    } catch {
      // Not a question that the scope asks.
    }
    if (given.length > text.length) given = '{}';
    for (let i = 0; i < given.length; i++) text[i] = given.charCodeAt(i);
    counters[2] = given.length;
    Atomics.store(counters, 1, ++answered);
    Atomics.notify(counters, 1);
  }
}

/** Starts the thread of a script; gives what passes messages to it. */
function start({ source, url }: Pick<IdpWorkerData, 'source' | 'url'>): (message: string) => void {
  const worker = new Worker(join(__dirname, 'idp_worker.js'), {
    workerData: { source, url, scripts: scriptsForThread } satisfies IdpWorkerData,
    transferList: [scriptsForThread],
    env: {},
    argv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, codeRangeSizeMb: 16 },
  });
  worker.on('message', (message: string | { shared: SharedArrayBuffer }) => {
    if (typeof message === 'string') process.send?.(message);
    else void answerQuestions(message.shared);
  });
  // What has been thrown there is the script's, and is not looked at.
  worker.on('error', () => process.exit(1));
  worker.on('exit', () => process.exit(1));
  return (message) => worker.postMessage(message);
}

let pass: ((message: string) => void) | null = null;
process.on('message', (message: string) => {
  const parsed = JSON.parse(message) as Pick<IdpWorkerData, 'source' | 'url'> & { type: string };
  if (pass === null) pass = start(parsed);
  else if (parsed.type === 'imported') takeScript(parsed.source);
  else pass(message);
});
// Whoever has asked is gone.
process.on('disconnect', () => process.exit(0));
setInterval(() => {
  if (process.memoryUsage.rss() > MAX_MEMORY) process.exit(1);
}, MEASURE_EVERY);
