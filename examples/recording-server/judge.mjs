/** What is in a recording, by ffprobe and by decoding it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readCounter } from './pattern.mjs';

const execute = promisify(execFile);

async function run(program, args, encoding = 'utf8') {
  try {
    return await execute(program, args, { encoding, maxBuffer: 2 ** 30 });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${program} is not installed (Debian: apt-get install ffmpeg)`, { cause: error });
  }
}

/** What ffprobe says. */
export async function probe(file) {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-count_frames', file],
  ]);
  const { format, streams } = JSON.parse(stdout);
  const of = (kind) => streams.find(({ codec_type: type }) => type === kind);
  return { format, video: of('video'), audio: of('audio') };
}

/**
 * The numbers of all pictures, `null` for one that cannot be read; and what the decoder complains about. They keep the times
 * of the file: on a grid that FFmpeg guesses two could meet, and it would complain of its own output.
 */
export async function counters(file) {
  const [width, height] = [320, 180];
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', file, '-an', '-vf', `scale=${width}:${height}:flags=area`],
      ...['-vsync', 'passthrough', '-enc_time_base', '-1', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    ],
    'buffer',
  );
  const size = width * height;
  const numbers = Array.from({ length: Math.floor(stdout.length / size) }, (_, index) =>
    readCounter(stdout.subarray(index * size, (index + 1) * size), width, height, 1),
  );
  const complaints = stderr
    .toString()
    .split('\n')
    .filter((line) => !line.startsWith('[rawvideo @'));
  return { numbers, complaints: complaints.join('\n').trim() };
}

/** The power of one frequency, as a share of all (Goertzel's algorithm). */
function share(samples, sampleRate, frequency) {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let [one, two, all] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + factor * one - two, one];
    all += sample ** 2;
  }
  return all === 0 ? 0 : (one ** 2 + two ** 2 - factor * one * two) / ((all * samples.length) / 2);
}

/** In how many of the tenths of a second the tone is what one hears. */
export async function toneShare(file, frequency) {
  const sampleRate = 48_000;
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', file, '-vn', '-ac', '1', '-ar', String(sampleRate), '-f', 'f32le', '-'],
    'buffer',
  );
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
  const length = sampleRate / 10;
  let [good, all] = [0, 0];
  for (let at = 0; at + length <= samples.length; at += length) {
    all += 1;
    if (share(samples.subarray(at, at + length), sampleRate, frequency) > 0.8) good += 1;
  }
  return { share: all === 0 ? 0 : good / all, seconds: samples.length / sampleRate };
}

/** Twelve pictures of a file, in one PNG. */
export async function contactSheet(file, target, seconds) {
  // One more than there is room for: where the last one is depends on how times are rounded.
  const rate = 13 / seconds;
  await run('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-y', '-i', file],
    ...['-vf', `fps=${rate},scale=320:-2,tile=4x3:padding=6:margin=6:color=0x20242c`],
    ...['-frames:v', '1', target],
  ]);
}
