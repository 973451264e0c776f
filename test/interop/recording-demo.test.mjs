/** What `npm run demo` runs, for a shorter time; and the shortest program around the server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './support/recording_server.mjs';
import { within } from './support/wait.mjs';

const example = (name) => fileURLToPath(new URL(`../../examples/recording-server/${name}`, import.meta.url));

function start(t, name, args, env = {}) {
  const child = spawn(process.execPath, [example(name), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const result = {
    child,
    output: '',
    complaints: '',
    ended: once(child, 'close').then(([code, signal]) => signal ?? code),
  };
  child.stdout.on('data', (chunk) => (result.output += chunk));
  child.stderr.on('data', (chunk) => (result.complaints += chunk));
  return result;
}

test('publishes, watches, records; judges the file, shows a table and makes a contact sheet', async (t) => {
  const directory = await temporaryDirectory(t);
  const demo = start(t, 'demo.mjs', ['--seconds', '4', '--directory', directory]);
  const end = await within(demo.ended, 'the demo to end', 180);
  assert.equal(demo.complaints, '', demo.output);
  assert.equal(end, 0, demo.output);
  assert.match(demo.output, / [1-3] s of 4: \d+ kB, \d+ pictures watched/);
  assert.equal(demo.output.match(/ ✓$/gm).length, 10, demo.output);
  const [, sheet] = /contact sheet +\S*?([^/\s]+\.png)/.exec(demo.output);
  assert.ok((await stat(join(directory, sheet))).size > 10_000);
});

test('says what is wrong when there is no browser', async (t) => {
  const demo = start(t, 'demo.mjs', ['--directory', await temporaryDirectory(t)], {
    CHROMIUM_PATH: '/nowhere/chromium',
  });
  assert.equal(await within(demo.ended, 'the demo to end'), 1);
  assert.match(demo.complaints, /Failed: .*\/nowhere\/chromium/s);
});

test('the shortest program serves and ends by a signal', async (t) => {
  const program = start(t, 'main.mjs', [await temporaryDirectory(t), '0']);
  for await (const line of createInterface(program.child.stdout)) if (line.startsWith('Publish')) break;
  program.child.kill('SIGINT');
  assert.equal(await within(program.ended, 'the program to end'), 0, program.complaints);
});
