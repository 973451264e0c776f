/** The package as npm would publish it: what is in it, and that both worlds see the same classes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import nodeGypBuild from 'node-gyp-build';
import * as esm from 'node-libwebrtc';

const root = fileURLToPath(new URL('../../', import.meta.url));
const commonjs = createRequire(import.meta.url)('node-libwebrtc');

const [{ files, unpackedSize }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
const paths = files.map(({ path }) => path);

test('the package holds what its entry points and a build from source need', () => {
  for (const path of [
    ...['index', 'polyfill', 'server/index', 'wrtc/index'].flatMap((name) =>
      ['js', 'mjs', 'd.ts', 'd.mts'].map((type) => `dist/${name}.${type}`),
    ),
    ...['dist/cli/main.js', 'dist/server/page/index.html', 'dist/server/page/page.mjs'],
    ...['LICENSE', 'THIRD_PARTY.md', 'README.md', 'CHANGELOG.md', 'package.json'],
    ...['binding.gyp', 'CMakeLists.txt', 'native/addon.cc', 'native/addon.map'],
    ...['scripts/install.mjs', 'scripts/build-addon.mjs', 'scripts/node-gyp/include/node/common.gypi'],
    ...['scripts/libwebrtc/index.mjs', 'scripts/libwebrtc/CMakeLists.txt'],
  ]) {
    assert.ok(paths.includes(path), `${path} is in the package`);
  }
});

test('the package holds nothing of the workshop', () => {
  const wanted =
    /^(dist|native|prebuilds|scripts)\/|^(LICENSE|[A-Z_]+\.md|package\.json|binding\.gyp|CMakeLists\.txt)$/;
  assert.deepEqual(
    paths.filter((path) => !wanted.test(path)),
    [],
  );
  assert.deepEqual(
    paths.filter((path) => /^(lib|test|bench|examples|build)\/|\.map$|\.log$|scripts\/(test|lint)/.test(path)),
    ['native/addon.map'],
  );
});

test('installed, the package takes at most 25 MB', () => {
  // Without a prebuild in the checkout, what was built here stands for it.
  const prebuilt = paths.some((path) => /^prebuilds\/.*\.node$/.test(path));
  const size = unpackedSize + (prebuilt ? 0 : statSync(nodeGypBuild.resolve(root)).size);
  assert.ok(size < 25e6, `${size} bytes`);
});

test('CommonJS and ES modules share one set of classes', () => {
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(commonjs).sort());
  for (const [name, value] of Object.entries(esm)) assert.equal(value, commonjs[name], name);
});
