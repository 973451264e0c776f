// Recordings, and programs that know nothing of this project to look into them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mediaDevices } from 'node-libwebrtc';

const run = promisify(execFile);
const options = { encoding: 'utf8', maxBuffer: 2 ** 27 };

/** The next event of a type. */
export function once(target, type) {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/** A directory that is gone when the test is over. */
export async function directory(t) {
  const path = await mkdtemp(join(tmpdir(), 'recording-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The synthetic camera and microphone; they are stopped when the test is over. */
export async function devices(t, constraints = { audio: true, video: { width: 320, height: 180 } }) {
  const stream = await mediaDevices.getUserMedia(constraints);
  t.after(() => stream.getTracks().forEach((track) => track.stop()));
  return stream;
}

/** What ffprobe says of a file: `format`, and `video` and `audio`, with their frames counted by decoding them. */
export async function probe(file) {
  const entries = 'format=duration,format_name:stream=codec_type,codec_name,codec_tag_string,width,height,channels';
  const args = ['-v', 'error', '-count_frames', '-show_entries', `${entries},nb_read_frames`, '-of', 'json', file];
  const { stdout, stderr } = await run('ffprobe', args, options);
  const { format, streams } = JSON.parse(stdout);
  const of = (type) => {
    const found = streams.find(({ codec_type: kind }) => kind === type);
    return found && { ...found, frames: Number(found.nb_read_frames) };
  };
  return { format, duration: Number(format.duration), video: of('video'), audio: of('audio'), complaints: stderr };
}

/** Decodes all of a file, or its first seconds, and fails if the demuxer or a decoder complains of anything. */
export async function assertDecodes(file, { seconds } = {}) {
  const end = seconds === undefined ? [] : ['-t', String(seconds)];
  const { stderr } = await run(
    'ffmpeg',
    ['-v', 'repeat+warning', '-xerror', ...end, '-i', file, '-f', 'null', '-'],
    options,
  );
  // What has no frame rate gets one at the output: that has complaints of its own, which are not the file's.
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('[null @'));
  assert.deepEqual(complaints, []);
}

/** The packets of a stream (`'v'` or `'a'`): `time` in seconds, and whether it is a key frame. */
export async function packets(file, stream, ...more) {
  const args = ['-v', 'error', ...more, '-select_streams', stream];
  const { stdout } = await run('ffprobe', [...args, '-show_entries', 'packet=pts_time,flags', '-of', 'json', file], {
    ...options,
  });
  return JSON.parse(stdout).packets.map((packet) => ({
    time: Number(packet.pts_time),
    key: packet.flags.startsWith('K'),
  }));
}

/** The sound of a file as samples of 48 kHz, one channel. */
export async function samples(file) {
  const args = ['-v', 'error', '-i', file, '-map', '0:a', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'];
  const { stdout } = await run('ffmpeg', args, { ...options, encoding: 'buffer' });
  return new Float32Array(stdout.buffer, stdout.byteOffset, stdout.byteLength >> 2);
}

/** How loud a frequency is in samples of 48 kHz, from 0 to 1 (Goertzel's algorithm). */
export function loudness(data, frequency) {
  const w = (2 * Math.PI * frequency) / 48_000;
  let [one, two] = [0, 0];
  for (const sample of data) [one, two] = [sample + 2 * Math.cos(w) * one - two, one];
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - 2 * Math.cos(w) * one * two))) / data.length;
}

/** The pictures of a file in grey: `{ width, height, pictures }`. */
export async function pictures(file, { width, height }) {
  const args = [
    '-v',
    'error',
    '-i',
    file,
    '-map',
    '0:v',
    '-vf',
    `scale=${width}:${height}`,
    '-fps_mode',
    'passthrough',
  ];
  const { stdout } = await run('ffmpeg', [...args, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'], {
    ...options,
    encoding: 'buffer',
  });
  const size = width * height;
  return Array.from({ length: stdout.length / size }, (_, index) => stdout.subarray(index * size, (index + 1) * size));
}
