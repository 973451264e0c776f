/** SIP.js: registers, calls a JsSIP in Chromium through a proxy over WebSocket, sends a key, and is hung up. */
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
const { Inviter, Registerer, RegistererState, SessionState, UserAgent, Web } = await import('sip.js');

const OURS = { frequency: 640, from: 0x1000 };
const THEIRS = { frequency: 980, from: 0x2000 };

let pages;
let proxy;
before(async () => {
  proxy = await startSipProxy();
  pages = await startPages();
});
after(() => Promise.all([pages?.close(), proxy?.close()]));

/** Waits for a state of something that tells its states. */
const reaches = ({ stateChange }, wanted) =>
  within(new Promise((resolve) => stateChange.addListener((state) => state === wanted && resolve())), wanted);

test('a call is set up, is heard and seen at both ends, carries a key, and ends when the other hangs up', async (t) => {
  const page = await pages.open('jssip');
  await page.call('start', { url: proxy.url, user: 'bob', media: THEIRS });
  const agent = new UserAgent({
    uri: UserAgent.makeURI('sip:alice@example.invalid'),
    transportOptions: { server: proxy.url },
    sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(async () => knownStream(t, OURS)),
    sessionDescriptionHandlerFactoryOptions: {
      iceGatheringTimeout: 0,
      peerConnectionConfiguration: { iceServers: [], node: { includeLoopback: true } },
    },
    logBuiltinEnabled: false,
  });
  t.after(async () => {
    await agent.stop();
    await page.close();
  });
  await within(agent.start(), 'the connection');
  const registerer = new Registerer(agent);
  const registered = reaches(registerer, RegistererState.Registered);
  await registerer.register();
  await registered;

  const call = new Inviter(agent, UserAgent.makeURI('sip:bob@example.invalid'), {
    sessionDescriptionHandlerOptions: { constraints: { audio: true, video: true } },
  });
  const established = reaches(call, SessionState.Established);
  await call.invite();
  await established;
  const [there, here] = await Promise.all([
    page.call('judge', OURS),
    judgeStream(call.sessionDescriptionHandler.remoteMediaStream, THEIRS),
  ]);
  for (const { picture, tone } of [there, here]) {
    assert.ok(picture.lowest >= 28, JSON.stringify(picture));
    assert.ok(tone.purity >= 0.95, JSON.stringify(tone));
  }

  const answered = new Promise((resolve) => {
    const body = {
      contentDisposition: 'render',
      contentType: 'application/dtmf-relay',
      content: 'Signal=5\r\nDuration=100',
    };
    call.info({ requestOptions: { body }, requestDelegate: { onAccept: resolve } });
  });
  await within(answered, 'the answer to the key');
  assert.equal(await page.call('tones'), '5');

  const terminated = reaches(call, SessionState.Terminated);
  await page.call('hangUp');
  await terminated;
  for (const step of ['REGISTER', 'INVITE', '200 INVITE', 'ACK', 'INFO', 'BYE']) {
    assert.ok(proxy.log.includes(step), step);
  }
});
