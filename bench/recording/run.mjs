// How many streams the recording server sustains on this machine, and what each costs; beside decoding and encoding
// again with @roamhq/wrtc and ffmpeg.
//   node bench/recording/run.mjs [--streams 25,50,100,150] [--seconds 15] [--transcoded 1] [--json file]
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { delays, GrowthWatch } from './latency.mjs';
import { cpuSeconds, idleSeconds, residentBytes } from './process_usage.mjs';
import { endServer, startLoad, startRecordingServer, startServer } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    streams: { type: 'string', default: '25,50,100,150' },
    seconds: { type: 'string', default: '15' },
    transcoded: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const steps = options.streams.split(',').map(Number);
const seconds = Number(options.seconds);
const transcoded = Number(options.transcoded);
const SOURCE = { width: 1280, height: 720, frameRate: 30, bitrate: 1_500_000 };
/** Connections find their rates, files their rhythm. */
const SETTLE_SECONDS = 12;
/** A stream is sustained when so much of its pictures is in the file. */
const SUSTAINED = 0.98;

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'bench-recording-'));
const say = (text) => process.stderr.write(`${text}\n`);

/** CPU and memory of a process while the load runs. */
async function measure(pid, loadPid) {
  const [cpu, load, idle, started] = [cpuSeconds(pid), cpuSeconds(loadPid), idleSeconds(), performance.now()];
  await pause(seconds * 1000);
  const elapsed = (performance.now() - started) / 1000;
  return {
    cpu: (cpuSeconds(pid) - cpu) / elapsed,
    load: (cpuSeconds(loadPid) - load) / elapsed,
    idle: (idleSeconds() - idle) / elapsed,
    rss: residentBytes(pid),
    elapsed,
  };
}

const live = async (url) => (await (await fetch(`${url}api/live`)).json()).sessions;
/** Pictures in the side-car of each recording. */
function frames(folder) {
  const counts = new Map();
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue;
    const { id, tracks, duration } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    counts.set(id, { frames: tracks.find(({ kind }) => kind === 'video')?.frames ?? 0, duration });
  }
  return counts;
}

async function recordingServer() {
  const folder = join(directory, 'recordings');
  const server = await startRecordingServer(folder);
  const load = await startLoad(server.url, SOURCE);
  // One stream first: what a first stream starts belongs to the server, not to a stream.
  await load.add(1);
  await pause(SETTLE_SECONDS * 1000);
  const [{ id }] = await live(server.url);
  const one = residentBytes(server.child.pid);
  const growth = new GrowthWatch(join(folder, `${id}.webm`));
  const rows = [];
  let running = 1;
  for (const count of steps) {
    say(`${count} streams …`);
    await load.add(count - running);
    running = count;
    await pause(SETTLE_SECONDS * 1000);
    const before = frames(folder);
    const usage = await measure(server.child.pid, load.child.pid);
    await pause(5500);
    const after = frames(folder);
    // Each recording by its own clock: pictures for each second that it has grown by.
    const rates = [...after].map(([key, { frames: f, duration }]) => {
      const then = before.get(key) ?? { frames: 0, duration: 0 };
      return duration > then.duration ? (f - then.frames) / (duration - then.duration) : 0;
    });
    const bits = (await live(server.url)).reduce((sum, session) => sum + session.bitrate, 0);
    rows.push({
      count,
      ...usage,
      bitrate: bits / count,
      worst: Math.min(...rates),
      mean: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
      rssPerStream: (usage.rss - one) / (count - 1),
    });
    say(JSON.stringify(rows.at(-1)));
  }
  const { pushed, dropped } = await load.end();
  growth.stop();
  await endServer(server);
  const infos = [...frames(folder).keys()].map((key) => JSON.parse(readFileSync(join(folder, `${key}.json`), 'utf8')));
  const sum = (value) => infos.reduce((total, info) => total + value(info), 0);
  const delay = await delays(join(folder, `${id}.webm`), growth, pushed);
  return {
    rows,
    delay: { median: delay[delay.length >> 1], p95: delay[Math.floor(delay.length * 0.95)], pictures: delay.length },
    files: infos.length,
    bytes: sum(({ file }) => statSync(join(folder, file)).size),
    decoded: sum(({ statistics }) => statistics.framesDecoded),
    lost: sum(({ statistics }) => statistics.packetsLost),
    droppedByRecorder: sum(({ tracks }) => tracks.reduce((total, track) => total + track.dropped, 0)),
    droppedByLoad: dropped.flat().reduce((total, value) => total + value, 0),
    unfinished: infos.filter(({ state, reason }) => state !== 'finished' || reason !== 'publisher-left').length,
  };
}

async function transcoding() {
  const server = await startServer([here('wrtc_recorder.mjs'), JSON.stringify({ directory, bitrate: SOURCE.bitrate })]);
  const load = await startLoad(server.url, SOURCE);
  say(`${transcoded} transcoded …`);
  await load.add(transcoded);
  await pause(SETTLE_SECONDS * 1000);
  const usage = await measure(server.child.pid, load.child.pid);
  await load.end();
  await endServer(server, 'SIGKILL');
  return { count: transcoded, ...usage };
}

try {
  const ours = await recordingServer();
  const theirs = transcoded > 0 ? await transcoding() : undefined;
  const cell = (value, digits) => value.toFixed(digits);
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}; ` +
      `streams of ${SOURCE.width}×${SOURCE.height} at ${SOURCE.frameRate}, VP8 of ${SOURCE.bitrate / 1e6} Mbit/s and Opus`,
  );
  console.log(
    '| streams | Mbit/s each | pictures a second: worst, mean | CPU (cores) | CPU a stream | RSS a stream | publishers (cores) | idle (cores) |',
  );
  console.log('| --: | --: | --: | --: | --: | --: | --: | --: |');
  for (const { count, bitrate, worst, mean, cpu, rssPerStream, load, idle } of ours.rows) {
    console.log(
      `| ${count} | ${cell(bitrate / 1e6, 2)} | ${cell(worst, 1)}, ${cell(mean, 1)} | ${cell(cpu, 2)} | ` +
        `${cell((cpu / count) * 100, 2)} % | ${cell(rssPerStream / 2 ** 20, 2)} MiB | ${cell(load, 2)} | ${cell(idle, 2)} |`,
    );
  }
  const held = ours.rows.filter(({ worst }) => worst >= SOURCE.frameRate * SUSTAINED);
  const last = held.at(-1) ?? ours.rows[0];
  const each = last.cpu / last.count;
  console.log(`\nsustained, publishers on the same cores: ${held.at(-1)?.count ?? 0} streams`);
  console.log(`two cores without publishers, by CPU a stream: ${Math.floor(2 / each)} streams`);
  console.log(
    `picture to file: median ${cell(ours.delay.median, 0)} ms, 95 % ${cell(ours.delay.p95, 0)} ms (${ours.delay.pictures} pictures; encoder and network included)`,
  );
  console.log(
    `files: ${ours.files}, ${cell(ours.bytes / 1e9, 2)} GB; not finished well: ${ours.unfinished}; decoded by the server: ` +
      `${ours.decoded}; packets lost: ${ours.lost}; dropped by the recorder: ${ours.droppedByRecorder}, by the load: ${ours.droppedByLoad}`,
  );
  if (theirs !== undefined) {
    const their = theirs.cpu / theirs.count;
    console.log(
      `@roamhq/wrtc and ffmpeg: ${cell(their * 100, 1)} % of a core a stream, ${cell(their / each, 1)} times as much`,
    );
  }
  if (options.json) writeFileSync(options.json, JSON.stringify({ ours, theirs }, null, 2));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
