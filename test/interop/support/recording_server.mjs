/** Recording servers for tests, and looks at what they have written. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRecordingServer } from 'node-libwebrtc/recording-server';
import { requireMountNamespace } from '../../support/mount_namespace.mjs';
import { within } from './wait.mjs';

const run = promisify(execFile);

/** Fits a test: everything on loopback, everything soon. */
export const SETTINGS = {
  port: 0,
  mediaAddress: '127.0.0.1',
  statisticsInterval: 0.5,
  requestRate: 1000,
  sessionRate: 10_000,
  minFree: 0,
  stopFree: 0,
  logLevel: 'debug',
};

const ends = new WeakMap();

/** Does something when a test has ended, what was said last first: a server ends before its directory goes. */
function atEnd(t, work) {
  const known = ends.get(t);
  if (known !== undefined) {
    known.push(work);
    return;
  }
  const all = [work];
  ends.set(t, all);
  t.after(async () => {
    while (all.length > 0) await all.pop()();
  });
}

/** A directory that goes when the test has ended. */
export async function temporaryDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'recording-server-'));
  atEnd(t, () => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Asks until the answer fits. */
export function eventually(ask, fits, what) {
  let wanted = true;
  const look = async () => {
    while (wanted) {
      const answer = await ask();
      if (fits(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  };
  return within(look(), what).finally(() => (wanted = false));
}

/** The live sessions. */
export const live = async ({ url }) => (await (await fetch(`${url}api/live`)).json()).sessions;

/** Resolves with the sessions when each has so many seconds in its file. */
export const recorded = (server, seconds, count = 1) =>
  eventually(
    () => live(server),
    (sessions) => sessions.length >= count && sessions.every(({ duration }) => duration >= seconds),
    `${seconds} s to be recorded`,
  );

/** Starts a server that ends with the test; `server.log` are its log lines. */
export async function startServer(t, options = {}) {
  const directory = options.directory ?? (await temporaryDirectory(t));
  const log = [];
  const server = await startRecordingServer({
    ...SETTINGS,
    directory,
    log: (line) => log.push(JSON.parse(line)),
    ...options,
  });
  atEnd(t, () => server.close());
  return Object.assign(server, { log });
}

/** What a recording's side-car says. */
export const sideCar = async (directory, id) => JSON.parse(await readFile(join(directory, `${id}.json`), 'utf8'));

/** What `ffprobe` says of a file. */
export async function probe(file) {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_streams', '-show_format', '-count_packets', file],
  ]);
  const { streams, format } = JSON.parse(stdout);
  const of = (kind) => streams.find(({ codec_type }) => codec_type === kind);
  return { format, video: of('video'), audio: of('audio'), duration: Number(format.duration) };
}

/**
 * Decodes all of a file and gives the complaints.
 *
 * Pictures keep the times that they have in the file: by default FFmpeg guesses a frame rate, moves every picture to the
 * grid of it, and complains of its own doing where two that came close together, or in a file with gaps, meet in one place.
 */
export async function decodeErrors(file) {
  const { stderr } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', file],
      ...['-vsync', 'passthrough', '-enc_time_base', '-1', '-f', 'null', '-'],
    ],
    { maxBuffer: 2 ** 26 },
  );
  // Its output's, again: of two pictures that came in one millisecond.
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith('[null @'))
    .join('\n')
    .trim();
}

/** The decoded pictures of a file, one after another: RGBA, made smaller. */
export async function pictures(file, width = 320, height = 180) {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', file, '-an', '-vf', `scale=${width}:${height}:flags=area`],
      ...['-vsync', 'passthrough', '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 31 },
  );
  const size = width * height * 4;
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, index) =>
    stdout.subarray(index * size, (index + 1) * size),
  );
}

/** The decoded sound of a file: one channel at 48 kHz. */
export async function sound(file) {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', file, '-vn', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'],
    { encoding: 'buffer', maxBuffer: 2 ** 30 },
  );
  return new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
}

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** The settings of a test as flags. */
const FLAGS = [
  ...['--port', '0', '--media-address', '127.0.0.1', '--statistics-interval', '0.5', '--request-rate', '1000'],
  ...['--session-rate', '10000', '--log-level', 'debug'],
];

async function started(child, ended) {
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const url = /^Page +(\S+)$/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  await ended;
  return undefined;
}

/**
 * Starts `node-libwebrtc record` in a process of its own, which is killed when the test has ended.
 *
 * @param {string} directory where it records
 * @param {string[]} flags more settings, which count more
 * @param {string} [before] shell commands that it runs before, in a mount namespace of its own
 */
export async function spawnServer(t, directory, flags = [], before) {
  const args = [PROGRAM, 'record', '--directory', directory, ...FLAGS, ...flags];
  const complaints = [];
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child =
    before === undefined
      ? spawn(process.execPath, args, { stdio })
      : spawn(
          'unshare',
          [...requireMountNamespace(), 'sh', '-c', `${before} && exec "$@"`, 'sh', process.execPath, ...args],
          { stdio },
        );
  const log = [];
  createInterface(child.stderr).on('line', (line) => {
    if (line.startsWith('{')) log.push(JSON.parse(line));
    else complaints.push(line);
  });
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  atEnd(t, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = await within(Promise.race([started(child, ended), ended.then(() => undefined)]), 'the server to start');
  if (url !== undefined) return { url, child, directory, log, complaints, ended };
  throw new Error(`The server has not started: ${complaints.join('; ')}`);
}
