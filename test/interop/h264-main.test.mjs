/**
 * H.264 in profile main: libwebrtc encodes the baseline profile whatever is negotiated, so that a page encodes pictures
 * with WebCodecs and sends these.
 */
/* global peer, media, content */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keepMeasurements, measure, prefer, round } from './support/media_matrix.mjs';
import { sides, startMediaBrowser } from './support/media_sides.mjs';
import { connect } from './support/sides.mjs';

const MAIN = { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=4d001f' };
const FROM = 0x3000;

let chromium;
before(async () => (chromium = await startMediaBrowser()));
after(async () => {
  await chromium?.close();
  await keepMeasurements('Chromium-H264-main');
});

test('Node decodes what a page encodes in profile main', async (t) => {
  const call = await sides(t, chromium, { atPage: { encodedInsertableStreams: true } });
  const { node, page } = call;
  await page.evaluate((from) => {
    const { pc } = peer;
    const sender = pc.addTrack(media.camera({ from: 1 }));
    let give;
    const encoder = new VideoEncoder({
      output: (chunk) => give(chunk),
      error: (error) => console.error(error),
    });
    encoder.configure({
      ...{ codec: 'avc1.4d001f', width: 320, height: 180, bitrate: 1_500_000, framerate: 15 },
      ...{ avc: { format: 'annexb' }, latencyMode: 'realtime' },
    });
    let counter = from;
    globalThis.profiles = [];
    const replace = new TransformStream({
      async transform(frame, controller) {
        const encoded = new Promise((resolve) => (give = resolve));
        const picture = new VideoFrame(content.paint(counter++, 320, 180), {
          ...{ format: 'RGBA', codedWidth: 320, codedHeight: 180, timestamp: counter * 66_667 },
        });
        encoder.encode(picture, { keyFrame: frame.type === 'key' });
        picture.close();
        const chunk = await encoded;
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        // The profile is the first byte of a sequence parameter set.
        const set = data.findIndex(
          (byte, at) => byte === 1 && !data[at - 1] && !data[at - 2] && (data[at + 1] & 31) === 7,
        );
        if (set >= 0) globalThis.profiles.push(data[set + 2]);
        frame.data = data.buffer;
        controller.enqueue(frame);
      },
    });
    const { readable, writable } = sender.createEncodedStreams();
    readable.pipeThrough(replace).pipeTo(writable);
  }, FROM);
  await prefer(page, 'video', MAIN);
  await connect(page, node);
  const verdict = await call.atNode('picture', { from: FROM });
  const profiles = await page.evaluate(() => globalThis.profiles);
  assert.ok(profiles.length > 0);
  // 77 is main.
  assert.deepEqual([...new Set(profiles)], [77]);
  const { lowest, mean, first, last } = verdict;
  const result = `PSNR ${round(lowest)} dB at least, ${round(mean)} in the mean; counter ${first} to ${last}`;
  measure(t, { codec: 'H264 main (profile_idc 77)', direction: 'Chromium to Node', result });
});
