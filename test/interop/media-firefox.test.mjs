/** Audio and video between Node and Firefox, by their content, and data channels both ways. */
/* global peer */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { AUDIO, VIDEO, audioBothWays, keepMeasurements, nameOf, videoBothWays } from './support/media_matrix.mjs';
import { sides, startMediaBrowser } from './support/media_sides.mjs';
import { connect } from './support/sides.mjs';
import { inbox, opened } from './support/wait.mjs';

// What there is to test is what this Firefox has, so it is asked first.
const firefox = await startMediaBrowser('Firefox');
after(async () => {
  await firefox.close();
  await keepMeasurements('Firefox');
});
const asked = await firefox.peer();
const capabilities = await asked.evaluate(() =>
  ['audio', 'video'].flatMap((kind) => RTCRtpReceiver.getCapabilities(kind).codecs),
);
await asked.close();

const has = ({ mimeType, sdpFmtpLine }) =>
  capabilities.some(
    (codec) =>
      codec.mimeType.toLowerCase() === mimeType.toLowerCase() &&
      (sdpFmtpLine === undefined || (codec.sdpFmtpLine ?? '').includes(sdpFmtpLine)),
  );

/** Firefox names no profile of VP9 and AV1: it has the first one. */
const BARE = VIDEO.filter(
  ({ mimeType, sdpFmtpLine }) => !(mimeType === 'video/VP9' && sdpFmtpLine === 'profile-id=2'),
).map((codec) => (has(codec) ? codec : { mimeType: codec.mimeType }));

for (const [kind, codecs, bothWays] of [
  ['video', BARE.filter(has), videoBothWays],
  ['audio', AUDIO.filter(has), audioBothWays],
]) {
  for (const [index, codec] of codecs.entries()) {
    const nodeOffers = index % 2 === 0;
    test(`${kind}, ${nameOf(codec)} both ways, ${nodeOffers ? 'Node' : 'Firefox'} offers`, (t) =>
      bothWays(t, firefox, codec, nodeOffers));
  }
}

test('Firefox has what it must have', () => {
  for (const mimeType of ['video/VP8', 'video/VP9', 'audio/opus']) assert.ok(has({ mimeType }), mimeType);
});

for (const nodeOffers of [true, false]) {
  test(`data channels both ways, ${nodeOffers ? 'Node' : 'Firefox'} offers`, async (t) => {
    const { node, page } = await sides(t, firefox);
    const options = { ordered: false, maxRetransmits: 3, protocol: 'π' };
    const mine = node.pc.createDataChannel('from Node', options);
    mine.binaryType = 'arraybuffer';
    await page.evaluate((options) => peer.open('from Firefox', options), options);
    const arrived = new Promise((resolve) => (node.pc.ondatachannel = ({ channel }) => resolve(channel)));
    await (nodeOffers ? connect(node, page) : connect(page, node));
    await opened(mine);
    const theirs = await arrived;
    await opened(theirs);
    assert.equal(theirs.label, 'from Firefox');
    assert.deepEqual([theirs.ordered, theirs.maxRetransmits, theirs.protocol], [false, 3, 'π']);

    const returned = inbox(mine);
    await page.evaluate((label) => peer.echo(label), 'from Node');
    const bytes = new Uint8Array(100_000).map((_, index) => index * 7);
    mine.send('Zoë 日本語 🙂');
    mine.send(bytes);
    mine.send('');
    const back = await returned.take(3);
    // Unordered: sorted by what they are.
    assert.ok(back.includes('Zoë 日本語 🙂'));
    assert.ok(back.includes(''));
    assert.deepEqual(new Uint8Array(back.find((data) => typeof data !== 'string')), bytes);

    const received = inbox(theirs);
    await page.evaluate(() => {
      const channel = peer.channels['from Firefox'];
      for (let i = 0; i < 1000; i++) channel.send(`message ${i}`);
    });
    const messages = await received.take(1000);
    assert.equal(new Set(messages).size, 1000);
  });
}
