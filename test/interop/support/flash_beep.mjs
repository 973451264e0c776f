/**
 * A flash and a beep that begin together, once a second: how far apart they are in a recording is how far its sound is
 * from its pictures. Pages of browsers get this same module, so that it must not import anything.
 */

/** Pictures a second. */
export const FRAME_RATE = 15;
/** A flash begins with every picture whose number is a multiple of this. */
const FLASH_EVERY = FRAME_RATE;
/** So many pictures belong to a flash. */
const FLASH_LENGTH = 2;
/** Seconds. */
export const BEEP_SECONDS = 0.1;

/** Where it flashes, in parts of the width and the height. */
const PLACE = { left: 0.5, top: 0.05, right: 0.95, bottom: 0.7 };

/** Makes a part of picture number `counter`, in RGBA, white if the picture belongs to a flash. */
export function flash(pixels, counter, width, height) {
  if (counter % FLASH_EVERY >= FLASH_LENGTH) return;
  const [left, right] = [PLACE.left, PLACE.right].map((part) => Math.round(part * width));
  for (let y = Math.round(PLACE.top * height); y < Math.round(PLACE.bottom * height); y++) {
    pixels.fill(255, (y * width + left) * 4, (y * width + right) * 4);
  }
}

/** Whether a beep begins with picture number `counter`. */
export const beeps = (counter) => counter % FLASH_EVERY === 0;

/** Whether it flashes in a picture in RGBA. */
export function isFlash(pixels, width, height) {
  let [sum, count] = [0, 0];
  for (let v = PLACE.top + 0.05; v < PLACE.bottom - 0.05; v += 0.05) {
    for (let u = PLACE.left + 0.05; u < PLACE.right - 0.05; u += 0.05) {
      sum += pixels[(Math.floor(v * height) * width + Math.floor(u * width)) * 4 + 1];
      count++;
    }
  }
  return sum / count > 215;
}
