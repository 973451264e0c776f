/**
 * The part of a canvas that tests of media use: rectangles of one colour are drawn, so are the frames of a video, pixels
 * are read and written, and the picture is captured as a track. All in memory, pixel by pixel; nothing is shown.
 */
const names = { black: [0, 0, 0], white: [255, 255, 255], red: [255, 0, 0], green: [0, 128, 0], blue: [0, 0, 255] };

function parseColour(text) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex) return [...hex.slice(1).map((digits) => Number.parseInt(digits, 16)), 255];
  const numbers = /^rgba?\(([^)]*)\)$/.exec(text);
  if (numbers) {
    const [red, green, blue, alpha = 1] = numbers[1].split(/[\s,/]+/).map(Number);
    return [red, green, blue, Math.min(255, Math.round(alpha <= 1 ? alpha * 255 : alpha))];
  }
  return names[text] && [...names[text], 255];
}

/** The pixels of what can be drawn: a canvas, the frame that a video shows, or a frame. */
function pixelsOf(image) {
  if (typeof image.pixels === 'function') return image.pixels();
  if (image instanceof globalThis.VideoFrame) {
    const { width, height } = image.visibleRect;
    const data = new Uint8ClampedArray(4 * width * height);
    // Filled before the promise is given.
    void image.copyTo(data, { format: 'RGBA' });
    return { width, height, data };
  }
  throw new TypeError('This page cannot draw such an image');
}

class Context2D {
  #bitmap;
  #fill = [0, 0, 0, 255];
  #fillStyle = '#000000';

  constructor(canvas, bitmap) {
    this.canvas = canvas;
    this.#bitmap = bitmap;
  }
  get fillStyle() {
    return this.#fillStyle;
  }
  set fillStyle(text) {
    const colour = parseColour(String(text));
    if (!colour) return;
    this.#fill = colour;
    this.#fillStyle = String(text);
  }
  fillRect(x, y, width, height) {
    this.#paint(x, y, width, height, () => this.#fill);
  }
  clearRect(x, y, width, height) {
    this.#paint(x, y, width, height, () => [0, 0, 0, 0]);
  }
  drawImage(image, ...place) {
    const source = pixelsOf(image);
    if (source === null) return;
    const [sx, sy, sw, sh, x, y, width, height] =
      place.length === 8
        ? place
        : [0, 0, source.width, source.height, place[0], place[1], place[2] ?? source.width, place[3] ?? source.height];
    this.#paint(x, y, width, height, (column, row) => {
      const from = 4 * (Math.floor(sy + (row * sh) / height) * source.width + Math.floor(sx + (column * sw) / width));
      return source.data.subarray(from, from + 4);
    });
  }
  getImageData(x, y, width, height) {
    const { width: across, data } = this.#bitmap();
    const part = new Uint8ClampedArray(4 * width * height);
    for (let row = 0; row < height; row++) {
      const from = 4 * ((y + row) * across + x);
      part.set(data.subarray(from, from + 4 * width), 4 * row * width);
    }
    return { width, height, data: part, colorSpace: 'srgb' };
  }
  putImageData({ width, height, data }, x, y) {
    this.#paint(x, y, width, height, (column, row) => {
      const from = 4 * (row * width + column);
      return data.subarray(from, from + 4);
    });
  }
  #paint(x, y, width, height, colour) {
    const bitmap = this.#bitmap();
    const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
    const [right, bottom] = [
      Math.min(bitmap.width, Math.round(x + width)),
      Math.min(bitmap.height, Math.round(y + height)),
    ];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        bitmap.data.set(colour(column - left, row - top), 4 * (row * bitmap.width + column));
      }
    }
    bitmap.changes += 1;
  }
}

/** Of WebGL: filling with a colour. */
class ContextGL {
  COLOR_BUFFER_BIT = 0x4000;
  #bitmap;
  #colour = [0, 0, 0, 0];

  constructor(canvas, bitmap) {
    this.canvas = canvas;
    this.#bitmap = bitmap;
  }
  clearColor(...colour) {
    this.#colour = colour.map((value) => Math.round(255 * value));
  }
  clear(mask) {
    if ((mask & this.COLOR_BUFFER_BIT) === 0) return;
    const bitmap = this.#bitmap();
    new Uint32Array(bitmap.data.buffer).fill(new Uint32Array(new Uint8ClampedArray(this.#colour).buffer)[0]);
    bitmap.changes += 1;
  }
}

const contexts = { '2d': Context2D, webgl: ContextGL };

/** Adds what every canvas has to a class with `width` and `height`. */
export const withBitmap = (Base) =>
  class extends Base {
    #width = 300;
    #height = 150;
    #bitmap = null;
    #context = null;

    get width() {
      return this.#width;
    }
    set width(width) {
      this.#width = Math.trunc(width);
      this.#bitmap = null;
    }
    get height() {
      return this.#height;
    }
    set height(height) {
      this.#height = Math.trunc(height);
      this.#bitmap = null;
    }
    getContext(kind) {
      const Context = contexts[kind];
      if (Context === undefined) return null;
      this.#context ??= new Context(this, () => this.bitmap());
      // A canvas has one context for good.
      return this.#context instanceof Context ? this.#context : null;
    }
    /** Not of the standard: what has been drawn. */
    bitmap() {
      const [width, height] = [this.#width, this.#height];
      return (this.#bitmap ??= { width, height, data: new Uint8ClampedArray(4 * width * height), changes: 0 });
    }
    /** Not of the standard: what `drawImage` draws. */
    pixels() {
      return this.bitmap();
    }
  };

export class OffscreenCanvas extends withBitmap(class {}) {
  constructor(width, height) {
    super();
    this.width = width;
    this.height = height;
  }
}

/** `captureStream`: what has been drawn, 30 times a second as long as it changes, and now and then while it does not. */
export function captureCanvas(canvas) {
  const generator = new globalThis.VideoTrackGenerator();
  const writer = generator.writable.getWriter();
  writer.closed.catch(() => {});
  let seen = null;
  let changes = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    const bitmap = canvas.bitmap();
    const same = bitmap === seen && bitmap.changes === changes;
    if (bitmap.changes === 0 || (same && ++ticks % 10 !== 0)) return;
    [seen, changes] = [bitmap, bitmap.changes];
    writer.write(frameOf(bitmap, Math.round(performance.now() * 1000))).catch(() => clearInterval(timer));
  }, 33);
  return new globalThis.MediaStream([generator.track]);
}

function frameOf({ width, height, data }, timestamp, format = 'RGBA') {
  return new globalThis.VideoFrame(data, { format, codedWidth: width, codedHeight: height, timestamp });
}

/** `VideoFrame` takes a canvas, too. */
export function withCanvas(VideoFrame) {
  const wrapper = new Proxy(VideoFrame, {
    construct(target, [image, init = {}, ...rest], newTarget) {
      const type = newTarget === wrapper ? target : newTarget;
      if (typeof image?.bitmap !== 'function') return Reflect.construct(target, [image, init, ...rest], type);
      if (init.timestamp === undefined) throw new TypeError('A frame of a canvas needs a timestamp');
      const frame = frameOf(image.bitmap(), init.timestamp, init.alpha === 'discard' ? 'RGBX' : 'RGBA');
      const made = Reflect.construct(target, [frame, init], type);
      frame.close();
      return made;
    },
  });
  VideoFrame.prototype.constructor = wrapper;
  return wrapper;
}
