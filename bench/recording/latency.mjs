// How long it takes from a picture to its bytes in the file.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { promisify } from 'node:util';
import { readStamp } from './pictures.mjs';

const run = promisify(execFile);
const [WIDTH, HEIGHT] = [320, 180];

/** Watches a file grow. */
export class GrowthWatch {
  #sizes = [];
  #timer;

  constructor(path) {
    this.#timer = setInterval(() => {
      const { size } = statSync(path);
      if (size > (this.#sizes.at(-1)?.size ?? 0)) {
        this.#sizes.push({ size, at: performance.timeOrigin + performance.now() });
      }
    }, 5);
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** When the file had so many bytes, in milliseconds since the epoch; `undefined` if it had them from the start. */
  when(size) {
    if (size <= this.#sizes[0]?.size) return undefined;
    return this.#sizes.find((entry) => entry.size >= size)?.at;
  }
}

/**
 * The delay of each picture from its being pushed by the publisher (encoding and network included) until the file had
 * all of its bytes, in milliseconds.
 */
export async function delays(path, watch, pushed) {
  const { stdout: text } = await run(
    'ffprobe',
    [
      ...['-v', 'error', '-select_streams', 'v', '-show_packets', '-show_entries', 'packet=pos,size', '-of', 'json'],
      path,
    ],
    { maxBuffer: 2 ** 28 },
  );
  const { packets } = JSON.parse(text);
  const { stdout: grey } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-i', path, '-an', '-vf', `scale=${WIDTH}:${HEIGHT}:flags=area`],
      ...['-vsync', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 31 },
  );
  const all = [];
  for (const [index, { pos, size }] of packets.entries()) {
    const picture = grey.subarray(index * WIDTH * HEIGHT, (index + 1) * WIDTH * HEIGHT);
    if (picture.length < WIDTH * HEIGHT) break;
    const written = watch.when(Number(pos) + Number(size));
    const from = pushed[readStamp(picture, WIDTH, HEIGHT)];
    if (written !== undefined && from !== undefined) all.push(written - from);
  }
  return all.sort((a, b) => a - b);
}
