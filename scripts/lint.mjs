/**
 * Lint and format, TypeScript, scripts and C++, the reference's completeness, and the package as it
 * would be published.
 *
 *   npm run lint                     everything, nothing is changed
 *   npm run lint:fix                 formats, and mends what can be mended without judgement
 *   npm run lint -- clang-tidy       only this
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { setUp } from './setup.mjs';
import { inRoot, root } from './setup/paths.mjs';
import { SetupError, main } from './setup/report.mjs';
import { filesBelow, hashOf, isCurrent, writeStamp } from './setup/stamp.mjs';

function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

const npmProgram = (name, ...args) => run(inRoot('node_modules/.bin', name), args);
const nativeFiles = (pattern) => filesBelow(inRoot('native')).filter((file) => pattern.test(file));

/** clang-tidy parses libwebrtc's headers for every file, so that files whose last run was clean are left out. */
async function clangTidy() {
  const headers = hashOf([
    ...nativeFiles(/\.h$/).map((file) => relative(root, file)),
    '.clang-tidy',
    'build/compile_commands.json',
  ]);
  const stamp = (file) => `tidy-${relative(root, file).replaceAll('/', '-')}`;
  const input = (file) => hashOf([relative(root, file)], [headers]);
  const waiting = nativeFiles(/\.cc$/).filter((file) => !isCurrent(stamp(file), input(file)));
  let output = '';
  let ok = true;
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await run('clang-tidy-19', ['--quiet', '-p', 'build', file]);
      if (result.ok) writeStamp(stamp(file), input(file), []);
      ok &&= result.ok;
      if (!result.ok) output += `${result.output.replace(/^\d+ warnings? .*generated.*\n/gm, '')}\n`;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return { ok, output };
}

/** What a consumer of the packed tarball meets: entry points, types for CommonJS and ES modules. */
async function publishedPackage() {
  const directory = inRoot('build', 'pack');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!pack.ok) return pack;
  const tarball = filesBelow(directory)[0];
  const published = await npmProgram('publint', '--strict', tarball);
  // Node's resolution before `exports` (node10) is left out: no version that this package runs on has it.
  const types = await npmProgram('attw', '--profile', 'node16', '--no-color', '--no-emoji', tarball);
  return { ok: published.ok && types.ok, output: published.output + types.output };
}

const checks = (fix) => ({
  prettier: () => npmProgram('prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.'),
  eslint: () => npmProgram('eslint', '--max-warnings', '0', ...(fix ? ['--fix'] : []), '.'),
  'clang-format': () =>
    run('clang-format-19', [...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...nativeFiles(/\.(cc|h)$/)]),
  'clang-tidy': clangTidy,
  // Every exported name has a doc comment, and every link in one leads somewhere.
  docs: () => npmProgram('typedoc', '--emit', 'none'),
  package: publishedPackage,
});

await main(async () => {
  const fix = process.argv.includes('--fix');
  const all = checks(fix);
  const named = process.argv.slice(2).filter((argument) => argument !== '--fix');
  const unknown = named.filter((name) => !(name in all));
  if (unknown.length > 0)
    throw new SetupError(`There is no ${unknown.join(', ')}, only: ${Object.keys(all).join(', ')}.`);
  await setUp('lint');
  let failed = 0;
  for (const name of named.length > 0 ? named : Object.keys(all)) {
    const start = performance.now();
    const { ok, output } = await all[name]();
    console.log(`${ok ? '✔' : '✖'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    if (!ok) {
      failed += 1;
      console.log(output);
    }
  }
  return failed === 0 ? 0 : 1;
});
