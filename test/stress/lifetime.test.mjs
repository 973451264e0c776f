/** What connections leave behind when they are closed: nothing. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { run } from './support/child.mjs';

test('1,000s of connections, opened and closed, leave no thread, descriptor, handle or memory', async (t) => {
  const { end, output, complaints } = await run('churn-child.mjs');
  assert.equal(complaints, '');
  assert.equal(end, 0, output);
  const { isFlat, resident, pairs, before, after } = JSON.parse(output);
  t.diagnostic(`${pairs} pairs; resident memory in kB: ${resident.join(', ')}`);
  assert.ok(pairs >= 500);
  assert.deepEqual(after.threads, before.threads);
  assert.equal(after.descriptors, before.descriptors);
  assert.deepEqual(after.resources, before.resources);
  assert.ok(isFlat, `memory goes on growing: ${resident.join(', ')} kB`);
});

test('500 calls with sound and pictures, ended in every order, leave nothing; frames outlive them', async (t) => {
  const { end, output, complaints } = await run('calls-child.mjs', [], { limitSeconds: 600 });
  assert.equal(complaints, '');
  assert.equal(end, 0, output);
  const { isFlat, resident, calls, before, after } = JSON.parse(output);
  t.diagnostic(`${calls} calls; resident memory in kB: ${resident.join(', ')}`);
  assert.ok(calls >= 500);
  assert.deepEqual(after.threads, before.threads);
  assert.equal(after.descriptors, before.descriptors);
  assert.deepEqual(after.resources, before.resources);
  assert.ok(isFlat, `memory goes on growing: ${resident.join(', ')} kB`);
});

test('threads: none when loaded, the same for 1 pair and 50, for 1 recorded stream and 10, none in the end', async (t) => {
  const { end, output, complaints } = await run('threads-child.mjs');
  assert.equal(complaints, '');
  assert.equal(end, 0, output);
  const { loaded, onePair, fiftyPairs, oneRecorded, tenRecorded } = JSON.parse(output);
  t.diagnostic(`threads beyond Node's own with 50 open pairs: ${fiftyPairs.length} (${fiftyPairs.join(', ')})`);
  assert.deepEqual(loaded, []);
  assert.ok(onePair.length > 0);
  t.diagnostic(`with 10 recorded streams: ${tenRecorded.length} (${tenRecorded.join(', ')})`);
  assert.ok(fiftyPairs.length <= 8);
  for (const [few, many] of [
    [onePair, fiftyPairs],
    [oneRecorded, tenRecorded],
  ]) {
    // The pool starts a thread when there is work for one, up to the number of cores.
    const others = (names) => names.filter((name) => name !== 'webrtc-pool');
    assert.deepEqual(others(many), others(few));
    assert.ok(many.length - others(many).length <= Math.max(2, availableParallelism()));
  }
});
