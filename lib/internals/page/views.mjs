/** The views of a connection beside its graphs: events, candidates, descriptions, statistics, configuration. */
import { Chart } from './chart.mjs';
import { clock, endpoint, exact, h, pill, roundTrip, short, span } from './dom.mjs';

/** The timeline. */
export class EventsView {
  #list = h('ol.timeline');
  #created = 0;
  #filter = '';
  #count = h('span.faint');
  element;

  constructor() {
    const filter = h('input', {
      type: 'search',
      placeholder: 'Filter, for example candidate',
      'aria-label': 'Filter the events',
      oninput: ({ target }) => this.#setFilter(target.value),
    });
    this.element = h('div.events', null, h('div.tools', null, filter, this.#count), this.#list);
  }

  reset(entries, created) {
    this.#created = created;
    this.#list.replaceChildren(...entries.map((entry) => this.#make(entry)));
    this.#showCount();
  }

  add(entry) {
    this.#list.append(this.#make(entry));
    this.#showCount();
  }

  #make({ time, kind, type, value }) {
    const long = value.length > 160 || value.includes('\n');
    const text = long
      ? h('details', null, h('summary', null, value.split('\n', 1)[0].slice(0, 120)), h('pre', null, value))
      : h('span.value', null, value);
    const item = h(
      `li.${kind}`,
      null,
      h('time', { title: clock(time) }, `+${((time - this.#created) / 1000).toFixed(3)} s`),
      h('span.type', null, type),
      value === '' ? null : text,
    );
    item.dataset.text = `${type} ${value}`.toLowerCase();
    item.hidden = !item.dataset.text.includes(this.#filter);
    return item;
  }

  #setFilter(text) {
    this.#filter = text.trim().toLowerCase();
    for (const item of this.#list.children) item.hidden = !item.dataset.text.includes(this.#filter);
    this.#showCount();
  }

  #showCount() {
    const all = this.#list.children.length;
    const shown = [...this.#list.children].filter((item) => !item.hidden).length;
    this.#count.textContent = shown === all ? `${all} events` : `${shown} of ${all} events`;
  }
}

const table = (head, rows, empty) =>
  rows.length === 0
    ? h('p.empty', null, empty)
    : h(
        'div.scroll',
        null,
        h(
          'table',
          null,
          h('thead', null, h('tr', null, ...head.map((name) => h('th', { scope: 'col' }, name)))),
          h('tbody', null, ...rows),
        ),
      );

const row = (cells, className) => h('tr', { class: className }, ...cells.map((cell) => h('td', null, cell)));

/** Candidates and their pairs. */
export class CandidatesView {
  #history;
  element = h('div.candidates');

  constructor(history) {
    this.#history = history;
  }

  update() {
    const history = this.#history;
    const selected = history.selectedPair;
    const pairs = history.ofType('candidate-pair').map(([id]) => ({ id, ...history.lastOf(id) }));
    pairs.sort((a, b) => (b.id === selected) - (a.id === selected) || (b.priority ?? 0) - (a.priority ?? 0));
    const name = (id) => {
      const candidate = history.lastOf(id);
      return candidate.port === undefined ? '–' : `${candidate.candidateType} ${endpoint(candidate)}`;
    };
    const pairRows = pairs.map((pair) =>
      row(
        [
          pair.id === selected ? pill('selected', 'good') : pill(pair.state ?? '–'),
          name(pair.localCandidateId),
          name(pair.remoteCandidateId),
          roundTrip(pair.currentRoundTripTime),
          short(pair.bytesSent, 'B'),
          short(pair.bytesReceived, 'B'),
          `${exact(pair.responsesReceived)} / ${exact(pair.requestsSent)}`,
        ],
        pair.id === selected ? 'selected' : null,
      ),
    );
    const candidateRows = ['local-candidate', 'remote-candidate'].flatMap((type) =>
      history.ofType(type).map(([id]) => {
        const candidate = history.lastOf(id);
        return row([
          type === 'local-candidate' ? 'local' : 'remote',
          pill(candidate.candidateType ?? '–', 'off'),
          candidate.relayProtocol ? `${candidate.protocol} (relay by ${candidate.relayProtocol})` : candidate.protocol,
          endpoint(candidate),
          candidate.networkType ?? '–',
          exact(candidate.priority),
          candidate.url ?? '–',
        ]);
      }),
    );
    this.element.replaceChildren(
      h('h3', null, 'Pairs'),
      table(
        ['state', 'local', 'remote', 'round trip', 'sent', 'received', 'checks answered'],
        pairRows,
        'No pair has been tried.',
      ),
      h('h3', null, 'Candidates'),
      table(
        ['side', 'type', 'protocol', 'address', 'network', 'priority', 'server'],
        candidateRows,
        'There are no candidates.',
      ),
    );
  }
}

/** The descriptions in force. */
export class DescriptionsView {
  element = h('div.descriptions');
  #shown = '';

  update({ local, remote }) {
    const text = JSON.stringify([local, remote]);
    // What somebody may be selecting is left alone.
    if (text === this.#shown) return;
    this.#shown = text;
    this.element.replaceChildren(this.#make('Local', local), this.#make('Remote', remote));
  }

  #make(title, description) {
    if (description === null)
      return h('section.sdp', null, h('div.heading', null, h('h3', null, title)), h('p.empty', null, 'none'));
    const copy = h(
      'button.button.small',
      { type: 'button', onclick: () => navigator.clipboard?.writeText(description.sdp) },
      'Copy',
    );
    // A session's lines, and those of each media section.
    const parts = description.sdp.trimEnd().split(/\r?\n(?=m=)/);
    return h(
      'section.sdp',
      null,
      h('div.heading', null, h('h3', null, title), pill(description.type, 'off'), copy),
      ...parts.map((part, index) => {
        const [first, ...rest] = part.split(/\r?\n/);
        const mid = /^a=mid:(.*)$/m.exec(part)?.[1];
        const summary = index === 0 ? 'session' : `${first.slice(2)}${mid === undefined ? '' : ` · mid ${mid}`}`;
        return h(
          'details',
          { open: true },
          h('summary', null, summary),
          h('pre', null, ...[first, ...rest].map(sdpLine)),
        );
      }),
    );
  }
}

function sdpLine(line) {
  const [, key, value] = /^(.=(?:[\w-]+:)?)(.*)$/.exec(line) ?? [null, '', line];
  return h('span.line', null, h('span.k', null, key), value, '\n');
}

/** What is looked for most comes first. */
const ORDER = [
  ...['peer-connection', 'transport', 'candidate-pair', 'outbound-rtp', 'remote-inbound-rtp', 'inbound-rtp'],
  ...['remote-outbound-rtp', 'media-source', 'media-playout', 'data-channel', 'codec', 'local-candidate'],
];
/** Numbers that name something, or tell a point in time: a graph of them says nothing, nor do separators in them. */
const isName = (name) =>
  name === 'timestamp' || /^(port|payloadType|dataChannelIdentifier|relayedPort|networkId)$|ssrc$/i.test(name);

const rank = (type) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length);

/** One dictionary: its members, and graphs of those that were clicked. Elements stay while values change. */
class DictionaryCard {
  #history;
  #id;
  #rows = new Map();
  #summary = h('summary');
  #members = h('div.members');
  element = h('details.dictionary', { ontoggle: () => this.update() }, this.#summary, this.#members);

  constructor(history, id) {
    this.#history = history;
    this.#id = id;
  }

  update() {
    const values = this.#history.lastOf(this.#id);
    const { type } = this.#history.dictionaries.get(this.#id);
    const of = [values.kind, values.label, values.mimeType].filter(Boolean).join(' ');
    const heading = JSON.stringify([type, of]);
    if (this.#summary.dataset.heading !== heading) {
      this.#summary.dataset.heading = heading;
      this.#summary.replaceChildren(h('b', null, type), ` ${of}`, h('code', null, this.#id));
    }
    if (!this.element.open) return;
    for (const [name, value] of Object.entries(values)) {
      const row = this.#rows.get(name) ?? this.#make(name, value);
      if (name === 'timestamp') row.value.textContent = clock(value);
      else row.value.textContent = isName(name) ? String(value) : exact(value);
      row.chart?.draw();
    }
  }

  #make(name, value) {
    const numeric = typeof value === 'number' && !isName(name);
    const shown = numeric
      ? h('button.number', { type: 'button', title: 'Draw it', onclick: () => this.#draw(name) })
      : h('span');
    const row = { element: h('div.member', null, h('span.name', null, name), shown), value: shown, chart: null };
    this.#rows.set(name, row);
    this.#members.append(row.element);
    return row;
  }

  #draw(name) {
    const row = this.#rows.get(name);
    if (row.chart === null) {
      const points = () => this.#history.values(this.#id, name);
      row.chart = new Chart(name, [{ name, points }]);
      row.element.append(row.chart.element);
    } else {
      row.chart.element.remove();
      row.chart = null;
    }
    row.element.classList.toggle('drawn', row.chart !== null);
    row.chart?.draw();
  }
}

/** Every dictionary. */
export class StatisticsView {
  #history;
  #cards = new Map();
  element = h('div.statistics');

  constructor(history) {
    this.#history = history;
  }

  /** Another connection is shown. */
  reset() {
    this.#cards.clear();
    this.element.replaceChildren();
  }

  update() {
    const { dictionaries } = this.#history;
    const all = [...dictionaries].sort(([a, { type: s }], [b, { type: t }]) => rank(s) - rank(t) || a.localeCompare(b));
    for (const [id, { element }] of this.#cards) {
      if (dictionaries.has(id)) continue;
      element.remove();
      this.#cards.delete(id);
    }
    for (const [id] of all) {
      if (!this.#cards.has(id)) this.#cards.set(id, new DictionaryCard(this.#history, id));
      this.#cards.get(id).update();
    }
    const order =
      all.length === 0
        ? [h('p.empty', null, 'There are no statistics yet.')]
        : all.map(([id]) => this.#cards.get(id).element);
    if (order.length !== this.element.children.length || order.some((card, i) => this.element.children[i] !== card)) {
      this.element.replaceChildren(...order);
    }
  }
}

/** How the connection was set up, and how long it has been there. */
export class ConfigurationView {
  element = h('div.configuration');

  update(configuration, { created, ended }) {
    const rows = Object.entries(configuration).map(([name, value]) =>
      h(
        'div.member',
        null,
        h('span.name', null, name),
        h('pre', null, typeof value === 'string' ? value : JSON.stringify(value, null, 2)),
      ),
    );
    this.element.replaceChildren(
      h('div.member', null, h('span.name', null, 'created'), h('span', null, clock(created))),
      h(
        'div.member',
        null,
        h('span.name', null, 'ended'),
        h('span', null, ended === null ? '–' : `${clock(ended)}, after ${span(ended - created)}`),
      ),
      ...rows,
    );
  }
}
