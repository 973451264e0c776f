/** What an installation carries, and what a program loads of it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { dependencies, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The packages that the published JavaScript names. */
function named() {
  const files = readdirSync(join(root, 'dist'), { recursive: true }).filter((file) => /\.m?js$/.test(file));
  const names = new Set();
  for (const file of files) {
    // Programs for a browser are served, not loaded.
    if (file.split(sep).includes('page')) continue;
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    const found = text.matchAll(
      /(?:require\(|createRequire\)?\(__filename\)\(|from |import\()\s*["']([^."'][^"']*)["']/g,
    );
    for (const [, name] of found) names.add(/^(?:@[^/]+\/)?[^/]+/.exec(name)[0]);
  }
  return [...names].filter((name) => !/^(node:|node-libwebrtc)/.test(name) && !builtinModules.includes(name));
}

test('every dependency is used, and what is used is a dependency', () => {
  assert.deepEqual(named().sort(), Object.keys(dependencies).sort());
});

/** The modules that a process has after it has loaded an entry point: below dist/, and names of packages. */
function loadedBy(entry) {
  const program = `
    require(${JSON.stringify(`node-libwebrtc${entry.slice(1)}`)});
    console.log(JSON.stringify(Object.keys(require.cache)));
  `;
  const output = execFileSync(process.execPath, ['-e', program], { cwd: root, encoding: 'utf8' });
  const paths = JSON.parse(output).map((path) => relative(root, path));
  const rooms = paths.filter((path) => path.startsWith('dist')).map((path) => path.split(sep).slice(1, -1)[0] ?? '.');
  const packages = paths.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean);
  return { rooms: [...new Set(rooms)], packages: [...new Set(packages)] };
}

/** The rooms of the house that only these entry points need. */
const RESERVED = {
  wrtc: ['./wrtc'],
  server: ['./recording-server'],
  recording: ['.', './polyfill', './recording', './recording-server'],
  cli: [],
};

for (const entry of Object.keys(exports).filter((name) => name !== './package.json')) {
  test(`${entry} loads only what it uses`, () => {
    const { rooms, packages } = loadedBy(entry);
    for (const [room, users] of Object.entries(RESERVED)) {
      if (!users.includes(entry)) assert.ok(!rooms.includes(room), `${entry} loads nothing of ${room}/`);
    }
    // The others are loaded when they are needed: a name that ends in .local, a file of a certain format.
    assert.deepEqual(packages.sort(), ['node-gyp-build', 'webidl-conversions']);
  });
}
