/**
 * Cameras that the kernel has, through libwebrtc's own capturer. A machine for tests has none, so that processes get one
 * preloaded, below the system calls by which it is used.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { buildCamera } from './support/camera.mjs';

let camera;
before(() => (camera = buildCamera()));
after(() => camera.remove());

test('a machine without cameras has none', { skip: existsSync('/dev/video0') && 'it has one' }, async () => {
  const { labels } = await camera.run('list', { preload: false });
  assert.deepEqual(
    labels.filter((label) => !label.startsWith('Synthetic')),
    [],
  );
});

test('a camera is listed with what it gives', async () => {
  const { labels, capabilities } = await camera.run('list');
  assert.ok(labels.includes('Preloaded camera'));
  assert.equal(capabilities.width.max, 1280);
  assert.equal(capabilities.height.max, 720);
});

test('a camera in whose formats nothing can be had is not offered', async () => {
  const { labels } = await camera.run('list', { environment: { CAMERA_SIZE: '326x182' } });
  assert.ok(labels.length > 0 && !labels.includes('Preloaded camera'));
});

for (const [width, height] of [
  [640, 480],
  [1280, 720],
]) {
  test(`a camera gives its pictures in ${width}x${height}`, async () => {
    const { pictures, settings, log } = await camera.run('look', { size: `${width}x${height}` });
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
  const { received } = await camera.run('send');
  assert.deepEqual([received.width, received.height], [640, 480]);
  assert.ok(Math.abs(received.left - 40) <= 12 && Math.abs(received.right - 200) <= 12, JSON.stringify(received));
});

test('a process with a camera ends when it likes', async () => {
  const { log } = await camera.run('exit');
  assert.deepEqual(log.slice(0, 1), ['open']);
});

test('a process with many files is told that the camera does not open', async () => {
  const { error } = await camera.run('files');
  assert.equal(error, 'NotReadableError');
});
