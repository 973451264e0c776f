/** The module in worker threads: several at once, and ended in every way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './support/child.mjs';

const SCENES = [
  'terminated mid-transfer',
  'terminated mid-transfer, while the main thread transfers',
  'terminated at once',
  'process.exit() in a worker',
  'an exception in a worker',
  'process.exit() while workers transfer',
  '4 workers at once, and the main thread',
  'connections between 4 workers',
];

for (const scene of SCENES) {
  test(scene, async () => {
    const { end, output, complaints } = await run('workers-child.mjs', [scene]);
    assert.equal(complaints, '');
    assert.equal(end, 0);
    assert.equal(output, 'ok\n');
  });
}
