/** Elements, and how numbers and times are written. Text is never taken for markup. */

/**
 * Makes an element.
 *
 * @param {string} tag name, with classes after dots: `div.card.wide`
 * @param {Record<string, unknown> | null} [properties] attributes; `on…` are listeners; null and false leave one out
 * @param {...(Node | string | null | undefined | false)} children
 */
export function h(tag, properties, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** A number with three digits that matter and a prefix: 1.23 M. */
export function short(value, unit = '') {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  let scaled = Math.abs(value);
  let prefix = 0;
  while (scaled >= 1000 && prefix < PREFIXES.length - 1) {
    scaled /= 1000;
    prefix += 1;
  }
  const digits =
    scaled === 0 || (Number.isInteger(scaled) && prefix === 0) ? 0 : scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  const sign = value < 0 ? '−' : '';
  const suffix = `${PREFIXES[prefix]}${unit}`;
  return `${sign}${scaled.toFixed(digits)}${suffix === '' ? '' : ` ${suffix}`}`;
}

/** A round trip, which comes in seconds and whole milliseconds. */
export const roundTrip = (seconds) => (seconds === 0 ? '< 1 ms' : short((seconds ?? NaN) * 1000, 'ms'));

/** A value of a dictionary. */
export function exact(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value)
    ? value.toLocaleString('en-US')
    : value.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** A time of day. */
export function clock(time) {
  const date = new Date(time);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** How long something takes or has taken: 12 s, 3 min 20 s, 2 h 5 min. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An address with its port, an IPv6 one in brackets. */
export const endpoint = ({ address, port }) =>
  address ? `${String(address).includes(':') ? `[${address}]` : address}:${port ?? ''}` : `hidden:${port ?? ''}`;

/** Good, on the way, bad, or over: how a state is coloured. */
export function tone(state) {
  if (['connected', 'completed', 'complete', 'stable', 'succeeded', 'open'].includes(state)) return 'good';
  if (['failed'].includes(state)) return 'bad';
  if (['disconnected', 'checking', 'connecting', 'gathering', 'in-progress', 'waiting'].includes(state)) return 'warn';
  return state.startsWith('have-') ? 'warn' : 'off';
}

export const pill = (text, colour = tone(text), title = undefined) => h(`span.pill.${colour}`, { title }, text);
