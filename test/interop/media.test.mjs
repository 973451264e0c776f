/** Audio and video between Node and Chromium, by their content: known pictures and tones, found again after a codec. */
/* global peer, media */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mediaDevices } from 'node-libwebrtc';
import {
  AUDIO,
  VIDEO,
  audioBothWays,
  keepMeasurements,
  nameOf,
  round,
  videoBothWays,
} from './support/media_matrix.mjs';
import { connect, negotiate } from './support/sides.mjs';
import { nextEvent, until } from './support/wait.mjs';
import { camera, judge, microphone, sides, startMediaBrowser } from './support/media_sides.mjs';

let chromium;
before(async () => (chromium = await startMediaBrowser()));
after(async () => {
  await chromium?.close();
  await keepMeasurements('Chromium');
});

for (const [index, codec] of VIDEO.entries()) {
  const nodeOffers = index % 2 === 0;
  test(`${nameOf(codec)} both ways, ${nodeOffers ? 'Node' : 'Chromium'} offers`, (t) =>
    videoBothWays(t, chromium, codec, nodeOffers));
}

for (const [index, codec] of AUDIO.entries()) {
  const nodeOffers = index % 2 === 0;
  test(`${nameOf(codec)} both ways, ${nodeOffers ? 'Node' : 'Chromium'} offers`, (t) =>
    audioBothWays(t, chromium, codec, nodeOffers));
}

test('Chromium hears the keys that Node presses', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  const stream = await mediaDevices.getUserMedia({ audio: true });
  const [track] = stream.getTracks();
  const sender = node.pc.addTrack(call.own({ track, stop: () => track.stop() }));
  await connect(node, page);
  await call.atPage('tone', { frequency: 440 });
  // The page listens before the first key is pressed.
  const keys = '15#9';
  await page.evaluate(
    (keys) =>
      new Promise((resolve, reject) => {
        const [{ track }] = peer.pc.getReceivers();
        globalThis.tracks.keys = media.judge(track, 'keys', { keys }, { began: resolve });
        globalThis.tracks.keys.catch(reject);
      }),
    keys,
  );
  const tones = [];
  sender.dtmf.ontonechange = ({ tone }) => tones.push(tone);
  sender.dtmf.insertDTMF(keys, 300, 200);
  const { heard } = await page.evaluate(() => globalThis.tracks.keys);
  assert.equal(heard, keys);
  await until(sender.dtmf, 'tonechange', () => tones.length > keys.length, 'the last tone to end');
  assert.deepEqual(tones, [...keys, '']);
  t.diagnostic(`Chromium heard ${heard}`);
  // Afterwards the microphone is heard again.
  await call.atPage('tone', { frequency: 440 });
});

test('Chromium sees and hears the synthetic devices', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180, frameRate: 15 } });
  for (const track of stream.getTracks()) {
    node.pc.addTrack(call.own({ track, stop: () => track.stop() }), stream);
  }
  await connect(node, page);
  const [tone, bars] = await Promise.all([call.atPage('tone', { frequency: 440 }), call.atPage('bars')]);
  assert.deepEqual([bars.width, bars.height], [320, 180]);
  t.diagnostic(
    `${tone.frequency} Hz with ${round(tone.purity * 100)} % of the power; bars ${JSON.stringify(bars.bars)}`,
  );
});

test('tracks come and go', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  /** What the change gives, once the connection has asked for a negotiation because of it. */
  const asked = async (change) => {
    const event = nextEvent(node.pc, 'negotiationneeded');
    event.catch(() => {});
    const result = change();
    await event;
    return result;
  };
  const atPage = (mid) =>
    page.evaluate((mid) => {
      const { receiver, sender, currentDirection } = peer.pc.getTransceivers().find((one) => one.mid === mid);
      const { muted, readyState } = receiver.track;
      return { currentDirection, muted, readyState, sends: sender.track !== null };
    }, mid);

  // Sound, at first.
  await asked(() => node.pc.addTrack(call.own(microphone({ frequency: 1000 }))));
  await connect(node, page);
  await call.atPage('tone', { frequency: 1000 });

  // Node adds a picture.
  const sender = await asked(() => node.pc.addTrack(call.own(camera({ from: 0x1000 }))));
  await negotiate(node, page);
  assert.ok((await call.atPage('picture')).first >= 0x1000);

  // Chromium answers with one of its own, in the same transceiver.
  const arrived = nextEvent(node.pc, 'track');
  await page.evaluate(() => (globalThis.tracks.sent = peer.pc.addTrack(media.camera({ from: 0x2000 }))));
  await negotiate(page, node);
  const { transceiver, track } = await arrived;
  assert.equal(transceiver, node.pc.getTransceivers()[1]);
  assert.equal(transceiver.currentDirection, 'sendrecv');
  assert.ok((await judge(track, 'picture')).first >= 0x2000);

  // Node takes its picture away, and goes on receiving.
  await asked(() => node.pc.removeTrack(sender));
  await negotiate(node, page);
  const there = { currentDirection: 'sendonly', muted: true, readyState: 'live', sends: true };
  assert.deepEqual(await atPage(transceiver.mid), there);
  assert.ok((await judge(track, 'picture')).first >= 0x2000);

  // It adds another one, with a sender of its own as the first one has been used, and replaces that without negotiation.
  const second = await asked(() => node.pc.addTrack(call.own(camera({ from: 0x4000 }))));
  assert.notEqual(second, sender);
  await negotiate(node, page);
  const { mid: secondMid } = node.pc.getTransceivers()[2];
  assert.ok((await call.atPage('picture', {}, secondMid)).first >= 0x4000);
  await second.replaceTrack(call.own(camera({ from: 0x8000 })));
  assert.ok((await call.atPage('picture', { from: 0x8000 }, secondMid)).first >= 0x8000);

  // The first one sends again, as its transceiver is told to.
  await sender.replaceTrack(call.own(camera({ from: 0x6000 })));
  await asked(() => (transceiver.direction = 'sendrecv'));
  await negotiate(node, page);
  const verdict = await call.atPage('picture', { from: 0x6000 }, transceiver.mid);
  assert.ok(verdict.last < 0x8000);

  // Chromium takes its own away.
  const muted = until(track, 'mute', () => track.muted, 'the track to be muted');
  await page.evaluate(() => peer.pc.removeTrack(globalThis.tracks.sent));
  await negotiate(page, node);
  await muted;
  assert.equal(transceiver.currentDirection, 'sendonly');

  // The sound ends, for good; the picture goes on.
  const [sound] = node.pc.getTransceivers();
  const { mid } = sound;
  await page.evaluate((mid) => {
    globalThis.tracks.sound = peer.pc.getTransceivers().find((transceiver) => transceiver.mid === mid).receiver.track;
  }, mid);
  await asked(() => sound.stop());
  await negotiate(node, page);
  assert.equal(await page.evaluate(() => globalThis.tracks.sound.readyState), 'ended');
  assert.equal(node.pc.getTransceivers().length, 2);
  assert.ok((await call.atPage('picture', { from: 0x8000 }, secondMid)).first >= 0x8000);
});
