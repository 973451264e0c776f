/**
 * Runs web platform tests and compares their results with the expectations beside this file. `--help` tells how.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { locate } from './page/resources.mjs';
import { runInBrowser } from './runner/browser.mjs';
import { findTests } from './runner/discovery.mjs';
import { runTests } from './runner/execution.mjs';
import { Expectations } from './runner/expectations.mjs';
import { formatComparison, formatSummary, summarize, varying } from './runner/report.mjs';
import { startServer } from './runner/server.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What a run without arguments covers. */
const directories = [
  'webrtc',
  'webrtc-encoded-transform',
  'webrtc-extensions',
  'webrtc-ice',
  'webrtc-identity',
  'webrtc-priority',
  'webrtc-stats',
  'webrtc-svc',
  'mediacapture-streams',
  'mediacapture-extensions',
  'mediacapture-insertable-streams',
  'mediacapture-record',
  'node-libwebrtc',
];

/** Other libraries that the same tests can be run on. */
const libraries = readdirSync(here('./libraries'))
  .filter((file) => file !== 'expose.cjs')
  .map((file) => file.replace('.cjs', ''));

const help = `Usage: npm run wpt -- [options] [path ...]

Runs web platform tests, one process each, and compares the results with test/wpt/expectations.
A path is a file or a directory below the checkout, or a part of a test's address. Without one: ${directories.join(', ')}.

  --update             rewrite the expectations of the tests that are run; reasons are kept
  --reason <reason>    with --update: the reason of entries that have none yet
  --json <file>        write every result
  --jobs <n>           how many processes at a time (2)
  --verbose            show every subtest that does not pass, also those that are listed
  --list               only name the tests
  --expectations <dir> take the expectations from elsewhere
  --repeat <n>         run everything so often, and name the subtests whose results differ between the runs
  --browser            run everything in Chromium, too (CHROMIUM_PATH), and compare by directory
  --package <module>   run the tests on another module that defines the same globals
  --library <name>     run the tests on another library, as far as it goes, and compare with nothing: ${libraries.join(', ')}
                       (npm run setup bench installs them)

WPT_DIR is the checkout of https://github.com/web-platform-tests/wpt; without it, ../shared/wpt beside the project.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    update: { type: 'boolean' },
    reason: { type: 'string' },
    json: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    verbose: { type: 'boolean' },
    list: { type: 'boolean' },
    expectations: { type: 'string', default: here('./expectations') },
    repeat: { type: 'string', default: '1' },
    browser: { type: 'boolean' },
    package: { type: 'string', default: 'node-libwebrtc/polyfill' },
    library: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (options.help) {
  console.log(help);
  process.exit(0);
}

if (options.library !== undefined && !libraries.includes(options.library)) {
  console.error(`There is no library ${options.library}; there are ${libraries.join(', ')}`);
  process.exit(2);
}
const packageName = options.library === undefined ? options.package : here(`./libraries/${options.library}.cjs`);

const root = resolve(process.env.WPT_DIR ?? here('../../../shared/wpt'));
if (!existsSync(resolve(root, 'resources/testharness.js'))) {
  const where =
    process.env.WPT_DIR === undefined ? 'WPT_DIR is not set' : `There is no checkout of them at WPT_DIR, ${root}`;
  console.log(`The web platform tests are left out: ${where}. To run them:
  git clone --depth 1 https://github.com/web-platform-tests/wpt
  WPT_DIR=$PWD/wpt npm run wpt`);
  // Asked for by name, they must be there; as a part of all tests they may be missing.
  process.exit(process.env.WPT_DIR === undefined ? 0 : 2);
}

function select() {
  if (positionals.length === 0) return directories.flatMap((directory) => findTests(root, directory));
  const chosen = positionals.flatMap((path) => {
    const below = relative(root, resolve(root, path.replace(/^\/+/, '')));
    if (!below.startsWith('..') && existsSync(locate(root, below))) return findTests(root, below);
    return directories.flatMap((directory) => findTests(root, directory)).filter(({ id }) => id.includes(path));
  });
  return [...new Map(chosen.map((test) => [test.id, test])).values()];
}

const tests = select();
if (tests.length === 0) {
  console.error(`No test matches ${positionals.join(' ')}`);
  process.exit(2);
}
if (options.list) {
  for (const { id } of tests) console.log(id);
  process.exit(0);
}

const expectations = new Expectations(options.expectations);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stop.abort();
    process.exitCode = 130;
  });
}

const outcomes = new Map();
let failed = 0;
const noisy = [];
const started = performance.now();
const counter = () => `${String(outcomes.size).padStart(String(tests.length).length)}/${tests.length}`;

const server = await startServer(root);
await runTests(tests, {
  root,
  server,
  packageName,
  // On other libraries many pages never end: each gets 15 s, in which those that do end have ended.
  ...(options.library !== undefined && { limits: { normal: 10_000, long: 10_000, slack: 5_000 } }),
  jobs: Number(options.jobs),
  signal: stop.signal,
  onOutcome(test, outcome) {
    if (stop.signal.aborted) return;
    outcomes.set(test, outcome);
    if (outcome.stderr !== '') noisy.push(test.id);
    if (options.update) expectations.update(test, outcome, options.reason);
    const problems = options.library === undefined ? expectations.compare(test, outcome) : [];
    if (problems.length > 0) failed += 1;

    const passed = outcome.subtests.filter(({ status }) => status === 'PASS').length;
    const state = outcome.status === 'OK' ? '' : ` ${outcome.status}`;
    const seconds = (outcome.milliseconds / 1000).toFixed(1);
    console.log(
      `${counter()} ${problems.length > 0 ? '✖' : '✔'} ${test.id} ${passed}/${outcome.subtests.length}${state} ${seconds} s`,
    );
    for (const problem of problems) console.log(`    ${problem}`);
    for (const script of outcome.missing)
      if (problems.length > 0 || options.verbose) console.log(`    · not in the checkout: ${script}`);
    if (options.verbose) {
      const listed = (subject) => !problems.some((problem) => problem.startsWith(subject));
      if (outcome.message && listed('the page:')) console.log(`    · the page: ${outcome.message}`);
      for (const { name, status, message } of outcome.subtests) {
        if (status !== 'PASS' && listed(`«${name}»`)) console.log(`    · «${name}»: ${status}: ${message}`);
      }
    }
    if (outcome.stderr !== '' && (problems.length > 0 || options.verbose))
      console.log(outcome.stderr.trimEnd().replace(/^/gm, '    | '));
  },
});
const runs = [outcomes];
for (let run = 2; run <= Number(options.repeat) && !stop.signal.aborted; run++) {
  console.log(`Run ${run} of ${options.repeat}`);
  const again = new Map();
  await runTests(tests, {
    ...{ root, server, packageName, jobs: Number(options.jobs), signal: stop.signal },
    onOutcome: (test, outcome) => again.set(test, outcome),
  });
  runs.push(again);
}
server.close();
if (stop.signal.aborted) process.exit();
if (runs.length > 1) {
  const lines = varying(runs);
  console.log(`\n${lines.length} results differ between ${runs.length} runs`);
  for (const line of lines) console.log(`  ${line}`);
}
if (options.browser) {
  const inBrowser = new Map();
  const version = await runInBrowser(tests, {
    ...{ root, jobs: Number(options.jobs), signal: stop.signal },
    onOutcome(test, outcome) {
      inBrowser.set(test, outcome);
      const passed = outcome.subtests.filter(({ status }) => status === 'PASS').length;
      console.log(
        `Chromium ${inBrowser.size}/${tests.length} ${test.id} ${passed}/${outcome.subtests.length} ${outcome.status}`,
      );
      if (options.verbose) {
        for (const { name, status, message } of outcome.subtests) {
          if (status !== 'PASS') console.log(`    · «${name}»: ${status}: ${message}`);
        }
      }
    },
  });
  console.log(`\n${formatComparison(outcomes, inBrowser, `Chromium ${version}`)}`);
  if (options.json) {
    const results = [...inBrowser].map(([{ id }, outcome]) => ({ id, ...outcome }));
    writeFileSync(options.json.replace(/(\.json)?$/, '-chromium.json'), `${JSON.stringify({ results }, null, 2)}\n`);
  }
}

if (positionals.length === 0 && options.library === undefined) {
  for (const id of expectations.missing(directories, new Set(tests.map((test) => test.id)))) {
    if (options.update) {
      expectations.remove(id);
    } else {
      console.log(`✖ ${id} is listed, but there is no such test`);
      failed += 1;
    }
  }
}
if (options.update) expectations.save();
if (options.json) {
  const results = [...outcomes].map(([{ id }, outcome]) => ({ id, ...outcome }));
  writeFileSync(options.json, `${JSON.stringify({ summary: summarize(outcomes), results }, null, 2)}\n`);
}

console.log(`\n${formatSummary(summarize(outcomes))}\n`);
if (noisy.length > 0) console.log(`${noisy.length} wrote to standard error: ${noisy.join(', ')}`);
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
if (options.library !== undefined) console.log(`${tests.length} tests on ${options.library} (${minutes} min).`);
else
  console.log(
    failed > 0
      ? `${failed} of ${tests.length} tests are not as listed (${minutes} min).`
      : `All ${tests.length} tests are as listed (${minutes} min).`,
  );
process.exitCode = failed > 0 ? 1 : 0;
