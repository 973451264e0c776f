/** Small things that every part of the page needs. */

/** The element of an id. */
export const $ = (id) => document.getElementById(id);

/** A new element: properties (`class` and attributes with `-` as they stand in HTML), then what is in it. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class' || key === 'role' || key.includes('-')) node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children);
  return node;
}

/** What stands in the place of a picture where there is sound only. */
export function soundIcon() {
  const icon = element('span', { class: 'sound-icon', 'aria-hidden': 'true' });
  for (const length of [0.35, 0.75, 1, 0.55, 0.8, 0.4]) {
    const bar = element('span');
    bar.style.setProperty('--length', String(length));
    icon.append(bar);
  }
  return icon;
}

/** Changes a text only where it is another one, so that screen readers and layouts rest. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `1:02:03` or `2:03`. */
export function formatTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function formatBytes(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

export const formatRate = (bits) =>
  bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`;

/** A level, 0 to 1, as the length of a bar: by decibels from -60 on, as ears have it. */
export const meterLength = (level) => (level <= 0.001 ? 0 : Math.max(0, 1 + Math.log10(level) / 3));

export function setMeter(meter, level) {
  const length = meterLength(level);
  meter.style.setProperty('--level', length.toFixed(3));
  meter.setAttribute('aria-valuenow', String(Math.round(length * 100)));
}

/** Sends a request to this server; a response that is no success is an error with what the server says. */
export async function request(path, options) {
  const response = await fetch(path, options);
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail ?? `The server says ${response.status}.`), { status: response.status });
}
