/** A connection holds the event loop while it is negotiating or connected, and only then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './support/child.mjs';

const HOLDS = {
  new: false,
  connected: true,
  unref: false,
  'unref and ref': true,
  closed: false,
  'closed by one side': false,
};

for (const [what, holds] of Object.entries(HOLDS)) {
  test(`${what}: ${holds ? 'holds the process' : 'lets the process end'}`, async () => {
    const { end, output, complaints } = await run('hold-child.mjs', [what]);
    assert.equal(complaints, '');
    assert.equal(end, 0);
    assert.equal(output, holds ? 'still there\n' : '');
  });
}
