/**
 * A picture that can be recognized after a codec: it moves, it has colours, and its number stands in blocks at the
 * bottom. The page that publishes and the page that watches load this module, too: it imports nothing.
 */

/** Blocks at the bottom: white for a 1, black for a 0, the highest bit first. */
export const BITS = 16;
/** The part of the height that they take. */
const HEIGHT = 1 / 8;

/** Draws picture number `counter`. */
export function draw(context, counter, width, height) {
  const angle = (counter / 90) * 2 * Math.PI;
  const sky = context.createLinearGradient(0, 0, width * Math.cos(angle / 3) ** 2, height);
  sky.addColorStop(0, '#1c2f5c');
  sky.addColorStop(1, '#0d6b74');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);

  context.lineWidth = height / 90;
  context.strokeStyle = '#ffffff30';
  for (let line = 0; line < 12; line++) {
    const x = ((line / 12 + counter / 240) % 1) * width;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x - width / 6, height);
    context.stroke();
  }
  for (const [index, colour] of ['#ff5a52', '#ffc845', '#4fcf8e'].entries()) {
    const turn = angle + (index * 2 * Math.PI) / 3;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(width * (0.5 + 0.3 * Math.cos(turn)), height * (0.45 + 0.25 * Math.sin(turn)), height / 10, 0, 7);
    context.fill();
  }
  context.fillStyle = '#ffffff';
  context.font = `600 ${Math.round(height / 7)}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(String(counter), width / 2, height * 0.45);

  const top = Math.round(height * (1 - HEIGHT));
  for (let bit = 0; bit < BITS; bit++) {
    context.fillStyle = (counter >> (BITS - 1 - bit)) & 1 ? '#ffffff' : '#000000';
    const [left, right] = [bit, bit + 1].map((edge) => Math.round((edge * width) / BITS));
    context.fillRect(left, top, right - left, height - top);
  }
}

/**
 * The number of a picture.
 *
 * @param pixels `stride` bytes for each pixel, of which the first counts
 * @returns the number, or `null` where a block is neither black nor white
 */
export function readCounter(pixels, width, height, stride) {
  const row = Math.floor(height * (1 - HEIGHT / 2));
  let counter = 0;
  for (let bit = 0; bit < BITS; bit++) {
    // The middle of a block, away from what its neighbours' edges smear into it.
    const [from, to] = [0.3, 0.7].map((part) => Math.floor(((bit + part) * width) / BITS));
    let sum = 0;
    for (let x = from; x < to; x++) sum += pixels[(row * width + x) * stride];
    const level = sum / (to - from);
    if (level > 90 && level < 165) return null;
    counter = counter * 2 + (level >= 165 ? 1 : 0);
  }
  return counter;
}
