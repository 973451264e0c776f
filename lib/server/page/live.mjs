/** Live sessions: cards with pictures and levels, and the player. */
import { $, element, formatRate, formatTime, request, setMeter, setText, soundIcon } from './dom.mjs';
import { HttpSession } from './rtc.mjs';

/** A picture is asked for so often, if its card can be seen. */
const PICTURE_MILLISECONDS = 10_000;

const cards = new Map();
let mayEnd = false;

const visible = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) target.dataset.visible = isIntersecting;
});

function makeCard(id) {
  const image = element('img', { alt: '', hidden: true });
  const placeholder = element('span', { class: 'placeholder' }, 'Waiting for a picture…');
  const time = element('span', { class: 'badge live' });
  const viewers = element('span', { class: 'badge end' });
  const open = element('button', { type: 'button', class: 'card-open' });
  const meter = element(
    'div',
    { class: 'meter', role: 'meter', 'aria-label': 'Level', 'aria-valuemin': '0', 'aria-valuemax': '100' },
    element('span'),
  );
  const facts = element('p', { class: 'facts' });
  const end = element('button', { type: 'button', class: 'quiet end-session', hidden: true }, 'End');
  const picture = element(
    'div',
    { class: 'thumbnail' },
    placeholder,
    image,
    element('span', { class: 'play', 'aria-hidden': 'true' }),
    time,
    viewers,
  );
  const node = element(
    'li',
    { class: 'card' },
    picture,
    meter,
    element('div', { class: 'card-body' }, element('h3', {}, open), facts),
    end,
  );
  const card = {
    node,
    image,
    placeholder,
    time,
    viewers,
    open,
    meter,
    facts,
    end,
    picturedAt: -PICTURE_MILLISECONDS,
    session: null,
  };
  open.addEventListener('click', () => void watch(card.session));
  end.addEventListener('click', () => {
    if (!confirm(`End “${card.session.name}” for everybody?`)) return;
    request(`/api/live/${id}`, { method: 'DELETE' }).catch((error) => alert(error.message));
  });
  node.dataset.visible = 'true';
  visible.observe(node);
  return card;
}

async function updatePicture(card) {
  const { session, image, placeholder } = card;
  const now = performance.now();
  if (document.hidden || card.node.dataset.visible === 'false' || now - card.picturedAt < PICTURE_MILLISECONDS) return;
  if (session.state !== 'live' || session.codecs.video === null) {
    if (session.codecs.audio !== null && placeholder.childElementCount === 0) {
      placeholder.replaceChildren(soundIcon(), 'Sound only');
    }
    return;
  }
  card.picturedAt = now;
  const response = await fetch(`/api/live/${session.id}/thumbnail`).catch(() => null);
  if (!response?.ok) {
    // Soon again: the first key frame may not be there yet.
    card.picturedAt = now - PICTURE_MILLISECONDS + 1500;
    return;
  }
  const before = image.src;
  image.src = URL.createObjectURL(await response.blob());
  image.hidden = false;
  placeholder.hidden = true;
  if (before) URL.revokeObjectURL(before);
}

function update(card, session) {
  card.session = session;
  const { codecs, width, height } = session;
  setText(card.open, session.name);
  card.open.setAttribute('aria-label', `Watch ${session.name}`);
  setText(card.time, session.state === 'live' ? formatTime(session.duration) : 'connecting');
  card.viewers.hidden = session.viewers === 0;
  setText(card.viewers, `${session.viewers} watching`);
  const facts = [
    width > 0 ? `${width}×${height}` : null,
    [codecs.video, codecs.audio].filter(Boolean).join(' + ') || null,
    session.bitrate > 0 ? formatRate(session.bitrate) : null,
  ].filter(Boolean);
  if (card.facts.childElementCount !== facts.length) card.facts.replaceChildren(...facts.map(() => element('span')));
  facts.forEach((fact, index) => setText(card.facts.children[index], fact));
  card.end.hidden = !mayEnd;
  void updatePicture(card);
}

/** Shows the sessions that there are. */
export function showSessions(sessions) {
  const ids = new Set(sessions.map(({ id }) => id));
  for (const [id, { node, image }] of cards) {
    if (ids.has(id)) continue;
    visible.unobserve(node);
    node.remove();
    if (image.src) URL.revokeObjectURL(image.src);
    cards.delete(id);
  }
  sessions.forEach((session, index) => {
    let card = cards.get(session.id);
    if (!card) cards.set(session.id, (card = makeCard(session.id)));
    update(card, session);
    const list = $('live-list');
    if (list.children[index] !== card.node) list.insertBefore(card.node, list.children[index] ?? null);
  });
  setText($('live-count'), String(sessions.length));
  $('live-empty').hidden = sessions.length > 0;
  if (playing && !ids.has(playing)) closePlayer();
}

export function showLevels(levels) {
  for (const [id, level] of Object.entries(levels)) {
    const card = cards.get(id);
    if (card) setMeter(card.meter, level);
  }
}

export function allowEnding(allowed) {
  mayEnd = allowed;
  for (const card of cards.values()) card.end.hidden = !allowed;
}

// The player, which recordings share.

let whep = null;
let playing = null;

/**
 * Opens it.
 *
 * @param {'video' | 'sound'} kind whether there is something to see
 * @returns the element that plays
 */
export function openPlayer(title, note, kind) {
  setText($('player-title'), title);
  setText($('player-note'), note);
  $('player').dataset.kind = kind;
  if (!$('player').open) $('player').showModal();
  // A player of video hides its controls while it plays.
  return $(kind === 'sound' ? 'player-audio' : 'player-video');
}

export function closePlayer() {
  if ($('player').open) $('player').close();
}

function stopPlaying() {
  whep?.end();
  [whep, playing] = [null, null];
  for (const media of [$('player-video'), $('player-audio')]) {
    media.pause();
    media.onplaying = media.onerror = null;
    media.srcObject = null;
    media.muted = false;
    media.removeAttribute('src');
    media.load();
  }
}

async function watch({ id, name, codecs }) {
  const player = openPlayer(name, 'Connecting…', codecs.video === null ? 'sound' : 'video');
  playing = id;
  try {
    whep = new HttpSession();
    const media = new MediaStream();
    for (const kind of ['audio', 'video']) {
      if (codecs[kind] === null) continue;
      media.addTrack(whep.pc.addTransceiver(kind, { direction: 'recvonly' }).receiver.track);
    }
    whep.onended = () => setText($('player-note'), 'The connection was lost.');
    await whep.begin(`/whep/${encodeURIComponent(id)}`);
    player.srcObject = media;
    player.onplaying = () => setText($('player-note'), 'Live');
    await player.play().catch(() => {
      // Without a click on this page browsers play silent video only.
      player.muted = true;
      return player.play();
    });
  } catch (error) {
    if (playing === id && error.name !== 'AbortError') setText($('player-note'), error.message);
  }
}

export function setUpPlayer() {
  $('player-sound').append(soundIcon());
  $('player-close').addEventListener('click', closePlayer);
  $('player').addEventListener('close', stopPlaying);
  $('player').addEventListener('click', (event) => {
    // Beside the dialog.
    if (event.target === $('player')) closePlayer();
  });
}
