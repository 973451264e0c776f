// Data channels that go to other threads, and certificates that are copied there.
import assert from 'node:assert/strict';
import { on, once as nodeOnce } from 'node:events';
import { test } from 'node:test';
import { Worker, threadId } from 'node:worker_threads';
import { RTCCertificate, RTCPeerConnection } from 'node-libwebrtc';
import 'node-libwebrtc/polyfill';
import { makePair, negotiate, once } from './support/pair.mjs';

/** A worker, and what it says one after the other. */
async function startWorker(t) {
  const worker = new Worker(new URL('./support/channel-worker.mjs', import.meta.url));
  t.after(() => worker.terminate());
  const messages = on(worker, 'message')[Symbol.asyncIterator]();
  const next = async () => (await messages.next()).value[0];
  assert.equal(await next(), 'ready');
  return { worker, next };
}

/** A channel whose near end is in a worker, from before it connects. */
async function channelInWorker(t, options) {
  const { worker, next } = await startWorker(t);
  const { a, b } = makePair(t);
  const near = a.createDataChannel('moved', options);
  worker.postMessage({ channel: near }, [near]);
  const { got } = await next();
  const arrived = once(b, 'datachannel');
  await negotiate({ a, b });
  const { channel: far } = await arrived;
  if (far.readyState !== 'open') await once(far, 'open');
  assert.deepEqual(await next(), { event: 'open', state: 'open' });
  return { worker, next, near, far, a, b, got };
}

test('the near end in a worker: messages go past the main thread, and the object here is closed', async (t) => {
  const { worker, next, near, far, got } = await channelInWorker(t, { ordered: false, protocol: 'p' });
  assert.deepEqual(got, { label: 'moved', ordered: false, negotiated: false, protocol: 'p', readyState: 'connecting' });
  assert.equal(near.readyState, 'closed');
  assert.throws(() => near.send(''), { name: 'InvalidStateError' });
  near.close();

  const reply = once(far, 'message');
  far.send('who?');
  assert.equal((await reply).data, `thread ${worker.threadId}`);
  assert.notEqual(worker.threadId, threadId);

  far.send('text');
  assert.deepEqual(await next(), { data: 'text' });
  const sent = once(far, 'message');
  worker.postMessage({ send: 'from there' });
  assert.equal((await sent).data, 'from there');
  assert.deepEqual(await next(), { sent: 10 });

  // What the main thread is busy with delays nothing: the echo of many messages comes while it sleeps.
  far.binaryType = 'arraybuffer';
  const total = 200;
  const echoes = new Promise((resolve) => {
    const seen = [];
    far.onmessage = ({ data }) => seen.push(new Uint8Array(data)[0]) === total && resolve(seen);
  });
  for (let i = 0; i < total; i++) far.send(new Uint8Array(20_000).fill(i));
  assert.deepEqual(
    (await echoes).toSorted((x, y) => x - y),
    [...Array(total).keys()],
  );
});

test('the limit on the size of a message follows the connection', async (t) => {
  const { worker, next } = await channelInWorker(t);
  worker.postMessage({ send: 'x'.repeat(300_000) });
  assert.deepEqual(await next(), { failed: 'TypeError' });
  worker.postMessage({ send: 'x'.repeat(200_000) });
  assert.deepEqual(await next(), { sent: 200_000 });
});

test('the far end, in its datachannel event', async (t) => {
  const { worker, next } = await startWorker(t);
  const { a, b } = makePair(t);
  const near = a.createDataChannel('far');
  let far;
  b.ondatachannel = ({ channel }) => {
    far = channel;
    far.onopen = () => assert.fail('the channel is not here any more');
    worker.postMessage({ channel }, [channel]);
  };
  await negotiate({ a, b });
  if (near.readyState !== 'open') await once(near, 'open');
  assert.equal((await next()).got.readyState, 'open');
  assert.deepEqual(await next(), { event: 'open', state: 'open' });
  assert.equal(far.readyState, 'closed');
  const reply = once(near, 'message');
  near.send('who?');
  assert.equal((await reply).data, `thread ${worker.threadId}`);
});

test('it closes from whichever side', async (t) => {
  const closed = { event: 'close', state: 'closed' };
  await t.test('the remote peer', async (t) => {
    const { next, far } = await channelInWorker(t);
    far.close();
    let last;
    for (last = await next(); last.event === 'closing'; last = await next());
    assert.deepEqual(last, closed);
  });
  await t.test('the worker', async (t) => {
    const { worker, next, far } = await channelInWorker(t);
    const gone = once(far, 'close');
    worker.postMessage({ close: true });
    await gone;
    assert.deepEqual(await next(), closed);
  });
  await t.test('the connection', async (t) => {
    const { next, a } = await channelInWorker(t);
    a.close();
    let last;
    for (last = await next(); last.event !== 'close'; last = await next());
    assert.deepEqual(last, closed);
  });
  await t.test('the worker that ends', async (t) => {
    const { worker, far } = await channelInWorker(t);
    const gone = once(far, 'close');
    await worker.terminate();
    await gone;
  });
});

