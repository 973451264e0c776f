/** A process can end in every state of its connections, in every way, without a crash, a hang or a word on stderr. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from './support/child.mjs';

const STATES = [
  'new',
  'have-local-offer',
  'gathering',
  'connecting',
  'connected',
  'mid-transfer',
  'recording',
  'transforming',
  'closing',
  'closed',
];

const ENDS = { 'natural end': 0, 'process.exit()': 7, 'uncaught exception': 1, SIGTERM: 'SIGTERM' };

/** What Node itself writes about an uncaught exception, line by line. */
const NODES_OWN = [
  /^file:.*exit-child\.mjs:\d+$/,
  /^ *throw exception;$/,
  /^ *\^$/,
  /^\[?the exception of this test\]?$/,
  /^\(Use `node --trace-uncaught/,
  /^Node\.js v/,
  /^$/,
];

for (const [way, expected] of Object.entries(ENDS)) {
  describe(way, () => {
    for (const state of STATES) {
      test(`in state "${state}"`, async () => {
        for (let round = 0; round < 3; round++) {
          const { end, complaints } = await run('exit-child.mjs', [state, way], {
            killWhen: way === 'SIGTERM' ? 'ready' : undefined,
          });
          const unexpected = complaints
            .split('\n')
            .filter((line) => way !== 'uncaught exception' || !NODES_OWN.some((known) => known.test(line)))
            .join('\n');
          assert.equal(unexpected, '');
          assert.equal(end, expected);
        }
      });
    }
  });
}
