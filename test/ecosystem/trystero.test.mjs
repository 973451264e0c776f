/** Trystero: a room that Node and Chromium find by a relay, with a file, a request and a stream each way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { bytes, digest } from './support/bytes.mjs';
import { judgeStream, knownStream } from './support/media.mjs';
import { startNostrRelay } from './support/nostr_relay.mjs';
import { startPages } from './support/pages.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
const { getRelaySockets, joinRoom, pauseRelayReconnection } = await import('trystero');

const LENGTH = 2 ** 19;
const OURS = { frequency: 640, from: 0x1000 };
const THEIRS = { frequency: 960, from: 0x2000 };

let pages;
let relay;
before(async () => {
  relay = await startNostrRelay();
  pages = await startPages();
});
after(async () => {
  pauseRelayReconnection();
  for (const socket of Object.values(getRelaySockets())) socket.close();
  await pages?.close();
  await relay?.close();
});

test('peers find each other and exchange a file, a request and streams', async (t) => {
  const config = { appId: 'test', password: 'secret', relayConfig: { urls: [relay.url] } };
  const received = new Promise((resolve) => (globalThis.fileAtPage = resolve));
  const page = await pages.open('trystero', { received: (file) => globalThis.fileAtPage(file) });
  const room = joinRoom({ ...config, rtcConfig: { iceServers: [], node: { includeLoopback: true } } }, 'shared');
  t.after(async () => {
    await room.leave();
    await page.close();
  });
  const joined = new Promise((resolve) => (room.onPeerJoin = resolve));
  const stream = new Promise((resolve) => (room.onPeerStream = resolve));
  const files = room.makeAction('file');
  const arrived = new Promise((resolve) => {
    files.onMessage = (data, { metadata }) => resolve({ data: new Uint8Array(data), metadata });
  });
  const sum = room.makeAction('sum', { kind: 'request' });

  const id = await page.call('start', { config: { ...config, rtcConfig: { iceServers: [] } }, name: 'shared' });
  assert.equal(await within(joined, 'the page to join'), id);

  const file = bytes(LENGTH, 5);
  await files.send(file, { target: id, metadata: { name: 'five' } });
  assert.deepEqual(await within(received, 'the file at the page'), {
    metadata: { name: 'five' },
    digest: await digest(file),
  });
  const sent = await page.call('send', LENGTH, 6, { name: 'six' });
  const { data, metadata } = await within(arrived, 'the file of the page');
  assert.deepEqual([await digest(data), metadata], [sent, { name: 'six' }]);
  assert.equal(await sum.request([1, 2, 39], { target: id, timeoutMs: 30_000 }), 42);

  room.addStream(knownStream(t, OURS));
  await page.call('show', THEIRS);
  const [there, here] = await Promise.all([
    page.call('judge', OURS),
    within(stream, 'the stream of the page').then((received) => judgeStream(received, THEIRS)),
  ]);
  for (const { picture, tone } of [there, here]) {
    assert.ok(picture.lowest >= 28, JSON.stringify(picture));
    assert.ok(tone.purity >= 0.95, JSON.stringify(tone));
  }
});
