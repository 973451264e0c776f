/** What the package says that it needs is what its published JavaScript names. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { linked } from '../../scripts/release/linked.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

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

test('the bill of materials names what THIRD_PARTY.md names as linked, in the same versions', () => {
  const page = readFileSync(join(root, 'THIRD_PARTY.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\[[^|]*?)\s*\| ([^|]*?)\s*\|/gm)].flatMap(([, name, version]) =>
    [...name.matchAll(/\[([^\]]+)\]/g)].flatMap(([, names]) => names.split(', ').map((own) => `${own} ${version}`)),
  );
  const headers = /^(mediabunny|node-addon-api|node-api-headers) /;
  assert.deepEqual(
    rows.filter((row) => !headers.test(row)).sort(),
    linked.map(({ name, version }) => `${name} ${version}`).sort(),
  );
});
