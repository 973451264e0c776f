/** Each codec between Node and a browser, in both directions, by its content. What was measured is printed. */
/* global peer, media */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { RTCRtpSender } from 'node-libwebrtc';
import { PATCHES } from './media_content.mjs';
import { camera, microphone, sides } from './media_sides.mjs';
import { keepPicture } from './png.mjs';
import { connect } from './sides.mjs';

export const VIDEO = [
  { mimeType: 'video/VP8' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
  { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=2' },
  { mimeType: 'video/AV1', sdpFmtpLine: 'profile=0' },
  { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
  { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=4d001f' },
];

export const AUDIO = [
  { mimeType: 'audio/opus' },
  { mimeType: 'audio/PCMU' },
  { mimeType: 'audio/PCMA' },
  { mimeType: 'audio/G722' },
];

/** The root mean square of what each browser's microphone sends: sines with amplitudes of 0.5 and of 0.1. */
const LOUDNESS = { Node: Math.SQRT1_2 / 2, Chromium: Math.SQRT1_2 / 2, Firefox: Math.SQRT1_2 / 10 };

export const round = (value, digits = 1) => Number(value.toFixed(digits));

/** For people. */
export const nameOf = ({ mimeType, sdpFmtpLine = '' }) =>
  [mimeType.split('/')[1], sdpFmtpLine.replace(/^packetization-mode=1;/, '')].join(' ').trim();

/** Only this codec is offered, and what belongs to every codec. */
const only = (codecs, { mimeType, sdpFmtpLine }) =>
  codecs.filter(
    (codec) =>
      (codec.mimeType.toLowerCase() === mimeType.toLowerCase() &&
        (sdpFmtpLine === undefined || codec.sdpFmtpLine?.includes(sdpFmtpLine))) ||
      /\/(rtx|telephone-event)$/.test(codec.mimeType),
  );

/** Lets a side prefer that codec, and no other, in all its transceivers. */
export async function prefer(side, kind, codec) {
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
async function assertCodec({ statistics }, kind, { mimeType, sdpFmtpLine = '' }) {
  for (const type of ['inbound-rtp', 'outbound-rtp']) {
    for (const [name, entries] of Object.entries(await statistics(type))) {
      const used = entries.filter((entry) => entry.kind === kind).map((entry) => entry.codec?.mimeType);
      assert.deepEqual(used, [mimeType], `${type} at ${name}`);
      const [{ codec }] = entries;
      // Of the formats of one codec, the one that was asked for.
      const parameter = sdpFmtpLine.replace(/^packetization-mode=1;/, '');
      assert.ok((codec.sdpFmtpLine ?? '').includes(parameter), `${codec.sdpFmtpLine} has ${parameter}`);
    }
  }
}

/** What was measured: a row for each codec, direction and browser, for `npm run interop`. */
const measured = [];

/** Keeps what was measured with a browser below `build/interop`, where `scripts/interop.mjs` looks for it. */
export async function keepMeasurements(browser) {
  const file = new URL(`../../../build/interop/${browser.toLowerCase()}.json`, import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, JSON.stringify(measured, null, 2));
}

/** Adds to what `keepMeasurements` keeps. */
export function measure(t, { codec, direction, result, picture }) {
  measured.push({ codec, direction, result, ...(picture === undefined ? {} : { picture }) });
  t.diagnostic(`${codec}, ${direction}: ${result}`);
}

/** Pictures of one codec, both ways; what Node received last is kept as a file. */
export async function videoBothWays(t, browser, codec, nodeOffers) {
  const call = await sides(t, browser);
  const { node, page } = call;
  node.pc.addTrack(call.own(camera({ from: 0x1234 })));
  await page.evaluate(() => {
    peer.pc.addTrack(media.camera({ from: 0x5678 }));
  });
  const [offerer, answerer] = nodeOffers ? [node, page] : [page, node];
  await prefer(offerer, 'video', codec);
  await connect(offerer, answerer);

  const [toPage, toNode] = await Promise.all([call.atPage('picture'), call.atNode('picture', { keeps: true })]);
  for (const [verdict, from, direction] of [
    [toPage, 0x1234, `Node to ${page.name}`],
    [toNode, 0x5678, `${page.name} to Node`],
  ]) {
    assert.deepEqual([verdict.width, verdict.height], [320, 180]);
    assert.ok(verdict.first >= from && verdict.last < from + 15 * 60, `${direction}: counter ${verdict.first}`);
    verdict.patches.forEach((colour, index) =>
      assert.ok(
        colour.every((level, at) => Math.abs(level - PATCHES[index][at]) <= 12),
        `${direction}: colour ${colour} instead of ${PATCHES[index]}`,
      ),
    );
    t.diagnostic(`${direction}: frame ${verdict.seen}; patches ${JSON.stringify(verdict.patches)}`);
  }
  const file = `${page.name} ${nameOf(codec)}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const picture = await keepPicture(file, toNode);
  const resultOf = ({ lowest, mean, first, last, width, height }) =>
    `${width}x${height}, PSNR ${round(lowest)} dB at least, ${round(mean)} in the mean; counter ${first} to ${last}`;
  measure(t, { codec: nameOf(codec), direction: `Node to ${page.name}`, result: resultOf(toPage) });
  measure(t, { codec: nameOf(codec), direction: `${page.name} to Node`, result: resultOf(toNode), picture });
  await assertCodec(call, 'video', codec);
}

/** A tone through one codec, both ways. */
export async function audioBothWays(t, browser, codec, nodeOffers) {
  const call = await sides(t, browser);
  const { node, page } = call;
  node.pc.addTrack(call.own(microphone({ frequency: 1000 })));
  await page.evaluate(async () => {
    peer.pc.addTrack(await media.microphone({ frequency: 620 }));
  });
  const [offerer, answerer] = nodeOffers ? [node, page] : [page, node];
  await prefer(offerer, 'audio', codec);
  await connect(offerer, answerer);

  const [toPage, toNode] = await Promise.all([
    call.atPage('tone', { frequency: 1000 }),
    call.atNode('tone', { frequency: 620 }),
  ]);
  for (const [verdict, direction, sent] of [
    [toPage, `Node to ${page.name}`, LOUDNESS.Node],
    [toNode, `${page.name} to Node`, LOUDNESS[page.name]],
  ]) {
    const { frequency, purity, loudness } = verdict;
    assert.ok(Math.abs(loudness / sent - 1) < 0.3, `${direction}: loudness ${loudness} of ${sent}`);
    const result = `${frequency} Hz with ${round(purity * 100)} % of the power, RMS ${round(loudness, 3)}`;
    measure(t, { codec: nameOf(codec), direction, result });
  }
  await assertCodec(call, 'audio', codec);
}
