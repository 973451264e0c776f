// Known pictures in I420, with their number in blocks of black and white, and how near one is to another.

const BITS = 12;
/** Rows of the number, at the top. */
const ROWS = 16;

export const sizeOf = (width, height) => width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);

/** A picture as a camera might see it: some texture that pans, something in front of it that moves otherwise, and noise. */
function paint(number, width, height) {
  const data = new Uint8Array(sizeOf(width, height));
  let noise = 1;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const u = x + number * 2;
      const wave =
        34 * Math.sin(u / 23) * Math.cos(y / 31) + 26 * Math.sin((u + 2 * y) / 11) + 14 * Math.sin((u - y) / 4.3);
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
      data[at] = 126 + wave + (noise >> 28);
    }
  }
  const left = Math.floor((0.5 + 0.35 * Math.sin(number / 14)) * width * 0.75);
  const top = Math.floor(height * 0.3);
  for (let y = top; y < top + height / 3; y++) {
    data.fill(60 + ((y >> 2) % 8) * 14, y * width + left, y * width + left + width / 5);
  }
  for (let y = 0; y < ROWS; y++) {
    for (let bit = 0; bit < BITS; bit++) {
      const from = Math.floor((bit * width) / BITS);
      const to = Math.floor(((bit + 1) * width) / BITS);
      data.fill((number >> (BITS - 1 - bit)) & 1 ? 220 : 30, y * width + from, y * width + to);
    }
  }
  const chroma = width * height;
  const half = (width / 2) * (height / 2);
  for (let i = 0; i < half; i++) {
    const x = i % (width / 2);
    data[chroma + i] = 128 + 30 * Math.sin((x + number) / 40);
    data[chroma + half + i] = 128 + 30 * Math.cos(i / width / 12);
  }
  return data;
}

/** So many pictures, one after the other, over and over. */
export function film(length, width, height) {
  return Array.from({ length }, (_, number) => paint(number, width, height));
}

/** The number of a picture. */
export function numberOf(data, width) {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const x = Math.floor(((bit + 0.5) * width) / BITS);
    number = number * 2 + (data[(ROWS / 2) * width + x] > 125 ? 1 : 0);
  }
  return number;
}

/** Peak signal-to-noise ratio of the luma, in decibels. */
export function psnr(one, other, width, height) {
  let sum = 0;
  for (let at = 0; at < width * height; at++) sum += (one[at] - other[at]) ** 2;
  return sum === 0 ? 100 : 10 * Math.log10((255 ** 2 * width * height) / sum);
}
