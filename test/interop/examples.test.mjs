/** Every program in examples/ does what it says. Two have tests of their own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

let directory;
before(async () => (directory = await mkdtemp(join(tmpdir(), 'examples-test-'))));
after(() => rm(directory, { recursive: true, force: true }));

/** Runs an example, which must say nothing on stderr; gives what it printed. */
async function run(name, ...args) {
  const program = join(examples, name, 'main.mjs');
  const options = { cwd: directory, timeout: 120_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], options);
  assert.equal(stderr, '');
  return stdout;
}

test('every example is told of in the list, and tested', () => {
  const list = readFileSync(join(examples, 'README.md'), 'utf8');
  const here = readFileSync(fileURLToPath(import.meta.url), 'utf8');
  for (const name of readdirSync(examples)) {
    if (!existsSync(join(examples, name, 'main.mjs'))) continue;
    assert.match(list, new RegExp(`^\\| \`${name}\``, 'm'));
    assert.ok(
      ['browser-transfer', 'recording-server'].includes(name) || new RegExp(`run\\(\\s*'${name}'`).test(here),
      name,
    );
  }
});

test('file-transfer', async () => {
  const [from, to] = [join(directory, 'from'), join(directory, 'to')];
  const content = randomBytes(10e6);
  await writeFile(from, content);
  assert.match(await run('file-transfer', from, to), /^from: 10\.0 MB in .* s, checked$/m);
  assert.ok(content.equals(await readFile(to)));

  // A file of nothing has nothing to wait for.
  await writeFile(from, '');
  assert.match(await run('file-transfer', from, to), /0\.0 MB/);
  assert.equal((await readFile(to)).length, 0);
});

test('camera-to-file', async () => {
  const file = join(directory, 'camera.webm');
  const output = await run('camera-to-file', file, '--seconds', '2');
  assert.match(output, /^video: Synthetic camera$/m);
  assert.match(output, /video\/webm/);
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  await handle.close();
  assert.equal(buffer.toString('hex'), '1a45dfa3', 'the beginning of a Matroska file');
});

test('screen-from-electron, without Electron', async () => {
  const output = await run('screen-from-electron');
  assert.match(output, /^Drawn screen: 20 frames of 640×360 have arrived\.$/m);
  const [red, green, blue] = /are (\d+), (\d+), (\d+)\.$/m.exec(output).slice(1).map(Number);
  assert.ok(green > 170 && red < 80 && blue < 80, output);
});

test('screen-from-electron, its main process, with a stand-in for Electron', async () => {
  const standIn = fileURLToPath(new URL('support/electron_stand_in.cjs', import.meta.url));
  const program = join(examples, 'screen-from-electron/main.cjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--require', standIn, program], {
    timeout: 120_000,
  });
  assert.deepEqual({ stdout, stderr }, { stdout: '100 frames have arrived.\n', stderr: '' });
});

test('speech-to-samples', async () => {
  const file = join(directory, 'speech.wav');
  const output = await run('speech-to-samples', '--seconds', '2', '--wav', file);
  assert.match(output, /^20 pieces of 1600 samples at 16000 Hz$/m);
  const wav = await readFile(file);
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
  assert.equal(wav.length, 44 + 20 * 1600 * 2);
  const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, 20 * 1600);
  assert.ok(Math.max(...samples) > 1000, 'somebody is heard');
});

test('mixing', async () => {
  const output = await run('mixing');
  const amounts = Object.fromEntries(
    [...output.matchAll(/^(\w+) .* ([\d.]+)$/gm)].map(([, name, amount]) => [name, +amount]),
  );
  for (const name of ['Ann', 'Ben', 'Cleo']) {
    assert.ok(amounts[name] > 0.1 && amounts[name] < 0.3 && amounts[name] > 4 * amounts.nobody, output);
  }
});

test('forwarding', async () => {
  const output = await run('forwarding', '--viewers', '2', '--seconds', '2');
  assert.match(output, /^server: +\d+ frames received, 0 encoded$/m);
  const viewers = [...output.matchAll(/^viewer \d: (\d+) frames forwarded, \d+ dropped, (\d+) decoded at 640×360$/gm)];
  assert.equal(viewers.length, 2, output);
  for (const [, forwarded, decoded] of viewers) assert.ok(Number(forwarded) > 5 && Number(decoded) > 5, output);
});

test('end-to-end-encryption', async () => {
  const output = await run('end-to-end-encryption');
  assert.match(output, /^without the keys: 0 pictures decoded by the page, 0 by Node$/m);
  const [page, node] = [...output.matchAll(/sees? rgb\((\d+),(\d+),(\d+)\)/g)].map(([, ...colour]) =>
    colour.map(Number),
  );
  assert.ok(page[1] > 110 && page[0] < 90 && page[2] < 110, `green: ${output}`);
  assert.ok(node[0] > 140 && node[1] < 90 && node[2] < 110, `red: ${output}`);
});

test('load-generator, with a server of its own', async () => {
  const output = await run(
    'load-generator',
    '--connections',
    '3',
    '--seconds',
    '2',
    '--width',
    '320',
    '--height',
    '180',
  );
  const [last] = output.trim().split('\n').slice(-1);
  const [second, connected, , frames] = last.trim().split(/ +/);
  assert.deepEqual([second, connected], ['2', '3'], output);
  assert.ok(Number(frames) > 0, output);
});

test('terminal-viewer', async () => {
  const output = await run('terminal-viewer', '--frames', '2', '--columns', '40');
  const [one, two, rest] = output.split('\n\n');
  assert.equal(rest, '');
  for (const picture of [one, two]) {
    const lines = picture.split('\n');
    assert.equal(lines.length, 15);
    assert.ok(lines.every((line) => line.length === 40));
    assert.ok(new Set(picture).size > 4, 'there are several shades');
  }
});
