// The operations chain and the rules around it: order, timing, closing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CreatedDescription } from '../../dist/peerconnection/created_description.js';
import { NegotiationNeeded } from '../../dist/peerconnection/negotiation_needed.js';
import { OperationsChain } from '../../dist/peerconnection/operations.js';
import { implicitType, isApplicable } from '../../dist/peerconnection/signaling_state.js';
import {
  deriveIceConnectionState,
  deriveIceGatheringState,
  derivePeerConnectionState,
} from '../../dist/peerconnection/states.js';

test('an operation that is alone runs inside the call', () => {
  const chain = new OperationsChain(() => {});
  let ran = false;
  void chain.chain(async () => {
    ran = true;
  });
  assert.equal(ran, true);
  assert.equal(chain.isEmpty, false);
});

test('operations run one after the other, whether they fail or not', async () => {
  let emptied = 0;
  const chain = new OperationsChain(() => emptied++);
  const log = [];
  const first = chain.chain(async () => {
    log.push('first begins');
    await turn();
    log.push('first ends');
    throw new Error('first');
  });
  const second = chain.chain(() => {
    log.push('second');
    throw new Error('second');
  });
  const third = chain.chain(async () => {
    log.push('third');
    return 3;
  });
  await assert.rejects(first, /first/);
  await assert.rejects(second, /second/);
  assert.equal(await third, 3);
  assert.deepEqual(log, ['first begins', 'first ends', 'second', 'third']);
  assert.equal(emptied, 1);
  assert.equal(chain.isEmpty, true);
});

test('whoever waits for the last operation finds the chain empty', async () => {
  const chain = new OperationsChain(() => {});
  await chain.chain(async () => {});
  assert.equal(chain.isEmpty, true);
});

test('nothing settles after close', async () => {
  const chain = new OperationsChain(() => assert.fail('empty'));
  let settled = 0;
  const note = () => settled++;
  chain.chain(() => turn()).then(note, note);
  chain.chain(async () => {}).then(note, note);
  chain.close();
  await turn();
  await turn();
  assert.equal(settled, 0);
});

test('negotiationneeded waits for the chain and then for a task', async () => {
  let empty = false;
  const fired = [];
  const flag = new NegotiationNeeded(
    () => empty,
    (id) => fired.push(id),
  );
  flag.report(1);
  flag.report(2);
  assert.deepEqual(fired, []);
  empty = true;
  flag.chainEmptied();
  assert.deepEqual(fired, []);
  await turn();
  assert.deepEqual(fired, [2]);
  flag.chainEmptied();
  await turn();
  flag.report(3);
  assert.deepEqual(fired, [2, 3]);
});

test('which local descriptions are refused', () => {
  const offer = (id, fingerprint = 'AA') => `v=0\r\no=${id}\r\nm=x\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;
  const created = new CreatedDescription();
  assert.equal(created.refuses(''), false);
  assert.equal(created.refuses(offer(1)), true, 'a fingerprint that nobody has created');
  created.set(offer(1), 1);
  assert.equal(created.isCurrent(1), true);
  assert.equal(created.isCurrent(2), false);
  assert.equal(created.refuses(offer(1)), false);
  assert.equal(created.refuses(`${offer(1)}a=edited\r\n`), false);
  assert.equal(created.refuses(offer(1, 'BB')), true);
  created.set(offer(2), 1);
  assert.equal(created.refuses(offer(1)), true, 'a replaced one');
  created.set(offer(1), 1);
  assert.equal(created.refuses(offer(1)), false);
  created.clear();
  assert.equal(created.isCurrent(1), false);
});

test('the signaling state machine', () => {
  const accepted = (side, type) =>
    ['stable', 'have-local-offer', 'have-remote-offer', 'have-local-pranswer', 'have-remote-pranswer'].filter((state) =>
      isApplicable(side, type, state),
    );
  assert.deepEqual(accepted('local', 'offer'), ['stable', 'have-local-offer']);
  assert.deepEqual(accepted('local', 'answer'), ['have-remote-offer', 'have-local-pranswer']);
  assert.deepEqual(accepted('local', 'pranswer'), ['have-remote-offer', 'have-local-pranswer']);
  assert.deepEqual(accepted('local', 'rollback'), ['have-local-offer']);
  assert.deepEqual(accepted('remote', 'offer'), ['stable', 'have-remote-offer']);
  assert.deepEqual(accepted('remote', 'answer'), ['have-local-offer', 'have-remote-pranswer']);
  assert.deepEqual(accepted('remote', 'pranswer'), ['have-local-offer', 'have-remote-pranswer']);
  assert.deepEqual(accepted('remote', 'rollback'), ['have-remote-offer']);
  assert.equal(implicitType('stable'), 'offer');
  assert.equal(implicitType('have-local-offer'), 'offer');
  assert.equal(implicitType('have-remote-pranswer'), 'offer');
  assert.equal(implicitType('have-remote-offer'), 'answer');
  assert.equal(implicitType('have-local-pranswer'), 'answer');
});

test('states that follow from those of the transports', () => {
  assert.equal(deriveIceGatheringState([]), 'new');
  assert.equal(deriveIceGatheringState(['new', 'gathering']), 'gathering');
  assert.equal(deriveIceGatheringState(['new', 'complete']), 'new');
  assert.equal(deriveIceGatheringState(['complete', 'complete']), 'complete');

  assert.equal(deriveIceConnectionState([]), 'new');
  assert.equal(deriveIceConnectionState(['new', 'closed']), 'new');
  assert.equal(deriveIceConnectionState(['new', 'connected']), 'checking');
  assert.equal(deriveIceConnectionState(['checking', 'disconnected']), 'disconnected');
  assert.equal(deriveIceConnectionState(['failed', 'disconnected']), 'failed');
  assert.equal(deriveIceConnectionState(['completed', 'closed']), 'completed');
  assert.equal(deriveIceConnectionState(['completed', 'connected', 'closed']), 'connected');

  assert.equal(derivePeerConnectionState([], []), 'new');
  assert.equal(derivePeerConnectionState(['new'], ['new']), 'new');
  assert.equal(derivePeerConnectionState(['connected'], ['new']), 'connecting');
  assert.equal(derivePeerConnectionState(['connected'], ['connecting']), 'connecting');
  assert.equal(derivePeerConnectionState(['completed'], ['connected']), 'connected');
  assert.equal(derivePeerConnectionState(['connected'], ['failed']), 'failed');
  assert.equal(derivePeerConnectionState(['disconnected'], ['connected']), 'disconnected');
  assert.equal(derivePeerConnectionState(['failed'], ['connected']), 'failed');
});
