/**
 * Simulcast and scalable video between Node and Chromium, both ways, for each codec: every layer of simulcast by its
 * content, and the layers of scalable video as the receiver's frames name them.
 */
/* global peer, media, content */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { watchLayers } from './support/media_content.mjs';
import { nameOf, prefer, round } from './support/media_matrix.mjs';
import { camera, sides, startMediaBrowser } from './support/media_sides.mjs';
import { askForLayers, offerLayers } from './support/media_simulcast.mjs';
import { connect } from './support/sides.mjs';

let chromium;
before(async () => (chromium = await startMediaBrowser()));
after(() => chromium?.close());

const CODECS = {
  VP8: { mimeType: 'video/VP8' },
  VP9: { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
  AV1: { mimeType: 'video/AV1', sdpFmtpLine: 'profile=0' },
  H264: { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
};

/** Each half of the next one. */
const SIZES = [
  [240, 136],
  [480, 272],
  [960, 544],
];
const [WIDTH, HEIGHT] = SIZES.at(-1);
const PICTURES = { width: WIDTH, height: HEIGHT, frameRate: 10, from: 0x2000 };

const encodingsOf = (rids, scalabilityMode) =>
  rids.map((rid, index) => ({
    rid,
    scaleResolutionDownBy: 2 ** (rids.length - 1 - index),
    ...(scalabilityMode === undefined ? {} : { scalabilityMode }),
  }));

/** Lets one side send, from a transceiver of its own with these encodings, or from the one that an offer has made. */
async function send(call, from, sendEncodings) {
  if (from === call.node) {
    const { pc } = call.node;
    const track = call.own(camera(PICTURES));
    if (sendEncodings) {
      pc.addTransceiver(track, { direction: 'sendonly', sendEncodings });
    } else {
      const [transceiver] = pc.getTransceivers();
      transceiver.direction = 'sendonly';
      await transceiver.sender.replaceTrack(track);
    }
    return;
  }
  await call.page.evaluate(
    async ({ pictures, sendEncodings }) => {
      const track = media.camera(pictures);
      if (sendEncodings) {
        peer.pc.addTransceiver(track, { direction: 'sendonly', sendEncodings });
      } else {
        const [transceiver] = peer.pc.getTransceivers();
        transceiver.direction = 'sendonly';
        await transceiver.sender.replaceTrack(track);
      }
    },
    { pictures: PICTURES, sendEncodings },
  );
}

/** That every layer arrives as what it is, and that both sides count the same. */
async function assertLayers(t, call, toNode, codec, rids) {
  const look = toNode ? call.atNode : call.atPage;
  await Promise.all(
    rids.map(async (rid, index) => {
      const verdict = await look('picture', { count: 8, size: SIZES[index] }, rid);
      assert.deepEqual([verdict.width, verdict.height], SIZES[index]);
      assert.ok(verdict.first >= PICTURES.from);
      t.diagnostic(
        `${rid}: ${SIZES[index].join('x')}, PSNR ${round(verdict.lowest)} dB at least, ${round(verdict.mean)} in the mean`,
      );
    }),
  );
  const [from, to] = toNode ? ['page', 'node'] : ['node', 'page'];
  const received = (await call.statistics('inbound-rtp'))[to].filter(({ framesDecoded }) => framesDecoded > 0);
  const sent = (await call.statistics('outbound-rtp'))[from];
  for (const [index, rid] of rids.entries()) {
    const out = sent.find((entry) => entry.rid === rid);
    const into = received.find((entry) => entry.mid === rid);
    const size = SIZES[index];
    assert.deepEqual([out.frameWidth, out.frameHeight], size, `${rid} sent`);
    assert.deepEqual([into.frameWidth, into.frameHeight], size, `${rid} received`);
    assert.equal(out.codec.mimeType, codec.mimeType);
    assert.equal(into.codec.mimeType, codec.mimeType);
    assert.equal(into.ssrc, out.ssrc);
    assert.ok(into.framesDecoded >= 8 && into.framesDecoded <= out.framesEncoded);
  }
}

const RIDS = ['low', 'middle', 'high'];

for (const [name, codec] of Object.entries(CODECS)) {
  for (const toNode of [true, false]) {
    test(`three layers of ${name}, ${toNode ? 'Chromium to Node' : 'Node to Chromium'}`, async (t) => {
      const call = await sides(t, chromium);
      const { node, page } = call;
      const [sender, receiver] = toNode ? [page, node] : [node, page];
      // Without a mode, several encodings of VP9 and AV1 are the layers of one stream.
      await send(call, sender, encodingsOf(RIDS, name === 'VP9' || name === 'AV1' ? 'L1T1' : undefined));
      await prefer(sender, 'video', codec);
      await offerLayers(sender, receiver, RIDS);
      if (toNode) {
        assert.deepEqual(
          node.pc.getTransceivers().map(({ mid, currentDirection }) => [mid, currentDirection]),
          RIDS.map((rid) => [rid, 'recvonly']),
        );
      }
      await assertLayers(t, call, toNode, codec, RIDS);
    });
  }
}

for (const toNode of [true, false]) {
  test(`three layers that ${toNode ? 'Node' : 'Chromium'} asks for`, async (t) => {
    const call = await sides(t, chromium);
    const { node, page } = call;
    const [sender, receiver] = toNode ? [page, node] : [node, page];
    if (toNode) {
      for (const _ of SIZES) node.pc.addTransceiver('video', { direction: 'recvonly' });
    } else {
      await page.evaluate((count) => {
        for (let i = 0; i < count; i++) peer.pc.addTransceiver('video', { direction: 'recvonly' });
      }, SIZES.length);
    }
    await prefer(receiver, 'video', CODECS.VP8);
    const rids = await askForLayers(receiver, sender, () => send(call, sender));
    if (!toNode) {
      const { encodings } = node.pc.getSenders()[0].getParameters();
      assert.deepEqual(
        encodings.map(({ rid, active }) => [rid, active]),
        rids.map((rid) => [rid, true]),
      );
    }
    await assertLayers(t, call, toNode, CODECS.VP8, rids);
  });
}

/** The layers that there are in a mode, as frames name them. */
function layersOf(mode) {
  const [, spatial, temporal] = /^[LS](\d)T(\d)/.exec(mode);
  return Array.from({ length: spatial * temporal }, (_, at) => `S${Math.floor(at / temporal)}T${at % temporal}`);
}

for (const [name, scalabilityMode] of [
  ['VP8', 'L1T3'],
  ['VP9', 'L3T3_KEY'],
  ['VP9', 'L2T2'],
  ['AV1', 'L3T3'],
  ['AV1', 'L1T3'],
  ['H264', 'L1T3'],
]) {
  for (const toNode of [true, false]) {
    test(`${name} in the layers of ${scalabilityMode}, ${toNode ? 'Chromium to Node' : 'Node to Chromium'}`, async (t) => {
      const call = await sides(t, chromium, { [toNode ? 'atNode' : 'atPage']: { encodedInsertableStreams: true } });
      const { node, page } = call;
      const sender = toNode ? page : node;
      let seen = new Set();
      if (toNode) {
        node.pc.addEventListener('track', ({ receiver }) => (seen = watchLayers(receiver)));
      } else {
        await page.evaluate(() => {
          globalThis.seen = new Set();
          peer.pc.addEventListener('track', ({ receiver }) => (globalThis.seen = content.watchLayers(receiver)));
        });
      }
      await send(call, sender, [{ scalabilityMode }]);
      await prefer(sender, 'video', CODECS[name]);
      await connect(sender, toNode ? node : page);
      const look = toNode ? call.atNode : call.atPage;
      const verdict = await look('picture', { count: 12, size: SIZES.at(-1) });
      const layers = toNode ? seen : new Set(await page.evaluate(() => [...globalThis.seen]));
      assert.deepEqual([...layers].sort(), layersOf(scalabilityMode));
      const [sent] = (await call.statistics('outbound-rtp'))[toNode ? 'page' : 'node'];
      assert.equal(sent.scalabilityMode, scalabilityMode);
      assert.equal(sent.codec.mimeType, CODECS[name].mimeType);
      t.diagnostic(
        `${nameOf(CODECS[name])}, ${[...layers].sort().join(' ')}: PSNR ${round(verdict.lowest)} dB at least, ` +
          `${round(verdict.mean)} in the mean`,
      );
    });
  }
}
