/** Still pictures, made without an image library. */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);

/** A picture as a file. */
export interface StillImage {
  type: 'image/webp' | 'image/png';
  data: Buffer;
}

/**
 * A key frame of VP8 as a WebP file: that is what a (lossy) WebP file is, so that nothing has to be decoded.
 * See the WebP container specification, "Simple File Format (Lossy)".
 */
export function webpOfVp8(keyFrame: Uint8Array): StillImage {
  const padding = keyFrame.length % 2;
  const head = Buffer.alloc(20);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(12 + keyFrame.length + padding, 4);
  head.write('WEBPVP8 ', 8, 'latin1');
  head.writeUInt32LE(keyFrame.length, 16);
  return { type: 'image/webp', data: Buffer.concat([head, keyFrame, Buffer.alloc(padding)]) };
}

/** Pixels in red, green, blue and alpha, made smaller by averages so that the width is `width` at most. */
export function shrink(
  pixels: Uint8Array,
  from: { width: number; height: number },
  width: number,
): { pixels: Uint8Array; width: number; height: number } {
  const step = Math.max(1, Math.ceil(from.width / width));
  const to = { width: Math.floor(from.width / step), height: Math.floor(from.height / step) };
  const small = new Uint8Array(to.width * to.height * 4);
  const area = step * step;
  for (let y = 0, at = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++) {
      let [red, green, blue] = [0, 0, 0];
      for (let dy = 0; dy < step; dy++) {
        let pixel = ((y * step + dy) * from.width + x * step) * 4;
        for (let dx = 0; dx < step; dx++, pixel += 4) {
          red += pixels[pixel]!;
          green += pixels[pixel + 1]!;
          blue += pixels[pixel + 2]!;
        }
      }
      small[at++] = red / area;
      small[at++] = green / area;
      small[at++] = blue / area;
      small[at++] = 255;
    }
  }
  return { pixels: small, ...to };
}

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** Pixels in red, green, blue and alpha as a PNG file without alpha. */
export async function png(pixels: Uint8Array, width: number, height: number): Promise<StillImage> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits of three colours.
  header.set([8, 2, 0, 0, 0], 8);
  // Each row as differences to the pixel on the left, which compresses pictures better than the pixels themselves.
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0, at = 0; y < height; y++) {
    rows[at++] = 1;
    for (let x = 0; x < width; x++) {
      const pixel = (y * width + x) * 4;
      for (let colour = 0; colour < 3; colour++) {
        const left = x === 0 ? 0 : pixels[pixel - 4 + colour]!;
        rows[at++] = pixels[pixel + colour]! - left;
      }
    }
  }
  const data = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', await compress(rows)),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
  return { type: 'image/png', data };
}
