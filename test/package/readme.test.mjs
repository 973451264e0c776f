/** The README's first example does what the README says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

test('the first example runs, prints what is said and ends by itself', async () => {
  const [, example] = /```js\n(.*?)```/s.exec(readFileSync(here('../../README.md'), 'utf8'));
  assert.ok(example.trim().split('\n').length <= 20);
  // A module in a file, as somebody would paste it: below this package, so that its name leads here.
  const file = here('./readme_example.mjs');
  writeFileSync(file, example);
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });
    assert.equal(stdout, 'Hello, world\n');
    assert.equal(stderr, '');
  } finally {
    rmSync(file);
  }
});
