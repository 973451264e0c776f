/** Runs tests in a real Chromium, for a comparison: the same files, from a server on loopback. */
import { runQueue } from './execution.mjs';
import { startServer } from './server.mjs';

/** testharness.js's own limits and what a page may take beyond them, in milliseconds. */
const limits = { normal: 10_000, long: 60_000, slack: 10_000 };
const harnessStatuses = ['OK', 'ERROR', 'TIMEOUT', 'PRECONDITION_FAILED'];
const subtestStatuses = ['PASS', 'FAIL', 'TIMEOUT', 'NOTRUN', 'PRECONDITION_FAILED'];

/** In the places of the two files by which testharness.js and testdriver.js are attached to a test system. */
const scripts = new Map([
  [
    '/resources/testharnessreport.js',
    `setup({ output: false });
     add_completion_callback((tests, { status, message }) => {
       const results = tests.map(({ name, status, message }) => ({ name, status, message: message ?? '' }));
       window.wptReport({ status, message: message ?? '', results });
     });`,
  ],
  [
    '/resources/testdriver-vendor.js',
    `window.test_driver_internal.in_automation = true;
     window.test_driver_internal.click = (element, { x, y }) => window.wptDriver('click', { x, y });
     window.test_driver_internal.set_permission = ({ descriptor, state }) =>
       window.wptDriver('permission', { name: descriptor.name, state });`,
  ],
]);

const permissions = new Map([
  ['camera', 'camera'],
  ['microphone', 'microphone'],
]);

async function drive(page, context, command, { x, y, name, state }) {
  if (command === 'click') return page.mouse.click(x, y);
  const permission = permissions.get(name);
  if (permission === undefined) throw new Error(`There is no permission ${name}`);
  if (state === 'granted') return context.grantPermissions([permission]);
  return context.clearPermissions();
}

async function runInPage(browser, test) {
  const started = performance.now();
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const outcome = (status, message, results = []) => ({
    status,
    message,
    subtests: results.map(({ name, status, message }) => ({ name, status: subtestStatuses[status], message })),
    stderr: '',
    missing: [],
    milliseconds: Math.round(performance.now() - started),
  });
  try {
    return await new Promise((resolve, reject) => {
      const limit = (test.long ? limits.long : limits.normal) + limits.slack;
      const timer = setTimeout(() => resolve(outcome('TIMEOUT', 'no result')), limit);
      page.once('crash', () => resolve(outcome('CRASH', 'the page has crashed')));
      const load = async () => {
        await page.exposeBinding('wptReport', (_source, { status, message, results }) => {
          clearTimeout(timer);
          resolve(outcome(harnessStatuses[status], message, results));
        });
        await page.exposeBinding('wptDriver', (_source, command, values) => drive(page, context, command, values));
        await page.goto(test.url, { waitUntil: 'commit' });
      };
      load().catch(reject);
    });
  } catch (error) {
    return outcome('ERROR', error.message);
  } finally {
    await context.close();
  }
}

/**
 * @param {import('./discovery.mjs').Test[]} tests
 * @param {object} options
 * @param {string} options.root The checkout.
 * @param {number} options.jobs How many at a time.
 * @param {AbortSignal} [options.signal]
 * @param {(test: import('./discovery.mjs').Test, outcome: import('./execution.mjs').Outcome) => void} options.onOutcome
 */
export async function runInBrowser(tests, { root, jobs, signal, onOutcome }) {
  // Only here: the runner works without a browser.
  const { chromium } = await import('playwright-core');
  const server = await startServer(root, { scripts });
  const rules = ['web-platform.test', 'not-web-platform.test'].flatMap((host) => [
    `MAP ${host} ${server.address}`,
    `MAP nonexistent.${host} ~NOTFOUND`,
    `MAP *.${host} ${server.address}`,
  ]);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--host-resolver-rules=${rules.join(',')}`,
    ],
  });
  try {
    await runQueue(tests, jobs, async (test) => {
      if (!signal?.aborted) onOutcome(test, await runInPage(browser, test));
    });
    return browser.version();
  } finally {
    await browser.close();
    server.close();
  }
}
