/** simple-peer: bytes through its stream and media, to itself in Chromium; by its `wrtc` option and by the polyfill. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import SimplePeer from 'simple-peer';
import wrtc from '../../dist/wrtc/index.mjs';
import { judgeStream, knownStream } from './support/media.mjs';
import { startPages } from './support/pages.mjs';
import { collector, write } from './support/streaming.mjs';

const LENGTH = 4 * 2 ** 20;
const OURS = { frequency: 660, from: 0x1000 };
const THEIRS = { frequency: 990, from: 0x2000 };

let pages;
before(async () => (pages = await startPages()));
after(() => pages?.close());

/** A peer here and one in a page, which signal to each other. */
async function pair(t, options, inPage) {
  const page = await pages.open('simple-peer', { signal: (message) => peer.signal(message) });
  await page.call('start', inPage);
  const peer = new SimplePeer(options);
  peer.on('error', () => {});
  peer.on('signal', (message) => page.call('signal', message));
  t.after(async () => {
    peer.destroy();
    await page.close();
  });
  const received = collector(peer);
  const stream = new Promise((resolve) => peer.once('stream', resolve));
  const connected = new Promise((resolve, reject) => peer.once('connect', resolve).once('error', reject));
  return { page, peer, received, stream, connected: () => Promise.all([connected, page.call('connected')]) };
}

async function exchangeBytes({ page, peer, received, connected }) {
  await connected();
  const [sent, arrived, back, returned] = await Promise.all([
    write(peer, LENGTH, 1),
    page.call('receive', LENGTH),
    page.call('send', LENGTH, 2),
    received.take(LENGTH),
  ]);
  assert.equal(arrived, sent, 'Node to Chromium');
  assert.equal(returned, back, 'Chromium to Node');
}

describe('with the wrtc option', () => {
  for (const initiator of [true, false]) {
    test(`bytes both ways, ${initiator ? 'Node' : 'Chromium'} begins`, async (t) => {
      const call = await pair(t, { initiator, wrtc }, { initiator: !initiator });
      await exchangeBytes(call);
      const closed = new Promise((resolve) => call.peer.once('close', resolve));
      await call.page.call('destroy');
      await closed;
    });
  }

  test('pictures and tones both ways', async (t) => {
    const call = await pair(t, { initiator: true, wrtc, stream: knownStream(t, OURS) }, { stream: THEIRS });
    const [{ picture, tone }, back] = await Promise.all([
      call.page.call('judge', OURS),
      call.stream.then((stream) => judgeStream(stream, THEIRS)),
    ]);
    for (const verdict of [picture, back.picture]) assert.ok(verdict.lowest >= 28, JSON.stringify(verdict));
    for (const verdict of [tone, back.tone]) assert.ok(verdict.purity >= 0.95, JSON.stringify(verdict));
  });
});

describe('with the polyfill', () => {
  before(() => import('../../dist/polyfill.mjs'));

  test('bytes both ways', async (t) => {
    assert.ok(SimplePeer.WEBRTC_SUPPORT || globalThis.RTCPeerConnection);
    // What the library adds to the standard's configuration goes through to the connection.
    const config = { node: { includeLoopback: true } };
    await exchangeBytes(await pair(t, { initiator: true, config }, {}));
  });
});
