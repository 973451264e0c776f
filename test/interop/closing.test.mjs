/** Closing channels and connections, from either side. */
/* global peer */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NodeSide, connect, startBrowser } from './support/sides.mjs';
import { closed, inbox, nextEvent, opened, until } from './support/wait.mjs';

let chromium;
before(async () => (chromium = await startBrowser()));
after(() => chromium?.close());

/** A connected pair with the channels `one` and `two`. */
async function pair(t) {
  const node = new NodeSide();
  const page = await chromium.peer();
  t.after(async () => {
    node.close();
    await page.close();
  });
  const [one, two] = ['one', 'two'].map((label) => node.pc.createDataChannel(label));
  await connect(node, page);
  for (const channel of [one, two]) {
    await opened(channel);
    await page.evaluate((label) => peer.opened(label).then(() => {}), channel.label);
  }
  return { node, page, one, two };
}

/** The events of a channel, in order. */
function record(channel) {
  const events = [];
  for (const type of ['open', 'closing', 'close', 'error']) {
    channel.addEventListener(type, () => events.push(`${type} (${channel.readyState})`));
  }
  return events;
}

test('Node closes a channel: what it has sent arrives, the other channel stays', async (t) => {
  const { page, one, two } = await pair(t);
  const events = record(one);
  for (let i = 0; i < 200; i++) one.send('x'.repeat(10_000));
  one.close();
  assert.equal(one.readyState, 'closing');
  one.close();
  assert.throws(() => one.send('too late'), { name: 'InvalidStateError' });
  await closed(one);
  assert.deepEqual(events, ['close (closed)']);
  assert.equal(
    await page.evaluate(async () => {
      await peer.closed('one');
      return peer.channels.one.inbox.length;
    }),
    200,
  );

  await page.evaluate(() => peer.echo('two'));
  const received = inbox(two);
  two.send('still here');
  assert.deepEqual(await received.take(1), ['still here']);
});

test('Chromium closes a channel: what it has sent arrives, the other channel stays', async (t) => {
  const { page, one, two } = await pair(t);
  const events = record(one);
  const received = inbox(one);
  await page.evaluate(() => {
    for (let i = 0; i < 200; i++) peer.channels.one.send('x'.repeat(10_000));
    peer.channels.one.close();
  });
  await closed(one);
  assert.deepEqual(events, ['closing (closing)', 'close (closed)']);
  assert.equal(received.messages.length, 200);

  await page.evaluate(() => peer.echo('two'));
  const back = inbox(two);
  two.send('still here');
  assert.deepEqual(await back.take(1), ['still here']);
});

test('the id of a closed channel can be used again', async (t) => {
  const { node, page, one } = await pair(t);
  const { id } = one;
  one.close();
  await closed(one);
  await page.evaluate(() => peer.closed('one'));
  const again = node.pc.createDataChannel('again');
  await opened(again);
  assert.equal(again.id, id);
  await page.evaluate(() => peer.echo('again'));
  const received = inbox(again);
  again.send('hello');
  assert.deepEqual(await received.take(1), ['hello']);
});

test('Node closes the connection: Chromium sees its channels close', async (t) => {
  const { node, page, one, two } = await pair(t);
  const events = [record(one), record(two)];
  let stateEvents = 0;
  node.pc.onconnectionstatechange =
    node.pc.oniceconnectionstatechange =
    node.pc.onsignalingstatechange =
      () => stateEvents++;
  node.pc.close();
  assert.equal(node.pc.connectionState, 'closed');
  assert.equal(node.pc.signalingState, 'closed');
  assert.equal(one.readyState, 'closed');
  await page.evaluate(() => Promise.all([peer.closed('one'), peer.closed('two')]).then(() => {}));
  assert.deepEqual(events, [[], []], 'close() fires no events here');
  assert.equal(stateEvents, 0);
});

test('Chromium closes the connection: Node sees its channels close', async (t) => {
  const { node, page, one, two } = await pair(t);
  const errors = [];
  one.onerror = ({ error }) => errors.push(error);
  await page.evaluate(() => peer.pc.close());
  await Promise.all([closed(one), closed(two)]);
  for (const error of errors) assert.equal(error.constructor.name, 'RTCError');
  await until(
    node.pc.sctp,
    'statechange',
    () => node.pc.sctp.state === 'closed',
    'the SCTP transport to be closed by the other side',
  );
  assert.equal(node.pc.signalingState, 'stable');
});

test('Chromium closes the connection in the middle of a transfer', async (t) => {
  const { page, one } = await pair(t);
  const closing = closed(one);
  for (let i = 0; i < 100; i++) one.send(Buffer.alloc(64 * 1024));
  await page.evaluate(() => peer.take('one', 1).then(() => peer.pc.close()));
  await closing;
  assert.throws(() => one.send('too late'), { name: 'InvalidStateError' });
});

test('a channel that Chromium opens, uses and closes while this thread is busy brings all its messages', async (t) => {
  const { node, page } = await pair(t);
  for (let round = 0; round < 3; round++) {
    // On a busy machine it may come while the page still answers.
    const arrival = nextEvent(node.pc, 'datachannel', 'the channel to be announced').then(({ channel }) => ({
      channel,
      received: inbox(channel),
    }));
    await page.evaluate(() => {
      setTimeout(() => {
        peer.open('brief');
        peer.channels.brief.onopen = () => {
          for (const message of ['one', 'two', 'three']) peer.channels.brief.send(message);
          peer.channels.brief.close();
        };
      }, 50);
    });
    // Meanwhile the network goes on: it has everything before this thread hears of the channel.
    const end = performance.now() + 500;
    while (performance.now() < end);

    const { channel, received } = await arrival;
    await closed(channel);
    assert.deepEqual(received.messages, ['one', 'two', 'three']);
  }
});

test('a page that is gone: the connection is disconnected, then failed', async (t) => {
  const { node, page } = await pair(t);
  const states = [];
  node.pc.addEventListener('connectionstatechange', () => states.push(node.pc.connectionState));
  const failed = until(
    node.pc,
    'connectionstatechange',
    () => ['failed', 'closed'].includes(node.pc.connectionState),
    'Node to give the connection up',
    180,
  );
  const crashed = nextEvent(
    { addEventListener: (type, listener) => page.page.once(type, listener), removeEventListener: () => {} },
    'crash',
  );
  page.page.goto('chrome://crash').catch(() => {});
  await crashed;
  await failed;
  assert.ok(states.includes('disconnected') || states.includes('closed'), states.join());
});
