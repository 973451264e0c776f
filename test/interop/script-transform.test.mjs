/**
 * RTCRtpScriptTransform in Node and in Chromium, one against the other, both ways at once: what the workers of one side do
 * to frames, those of the other side undo.
 */
/* global peer, media */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { RTCRtpScriptTransform } from 'node-libwebrtc';
import { prefer } from './support/media_matrix.mjs';
import { camera, microphone, sides, startMediaBrowser } from './support/media_sides.mjs';
import { connect } from './support/sides.mjs';

let chromium, scope;
before(async () => {
  chromium = await startMediaBrowser();
  scope = await readFile(new URL('support/script_transform_scope.js', import.meta.url), 'utf8');
});
after(() => chromium?.close());

/** Makes transforms in Node, and collects what their workers tell. */
function workersInNode(t) {
  const worker = new Worker(new URL('support/script_transform_worker.mjs', import.meta.url));
  t.after(() => worker.terminate());
  return (options) => {
    const { port1, port2 } = new MessageChannel();
    const told = [];
    port1.on('message', (message) => told.push(message));
    t.after(() => port1.close());
    return { transform: new RTCRtpScriptTransform(worker, { ...options, port: port2 }, [port2]), told };
  };
}

/** The same in the page: `transformIn(name, options)`, and `told[name]`. */
const prepareWorkers = (page) =>
  page.evaluate((scope) => {
    const worker = new Worker(URL.createObjectURL(new Blob([scope], { type: 'text/javascript' })));
    globalThis.told = {};
    globalThis.transformIn = (name, options) => {
      const { port1, port2 } = new MessageChannel();
      const told = (globalThis.told[name] = []);
      port1.onmessage = ({ data }) => told.push(data);
      return new RTCRtpScriptTransform(worker, { ...options, port: port2 }, [port2]);
    };
  }, scope);

/** Waits until the workers of a transform have told enough; gives all of it. */
async function until(read, isEnough) {
  for (;;) {
    const told = await read();
    if (isEnough(told)) return told;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const VIDEO = [
  { codec: { mimeType: 'video/VP8' }, changes: ['invert', 'invert'] },
  { codec: { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' }, changes: ['invert', 'invert'] },
  // Their payload formats look through the whole frame: of H.264 for units, of AV1 for OBUs.
  {
    codec: { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
    changes: ['lengthen', 'shorten'],
  },
  { codec: { mimeType: 'video/AV1', sdpFmtpLine: 'profile=0' }, changes: ['keep', 'keep'] },
];

for (const { codec, changes } of VIDEO) {
  test(`pictures in ${codec.mimeType.slice(6)} both ways`, { timeout: 120_000 }, async (t) => {
    const call = await sides(t, chromium);
    const { node, page } = call;
    const [sends, receives] = changes;
    const inNode = workersInNode(t);
    await prepareWorkers(page);
    const transceiver = node.pc.addTransceiver(call.own(camera({ from: 0x1000 })));
    const sending = inNode({ change: sends });
    const receiving = inNode({ change: receives });
    transceiver.sender.transform = sending.transform;
    transceiver.receiver.transform = receiving.transform;
    await prefer(node, 'video', codec);
    await page.evaluate(
      ({ sends, receives }) => {
        peer.pc.ontrack = async ({ transceiver }) => {
          transceiver.receiver.transform = globalThis.transformIn('receiving', { change: receives });
          transceiver.sender.transform = globalThis.transformIn('sending', { change: sends });
          transceiver.direction = 'sendrecv';
          await transceiver.sender.replaceTrack(media.camera({ from: 0x2000 }));
        };
      },
      { sends, receives },
    );
    await connect(node, page);
    const [atNode, atPage] = await Promise.all([call.atNode('picture'), call.atPage('picture')]);
    assert.ok(atNode.first >= 0x2000);
    assert.ok(atPage.first >= 0x1000 && atPage.first < 0x2000);
    const toldByPage = await page.evaluate(() => globalThis.told);
    for (const told of [sending.told, receiving.told, toldByPage.sending, toldByPage.receiving]) {
      assert.ok(told.length >= 8, JSON.stringify(told));
      assert.deepEqual(
        told.filter(({ error }) => error),
        [],
      );
    }
    // What left one worker came to the other.
    for (const [from, to] of [
      [sending.told, toldByPage.receiving],
      [toldByPage.sending, receiving.told],
    ]) {
      assert.equal(from.at(-1).synchronizationSource, to.at(-1).synchronizationSource);
      assert.equal(from.at(-1).payloadType, to.at(-1).payloadType);
      assert.ok(from.concat(to).every(({ isVideo, keyframerequest }) => isVideo || keyframerequest !== undefined));
    }
  });
}

test('sound both ways', { timeout: 120_000 }, async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  const inNode = workersInNode(t);
  await prepareWorkers(page);
  const transceiver = node.pc.addTransceiver(call.own(microphone({ frequency: 1000 })));
  transceiver.sender.transform = inNode({ change: 'invert' }).transform;
  transceiver.receiver.transform = inNode({ change: 'invert' }).transform;
  await page.evaluate(() => {
    peer.pc.ontrack = async ({ transceiver }) => {
      transceiver.receiver.transform = globalThis.transformIn('receiving', { change: 'invert' });
      transceiver.sender.transform = globalThis.transformIn('sending', { change: 'invert' });
      transceiver.direction = 'sendrecv';
      const { track, beep } = await media.beeper({ frequency: 2000, seconds: 30 });
      await transceiver.sender.replaceTrack(track);
      beep();
    };
  });
  await connect(node, page);
  await Promise.all([call.atPage('tone', { frequency: 1000 }), call.atNode('tone', { frequency: 2000 })]);
});

test('Node’s transformer hears that Chromium wants a key frame', { timeout: 120_000 }, async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  await prepareWorkers(page);
  const sending = workersInNode(t)({ change: 'keep' });
  const transceiver = node.pc.addTransceiver(call.own(camera({ from: 0x1000 })), { direction: 'sendonly' });
  transceiver.sender.transform = sending.transform;
  await prefer(node, 'video', { mimeType: 'video/VP8' });
  // The page loses the first frames, the key frame with them, and can do nothing with those that follow.
  await page.evaluate(() => {
    peer.pc.ontrack = ({ receiver }) => {
      receiver.transform = globalThis.transformIn('receiving', { change: 'keep', losesFirst: 20 });
    };
  });
  await connect(node, page);
  await Promise.all([
    call.atPage('picture'),
    until(
      () => sending.told,
      (told) => told.some(({ keyframerequest }) => keyframerequest === null),
    ),
  ]);
});
