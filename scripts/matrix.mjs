/**
 * Runs the unit tests on other runtimes than the one in use. What fails must be listed in test/matrix/expected.json, and
 * what is listed must fail.
 *
 *   npm run matrix                       everything
 *   npm run matrix -- node-24 bun        only these
 */
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setUp } from './setup.mjs';
import { provideNpmPackages } from './setup/npm.mjs';
import { inRoot, logFile, root } from './setup/paths.mjs';
import { SetupError, main } from './setup/report.mjs';
import { filesBelow } from './setup/stamp.mjs';

const installed = (...parts) => inRoot('test/matrix/node_modules', ...parts);

/** Failed tests in what a runner prints: names of files and tests. */
const failures = {
  tap: (output) => [...output.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name),
  bun: (output) => [...output.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/gm)].map(([, name]) => name),
  deno: (output) => [...output.matchAll(/^(.*?) \.\.\. FAILED/gm)].map(([, name]) => name.trim()),
};
/** How many tests have passed. */
const passes = {
  tap: (output) => Number(/^# pass (\d+)$/m.exec(output)?.[1] ?? 0),
  bun: (output) => Number(/^ *(\d+) pass$/m.exec(output)?.[1] ?? 0),
  deno: (output) => Number(/(\d+) passed/.exec(output)?.[1] ?? 0),
};

const node = (program) => ({
  program,
  args: ['--expose-gc', '--test', '--test-reporter=tap', '--test-timeout=120000'],
  version: ['--version'],
  format: 'tap',
});

const runtimes = {
  ...Object.fromEntries(
    ['20', '22', '24', 'latest'].map((name) => [`node-${name}`, node(installed(`node-${name}/bin/node`))]),
  ),
  bun: {
    program: installed('@oven/bun-linux-x64/bin/bun'),
    args: ['test', '--preload', inRoot('test/matrix/bun_gc.mjs'), '--timeout=120000'],
    version: ['--version'],
    format: 'bun',
  },
  deno: {
    program: installed('@deno/linux-x64-glibc/deno'),
    args: ['test', '--allow-all', '--no-check', '--v8-flags=--expose-gc'],
    version: ['--version'],
    format: 'deno',
    env: { NO_COLOR: '1' },
  },
};

/** Ends a program that does not end. */
const LIMIT_MS = 180_000;

function run(program, args, env, log) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        log?.write(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ output, end: signal ?? code });
    });
  });
}

/** Every test file in a process of its own: one that takes its process down takes no other with it. */
async function runOn(name) {
  const { program, args, version, format, env = {} } = runtimes[name];
  if (!existsSync(program)) throw new SetupError(`${name} is not there: npm has no ${program} for this system.`);
  mkdirSync(inRoot('build', 'logs'), { recursive: true });
  const log = createWriteStream(logFile(`matrix-${name}`));
  const { output: printed } = await run(program, version, env);
  const result = { version: printed.trim().split('\n')[0], passed: 0, failed: [] };
  for (const file of filesBelow(inRoot('test/unit')).filter((path) => path.endsWith('.test.mjs'))) {
    const { output, end } = await run(program, [...args, file], env, log);
    const own = basename(file, '.test.mjs');
    const failed = failures[format](output).filter((test) => test !== file);
    result.passed += passes[format](output);
    result.failed.push(...failed.map((test) => `${own}: ${test}`));
    // The process itself: a crash, or one that did not end.
    if (end !== 0 && failed.length === 0) result.failed.push(`${own}: ended with ${end}`);
  }
  log.end();
  return result;
}

await main(async () => {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(runtimes);
  const unknown = chosen.filter((name) => !(name in runtimes));
  if (unknown.length > 0) {
    throw new SetupError(`There is no ${unknown.join(', ')}, only: ${Object.keys(runtimes).join(', ')}.`);
  }
  await setUp('build');
  await provideNpmPackages('test/matrix');
  const expected = JSON.parse(readFileSync(inRoot('test/matrix/expected.json'), 'utf8'));
  let different = 0;
  for (const name of chosen) {
    const start = performance.now();
    const { version, passed, failed } = await runOn(name);
    const listed = Object.keys(expected[name] ?? {});
    // What ends with `*` stands for anything that begins so: where memory is misread, it is not always the same.
    const isListed = (entry, test) => (entry.endsWith('*') ? test.startsWith(entry.slice(0, -1)) : test === entry);
    const news = failed.filter((test) => !listed.some((entry) => isListed(entry, test)));
    const mended = listed.filter((entry) => !failed.some((test) => isListed(entry, test)));
    different += news.length + mended.length;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const mark = news.length + mended.length === 0 ? '✔' : '✖';
    console.log(
      `${mark} ${name} (${version}): ${passed} passed, ${failed.length} failed, ${listed.length} of them listed (${seconds} s)`,
    );
    for (const test of news) console.log(`    not listed: ${test}`);
    for (const test of mended) console.log(`    listed, but passes: ${test}`);
  }
  return different === 0 ? 0 : 1;
});
