// Many publishers at once, in processes of their own, for a while; then every file is looked at. Ends with 0 only if all of
// them are right, and whole; with --busy they need not be whole: on a machine that has other things to do, some pictures
// come too late to be sent.
//   node bench/recording/load.mjs [--publishers 50] [--seconds 60] [--processes 2] [--busy] [--json file]
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkRecording, missingPictures } from './check_file.mjs';
import { cpuSeconds, residentBytes } from './process_usage.mjs';
import { endServer, startLoad, startRecordingServer } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    publishers: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    processes: { type: 'string', default: '2' },
    busy: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const [publishers, seconds, processes] = [options.publishers, options.seconds, options.processes].map(Number);
const SOURCE = { width: 640, height: 360, frameRate: 15, bitrate: 500_000 };
/** A file takes so long to have a first second. */
const PATIENCE_SECONDS = 60;

const directory = mkdtempSync(join(tmpdir(), 'load-recording-'));
const say = (text) => process.stderr.write(`${text}\n`);
const live = async (url) => (await (await fetch(`${url}api/live`)).json()).sessions;

/** Waits until every session has so many seconds in its file. */
async function recorded(url, count, duration, patience) {
  const began = performance.now();
  for (;;) {
    const sessions = await live(url);
    if (sessions.length === count && sessions.every((session) => session.duration >= duration)) return;
    if ((performance.now() - began) / 1000 > patience) {
      const late = sessions.filter((session) => session.duration < duration).length;
      throw new Error(
        `${sessions.length} of ${count} sessions, ${late} of them without ${duration} s after ${patience} s`,
      );
    }
    await pause(250);
  }
}

try {
  const server = await startRecordingServer(directory);
  const names = Array.from({ length: processes }, (_, index) => `load-${index + 1}`);
  const loads = await Promise.all(names.map((name) => startLoad(server.url, SOURCE, name)));
  const shares = names.map((_, index) => Math.floor((publishers + index) / processes));
  say(`${publishers} publishers in ${processes} processes begin …`);
  const begun = performance.now();
  await Promise.all(loads.map((load, index) => load.add(shares[index])));
  const connected = (performance.now() - begun) / 1000;
  await recorded(server.url, publishers, 1, PATIENCE_SECONDS);
  say(`all connected after ${connected.toFixed(1)} s; they publish for ${seconds} s …`);
  const pids = loads.map(({ child }) => child.pid);
  const loadSeconds = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [cpu, load, from] = [cpuSeconds(server.child.pid), loadSeconds(), performance.now()];
  await recorded(server.url, publishers, seconds, seconds + PATIENCE_SECONDS);
  const elapsed = (performance.now() - from) / 1000;
  const usage = {
    cpu: (cpuSeconds(server.child.pid) - cpu) / elapsed,
    load: (loadSeconds() - load) / elapsed,
    rss: residentBytes(server.child.pid),
  };
  await Promise.all(loads.map((one) => one.end()));
  await endServer(server);

  say('every file is decoded …');
  const ids = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const results = [];
  for (let at = 0; at < ids.length; at += 2) {
    const expected = { seconds, codec: 'vp8', ...SOURCE };
    results.push(...(await Promise.all(ids.slice(at, at + 2).map((id) => checkRecording(directory, id, expected)))));
  }
  for (const name of names) {
    const group = results.filter(({ info }) => info.name === name);
    const missing = missingPictures(group.map(({ numbers }) => numbers));
    for (const [index, count] of missing.entries()) {
      if (count > 0) group[index].shortfalls.push(`${count} pictures are missing that others have`);
    }
  }
  const wrong = results.filter(({ faults }) => faults.length > 0);
  const whole = results.filter(({ shortfalls }) => shortfalls.length === 0);
  for (const { info, faults } of wrong) say(`${info.id} is wrong: ${faults.join('; ')}`);
  for (const { info, shortfalls } of results) if (shortfalls.length > 0) say(`${info.id}: ${shortfalls.join('; ')}`);

  const sum = (value) => results.reduce((total, result) => total + value(result), 0);
  const durations = results.map(({ duration }) => duration);
  const rates = results.map(({ numbers, duration }) => numbers.length / duration);
  const rows = {
    'publishers, processes': `${publishers}, ${processes}`,
    each: `${SOURCE.width}×${SOURCE.height} at ${SOURCE.frameRate}, VP8 of ${SOURCE.bitrate / 1e6} Mbit/s and Opus`,
    'connected after': `${connected.toFixed(1)} s`,
    'files, right, whole': `${results.length}, ${results.length - wrong.length}, ${whole.length}`,
    'seconds in a file': `${Math.min(...durations).toFixed(1)} to ${Math.max(...durations).toFixed(1)}`,
    'pictures a second': `${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)}`,
    bytes: `${(sum(({ info }) => statSync(join(directory, info.file)).size) / 1e6).toFixed(0)} MB`,
    'packets lost, asked for again': `${sum(({ info }) => info.statistics.packetsLost)}, ${sum(({ info }) => info.statistics.retransmissionRequests)}`,
    'server: CPU, a stream': `${usage.cpu.toFixed(2)} cores, ${((usage.cpu / publishers) * 100).toFixed(2)} %`,
    'server: RSS': `${(usage.rss / 2 ** 20).toFixed(0)} MiB`,
    'publishers: CPU': `${usage.load.toFixed(2)} cores`,
  };
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`);
  console.log('| | |\n| -- | -- |');
  for (const [name, value] of Object.entries(rows)) console.log(`| ${name} | ${value} |`);
  if (options.json)
    writeFileSync(options.json, JSON.stringify({ ...usage, connected, wrong: wrong.length, rows }, null, 2));
  if (results.length !== publishers) say(`${results.length} files of ${publishers} publishers`);
  const right = wrong.length === 0 && results.length === publishers;
  process.exitCode = right && (options.busy || whole.length === publishers) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
