/**
 * livekit-client: a room with another participant in Chromium, with sound, pictures and messages, through a server of the
 * test's own (`support/livekit_server.mjs`). What the library needs a page for, `attach()` and the devices of a page, is
 * left out; tracks are published and taken as MediaStreamTracks.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { judge, knownStream } from './support/media.mjs';
import { startLiveKitServer } from './support/livekit_server.mjs';
import { startPages } from './support/pages.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
navigator.userAgent ??= `Node.js/${process.versions.node}`;
const { Room, RoomEvent, setLogLevel } = await import('livekit-client');
const { enter, publish } = await import('./support/livekit_room.mjs');
setLogLevel('error');

const OURS = { frequency: 580, from: 0x1000 };
const THEIRS = { frequency: 920, from: 0x2000 };

let pages;
let server;
before(async () => {
  server = await startLiveKitServer();
  pages = await startPages();
});
after(async () => {
  await pages?.close();
  await server?.close();
});

test('a room: sound and pictures both ways, messages, and leaving', async (t) => {
  const page = await pages.open('livekit');
  await page.call('start', { url: server.url, token: 'page', media: THEIRS });
  const room = new Room({ adaptiveStream: false, dynacast: false, singlePeerConnection: false });
  t.after(async () => {
    await room.disconnect();
    await page.close();
  });
  const received = await within(
    enter(room, { url: server.url, token: 'node', rtcConfig: { node: { includeLoopback: true } } }),
    'the room',
  );
  assert.equal(room.state, 'connected');
  assert.deepEqual(
    [...room.remoteParticipants.values()].map(({ identity }) => identity),
    ['page'],
  );
  await within(publish(room, knownStream(t, OURS)), 'what is published');
  const verdicts = await Promise.all([
    page.call('judgeTrack', 'audio', 'tone', OURS),
    page.call('judgeTrack', 'video', 'picture', { ...OURS, floor: 26 }),
    received.track('audio').then((track) => judge(track, 'tone', THEIRS)),
    received.track('video').then((track) => judge(track, 'picture', { ...THEIRS, floor: 26 })),
  ]);
  for (const { purity, lowest } of verdicts) {
    assert.ok((purity ?? 1) >= 0.95 && (lowest ?? 26) >= 26, JSON.stringify(verdicts));
  }

  await room.localParticipant.publishData(new TextEncoder().encode('größer'), { reliable: true, topic: 'test' });
  assert.deepEqual(await page.call('heard'), { text: 'größer', from: 'node', topic: 'test' });
  await page.call('say', 'kleiner');
  assert.deepEqual(await within(received.message, 'the message'), { text: 'kleiner', from: 'page', topic: 'test' });

  assert.deepEqual(await page.call('others'), ['node']);
  const disconnected = new Promise((resolve) => room.once(RoomEvent.Disconnected, resolve));
  await room.disconnect();
  await within(disconnected, 'the end');
  assert.equal(await page.call('left'), 'node');
});
