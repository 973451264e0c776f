/** The addon as the system's loader sees it: which libraries it needs, of which versions, and what it shows to others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import nodeGypBuild from 'node-gyp-build';
import { readDynamic } from './support/elf.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const addon = readDynamic(readFileSync(nodeGypBuild.resolve(root)));

/** The oldest glibc that Node.js 20 runs on. */
const FLOOR = [2, 28];

const isAbove = (version, [major, minor]) => {
  const [ownMajor, ownMinor] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor > minor);
};

test('it needs the C library and the compiler’s own, and nothing else', () => {
  const known = new Set(['libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'libgcc_s.so.1']);
  assert.deepEqual(
    addon.needed.filter((name) => !known.has(name) && !/^ld-linux/.test(name)),
    [],
  );
});

test('it runs on every glibc that Node.js runs on', () => {
  assert.ok(addon.versions.length > 0);
  const versions = addon.versions.filter(({ version }) => version.startsWith('GLIBC_'));
  assert.ok(versions.length > 0);
  const tooNew = versions.filter(({ version }) => isAbove(version.slice('GLIBC_'.length), FLOOR));
  // A function that is named here belongs in native/glibc_symbols.def.
  assert.deepEqual(
    addon.symbols.filter(({ version }) => tooNew.some((other) => other.version === version)),
    [],
  );
  assert.deepEqual(tooNew, []);
});

test('it shows nothing but the entry points of Node-API, and is stripped', () => {
  const shown = addon.symbols.filter(({ defined }) => defined).map(({ name }) => name);
  assert.deepEqual(
    shown.filter((name) => !/^(napi_register_module_v1|node_api_module_get_api_version_v1)$/.test(name)),
    [],
  );
  assert.ok(shown.includes('napi_register_module_v1'));
  assert.equal(addon.hasSymbolTable, false);
});

test('it lends no memory to JavaScript: V8 in Electron knows no external ArrayBuffers', () => {
  const imported = addon.symbols.filter(({ defined }) => !defined).map(({ name }) => name);
  assert.deepEqual(
    imported.filter((name) => /^(napi|node_api)_create_(external_\w*(buffer|string)|buffer)/.test(name)),
    [],
  );
  assert.ok(imported.includes('napi_create_arraybuffer'));
});

test('of Node.js it takes Node-API and nothing else', () => {
  const imported = addon.symbols.filter(({ defined, version, weak }) => !defined && version === null && !weak);
  assert.deepEqual(
    imported.filter(({ name }) => !/^napi_/.test(name)).map(({ name }) => name),
    [],
  );
});
