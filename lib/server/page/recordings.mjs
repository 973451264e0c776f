/** Recordings: a list with pictures; playing, downloading, deleting. */
import { $, element, formatBytes, formatTime, request, setText, soundIcon } from './dom.mjs';
import { openPlayer } from './live.mjs';

const PAGE = 30;
const REASONS = {
  'connection-lost': 'connection lost',
  idle: 'no media',
  'max-duration': 'time limit',
  'max-size': 'size limit',
  'max-bitrate': 'rate limit',
  'disk-full': 'disk full',
  'write-error': 'write error',
  'ended-by-administrator': 'ended by an administrator',
  shutdown: 'server stopped',
  interrupted: 'interrupted',
};

/** As people write them. */
const CODECS = { vp8: 'VP8', vp9: 'VP9', av1: 'AV1', h264: 'H.264', opus: 'Opus' };

let shown = PAGE;
let mayDelete = false;

/** The first picture of a file, as soon as its row can be seen: browsers read its head for that, not the file. */
const pictures = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      pictures.unobserve(target);
      target.src = target.dataset.source;
    }
  },
  { rootMargin: '200px' },
);

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

function makePicture(source) {
  const properties = { muted: true, playsInline: true, preload: 'metadata', tabIndex: -1, 'aria-hidden': 'true' };
  const picture = element('video', properties);
  picture.dataset.source = source;
  pictures.observe(picture);
  return picture;
}

function makeRow(recording) {
  const { id, name, file, state, startedAt, duration, size, reason, tracks } = recording;
  const url = `/recordings/${file}`;
  const video = tracks.find(({ kind }) => kind === 'video');
  const last = video?.resolutions?.at(-1);
  const picture = video ? makePicture(`${url}#t=${Math.min(1, duration / 2).toFixed(2)}`) : soundIcon();

  const facts = [
    dateFormat.format(new Date(startedAt)),
    formatBytes(size),
    last ? `${last.width}×${last.height}` : null,
    [...tracks]
      .sort((a) => (a.kind === 'video' ? -1 : 1))
      .map(({ codec }) => CODECS[codec])
      .filter(Boolean)
      .join(' + ') || null,
  ].filter(Boolean);
  const info = element('p', { class: 'facts' }, ...facts.map((fact) => element('span', {}, fact)));
  if (REASONS[reason]) info.append(element('span', { class: 'tag' }, REASONS[reason]));

  const play = element('button', { type: 'button', 'aria-label': `Play ${name}` }, 'Play');
  play.addEventListener('click', () => {
    const player = openPlayer(
      name,
      `${formatTime(duration)} · ${formatBytes(size)} · ${dateFormat.format(new Date(startedAt))}`,
      video ? 'video' : 'sound',
    );
    player.onerror = () => setText($('player-note'), 'This browser cannot play it. Download it to see it elsewhere.');
    player.src = url;
    player.play().catch(() => {});
  });
  const download = element(
    'a',
    { class: 'button quiet', href: `${url}?download`, download: file, 'aria-label': `Download ${name}` },
    'Download',
  );
  const remove = element(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': `Delete ${name}`, hidden: !mayDelete },
    'Delete',
  );
  remove.addEventListener('click', async () => {
    if (!confirm(`Delete the recording “${name}” for good?`)) return;
    await request(`/api/recordings/${id}`, { method: 'DELETE' }).catch((error) => alert(error.message));
  });
  return element(
    'li',
    { class: 'row' },
    element(
      'div',
      { class: 'row-picture' },
      picture,
      element('span', { class: 'badge' }, state === 'recording' ? 'now' : formatTime(duration)),
    ),
    element('div', {}, element('h3', {}, name), info),
    element('div', { class: 'row-actions' }, play, download, remove),
  );
}

const rows = new Map();

/** Asks for the list and shows it; rows that stay the same stay. */
export async function showRecordings() {
  const response = await request(`/api/recordings?limit=${shown}`);
  const { total, recordings } = await response.json();
  const finished = recordings.filter(({ state }) => state !== 'recording');
  const list = finished.map((recording) => {
    const key = JSON.stringify([recording.id, recording.state, recording.size]);
    const known = rows.get(recording.id);
    if (known?.key === key) return known.node;
    const node = makeRow(recording);
    rows.set(recording.id, { key, node });
    return node;
  });
  const container = $('recordings-list');
  list.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
  while (container.children.length > list.length) container.lastChild.remove();
  for (const id of rows.keys()) if (!finished.some((recording) => recording.id === id)) rows.delete(id);
  setText($('recordings-count'), String(total - (recordings.length - finished.length)));
  $('recordings-empty').hidden = finished.length > 0;
  $('more').hidden = total <= shown;
}

export function allowDeleting(allowed) {
  if (mayDelete === allowed) return;
  mayDelete = allowed;
  rows.clear();
  $('recordings-list').replaceChildren();
}

export function setUpRecordings() {
  $('more').addEventListener('click', () => {
    shown += PAGE;
    void showRecordings().catch(() => {});
  });
}
