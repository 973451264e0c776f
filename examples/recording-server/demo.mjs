/**
 * The recording server at work, with real browsers: one page publishes a pattern and a tone over WHIP, another one
 * watches it over WHEP, and what is in the file is looked at.
 *
 *     node examples/recording-server/demo.mjs [--seconds 10] [--directory build/demo]
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { startRecordingServer } from 'node-libwebrtc/recording-server';
import { launchChromium } from '../browser-transfer/chromium.mjs';
import { contactSheet, counters, probe, toneShare } from './judge.mjs';
import { openPublisher, openViewer } from './pages.mjs';

const SOURCE = { width: 640, height: 360, frameRate: 30, frequency: 660 };
/** When something has not come by then, something is wrong. */
const PATIENCE_SECONDS = 60;

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, directory: { type: 'string', default: 'build/demo' } },
});
const wanted = Number(options.seconds);

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const say = (text) => console.log(text);

/** The promise, or what is wrong meanwhile. */
function unless(promise, what, ...troubles) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${PATIENCE_SECONDS} s in vain for ${what}`)),
      PATIENCE_SECONDS * 1000,
    );
  });
  return Promise.race([promise, late, ...troubles]).finally(() => clearTimeout(timer));
}

/** Waits until what `ask` gives is something. */
async function until(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await pause(50);
  }
}

function table(rows) {
  const width = Math.max(...rows.map(([name]) => name.length));
  const valueWidth = Math.max(...rows.map(([, value]) => value.length));
  return rows
    .map(([name, value, ok]) => {
      const mark = ok === undefined ? '' : ok ? '✓' : '✗';
      return `  ${name.padEnd(width)}  ${value.padEnd(valueWidth)}  ${mark}`.trimEnd();
    })
    .join('\n');
}

/** Publishes and watches; gives what each side says. */
async function broadcast(server, browser) {
  const context = await browser.newContext();
  say(
    `Publishes ${SOURCE.width}×${SOURCE.height} at ${SOURCE.frameRate} and ${SOURCE.frequency} Hz from Chromium ${browser.version()} over WHIP`,
  );
  const publisher = await unless(openPublisher(context, server.url, SOURCE), 'the publisher to connect');
  const live = async () => (await (await fetch(`${server.url}api/live`)).json()).sessions[0];
  const session = await unless(
    until(async () => {
      const one = await live();
      return one?.width > 0 && one;
    }),
    'the first picture to be recorded',
    publisher.broken,
  );
  say(`Watches it in a second page over WHEP`);
  const viewer = await unless(openViewer(context, server.url, session.id), 'the viewer to connect', publisher.broken);

  const troubles = [publisher.broken, viewer.broken];
  for (let second = 0; ;) {
    const { duration, size } = (await unless(live(), 'the server', ...troubles)) ?? {};
    if (duration === undefined) throw new Error('the session has ended too early');
    if (duration >= wanted) break;
    if (Math.floor(duration) > second) {
      second = Math.floor(duration);
      say(
        `  ${String(second).padStart(2)} s of ${wanted}: ${Math.round(size / 1000)} kB, ${await viewer.count()} pictures watched`,
      );
    }
    await pause(Math.min(100, Math.max(10, (wanted - duration) * 1000)));
  }
  const seen = await unless(viewer.look(), 'the viewer', ...troubles);
  const sent = await unless(publisher.stop(), 'the publisher', ...troubles);
  await unless(
    until(() => server.publishers === 0),
    'the file to be finished',
  );
  await viewer.stop();
  return { seen, sent, id: session.id };
}

/** Looks at the file; says whether everything is right. */
async function judge(server, { seen, sent, id }) {
  const info = server.recordings().find((recording) => recording.id === id);
  const file = join(server.directory, info.file);
  const [{ format, video, audio }, { numbers, complaints }, tone] = [
    await probe(file),
    await counters(file),
    await toneShare(file, SOURCE.frequency),
  ];
  const duration = Number(format.duration);
  const frames = Number(video.nb_read_frames);
  // A browser sends a picture again where an encoder has to begin anew and there is no newer one.
  const increasing = (values) =>
    values.every((value, index) => index === 0 || value >= values[index - 1]) &&
    new Set(values).size >= values.length * 0.95;
  const readable = numbers.filter((number) => number !== null);
  const decoded = info.statistics.framesDecoded;
  const rows = [
    ['file', relative(process.cwd(), file)],
    [
      'container',
      `${format.format_name}, ${Number(format.size).toLocaleString('en-US')} bytes`,
      Number(format.size) === info.size,
    ],
    [
      'duration',
      `${duration.toFixed(2)} s; published for ${sent.seconds.toFixed(2)} s`,
      Math.abs(duration - sent.seconds) <= 0.75,
    ],
    [
      'video',
      `${video.codec_name} ${video.width}×${video.height}; sent as ${sent.codec}`,
      sent.codec.toLowerCase() === `video/${video.codec_name}`,
    ],
    // The first pictures may be sent before the one that recording can begin with.
    [
      'pictures',
      `${frames} in the file; ${sent.frames} sent, ${sent.painted} painted`,
      frames <= sent.frames && frames >= sent.frames * 0.95,
    ],
    ['decoding', complaints === '' ? 'without complaint' : complaints.split('\n')[0], complaints === ''],
    [
      'frame counter',
      `${readable[0]} to ${readable.at(-1)}, rising; ${readable.length} of ${numbers.length} read`,
      readable.length === numbers.length && numbers.length === frames && increasing(readable),
    ],
    ['audio', `${audio.codec_name}, ${audio.sample_rate} Hz, ${audio.channels} channels`, audio.codec_name === 'opus'],
    [
      'tone',
      `${SOURCE.frequency} Hz in ${(tone.share * 100).toFixed(1)} % of ${tone.seconds.toFixed(2)} s`,
      tone.share >= 0.95 && Math.abs(tone.seconds - duration) <= 0.75,
    ],
    ['decoded by the server', `${decoded} pictures`, decoded === 0],
    [
      'watched over WHEP',
      `${seen.counters.length} pictures, ${seen.unreadable} unreadable, ${Math.round(seen.frequency)} Hz`,
      seen.counters.length > 0 &&
        seen.unreadable === 0 &&
        increasing(seen.counters) &&
        Math.abs(seen.frequency - SOURCE.frequency) < 12,
    ],
  ];
  const sheet = file.replace(/\.\w+$/, '.png');
  await contactSheet(file, sheet, duration);
  rows.push(['contact sheet', relative(process.cwd(), sheet)]);
  say(`\n${table(rows)}\n`);
  return rows.every(([, , ok]) => ok !== false);
}

let server, browser;
try {
  await mkdir(options.directory, { recursive: true });
  server = await startRecordingServer({
    port: 0,
    directory: options.directory,
    logLevel: 'none',
    minFree: 0,
    stopFree: 0,
  });
  say(`Recording server at ${server.url}`);
  browser = await launchChromium([
    '--allow-loopback-in-peer-connection',
    '--autoplay-policy=no-user-gesture-required',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
  ]);
  const result = await broadcast(server, browser);
  if (!(await judge(server, result))) throw new Error('not everything is as it should be');
  say('The recording is what was published.');
} catch (error) {
  console.error(`\nFailed: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
  await server?.close();
}
