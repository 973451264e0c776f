/** A line chart over time, drawn on a canvas in the page's colours. */
import { clock, h, short } from './dom.mjs';
import { lastValue } from './history.mjs';

const PADDING = { top: 8, right: 10, bottom: 20, left: 46 };
const HEIGHT = 132;
/** Milliseconds that are shown, of what there is. */
const WINDOW = { least: 30_000, most: 120_000 };

/** A number of 1, 2 or 5 times a power of ten, at least `value`. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = value / power;
  return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power;
}

/** A number at the axis: round, so that zeros behind the point tell nothing. */
const tick = (value) => short(value).replace(/\.?0+(?=$| )/, (zeros, at, text) => (text.includes('.') ? '' : zeros));

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {() => [number, number | null][]} points
 */

export class Chart {
  #lines;
  #unit;
  #canvas = h('canvas', { height: HEIGHT, role: 'img' });
  #now = h('span.now');
  #legend = h('div.legend');
  #tip = h('div.tip', { hidden: true });
  #hover = null;
  #drawn = [];
  #window = WINDOW.least;
  /** The card to be put into the page. */
  element;

  /**
   * @param {string} title
   * @param {Line[]} lines
   * @param {{unit?: string}} [options]
   */
  constructor(title, lines, { unit = '' } = {}) {
    this.#lines = lines;
    this.#unit = unit;
    this.#canvas.setAttribute('aria-label', title);
    const box = h('div.plot', null, this.#canvas, this.#tip);
    box.addEventListener('pointermove', (event) => this.#point(event));
    box.addEventListener('pointerleave', () => this.#leave());
    this.element = h(
      'figure.chart',
      null,
      h('figcaption', null, h('span.title', null, title, ...(unit ? [h('span.unit', null, unit)] : [])), this.#now),
      box,
      this.#legend,
    );
  }

  #point({ clientX }) {
    this.#hover = clientX - this.#canvas.getBoundingClientRect().left;
    this.draw();
  }

  #leave() {
    this.#hover = null;
    this.#tip.hidden = true;
    this.draw();
  }

  /** Draws what is known now. A chart that is not in the page draws nothing. */
  draw() {
    const width = this.#canvas.clientWidth;
    if (width === 0) return;
    this.#drawn = this.#lines.map(({ points }) => points());
    const end = Math.max(0, ...this.#drawn.map((points) => points.at(-1)?.[0] ?? 0));
    const first = Math.min(end, ...this.#drawn.map((points) => points[0]?.[0] ?? end));
    this.#window = Math.min(WINDOW.most, Math.max(WINDOW.least, end - first));
    const start = end - this.#window;
    this.#drawn = this.#drawn.map((points) => points.filter(([time]) => time >= start));
    this.#write();

    const scale = devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(HEIGHT * scale);
    const context = this.#canvas.getContext('2d');
    context.scale(scale, scale);
    context.clearRect(0, 0, width, HEIGHT);
    const style = getComputedStyle(this.#canvas);
    const colour = (name) => style.getPropertyValue(name).trim();

    const values = this.#drawn.flatMap((points) => points.map(([, value]) => value).filter((value) => value !== null));
    const top = nice(Math.max(...values, 0) || 1);
    const inner = { width: width - PADDING.left - PADDING.right, height: HEIGHT - PADDING.top - PADDING.bottom };
    const x = (time) => PADDING.left + ((time - start) / this.#window) * inner.width;
    const y = (value) => PADDING.top + (1 - value / top) * inner.height;

    this.#grid(context, { colour, top, x, y, end, width });
    this.#drawn.forEach((points, index) => {
      drawLine(context, points, {
        x,
        y,
        colour: colour(`--line-${(index % 4) + 1}`),
        floor: y(0),
        filled: this.#drawn.length === 1,
      });
    });
    if (this.#hover !== null) this.#cross(context, { colour, x, y, start, inner, width });
  }

  #write() {
    const multiple = this.#lines.length > 1;
    this.#now.textContent = multiple ? '' : short(lastValue(this.#drawn[0] ?? []), this.#unit);
    this.#legend.replaceChildren(
      ...(multiple
        ? this.#lines.map(({ name }, index) =>
            h(
              `span.key.line-${(index % 4) + 1}`,
              null,
              name,
              h('b', null, short(lastValue(this.#drawn[index]), this.#unit)),
            ),
          )
        : []),
    );
    this.#legend.hidden = !multiple;
  }

  #grid(context, { colour, top, x, y, end, width }) {
    context.font = '11px system-ui, sans-serif';
    context.lineWidth = 1;
    context.strokeStyle = colour('--grid');
    context.fillStyle = colour('--faint');
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (const part of [0, 0.5, 1]) {
      const at = Math.round(y(top * part)) + 0.5;
      context.beginPath();
      context.moveTo(PADDING.left, at);
      context.lineTo(width - PADDING.right, at);
      context.stroke();
      context.fillText(tick(top * part), PADDING.left - 6, at);
    }
    context.textBaseline = 'alphabetic';
    for (const [part, align] of [
      [1, 'left'],
      [0.5, 'center'],
      [0, 'right'],
    ]) {
      context.textAlign = align;
      const ago = this.#window * part;
      context.fillText(part === 0 ? 'now' : `−${Math.round(ago / 1000)} s`, x(end - ago), HEIGHT - 5);
    }
  }

  #cross(context, { colour, x, start, inner, width }) {
    const time = start + ((this.#hover - PADDING.left) / inner.width) * this.#window;
    const rows = [];
    let at = null;
    this.#drawn.forEach((points, index) => {
      const nearest = points.reduce(
        (best, point) => (best === null || Math.abs(point[0] - time) < Math.abs(best[0] - time) ? point : best),
        null,
      );
      if (nearest === null) return;
      at ??= nearest[0];
      rows.push(
        h(
          `span.key.line-${(index % 4) + 1}`,
          null,
          this.#lines[index].name,
          h('b', null, short(nearest[1], this.#unit)),
        ),
      );
    });
    this.#tip.hidden = at === null;
    if (at === null) return;
    context.strokeStyle = colour('--faint');
    context.beginPath();
    context.moveTo(Math.round(x(at)) + 0.5, PADDING.top);
    context.lineTo(Math.round(x(at)) + 0.5, HEIGHT - PADDING.bottom);
    context.stroke();
    this.#tip.replaceChildren(h('span.when', null, clock(at)), ...rows);
    const right = x(at) > width / 2;
    this.#tip.style.left = right ? '' : `${x(at) + 10}px`;
    this.#tip.style.right = right ? `${width - x(at) + 10}px` : '';
  }
}

function drawLine(context, points, { x, y, colour, floor, filled }) {
  context.strokeStyle = colour;
  context.lineWidth = 1.75;
  context.lineJoin = 'round';
  // Gaps stay gaps.
  const pieces = [[]];
  for (const [time, value] of points) {
    if (value === null) pieces.push([]);
    else pieces.at(-1).push([x(time), y(value)]);
  }
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    context.beginPath();
    piece.forEach(([px, py], index) => (index === 0 ? context.moveTo(px, py) : context.lineTo(px, py)));
    if (piece.length === 1) context.arc(piece[0][0], piece[0][1], 1, 0, 2 * Math.PI);
    context.stroke();
    if (!filled) continue;
    context.lineTo(piece.at(-1)[0], floor);
    context.lineTo(piece[0][0], floor);
    context.globalAlpha = 0.1;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
}
