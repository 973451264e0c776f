// Whether a recording of publishers.mjs is what was published: by its side-car, by ffprobe, and by decoding all of it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readStamp } from './pictures.mjs';

const run = promisify(execFile);
const [WIDTH, HEIGHT] = [320, 180];
const RATE = 48_000;
/** The tones of the publishers' microphone. */
const TONES = [440, 313];

/** What is said of the file; FFmpeg complains of its own output as well, where two pictures came in one millisecond. */
const complaintsOf = (stderr) =>
  stderr
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('[rawvideo @'));

/** Decodes the pictures: their numbers, and what the decoder complains about. */
async function decodePictures(file) {
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', file, '-an', '-vf', `scale=${WIDTH}:${HEIGHT}:flags=area`],
      ...['-vsync', 'passthrough', '-enc_time_base', '-1', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 31 },
  );
  const size = WIDTH * HEIGHT;
  const numbers = Array.from({ length: Math.floor(stdout.length / size) }, (_, index) =>
    readStamp(stdout.subarray(index * size, (index + 1) * size), WIDTH, HEIGHT),
  );
  return { numbers, complaints: complaintsOf(stderr) };
}

/** The power of one frequency, as a share of all (Goertzel's algorithm). */
function share(samples, frequency) {
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / RATE);
  let [one, two, all] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + factor * one - two, one];
    all += sample ** 2;
  }
  return all === 0 ? 0 : (one ** 2 + two ** 2 - factor * one * two) / ((all * samples.length) / 2);
}

/** Decodes the sound: its length in seconds, and the part of its half seconds that are the tones and nothing else. */
async function decodeSound(file) {
  const { stdout, stderr } = await run(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-i', file, '-vn', '-ac', '1', '-ar', String(RATE), '-f', 'f32le', '-'],
    { encoding: 'buffer', maxBuffer: 2 ** 31 },
  );
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
  const length = RATE / 2;
  let [pure, all] = [0, 0];
  for (let at = 0; at + length <= samples.length; at += length) {
    const part = samples.subarray(at, at + length);
    all++;
    if (TONES.reduce((sum, tone) => sum + share(part, tone), 0) > 0.9) pure++;
  }
  return { seconds: samples.length / RATE, purity: all === 0 ? 0 : pure / all, complaints: complaintsOf(stderr) };
}

/**
 * Looks at one recording.
 *
 * @param {string} directory of the recordings
 * @param {string} id of the recording
 * @param {{ seconds: number, codec: string, width: number, height: number }} expected
 * @returns the side-car, the numbers of the pictures; in words, `faults`: what is wrong with the file, and `shortfalls`: what
 *   did not come, or not in time, as happens on a machine that is too busy
 */
export async function checkRecording(directory, id, { seconds, codec, width, height }) {
  const info = JSON.parse(await readFile(join(directory, `${id}.json`), 'utf8'));
  const file = join(directory, info.file);
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-count_packets', file],
  ]);
  const { format, streams } = JSON.parse(stdout);
  const of = (kind) => streams.find(({ codec_type: type }) => type === kind);
  const [video, audio] = [of('video'), of('audio')];
  const [pictures, sound] = [await decodePictures(file), await decodeSound(file)];
  const { numbers } = pictures;
  const duration = Number(format.duration);

  const [faults, shortfalls] = [[], []];
  const expect = (holds, what) => holds || faults.push(what);
  const hope = (holds, what) => holds || shortfalls.push(what);
  expect(info.state === 'finished' && info.reason === 'publisher-left', `ended as ${info.state}, ${info.reason}`);
  expect(info.error === null, `error: ${info.error}`);
  expect(info.statistics.framesDecoded === 0, `the server decoded ${info.statistics.framesDecoded} pictures`);
  for (const track of info.tracks) {
    expect(track.mode === 'passthrough', `${track.kind} was ${track.mode}`);
    hope(track.gaps === 0, `${track.gaps} gaps in ${track.kind}`);
    hope(track.dropped === 0, `${track.dropped} of ${track.kind} dropped`);
  }
  expect(video?.codec_name === codec && audio?.codec_name === 'opus', `${video?.codec_name} and ${audio?.codec_name}`);
  // A header that had to be written before the first picture came does not know its size.
  hope(video?.width === width && video?.height === height, `${video?.width}×${video?.height} in the header`);
  expect(Number(format.size) === info.size, `${format.size} bytes, ${info.size} by the side-car`);
  expect(duration >= seconds && Math.abs(duration - info.duration) < 0.5, `${duration} s, ${info.duration} s`);
  expect(pictures.complaints.length === 0, `pictures: ${pictures.complaints[0]}`);
  expect(sound.complaints.length === 0, `sound: ${sound.complaints[0]}`);
  expect(
    numbers.length === Number(video?.nb_read_packets),
    `${numbers.length} pictures, ${video?.nb_read_packets} packets`,
  );
  expect(
    numbers.every((number, index) => index === 0 || number > numbers[index - 1]),
    'the numbers of the pictures do not only rise',
  );
  // Sound that is missing is no silence when it is decoded: the ends of a gap meet.
  const whole = info.tracks.every(({ kind, gaps, dropped }) => kind !== 'audio' || gaps + dropped === 0);
  const heard = whole ? expect : hope;
  heard(Math.abs(sound.seconds - duration) < 0.75, `${sound.seconds} s of sound in ${duration} s`);
  heard(sound.purity === 1, `the tone is ${(sound.purity * 100).toFixed(1)} % of the sound`);
  return { info, duration, numbers, faults, shortfalls };
}

/**
 * What is missing in recordings of one source: pictures that others have, between the first and the last of each.
 *
 * @param {number[][]} recordings the numbers of the pictures of each
 */
export function missingPictures(recordings) {
  const sent = [...new Set(recordings.flat())].sort((one, other) => one - other);
  return recordings.map((numbers) => {
    const own = new Set(numbers);
    return sent.filter((number) => number > numbers[0] && number < numbers.at(-1) && !own.has(number)).length;
  });
}
