/**
 * Runs the tests and says at the end, on a line of its own, how many passed and failed.
 *
 *   npm test                 everything
 *   npm test -- unit wpt     only these suites
 *
 * Tests of one suite by name: `node --test --expose-gc test/unit/some.test.mjs` after `npm run setup`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, relative } from 'node:path';
import { setUp } from './setup.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { SetupError, main } from './setup/report.mjs';
import { filesBelow } from './setup/stamp.mjs';

/** Runs a program in sight of whoever waits for it. Gives its exit code and what it printed. */
function run(args, { capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ok: code === 0, output, end: signal ?? `code ${code}` }));
  });
}

/** What is told of a test at the end of the run. */
const describe = ({ name, at, reason = [] }) => [`  ✖ ${name} (${at})`, ...reason.map((line) => `    ${line}`), ''];

/** Test files for Node's own test runner, which takes further options. */
async function nodeTests(suite, files, options = []) {
  if (files.length === 0) return { passed: 0, failed: 0, reasons: '' };
  const log = inRoot('build', 'logs', `test-${suite}.json`);
  mkdirSync(dirname(log), { recursive: true });
  rmSync(log, { force: true });
  const { ok, end } = await run([
    // Lifetime tests call gc().
    ...['--expose-gc', '--test', '--test-timeout=900000', ...options],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./scripts/test_results.mjs', `--test-reporter-destination=${log}`],
    ...files.map((file) => relative(root, file)),
  ]);
  // A forced exit may cut the last line off.
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  const results = lines.map((line) => JSON.parse(line));
  const failures = results.filter(({ passed }) => !passed);
  const reasons = failures.filter(({ reason }) => reason).flatMap(describe);
  // A run that breaks off counts as a failure of its own; the other suites still have their say.
  const brokenOff = !ok && failures.length === 0;
  if (brokenOff) reasons.push(`  ✖ the ${suite} tests ended with ${end}`);
  return {
    passed: results.length - failures.length,
    failed: failures.length + Number(brokenOff),
    reasons: reasons.join('\n'),
  };
}

const isTest = (file) => file.endsWith('.test.mjs') && !file.includes('/node_modules/');
const testsBelow = (...directories) =>
  directories.flatMap((directory) => filesBelow(inRoot(directory)).filter((file) => isTest(file)));

/** The web platform tests, one process each: a test whose results are as its expectations list them has passed. */
async function platformTests() {
  const runner = await nodeTests('wpt', testsBelow('test/wpt'));
  const { ok, output } = await run(['test/wpt/run.mjs'], { capture: true });
  const asListed = /^All (\d+) tests are as listed/m.exec(output);
  const differing = /^(\d+) of (\d+) tests are not as listed/m.exec(output);
  const failed = differing ? Number(differing[1]) : ok ? 0 : 1;
  const passed = asListed ? Number(asListed[1]) : differing ? Number(differing[2]) - failed : 0;
  // The lines of the tests that differ, with theirs that are indented.
  const differences = output.match(/^\S*.*✖.*\n(?: {2,}.*\n)*/gm) ?? [];
  return {
    passed: runner.passed + passed,
    failed: runner.failed + failed,
    reasons: [runner.reasons, ...differences].join(''),
  };
}

/** These wait more than they compute: files of theirs run beside one another on a machine of two processors, too. */
const BESIDE = [`--test-concurrency=${Math.max(2, availableParallelism())}`];

const suites = {
  types: () => nodeTests('types', testsBelow('test/types')),
  unit: () => nodeTests('unit', testsBelow('test/unit'), BESIDE),
  interop: () => nodeTests('interop', testsBelow('test/interop'), BESIDE),
  stress: () => nodeTests('stress', testsBelow('test/stress')),
  // Some libraries leave timers and channels behind that hold the process.
  ecosystem: () => nodeTests('ecosystem', testsBelow('test/ecosystem'), ['--test-force-exit']),
  package: () => nodeTests('package', testsBelow('test/package')),
  wpt: platformTests,
};

await main(async () => {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
  const unknown = chosen.filter((name) => !(name in suites));
  if (unknown.length > 0) {
    throw new SetupError(`There is no suite ${unknown.join(', ')}, only: ${Object.keys(suites).join(', ')}.`);
  }
  await setUp('test');
  if (chosen.includes('ecosystem')) await setUp('ecosystem');

  const results = [];
  for (const name of chosen) {
    console.log(`\n== ${name}`);
    const start = performance.now();
    results.push({ name, ...(await suites[name]()), seconds: (performance.now() - start) / 1000 });
  }
  const sum = (what) => results.reduce((total, result) => total + result[what], 0);
  console.log('\n== all');
  for (const { name, passed, failed, seconds } of results) {
    console.log(
      `${failed === 0 ? '✔' : '✖'} ${name.padEnd(9)} ${passed} passed, ${failed} failed (${seconds.toFixed(0)} s)`,
    );
  }
  for (const { name, reasons } of results.filter(({ reasons }) => reasons !== '')) {
    console.log(`\n== failed: ${name}\n${reasons}`);
  }
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
});
