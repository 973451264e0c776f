/**
 * mediasoup-client: sound, pictures, messages and simulcast through a mediasoup server to another mediasoup-client in
 * Chromium.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { bytes, digest } from './support/bytes.mjs';
import { camera, judge, knownStream } from './support/media.mjs';
import { startMediaServer } from './support/media_server.mjs';
import { startPages } from './support/pages.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
const { joinRoom } = await import('./support/mediasoup_peer.mjs');

const OURS = { frequency: 520, from: 0x1000 };
const THEIRS = { frequency: 860, from: 0x2000 };
const LENGTH = 50_000;

let pages;
let server;
before(async () => {
  server = await startMediaServer();
  pages = await startPages();
});
after(async () => {
  await pages?.close();
  await server?.close();
});

/** A peer here and one in a page, which sends already. */
async function peers(t) {
  const page = await pages.open('mediasoup');
  const theirs = await page.call('start', { url: server.url, media: THEIRS });
  const peer = await joinRoom(server.url, { node: { includeLoopback: true } });
  t.after(async () => {
    peer.leave();
    await page.close();
  });
  return { page, peer, theirs };
}

test('the device knows what it can send and receive', async (t) => {
  const { peer } = await peers(t);
  const { device } = peer;
  assert.equal(device.handlerName, 'Chrome111');
  assert.deepEqual([device.canProduce('audio'), device.canProduce('video')], [true, true]);
  assert.deepEqual(
    device.recvRtpCapabilities.codecs.map(({ mimeType }) => mimeType),
    ['audio/opus', 'video/VP8', 'video/rtx'],
  );
});

test('sound and pictures both ways, paused and resumed, over new credentials', async (t) => {
  const { page, peer, theirs } = await peers(t);
  const stream = knownStream(t, OURS);
  const audio = await peer.produce({ track: stream.getAudioTracks()[0] });
  // Nobody tells the senders what the way carries, and so they stay at what they begin with.
  const codecOptions = { videoGoogleStartBitrate: 1000 };
  const video = await peer.produce({ track: stream.getVideoTracks()[0], codecOptions });
  const received = async (producerId) => (await peer.consume(producerId)).track;
  const verdicts = await Promise.all([
    page.call('judgeProducer', audio.id, 'tone', OURS),
    page.call('judgeProducer', video.id, 'picture', OURS),
    received(theirs.audio).then((track) => judge(track, 'tone', THEIRS)),
    // Such a server does not hand on which matrix Chromium has made the colours with.
    received(theirs.video).then((track) => judge(track, 'picture', { ...THEIRS, floor: 26 })),
  ]);
  for (const { purity, lowest } of verdicts) {
    assert.ok((purity ?? 1) >= 0.95 && (lowest ?? 26) >= 26, JSON.stringify(verdicts));
  }

  video.pause();
  assert.equal(stream.getVideoTracks()[0].enabled, false);
  video.resume();
  await peer.sending.restartIce({ iceParameters: await peer.request('restartIce', { transportId: peer.sending.id }) });
  const { purity } = await page.call('judgeProducer', audio.id, 'tone', OURS);
  assert.ok(purity >= 0.95);
  const statistics = [...(await audio.getStats()).values()];
  assert.ok(statistics.some(({ type, packetsSent }) => type === 'outbound-rtp' && packetsSent > 0));
  const [{ packetCount, kind }] = await peer.request('statistics', { id: audio.id });
  assert.ok(kind === 'audio' && packetCount > 0);
});

test('messages both ways', async (t) => {
  const { page, peer, theirs } = await peers(t);
  const outgoing = await peer.produceData({ label: 'to-page', ordered: true, protocol: 'test' });
  if (outgoing.readyState !== 'open') await within(new Promise((open) => outgoing.on('open', open)), 'the channel');
  await page.call('listen', outgoing.id, 2);
  const sent = bytes(LENGTH, 5);
  outgoing.send('größer');
  outgoing.send(sent);
  assert.deepEqual(await page.call('heard'), ['größer', await digest(sent)]);

  const incoming = await within(peer.consumeData(theirs.data), "the page's channel");
  assert.equal(incoming.label, 'to-node');
  const heard = new Promise((resolve) => {
    const seen = [];
    incoming.on('message', (message) => {
      seen.push(message);
      if (seen.length === 2) resolve(seen);
    });
  });
  const theirDigest = await page.call('say', 'kleiner', LENGTH, 6);
  const [text, data] = await within(heard, "the page's messages");
  assert.deepEqual([text, await digest(data)], ['kleiner', theirDigest]);
});

test('simulcast: the server hands on one layer, and another when it is asked', async (t) => {
  const { page, peer } = await peers(t);
  // Of smaller pictures libwebrtc makes fewer layers.
  const { track, stop } = camera({ width: 960, height: 544, frameRate: 10 });
  t.after(stop);
  const encodings = [4, 2, 1].map((scaleResolutionDownBy) => ({ scaleResolutionDownBy, scalabilityMode: 'L1T1' }));
  const producer = await peer.produce({ track, encodings, codecOptions: { videoGoogleStartBitrate: 3000 } });
  assert.deepEqual(
    producer.rtpParameters.encodings.map(({ rid }) => rid),
    ['r0', 'r1', 'r2'],
  );
  await page.call('consumeLayer', producer.id, 0);
  assert.deepEqual(await page.call('pictureOfWidth', 240), [240, 136]);
  await page.call('prefer', 2);
  assert.deepEqual(await page.call('pictureOfWidth', 960), [960, 544]);
  await page.call('prefer', 1);
  assert.deepEqual(await page.call('pictureOfWidth', 480), [480, 272]);
  const received = await peer.request('statistics', { id: producer.id });
  assert.deepEqual(received.map(({ rid }) => rid).sort(), ['r0', 'r1', 'r2']);

  // Without its upper layers, it goes on with the lowest, whatever is preferred.
  await producer.setMaxSpatialLayer(0);
  assert.deepEqual(await page.call('pictureOfWidth', 240), [240, 136]);
});
