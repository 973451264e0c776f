/** What is in the recording of somebody who publishes painted pictures with flashes, and beeps. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BEEP_SECONDS, beeps, flash, isFlash } from './flash_beep.mjs';
import { loudness, paint, psnr, readCounter, share } from './media_content.mjs';
import { decodeErrors, probe } from './recording_server.mjs';

const run = promisify(execFile);
const RATE = 48_000;
/** Sound is looked at in steps of so many samples: 2 ms. */
const STEP = 96;
/** A beep belongs to a flash that is not further away, in seconds. */
const NEAR = 0.4;

/** Decodes what is in a file, by the times of the file: `{ time, pixels }`. */
async function decodedPictures(file, width, height, range) {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=best_effort_timestamp_time'],
    ...['-of', 'csv=p=0', file],
  ]);
  const times = stdout
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const { stdout: raw } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', file, '-an', '-vsync', 'passthrough'],
      ...['-vf', `scale=${width}:${height}:in_range=${range}`, '-pix_fmt', 'rgba', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 31 },
  );
  const size = width * height * 4;
  if (raw.length !== size * times.length) throw new Error(`${raw.length / size} pictures, ${times.length} times`);
  return times.map((time, index) => ({ time, pixels: raw.subarray(index * size, (index + 1) * size) }));
}

/** Sound from the time 0 of a file on: where there is none it is silence. */
async function soundByTime(file) {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-copyts', '-i', file, '-vn', '-af', 'aresample=async=1:first_pts=0'],
      ...['-ac', '1', '-ar', String(RATE), '-f', 'f32le', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 30 },
  );
  return new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
}

/**
 * When the beep next to a time begins, in seconds, and how pure its tone is; `undefined` where there is none. Sound that
 * begins, at `start`, in the middle of a beep does not tell when that began, and swells first.
 */
function beepNear(samples, start, time, frequency) {
  const from = Math.max(0, Math.floor((time - NEAR) * RATE));
  const steps = [];
  for (let at = from; at < (time + NEAR) * RATE && at + STEP <= samples.length; at += STEP) {
    steps.push({ at, level: loudness(samples.subarray(at, at + STEP)) });
  }
  const loudest = Math.max(0, ...steps.map(({ level }) => level));
  if (loudest < 0.02) return undefined;
  const first = steps.find(({ level }) => level > loudest / 2);
  if (first.at / RATE < start + BEEP_SECONDS) return undefined;
  // Its middle, away from where it swells and dies away.
  const middle = samples.subarray(first.at + 0.02 * RATE, first.at + 0.07 * RATE);
  return { time: first.at / RATE, purity: share(middle, RATE, frequency) };
}

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

/**
 * Decodes a recording and compares it with what was published.
 *
 * @param options `frequency` of the beeps; `range` of the levels of pictures, as FFmpeg names them, for codecs that do not
 *   tell it: Chromium makes `full` ones out of a canvas
 * @returns what ffprobe says; `complaints` of decoders; `pictures` with their numbers, whether these rise, and the
 *   lowest and the middle PSNR in dB; how many `flashes`; `beeps` with the number of those that were found, how far the beep is behind the flash
 *   in seconds, and the share of its power that is the tone (medians: a publisher without time stumbles over a beep)
 */
export async function judgeRecording(file, { frequency, range = 'auto', width = 320, height = 180 }) {
  const [facts, complaints, pictures, samples] = [
    await probe(file),
    await decodeErrors(file),
    await decodedPictures(file, width, height, range),
    await soundByTime(file),
  ];
  const numbered = pictures.map(({ time, pixels }) => ({ time, pixels, counter: readCounter(pixels, width, height) }));
  const readable = numbered.filter(({ counter }) => counter !== null);
  const similarities = readable.map(({ counter, pixels }) => {
    const expected = paint(counter, width, height);
    flash(expected, counter, width, height);
    return psnr(pixels, expected);
  });
  const start = Number(facts.audio.start_time);
  const flashes = readable.filter(({ counter, pixels }) => beeps(counter) && isFlash(pixels, width, height));
  const found = flashes
    .map(({ time }) => ({ flash: time, beep: beepNear(samples, start, time, frequency) }))
    .filter(({ beep }) => beep !== undefined);
  return {
    ...facts,
    complaints,
    pictures: {
      count: pictures.length,
      unreadable: pictures.length - readable.length,
      // A browser sends a picture again where an encoder has to begin anew and there is no newer one.
      rising:
        readable.every(({ counter }, index) => index === 0 || counter >= readable[index - 1].counter) &&
        new Set(readable.map(({ counter }) => counter)).size >= readable.length * 0.95,
      lowest: Math.min(...similarities),
      middle: median(similarities),
      first: readable[0]?.counter,
      last: readable.at(-1)?.counter,
    },
    flashes: flashes.length,
    beeps: {
      count: found.length,
      offset: found.length === 0 ? Number.NaN : median(found.map(({ flash, beep }) => beep.time - flash)),
      purity: found.length === 0 ? Number.NaN : median(found.map(({ beep }) => beep.purity)),
    },
  };
}
