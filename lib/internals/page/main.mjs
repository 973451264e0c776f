/** The page: which connections there are, and everything of the one that is chosen. */
import { h, pill, span } from './dom.mjs';
import { figures, GraphsView, routeOf } from './graphs.mjs';
import { History } from './history.mjs';
import { CandidatesView, ConfigurationView, DescriptionsView, EventsView, StatisticsView } from './views.mjs';

const TABS = ['Graphs', 'Events', 'Candidates', 'Descriptions', 'Statistics', 'Configuration'];

const list = document.querySelector('#connections');
const main = document.querySelector('#main');
const live = document.querySelector('#live');

const history = new History();
const views = {
  Graphs: new GraphsView(history),
  Events: new EventsView(),
  Candidates: new CandidatesView(history),
  Descriptions: new DescriptionsView(),
  Statistics: new StatisticsView(history),
  Configuration: new ConfigurationView(),
};

/** What is known. */
const state = {
  process: null,
  connections: [],
  /** The id of the connection that is shown; in the address, so that a page that is loaded again shows it. */
  selected: Number(/^#(\d+)/.exec(location.hash)?.[1]) || null,
  tab: TABS.find((name) => name.toLowerCase() === location.hash.split('/')[1]) ?? TABS[0],
  snapshot: null,
};

let source = null;

/** Opens the stream for the connection that is selected. */
function connect() {
  source?.close();
  source = new EventSource(`stream?connection=${state.selected ?? 0}`);
  const on = (type, take) => source.addEventListener(type, ({ data }) => take(JSON.parse(data)));
  source.onopen = () => setLive('live');
  source.onerror = () => setLive('gone');
  on('process', showProcess);
  on('connections', showConnections);
  on('snapshot', showSnapshot);
  on('entry', (entry) => views.Events.add(entry));
  on('descriptions', (descriptions) => {
    state.snapshot.descriptions = descriptions;
    views.Descriptions.update(descriptions);
  });
  on('sample', ({ time, report }) => {
    history.add(time, report);
    updateViews();
  });
}

function setLive(what) {
  live.textContent = what === 'live' ? 'live' : 'disconnected';
  live.className = `live ${what === 'live' ? 'on' : 'gone'}`;
}

function showProcess(process) {
  state.process = process;
  const { pid, title, runtime, version, libwebrtc } = process;
  const name = title.split('/').pop();
  const text = `${name} · pid ${pid} · ${runtime} · node-libwebrtc ${version} (libwebrtc M${libwebrtc})`;
  document.querySelector('#process').textContent = text;
  document.title = `${name} – WebRTC internals`;
}

function showConnections(connections) {
  state.connections = connections;
  const there = connections.some(({ id }) => id === state.selected);
  if (!there) {
    const newest = connections.findLast(({ ended }) => ended === null) ?? connections.at(-1);
    if (newest !== undefined) {
      select(newest.id);
      return;
    }
    state.selected = null;
    main.replaceChildren(
      h(
        'div.nothing',
        null,
        h('h2', null, 'No connections yet'),
        h('p', null, 'Each RTCPeerConnection of this process appears here as soon as it is made.'),
      ),
    );
  }
  // What is the same stays, so that nobody's click or focus is lost.
  const key = JSON.stringify([connections, state.selected]);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(
    h('h2', null, `Connections`, h('span.count', null, String(connections.length))),
    ...connections.toReversed().map((connection) => {
      const { id, created, ended, kinds, states } = connection;
      const state_ = ended === null ? states.connection : 'closed';
      return h(
        'button.connection',
        { type: 'button', 'aria-current': id === state.selected ? 'true' : null, onclick: () => select(id) },
        h('span.title', null, `Connection ${id}`, pill(state_)),
        h(
          'span.faint',
          null,
          [kinds.join(', ') || 'nothing negotiated', new Date(created).toLocaleTimeString('en-GB')].join(' · '),
        ),
      );
    }),
  );
  list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  showHead();
}

function select(id) {
  state.selected = id;
  state.snapshot = null;
  setHash();
  connect();
}

function setHash() {
  location.replace(`#${state.selected}/${state.tab.toLowerCase()}`);
}

function showSnapshot(snapshot) {
  state.snapshot = snapshot;
  history.reset(snapshot.stats, state.process?.samples ?? 600);
  const { summary, entries, descriptions, configuration } = snapshot;
  views.Events.reset(entries, summary.created);
  views.Graphs.reset();
  views.Statistics.reset();
  views.Descriptions.update(descriptions);
  views.Configuration.update(configuration, summary);
  main.replaceChildren(
    h('div.head', { id: 'head' }),
    h('div.figures', { id: 'figures' }),
    tabs(),
    h('div.view', { id: 'view', role: 'tabpanel' }),
  );
  showHead();
  showView();
}

function tabs() {
  return h(
    'div.tabs',
    { role: 'tablist' },
    ...TABS.map((name) =>
      h(
        'button.tab',
        {
          type: 'button',
          role: 'tab',
          'aria-selected': String(name === state.tab),
          onclick: ({ target }) => {
            state.tab = name;
            setHash();
            for (const tab of target.parentElement.children) tab.setAttribute('aria-selected', String(tab === target));
            showView();
          },
        },
        name,
      ),
    ),
  );
}

function showHead() {
  const head = document.querySelector('#head');
  const summary = state.connections.find(({ id }) => id === state.selected);
  if (head === null || summary === undefined) return;
  const { id, created, ended, states, eventLog } = summary;
  const pair = history.selectedPair;
  const detail = pair === null ? `for ${span((ended ?? Date.now()) - created)}` : routeOf(history, pair);
  const key = JSON.stringify([id, ended, states, eventLog, detail]);
  if (head.dataset.key === key) return;
  head.dataset.key = key;
  head.replaceChildren(
    h('div.title', null, h('h2', null, `Connection ${id}`), h('p.faint', null, detail)),
    h(
      'dl.states',
      null,
      ...Object.entries({
        connection: ended === null ? states.connection : 'closed',
        ICE: states.iceConnection,
        gathering: states.iceGathering,
        signaling: states.signaling,
      }).flatMap(([name, value]) => [h('dt', null, name), h('dd', null, pill(value))]),
    ),
    h(
      'div.log',
      null,
      ended === null || eventLog.running
        ? h(
            'button.button',
            { type: 'button', onclick: () => switchLog(id, eventLog.running ? 'stop' : 'start') },
            eventLog.running ? 'Stop event log' : 'Start event log',
          )
        : null,
      eventLog.available && !eventLog.running
        ? h('a.button', { href: `event-log/${id}`, download: `event_log_${id}.log` }, 'Download event log')
        : null,
      eventLog.running ? h('span.recording', null, 'recording') : null,
    ),
  );
}

async function switchLog(id, action) {
  const response = await fetch(`event-log/${id}/${action}`, { method: 'POST', headers: { 'x-internals': '1' } });
  if (!response.ok)
    views.Events.add({ time: Date.now(), kind: 'failure', type: `event log ${action}`, value: await response.text() });
}

function showView() {
  const place = document.querySelector('#view');
  if (place === null) return;
  place.replaceChildren(views[state.tab].element);
  updateViews();
}

/** What depends on statistics; only what is seen is done. */
function updateViews() {
  const place = document.querySelector('#figures');
  if (place === null) return;
  place.replaceChildren(
    ...figures(history).map(([name, value]) => h('div.figure', null, h('span.name', null, name), h('b', null, value))),
  );
  if (['Graphs', 'Candidates', 'Statistics'].includes(state.tab)) views[state.tab].update();
  showHead();
}

addEventListener('resize', () => views.Graphs.draw());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => views.Graphs.draw());
connect();
