/** PeerJS with its own server: a data connection with nested objects and a file, and a call, to itself in Chromium. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ExpressPeerServer } from 'peer';
import express from 'express';
import WebSocket from 'ws';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { bytes, digest } from './support/bytes.mjs';
import { judgeStream, knownStream } from './support/media.mjs';
import { startPages } from './support/pages.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
const {
  default: { Peer },
} = await import('peerjs');

const LENGTH = 2 ** 20;
const OURS = { frequency: 550, from: 0x1000 };
const THEIRS = { frequency: 880, from: 0x2000 };

let pages;
let server;
before(async () => {
  pages = await startPages();
  const application = express();
  server = createServer(application);
  application.use('/', ExpressPeerServer(server, { path: '/', corsOptions: { origin: true } }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  await pages?.close();
  server.closeAllConnections();
  server.close();
});

async function peers(t) {
  const { port } = server.address();
  const page = await pages.open('peerjs');
  const id = `chromium-${performance.now()}`.replace('.', '-');
  await page.call('start', { id, port, media: THEIRS });
  const peer = new Peer(`node-${id}`, {
    ...{ host: '127.0.0.1', port, path: '/', secure: false },
    config: { iceServers: [], node: { includeLoopback: true } },
  });
  t.after(async () => {
    peer.destroy();
    await page.close();
  });
  await within(new Promise((resolve, reject) => peer.on('open', resolve).on('error', reject)), 'the PeerJS server');
  return { page, peer, id };
}

test('objects with a file in them, both ways', async (t) => {
  const { page, peer, id } = await peers(t);
  const connection = peer.connect(id, { reliable: true, serialization: 'binary' });
  await within(new Promise((resolve, reject) => connection.on('open', resolve).on('error', reject)), 'the connection');
  const file = bytes(LENGTH, 3);
  const answer = new Promise((resolve) => connection.once('data', resolve));
  connection.send({ name: 'bytes.bin', file, nested: [{ number: -1.5, text: 'größer' }, null] });
  assert.deepEqual(await within(answer, 'the answer'), {
    name: 'bytes.bin',
    length: LENGTH,
    digest: await digest(file),
    nested: [{ number: -1.5, text: 'größer' }, null],
  });

  const arrives = new Promise((resolve) => connection.once('data', resolve));
  const sent = await page.call('send', LENGTH, 4);
  const { file: received } = await within(arrives, 'the file of the page');
  assert.equal(await digest(new Uint8Array(received)), sent);
});

test('a call with pictures and tones both ways', async (t) => {
  const { page, peer, id } = await peers(t);
  const call = peer.call(id, knownStream(t, OURS));
  const stream = within(new Promise((resolve) => call.on('stream', resolve)), 'the stream of the page');
  const [there, here] = await Promise.all([
    page.call('judge', OURS),
    stream.then((received) => judgeStream(received, THEIRS)),
  ]);
  for (const { picture, tone } of [there, here]) {
    assert.ok(picture.lowest >= 28, JSON.stringify(picture));
    assert.ok(tone.purity >= 0.95, JSON.stringify(tone));
  }
});
