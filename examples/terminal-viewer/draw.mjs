/** Pictures as text. A picture is `{ pixels, width, height }`, its pixels RGBA. */

/** From dark to bright. */
const SHADES = ' .:-=+*#%@';

const pixelAt = ({ pixels, width }, x, y) => {
  const at = (y * width + x) * 4;
  return [pixels[at], pixels[at + 1], pixels[at + 2]];
};

/** The picture's point for a place in a grid of columns and rows. */
const sample = (picture, column, columns, row, rows) =>
  pixelAt(
    picture,
    Math.floor(((column + 0.5) * picture.width) / columns),
    Math.floor(((row + 0.5) * picture.height) / rows),
  );

/** In colour: an upper half block is two pixels, its foreground above its background. */
export function colourful(picture, columns) {
  const rows = Math.floor((columns * picture.height) / picture.width / 2) * 2;
  // To the corner, without a cursor.
  let text = '\x1b[H\x1b[?25l';
  for (let row = 0; row < rows; row += 2) {
    for (let column = 0; column < columns; column++) {
      const [r, g, b] = sample(picture, column, columns, row, rows);
      const [R, G, B] = sample(picture, column, columns, row + 1, rows);
      text += `\x1b[38;2;${r};${g};${b}m\x1b[48;2;${R};${G};${B}m▀`;
    }
    text += '\x1b[0m\n';
  }
  return text;
}

/** In shades: a character is about twice as high as it is wide. */
export function plain(picture, columns) {
  const rows = Math.floor((columns * picture.height) / picture.width / 2);
  let text = '';
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [r, g, b] = sample(picture, column, columns, row, rows);
      const brightness = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 256;
      text += SHADES[Math.floor(brightness * SHADES.length)];
    }
    text += '\n';
  }
  return `${text}\n`;
}
