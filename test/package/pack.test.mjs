/** The package as npm would publish it: what is in it, and that both worlds see the same classes. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from 'node-libwebrtc';
import { packing } from './support/packed.mjs';

const commonjs = createRequire(import.meta.url)('node-libwebrtc');
const { files: paths } = packing();

test('the package holds what its entry points and a build from source need', () => {
  for (const path of [
    ...['index', 'polyfill', 'server/index', 'wrtc/index'].flatMap((name) =>
      ['js', 'mjs', 'd.ts', 'd.mts'].map((type) => `dist/${name}.${type}`),
    ),
    ...['dist/third_party/mediabunny.js', 'dist/third_party/mediabunny.LICENSE.txt'],
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

test('CommonJS and ES modules share one set of classes', () => {
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(commonjs).sort());
  for (const [name, value] of Object.entries(esm)) assert.equal(value, commonjs[name], name);
});
