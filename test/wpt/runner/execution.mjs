/** Runs one test in a process of its own, and says how it went. */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('../page/child.mjs', import.meta.url));

/**
 * In milliseconds: testharness.js's own limits, and what a process may take beyond them for starting or, once its test
 * is complete, for ending, before it is killed.
 */
const defaultLimits = { normal: 10_000, long: 60_000, slack: 15_000 };

/** Whether the machine has much more to do than it can: then every page has the time of those that are known to take long. */
export const isBusy = () => loadavg()[0] > 2 * availableParallelism();

/**
 * @typedef {object} Subtest
 * @property {string} name
 * @property {string} status PASS, FAIL, TIMEOUT, NOTRUN or PRECONDITION_FAILED.
 * @property {string} message
 *
 * @typedef {object} Outcome
 * @property {string} status OK, ERROR, TIMEOUT or PRECONDITION_FAILED of testharness.js, or CRASH (the process died
 *   before or after its test was complete), or HANG (it did not end after its test was complete, and had to be killed).
 * @property {string} message
 * @property {Subtest[]} subtests
 * @property {string} stderr What the process wrote to standard error.
 * @property {string[]} missing Scripts that the page asks for and the checkout does not have.
 * @property {number} milliseconds
 */

/**
 * @param {import('./discovery.mjs').Test} test
 * @param {object} options
 * @param {string} options.root The checkout.
 * @param {string} options.packageName Module that puts the package on the global object.
 * @param {{ address: string, authorityFile: string }} [options.server] What the package itself fetches from.
 * @param {AbortSignal} [options.signal] Kills the process.
 * @param {typeof defaultLimits} [options.limits] When the process is killed.
 * @returns {Promise<Outcome>}
 */
export async function runTest(test, { root, packageName, server, signal, limits = defaultLimits }) {
  const started = performance.now();
  const long = test.long || isBusy();
  const page = spawn(process.execPath, ['--expose-gc', child, root, test.url, packageName, long ? 'long' : 'normal'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(server && { WPT_SERVER_ADDRESS: server.address, NODE_EXTRA_CA_CERTS: server.authorityFile }),
    },
    signal,
    killSignal: 'SIGKILL',
  });
  page.on('error', () => {});

  const reported = [];
  const missing = [];
  let complete = null;
  createInterface({ input: page.stdio[3] }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.result) reported.push(message.result);
    if (message.missing) missing.push(message.missing);
    if (message.complete) {
      complete = message.complete;
      killAfter(limits.slack);
    }
  });
  let stderr = '';
  page.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-20_000);
  });
  let killed = false;
  let killer;
  const killAfter = (milliseconds) => {
    clearTimeout(killer);
    killer = setTimeout(() => {
      killed = true;
      page.kill('SIGKILL');
    }, milliseconds);
  };
  killAfter((long ? limits.long : limits.normal) + limits.slack);

  const [code, signalName] = await new Promise((resolve) => page.on('close', (...how) => resolve(how)));
  clearTimeout(killer);

  const milliseconds = Math.round(performance.now() - started);
  const subtests = withDistinctNames(complete?.results ?? reported);
  const outcome = (status, message) => ({ status, message, subtests, stderr, missing, milliseconds });
  if (killed)
    return complete
      ? outcome('HANG', 'did not end after its test was complete')
      : outcome('TIMEOUT', 'had to be killed');
  if (signalName) return outcome('CRASH', `died by ${signalName}${complete ? ' after its test was complete' : ''}`);
  if (!complete) return outcome('CRASH', `ended with code ${code} before its test was complete`);
  if (code !== 0) return outcome('CRASH', `ended with code ${code} after its test was complete`);
  return outcome(complete.status, complete.message);
}

/** Subtests are listed by name, so that the second of a name has to get another. */
function withDistinctNames(subtests) {
  const seen = new Map();
  return subtests.map((subtest) => {
    const count = (seen.get(subtest.name) ?? 0) + 1;
    seen.set(subtest.name, count);
    return count === 1 ? subtest : { ...subtest, name: `${subtest.name} #${count}` };
  });
}

/**
 * Runs tests, several at a time, and gives their outcomes as they come.
 * @param {import('./discovery.mjs').Test[]} tests
 * @param {object} options As for {@link runTest}.
 * @param {number} options.jobs How many at a time.
 * @param {(test: import('./discovery.mjs').Test, outcome: Outcome) => void} options.onOutcome
 */
export async function runTests(tests, { jobs, onOutcome, ...options }) {
  await runQueue(tests, jobs, async (test) => onOutcome(test, await runTest(test, options)));
}

/** Does something with each test, with some of them at a time. */
export async function runQueue(tests, jobs, run) {
  const queue = tests[Symbol.iterator]();
  const worker = async () => {
    for (const test of queue) await run(test);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}