test('a channel of a worker in the main thread, until the worker ends in the middle of it', async (t) => {
  const worker = new Worker(new URL('./support/channel-owner-worker.mjs', import.meta.url));
  t.after(() => worker.terminate());
  const [{ channel }] = await nodeOnce(worker, 'message');
  const received = new Promise((resolve) => {
    let count = 0;
    channel.onmessage = () => ++count === 100 && resolve();
  });
  await once(channel, 'open');
  for (let i = 0; i < 200; i++) channel.send(new Uint8Array(10_000));
  await received;
  const closed = once(channel, 'close');
  await worker.terminate();
  await closed;
  assert.equal(channel.readyState, 'closed');
  assert.throws(() => channel.send(''), { name: 'InvalidStateError' });
});

test('only in the task in which it was made, only once, and only as a transfer', async (t) => {
  const { worker, next } = await startWorker(t);
  const { a } = makePair(t);
  const refused = (channel, transfer = [channel]) =>
    assert.throws(() => worker.postMessage({ channel }, transfer), { name: 'DataCloneError' });

  const late = a.createDataChannel('late');
  await new Promise((resolve) => setTimeout(resolve));
  refused(late);
  const kept = a.createDataChannel('kept');
  refused(kept, []);
  assert.throws(() => structuredClone(kept), { name: 'DataCloneError' });
  // A message that cannot be sent leaves it as it was.
  assert.throws(() => worker.postMessage({ kept, no: () => 0 }, [kept]), { name: 'DataCloneError' });
  assert.equal(kept.readyState, 'connecting');
  await Promise.resolve();
  worker.postMessage({ channel: kept }, [kept]);
  assert.equal(kept.readyState, 'closed');
  refused(kept);
  assert.equal((await next()).got.label, 'kept');
  worker.postMessage({ move: true });
  assert.deepEqual(await next(), { failed: 'DataCloneError' });
  const closed = a.createDataChannel('closed');
  closed.close();
  refused(closed);
});

test('to this thread again, by structuredClone', async (t) => {
  const { a, b } = makePair(t);
  const first = a.createDataChannel('cloned');
  const second = structuredClone({ first }, { transfer: [first] }).first;
  assert.notEqual(second, first);
  assert.equal(second.label, 'cloned');
  const open = once(second, 'open');
  const arrived = once(b, 'datachannel');
  await negotiate({ a, b });
  await open;
  const { channel: far } = await arrived;
  if (far.readyState !== 'open') await once(far, 'open');
  const message = once(far, 'message');
  second.send('still works');
  assert.equal((await message).data, 'still works');
});

test('a channel that nobody takes is closed', async (t) => {
  const { port1 } = new MessageChannel();
  port1.close();
  const { a, b } = makePair(t);
  const lost = a.createDataChannel('lost');
  const other = a.createDataChannel('other');
  port1.postMessage({ lost }, [lost]);
  assert.equal(lost.readyState, 'closed');
  const labels = [];
  b.ondatachannel = ({ channel }) => labels.push(channel.label);
  const open = once(other, 'open');
  await negotiate({ a, b });
  await open;
  if (labels.length === 0) await once(b, 'datachannel');
  assert.deepEqual(labels, ['other']);
});

test('certificates are copied with their keys', async (t) => {
  const certificate = await RTCPeerConnection.generateCertificate({ name: 'ECDSA', namedCurve: 'P-256' });
  const copy = structuredClone({ certificate }).certificate;
  assert.ok(copy instanceof RTCCertificate);
  assert.notEqual(copy, certificate);
  assert.deepEqual(copy.getFingerprints(), certificate.getFingerprints());
  assert.equal(copy.expires, certificate.expires);
  assert.throws(() => structuredClone(certificate, { transfer: [certificate] }), { name: 'DataCloneError' });

  const { worker, next } = await startWorker(t);
  worker.postMessage({ certificate });
  const there = await next();
  assert.deepEqual(there.fingerprints, certificate.getFingerprints());
  assert.equal(there.expires, certificate.expires);

  // The copy of a copy identifies a connection.
  const { a, b } = makePair(t, {
    node: { includeLoopback: true, bindAddress: '127.0.0.1' },
    certificates: [there.certificate],
  });
  const channel = a.createDataChannel('');
  await negotiate({ a, b });
  await once(channel, 'open');
  const [{ value }] = certificate.getFingerprints().filter(({ algorithm }) => algorithm === 'sha-256');
  assert.ok(a.localDescription.sdp.toLowerCase().includes(value));
});
