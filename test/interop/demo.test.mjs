/** The example that `npm run demo` runs, with less to send. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { within } from './support/wait.mjs';

const program = fileURLToPath(new URL('../../examples/browser-transfer/main.mjs', import.meta.url));

async function run(args, env = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (complaints += chunk));
  try {
    const [code, signal] = await within(once(child, 'close'), 'the demo to end', 180);
    return { end: signal ?? code, output, complaints };
  } finally {
    child.kill('SIGKILL');
  }
}

test('sends files and messages both ways, shows a table, ends by itself', async () => {
  const { end, output, complaints } = await run(['--size', '4', '--messages', '3000']);
  assert.equal(complaints, '');
  assert.equal(end, 0, output);
  const rows = output.split('\n').filter((line) => /^(file|messages) .* ok$/.test(line));
  assert.equal(rows.length, 4, output);
  assert.equal(rows.filter((row) => row.includes('4,194,304')).length, 2);
  assert.equal(rows.filter((row) => row.includes('3,000 in order')).length, 2);
});

test('says what is wrong, and ends with an error, when there is no browser', async () => {
  const { end, complaints } = await run([], { CHROMIUM_PATH: '/nowhere/chromium' });
  assert.equal(end, 1);
  assert.match(complaints, /Failed: .*\/nowhere\/chromium/s);
});
