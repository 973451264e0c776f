/** `node-libwebrtc/wrtc`: one program sees the same of it as of `@roamhq/wrtc`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import wrtc from '../../dist/wrtc/index.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the program sees of a module. */
async function seenOf(module) {
  const { stdout } = await promisify(execFile)(process.execPath, [here('support/wrtc_program.mjs'), module], {
    timeout: 60_000,
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

test('a program sees the same', async () => {
  const [theirs, ours] = await Promise.all([seenOf('@roamhq/wrtc'), seenOf(here('../../dist/wrtc/index.mjs'))]);
  // Nothing is missing; there is more.
  assert.deepEqual(
    theirs.names.filter((name) => !ours.names.includes(name)),
    [],
  );
  const differences = theirs.chroma.flatMap((values, index) =>
    values.map((value, at) => Math.abs(value - ours.chroma[index][at])),
  );
  assert.ok(differences.length > 1000 && Math.max(...differences) <= 1, `${Math.max(...differences)}`);
  for (const seen of [theirs, ours]) {
    delete seen.names;
    delete seen.chroma;
  }
  // Opus is decoded in stereo here, as in Chromium; the older libwebrtc decodes one channel unless told otherwise.
  const CHANNELS = 3;
  assert.deepEqual([theirs.remoteSound[CHANNELS], ours.remoteSound[CHANNELS]], [1, 2]);
  ours.remoteSound[CHANNELS] = 1;
  assert.deepEqual(ours, theirs);
});

test('CommonJS gets the same objects', () => {
  const commonjs = createRequire(import.meta.url)('../../dist/wrtc/index.js');
  assert.equal(commonjs.RTCPeerConnection, wrtc.RTCPeerConnection);
  assert.equal(commonjs.default, wrtc);
  assert.equal(wrtc.nonstandard, commonjs.nonstandard);
});
