// Several publishers at once, in other processes, for a few seconds: every file is right. `npm run load:recording` does the
// same with 50 of them for a minute.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../bench/recording/load.mjs', import.meta.url));

test('the files of ten publishers in two processes are right', async (t) => {
  const args = [program, '--publishers', '10', '--processes', '2', '--seconds', '6', '--busy'];
  const { stdout } = await run(process.execPath, args).catch(({ message, stdout }) => assert.fail(message + stdout));
  assert.match(stdout, /^\| files, right, whole \| 10, 10, \d+ \|$/m);
  t.diagnostic(stdout);
});
