/**
 * The same without Electron: the screen is a picture that this program draws.
 *
 *     node examples/screen-from-electron/main.mjs
 */
import { registerScreen } from './screen.mjs';
import { send } from './send.mjs';

const [width, height, frameRate] = [640, 360, 20];

/** A window in the middle of a desk, and something that moves. */
function draw(count) {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inWindow = x > width / 4 && x < (width * 3) / 4 && y > height / 4 && y < (height * 3) / 4;
      const isPointer = Math.abs(x - ((count * 8) % width)) < 6 && y < 20;
      // Blue, green, red, and nothing.
      data.set(isPointer ? [0, 0, 255, 255] : inWindow ? [40, 200, 40, 255] : [90, 60, 30, 255], (y * width + x) * 4);
    }
  }
  return data;
}

registerScreen('Drawn screen', { width, height, frameRate }, (take) => {
  let count = 0;
  const timer = setInterval(() => take({ data: draw(count++), width, height }), 1000 / frameRate);
  return () => clearInterval(timer);
});

const { label, frames, ...last } = await send({ frames: 20 });
console.log(`${label}: ${frames} frames of ${last.width}×${last.height} have arrived.`);
console.log(`In the middle of the last: red, green and blue are ${last.middle.join(', ')}.`);
