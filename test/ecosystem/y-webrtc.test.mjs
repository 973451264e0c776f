/** y-webrtc with its own signaling server: a document that Node and Chromium share, with an encrypted signaling. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import * as Y from 'yjs';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { startPages } from './support/pages.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
const { WebrtcProvider } = await import('y-webrtc');

/** The server that the library brings, at a free port. */
async function startSignaling() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  const program = fileURLToPath(new URL('node_modules/y-webrtc/bin/server.js', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, PORT: `${port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await within(once(child.stdout, 'data'), 'the signaling server');
  return { url: `ws://127.0.0.1:${port}`, close: () => child.kill() };
}

let pages;
let signaling;
before(async () => {
  signaling = await startSignaling();
  pages = await startPages();
});
after(async () => {
  signaling?.close();
  await pages?.close();
});

test('a text, a map and the awareness are shared', async (t) => {
  const room = { room: 'shared', password: 'secret', url: signaling.url };
  const document = new Y.Doc();
  const text = document.getText('text');
  text.insert(0, 'from Node; ');
  const provider = new WebrtcProvider(room.room, document, {
    ...{ signaling: [room.url], password: room.password, filterBcConns: false },
    peerOpts: { config: { iceServers: [], node: { includeLoopback: true } } },
  });
  const page = await pages.open('y-webrtc');
  t.after(async () => {
    provider.destroy();
    document.destroy();
    await page.close();
  });
  provider.awareness.setLocalStateField('name', 'Node');
  const has = (part) =>
    new Promise((resolve) => {
      const look = () => text.toString().includes(part) && resolve(text.toString());
      text.observe(look);
      look();
    });

  await page.call('start', { ...room, text: 'from Chromium; ' });
  const [here, there] = await Promise.all([
    within(has('from Chromium'), 'the text of the page'),
    page.call('textWith', 'from Node'),
  ]);
  assert.equal(here, there);
  assert.equal(await page.call('sees', 'Node'), true);

  const long = 'ä'.repeat(60_000);
  document.transact(() => {
    document.getMap('map').set('list', [1, 'two', { three: 3 }]);
    text.insert(0, `${long}; `);
  });
  assert.ok((await page.call('textWith', long)).endsWith(here));
  assert.deepEqual(await page.call('values'), { list: [1, 'two', { three: 3 }] });
  await page.call('write', 'last; ');
  assert.ok((await within(has('last'), 'the last change')).startsWith('last; '));
});
