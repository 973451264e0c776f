/** Audio and video between Node and Chromium, by their content: known pictures and tones, found again after a codec. */
/* global peer, media */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RTCRtpSender } from 'node-libwebrtc';
import { connect } from './support/sides.mjs';
import { camera, microphone, sides, startMediaBrowser } from './support/media_sides.mjs';

let chromium;
before(async () => (chromium = await startMediaBrowser()));
after(() => chromium?.close());

/** Only this codec is offered, and what belongs to every codec. */
const only = (codecs, { mimeType, sdpFmtpLine }) =>
  codecs.filter(
    (codec) =>
      (codec.mimeType.toLowerCase() === mimeType.toLowerCase() &&
        (sdpFmtpLine === undefined || codec.sdpFmtpLine?.includes(sdpFmtpLine))) ||
      /\/(rtx|telephone-event)$/.test(codec.mimeType),
  );

async function prefer(side, kind, codec) {
  if (side.name === 'Node') {
    const codecs = only(RTCRtpSender.getCapabilities(kind).codecs, codec);
    side.pc.getTransceivers().forEach((transceiver) => transceiver.setCodecPreferences(codecs));
  } else {
    await side.evaluate(
      ({ kind, codec, only }) => {
        const filter = new Function(`return ${only}`)();
        const codecs = filter(RTCRtpSender.getCapabilities(kind).codecs, codec);
        peer.pc.getTransceivers().forEach((transceiver) => transceiver.setCodecPreferences(codecs));
      },
      { kind, codec, only: only.toString() },
    );
  }
}

/** That both sides send and receive with that codec and no other. */
async function assertCodec({ statistics }, kind, mimeType) {
  for (const type of ['inbound-rtp', 'outbound-rtp']) {
    for (const [name, entries] of Object.entries(await statistics(type))) {
      const used = entries.filter((entry) => entry.kind === kind).map((entry) => entry.codec?.mimeType);
      assert.deepEqual(used, [mimeType], `${type} at ${name}`);
    }
  }
}

const round = (value, digits = 1) => Number(value.toFixed(digits));

const VIDEO = [
  { mimeType: 'video/VP8' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=2' },
  { mimeType: 'video/AV1', sdpFmtpLine: 'profile=0' },
  { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
];

describe('video, both ways', () => {
  VIDEO.forEach((codec, index) => {
    const nodeOffers = index % 2 === 0;
    test(`${codec.mimeType} ${codec.sdpFmtpLine ?? ''}, ${nodeOffers ? 'Node' : 'Chromium'} offers`, async (t) => {
      const call = await sides(t, chromium);
      const { node, page } = call;
      node.pc.addTrack(call.own(camera({ from: 0x1234 })));
      await page.evaluate(() => peer.pc.addTrack(media.camera({ from: 0x5678 })));
      const [offerer, answerer] = nodeOffers ? [node, page] : [page, node];
      await prefer(offerer, 'video', codec);
      await connect(offerer, answerer);

      const [toPage, toNode] = await Promise.all([call.atPage('picture'), call.atNode('picture')]);
      for (const [verdict, from, direction] of [
        [toPage, 0x1234, 'Node to Chromium'],
        [toNode, 0x5678, 'Chromium to Node'],
      ]) {
        assert.deepEqual([verdict.width, verdict.height], [320, 180]);
        assert.ok(verdict.first >= from && verdict.last < from + 15 * 60, `${direction}: counter ${verdict.first}`);
        const { lowest, mean, first, last, seen } = verdict;
        t.diagnostic(
          `${direction}: PSNR ${round(lowest)} dB at least, ${round(mean)} in the mean; counter ${first} to ${last}; ` +
            `frame ${seen}; patches ${JSON.stringify(verdict.patches)}`,
        );
      }
      await assertCodec(call, 'video', codec.mimeType);
    });
  });
});

const AUDIO = [
  { mimeType: 'audio/opus' },
  { mimeType: 'audio/PCMU' },
  { mimeType: 'audio/PCMA' },
  { mimeType: 'audio/G722' },
];

describe('audio, both ways', () => {
  AUDIO.forEach((codec, index) => {
    const nodeOffers = index % 2 === 0;
    test(`${codec.mimeType}, ${nodeOffers ? 'Node' : 'Chromium'} offers`, async (t) => {
      const call = await sides(t, chromium);
      const { node, page } = call;
      node.pc.addTrack(call.own(microphone({ frequency: 1000 })));
      await page.evaluate(async () => peer.pc.addTrack(await media.microphone({ frequency: 620 })));
      const [offerer, answerer] = nodeOffers ? [node, page] : [page, node];
      await prefer(offerer, 'audio', codec);
      await connect(offerer, answerer);

      const [toPage, toNode] = await Promise.all([
        call.atPage('tone', { frequency: 1000 }),
        call.atNode('tone', { frequency: 620 }),
      ]);
      for (const [verdict, direction] of [
        [toPage, 'Node to Chromium'],
        [toNode, 'Chromium to Node'],
      ]) {
        const { frequency, purity, loudness } = verdict;
        // The sine was sent with an amplitude of 0.5.
        assert.ok(Math.abs(loudness - Math.SQRT1_2 / 2) < 0.1, `${direction}: loudness ${loudness}`);
        t.diagnostic(
          `${direction}: ${frequency} Hz with ${round(purity * 100)} % of the power, RMS ${round(loudness, 3)}`,
        );
      }
      await assertCodec(call, 'audio', codec.mimeType);
    });
  });
});

test('Chromium hears the keys that Node presses', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  const sender = node.pc.addTrack(call.own(microphone({ frequency: 440 })));
  await connect(node, page);
  await call.atPage('tone', { frequency: 440 });
  const tones = [];
  sender.dtmf.ontonechange = ({ tone }) => tones.push(tone);
  const heard = call.atPage('keys', { keys: '15#9' });
  sender.dtmf.insertDTMF('15#9', 200, 100);
  assert.equal((await heard).heard, '15#9');
  assert.deepEqual(tones.slice(0, 4), ['1', '5', '#', '9']);
  t.diagnostic(`Chromium heard ${(await heard).heard}, Node told ${JSON.stringify(tones)}`);
  // Afterwards the microphone is heard again.
  await call.atPage('tone', { frequency: 440 });
});
