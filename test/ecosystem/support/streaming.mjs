/** Bytes through the streams of simple-peer: the same here and in a page. */
import { bytes, digest, joined } from './bytes.mjs';

const CHUNK = 16_384;

/** Writes bytes with the stream's own back-pressure. Gives their digest. */
export async function write(stream, length, seed) {
  const data = bytes(length, seed);
  for (let at = 0; at < length; at += CHUNK) {
    if (!stream.write(data.subarray(at, at + CHUNK))) await new Promise((resolve) => stream.once('drain', resolve));
  }
  return digest(data);
}

/** Collects what comes from now on; `take` waits for so many bytes and gives their digest. */
export function collector(stream) {
  const chunks = [];
  let length = 0;
  let look = () => {};
  stream.on('data', (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    look();
  });
  return {
    async take(wanted) {
      await new Promise((resolve) => {
        look = () => length >= wanted && resolve();
        look();
      });
      length = 0;
      return digest(joined(chunks.splice(0)));
    },
  };
}
