// Pictures that cost an encoder what a camera's cost, with a number that can be read back from them.

const BITS = 16;
/** The lines at the bottom that show the number in blocks. */
const LINES = 48;

/** A few seconds of a moving, noisy picture in I420, made once. */
export function makePictures(width, height, count = 30) {
  const luma = width * height;
  let state = 1;
  const noise = Uint8Array.from({ length: luma + count * 97 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 24) % 24;
  });
  return Array.from({ length: count }, (_, index) => {
    const data = new Uint8Array(luma * 1.5).fill(128);
    for (let y = 0, at = 0; y < height; y++) {
      const row = 40 * Math.sin((y / height) * 9 + index / 5);
      for (let x = 0; x < width; x++, at++) {
        data[at] = 110 + row + 40 * ((((x >> 5) + (y >> 5) + index) & 3) / 3) + noise[at + index * 97];
      }
    }
    return data;
  });
}

/** Writes a number into a picture. */
export function stamp(data, width, height, counter) {
  for (let bit = 0; bit < BITS; bit++) {
    const level = (counter >> (BITS - 1 - bit)) & 1 ? 235 : 16;
    const [from, to] = [bit, bit + 1].map((edge) => Math.floor((edge * width) / BITS));
    for (let y = height - LINES; y < height; y++) data.fill(level, y * width + from, y * width + to);
  }
}

/** Reads the number back from a picture in grey. */
export function readStamp(grey, width, height) {
  const y = height - Math.round((LINES * height) / 720 / 2);
  let counter = 0;
  for (let bit = 0; bit < BITS; bit++) {
    counter = counter * 2 + (grey[y * width + Math.floor(((bit + 0.5) * width) / BITS)] > 125 ? 1 : 0);
  }
  return counter;
}
