/**
 * Cameras that the kernel has, through libwebrtc's own capturer. A machine for tests has none, so that processes get one
 * preloaded, below the system calls by which it is used.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('./support/camera_program.mjs', import.meta.url));
let directory, library;
let runs = 0;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'camera-'));
  library = join(directory, 'camera.so');
  const source = fileURLToPath(new URL('./support/v4l2_camera.c', import.meta.url));
  execFileSync('clang-19', ['-O1', '-shared', '-fPIC', '-o', library, source]);
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** What the program says, and what the camera has been told. */
async function run(name, argument, environment = { LD_PRELOAD: library }) {
  const log = join(directory, `${runs++}.log`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, name, argument ?? ''], {
    env: { ...process.env, CAMERA_LOG: log, ...environment },
    timeout: 60_000,
  });
  assert.equal(stderr, '');
  return { ...JSON.parse(stdout), log: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [] };
}

test('a machine without cameras has none', { skip: existsSync('/dev/video0') && 'it has one' }, async () => {
  const { labels } = await run('list', '', {});
  assert.deepEqual(
    labels.filter((label) => !label.startsWith('Synthetic')),
    [],
  );
});

test('a camera is listed with what it gives without JPEG', async () => {
  const { labels, capabilities } = await run('list');
  assert.ok(labels.includes('Preloaded camera'));
  assert.equal(capabilities.width.max, 1280);
  assert.equal(capabilities.height.max, 720);
});

for (const [width, height] of [
  [640, 480],
  [1280, 720],
]) {
  test(`a camera gives its pictures in ${width}x${height}`, async () => {
    const { pictures, settings, log } = await run('look', `${width}x${height}`);
    assert.deepEqual([settings.width, settings.height], [width, height]);
    for (const picture of pictures) {
      assert.deepEqual([picture.width, picture.height], [width, height]);
      assert.ok(Math.abs(picture.left - 40) <= 2, `left ${picture.left}`);
      assert.ok(Math.abs(picture.right - 200) <= 2, `right ${picture.right}`);
    }
    // Each is another one.
    assert.equal(new Set(pictures.map(({ number }) => number)).size, pictures.length);
    assert.deepEqual(log, ['open', 'close']);
  });
}

test('a camera is sent over a connection', async () => {
  const { received } = await run('send');
  assert.deepEqual([received.width, received.height], [640, 480]);
  assert.ok(Math.abs(received.left - 40) <= 12 && Math.abs(received.right - 200) <= 12, JSON.stringify(received));
});

test('a process with a camera ends when it likes', async () => {
  const { log } = await run('exit');
  assert.deepEqual(log.slice(0, 1), ['open']);
});

test('a process with many files is told that the camera does not open', async () => {
  const { error } = await run('files');
  assert.equal(error, 'NotReadableError');
});
