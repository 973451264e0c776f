// Publishers that are not this project: Chromium, Firefox, GStreamer, and werift with FFmpeg. What each has published is
// found again in its recording: every picture by its number and its likeness, the tone, and how far sound and pictures are
// apart.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FRAME_RATE } from './support/flash_beep.mjs';
import { publishFromGStreamer } from './support/gstreamer_publisher.mjs';
import { judgeRecording } from './support/judge_recording.mjs';
import { startMediaBrowser } from './support/media_sides.mjs';
import { publishFromPage } from './support/page_publisher.mjs';
import { recorded, sideCar, startServer } from './support/recording_server.mjs';
import { publishFromWerift } from './support/werift_publisher.mjs';
import { within } from './support/wait.mjs';

const SECONDS = 6;
/** Of Firefox's own false microphone: see its preferences. */
const FREQUENCY = 620;
/** Decibels, for every picture; the pictures of a source that begins with a low rate are the worst. */
const LOWEST = 26;
const MIDDLE = 32;
/**
 * Seconds between a flash and its beep: two pictures. A publisher on a busy machine paints, captures and encodes its pictures
 * later than it beeps. How exact recordings are by themselves is measured in simulated time.
 */
const APART = 2 / FRAME_RATE;

/** Looks at the one recording that a server has. */
async function assertRecording(t, server, { codec, container, range }) {
  const [{ id }] = server.recordings();
  const info = await sideCar(server.directory, id);
  assert.deepEqual([info.state, info.reason, info.error], ['finished', 'publisher-left', null]);
  assert.equal(info.statistics.framesDecoded, 0);
  for (const track of info.tracks) assert.equal(track.mode, 'passthrough', track.kind);
  assert.ok(info.file.endsWith(`.${container}`), info.file);
  const result = await judgeRecording(join(server.directory, info.file), { frequency: FREQUENCY, range });
  const { complaints, video, audio, duration, pictures, flashes, beeps } = result;
  t.diagnostic(JSON.stringify({ duration, pictures, flashes, beeps }));
  assert.equal(complaints, '');
  assert.deepEqual([video.codec_name, audio.codec_name], [codec, 'opus']);
  assert.ok(duration >= SECONDS && Math.abs(duration - info.duration) < 0.5, `${duration} s, ${info.duration} s`);
  assert.equal(pictures.count, info.tracks.find(({ kind }) => kind === 'video').frames);
  assert.equal(pictures.unreadable, 0);
  assert.ok(pictures.rising);
  assert.ok(pictures.lowest >= LOWEST && pictures.middle >= MIDDLE, `${pictures.lowest} dB, ${pictures.middle} dB`);
  assert.ok(flashes >= 3 && beeps.count >= 3, `${flashes} flashes, ${beeps.count} beeps`);
  assert.ok(Math.abs(beeps.offset) <= APART, `the beeps are ${beeps.offset} s behind the flashes`);
  assert.ok(beeps.purity >= 0.9, `the tone has ${beeps.purity} of the power of its beep`);
}

for (const [name, range, codecs] of [
  [
    'Chromium',
    'full',
    [
      { codec: 'vp8', container: 'webm' },
      { codec: 'h264', container: 'mp4' },
      { codec: 'vp9', container: 'webm' },
      { codec: 'av1', container: 'webm' },
    ],
  ],
  [
    'Firefox',
    'auto',
    [
      { codec: 'vp8', container: 'webm' },
      { codec: 'vp9', container: 'webm' },
    ],
  ],
]) {
  describe(name, () => {
    let browser;
    before(async () => {
      browser = await startMediaBrowser(name);
    });
    after(() => browser.close());
    for (const { codec, container } of codecs) {
      test(`${name} publishes ${codec}`, async (t) => {
        const server = await startServer(t, { videoCodecs: [codec.toUpperCase()] });
        const end = await publishFromPage(t, browser, `${server.url}whip`, { frequency: FREQUENCY });
        await recorded(server, SECONDS);
        await end();
        await assertRecording(t, server, { codec, container, range });
      });
    }
  });
}

test('werift publishes what FFmpeg encodes', async (t) => {
  const server = await startServer(t);
  // What comes before the first key frame that the server sees is not recorded.
  const publisher = await publishFromWerift(t, `${server.url}whip`, { frequency: FREQUENCY, seconds: SECONDS + 2 });
  await within(publisher.finished, 'FFmpeg to have sent all');
  await recorded(server, SECONDS);
  await publisher.end();
  await assertRecording(t, server, { codec: 'vp8', container: 'webm' });
});

test('GStreamer publishes', async (t) => {
  const server = await startServer(t, { publishTokens: ['in'] });
  const options = { frequency: FREQUENCY, seconds: SECONDS + 10, token: 'in' };
  const end = await publishFromGStreamer(t, `${server.url}whip/gstreamer`, options);
  await recorded(server, SECONDS);
  await end();
  await assertRecording(t, server, { codec: 'vp8', container: 'webm' });
});
