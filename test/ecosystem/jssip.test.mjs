/** JsSIP: a call with sound and picture to another JsSIP in Chromium, through a registrar over WebSocket. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import '../../dist/polyfill.mjs';
import { within } from '../interop/support/wait.mjs';
import { judgeStream, knownStream } from './support/media.mjs';
import { startPages } from './support/pages.mjs';
import { startSipProxy } from './support/sip_proxy.mjs';

// Node 20 has none of its own.
globalThis.WebSocket ??= WebSocket;
// Where the library looks for RTCPeerConnection before it calls.
globalThis.window = globalThis;
const { default: JsSIP } = await import('jssip');

const OURS = { frequency: 620, from: 0x1000 };
const THEIRS = { frequency: 940, from: 0x2000 };

let pages;
let proxy;
before(async () => {
  proxy = await startSipProxy();
  pages = await startPages();
});
after(() => Promise.all([pages?.close(), proxy?.close()]));

test('a call is set up, is heard and seen at both ends, carries keys, and is hung up', async (t) => {
  const page = await pages.open('jssip');
  await page.call('start', { url: proxy.url, user: 'bob', media: THEIRS });
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(proxy.url)],
    uri: 'sip:alice@example.invalid',
    register: true,
    session_timers: false,
  });
  t.after(async () => {
    agent.stop();
    await page.close();
  });
  const registered = new Promise((resolve, reject) => {
    agent.on('registered', resolve);
    agent.on('registrationFailed', ({ cause }) => reject(new Error(cause)));
  });
  agent.start();
  await within(registered, 'the registration');

  const session = agent.call('sip:bob@example.invalid', {
    mediaStream: knownStream(t, OURS),
    pcConfig: { iceServers: [], node: { includeLoopback: true } },
  });
  const stream = new Promise((resolve) =>
    session.connection.addEventListener('track', ({ streams }) => resolve(streams[0])),
  );
  const confirmed = new Promise((resolve, reject) => {
    session.on('confirmed', resolve);
    session.on('failed', ({ cause }) => reject(new Error(cause)));
  });
  const ended = new Promise((resolve) => session.on('ended', resolve));
  await within(confirmed, 'the call');
  const [there, here] = await Promise.all([
    page.call('judge', OURS),
    stream.then((received) => judgeStream(received, THEIRS)),
  ]);
  for (const { picture, tone } of [there, here]) {
    assert.ok(picture.lowest >= 28, JSON.stringify(picture));
    assert.ok(tone.purity >= 0.95, JSON.stringify(tone));
  }

  const keys = new Promise((resolve) => {
    const sent = [];
    session.on('newDTMF', ({ dtmf }) => sent.push(dtmf.tone) === 3 && resolve(sent.join('')));
  });
  session.sendDTMF('12#', { transportType: 'INFO', duration: 100, interToneGap: 50 });
  assert.equal(await within(keys, 'the keys'), '12#');

  session.terminate();
  await within(ended, 'the end');
  assert.deepEqual(await page.call('ended'), { originator: 'remote', cause: 'Terminated' });
  assert.equal(await page.call('tones'), '12#');
  for (const step of ['INVITE', '200 INVITE', 'ACK', 'INFO', 'BYE', '200 BYE'])
    assert.ok(proxy.log.includes(step), step);
});
