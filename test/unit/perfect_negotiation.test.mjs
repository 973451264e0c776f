// Perfect negotiation, as the example of the specification has it, with offers from both sides at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { makePerfectPeer, summary } from './support/perfect_peer.mjs';

/** Two ends in two threads, and a promise of their agreement. */
function connect(t, polite) {
  const worker = new Worker(new URL('./support/perfect-worker.mjs', import.meta.url), {
    workerData: { polite: !polite },
  });
  let there = null;
  let collisions = 0;
  let failed = null;
  let look = () => undefined;
  const here = makePerfectPeer({
    polite,
    send: (message) => worker.postMessage(message),
    fail: (error) => {
      failed ??= error;
      look();
    },
    changed: () => look(),
  });
  t.after(async () => {
    here.pc.close();
    await worker.terminate();
  });
  worker.on('message', (message) => {
    if (message.failure !== undefined) failed ??= new Error(`in the other thread: ${message.failure}`);
    else if (message.summary !== undefined)
      ({
        summary: there,
        seen: { collisions },
      } = message);
    else void here.receive(message);
    look();
  });

  /** Both ends have so many transceivers, negotiated, and agree on what they are. */
  const agreed = (count) =>
    new Promise((resolve, reject) => {
      look = () => {
        if (failed !== null) reject(failed);
        const mine = summary(here.pc);
        const isThere = there?.settled === true && there.mids.length === count && there.state === 'connected';
        if (!isThere || !mine.settled || mine.mids.length !== count || mine.state !== 'connected') return;
        assert.deepEqual(mine, there);
        resolve();
      };
      look();
    });
  return { worker, pc: here.pc, agreed, collisions: () => here.seen.collisions + collisions };
}

for (const polite of [true, false]) {
  test(`offers from both sides at once, this one ${polite ? 'polite' : 'impolite'}`, async (t) => {
    const { worker, pc, agreed, collisions } = connect(t, polite);
    let count = 0;
    for (let round = 0; round < 8; round++) {
      // Both in one task here, so that the messages cross.
      worker.postMessage({ add: round % 2 === 0 ? 'audio' : 'video' });
      pc.addTransceiver(round % 3 === 0 ? 'video' : 'audio');
      count += 2;
      // Sometimes the next round does not wait.
      if (round % 4 !== 2) await agreed(count);
    }
    worker.postMessage({ restart: true });
    pc.restartIce();
    pc.addTransceiver('video');
    await agreed(count + 1);
    assert.ok(collisions() > 0, 'the offers have never met');
  });
}
