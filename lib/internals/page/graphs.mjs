/** Which graphs a connection gets: those that tell how it goes. The statistics view has one for every other number. */
import { Chart } from './chart.mjs';
import { endpoint, h, roundTrip, short } from './dom.mjs';
import { lastValue } from './history.mjs';

const BITS = { unit: 'bit/s' };
const MILLISECONDS = { unit: 'ms' };

/** The graphs of one dictionary. Each: title, lines (name and points), options. */
const kinds = {
  transport: (history, id) => [
    [
      'Traffic',
      [
        ['out', () => history.rate(id, 'bytesSent', 8)],
        ['in', () => history.rate(id, 'bytesReceived', 8)],
      ],
      BITS,
    ],
    [
      'Packets',
      [
        ['out', () => history.rate(id, 'packetsSent')],
        ['in', () => history.rate(id, 'packetsReceived')],
      ],
      { unit: '/s' },
    ],
  ],
  'candidate-pair': (history, id) => [
    ['Round trip', [['round trip', () => history.values(id, 'currentRoundTripTime', 1000)]], MILLISECONDS],
    ['Estimate of what can be sent', [['estimate', () => history.values(id, 'availableOutgoingBitrate')]], BITS],
  ],
  'outbound-rtp': (history, id) => {
    const video = history.last(id, 'kind') === 'video';
    return [
      [
        'Bit rate',
        [
          ['sent', () => history.rate(id, 'bytesSent', 8)],
          ['target', () => history.values(id, 'targetBitrate')],
        ],
        BITS,
      ],
      ...(video
        ? [
            ['Frames', [['frames', () => history.rate(id, 'framesEncoded')]], { unit: '/s' }],
            [
              'Encoding a frame',
              [['time', () => history.ratio(id, 'totalEncodeTime', 'framesEncoded', 1000)]],
              MILLISECONDS,
            ],
            ['Quantizer', [['quantizer', () => history.ratio(id, 'qpSum', 'framesEncoded')]]],
          ]
        : [['Packets', [['packets', () => history.rate(id, 'packetsSent')]], { unit: '/s' }]]),
      [
        'Asked for again',
        [
          ['packets', () => history.rate(id, 'nackCount')],
          ['key frames', () => history.rate(id, 'pliCount')],
        ],
        { unit: '/s' },
      ],
    ];
  },
  'inbound-rtp': (history, id) => {
    const video = history.last(id, 'kind') === 'video';
    return [
      ['Bit rate', [['received', () => history.rate(id, 'bytesReceived', 8)]], BITS],
      [
        'Delay',
        [
          ['jitter buffer', () => history.ratio(id, 'jitterBufferDelay', 'jitterBufferEmittedCount', 1000)],
          ['jitter', () => history.values(id, 'jitter', 1000)],
        ],
        MILLISECONDS,
      ],
      ...(video
        ? [
            [
              'Frames',
              [
                ['decoded', () => history.rate(id, 'framesDecoded')],
                ['dropped', () => history.rate(id, 'framesDropped')],
              ],
              { unit: '/s' },
            ],
            [
              'Decoding a frame',
              [['time', () => history.ratio(id, 'totalDecodeTime', 'framesDecoded', 1000)]],
              MILLISECONDS,
            ],
          ]
        : [
            ['Level', [['level', () => history.values(id, 'audioLevel')]]],
            ['Concealed', [['samples', () => history.rate(id, 'concealedSamples')]], { unit: '/s' }],
          ]),
      ['Packets lost', [['lost', () => history.values(id, 'packetsLost')]]],
    ];
  },
  'data-channel': (history, id) => [
    [
      'Bytes',
      [
        ['out', () => history.rate(id, 'bytesSent')],
        ['in', () => history.rate(id, 'bytesReceived')],
      ],
      { unit: 'B/s' },
    ],
    [
      'Messages',
      [
        ['out', () => history.rate(id, 'messagesSent')],
        ['in', () => history.rate(id, 'messagesReceived')],
      ],
      { unit: '/s' },
    ],
  ],
};

/** A heading for a dictionary. */
function titleOf(history, id) {
  const stats = history.lastOf(id);
  const { type } = history.dictionaries.get(id);
  const codec = stats.codecId ? String(history.last(stats.codecId, 'mimeType') ?? '').split('/')[1] : undefined;
  const size = stats.frameWidth ? `${stats.frameWidth}×${stats.frameHeight}` : undefined;
  const way = type === 'inbound-rtp' ? 'in' : 'out';
  switch (type) {
    case 'transport':
      return ['Transport', [stats.dtlsCipher, stats.srtpCipher].filter(Boolean).join(' · ')];
    case 'candidate-pair':
      return ['Route', routeOf(history, id)];
    case 'data-channel':
      return [`Data channel “${stats.label}”`, [stats.protocol, stats.state].filter(Boolean).join(' · ')];
    default:
      return [
        `${stats.kind === 'video' ? 'Video' : 'Audio'} ${way}`,
        [codec, size, stats.rid && `rid ${stats.rid}`, stats.mid && `mid ${stats.mid}`, `ssrc ${stats.ssrc}`]
          .filter(Boolean)
          .join(' · '),
      ];
  }
}

/** A pair of candidates in words. */
export function routeOf(history, id) {
  const { localCandidateId, remoteCandidateId } = history.lastOf(id);
  const [local, remote] = [history.lastOf(localCandidateId), history.lastOf(remoteCandidateId)];
  if (local.port === undefined) return '';
  return `${local.candidateType} ${endpoint(local)} ⇄ ${remote.candidateType ?? ''} ${endpoint(remote)} (${local.relayProtocol ?? local.protocol})`;
}

/** Which dictionaries get graphs now, in the order of the page. */
function chosen(history) {
  const pair = history.selectedPair;
  const sound = (type) => history.ofType(type).map(([id]) => id);
  return [
    ...sound('transport'),
    ...(pair === null ? [] : [pair]),
    ...sound('outbound-rtp'),
    ...sound('inbound-rtp'),
    ...sound('data-channel'),
  ];
}

export class GraphsView {
  #history;
  #sections = new Map();
  element = h('div.graphs');

  constructor(history) {
    this.#history = history;
  }

  /** Another connection is shown. */
  reset() {
    this.#sections.clear();
    this.element.replaceChildren();
  }

  update() {
    const ids = chosen(this.#history);
    for (const [id, { element }] of this.#sections) {
      if (ids.includes(id)) continue;
      element.remove();
      this.#sections.delete(id);
    }
    for (const id of ids) {
      const section = this.#sections.get(id) ?? this.#make(id);
      const [title, detail] = titleOf(this.#history, id);
      section.title.textContent = title;
      section.detail.textContent = detail;
    }
    const order = ids.map((id) => this.#sections.get(id).element);
    if (order.some((element, index) => this.element.children[index] !== element))
      this.element.replaceChildren(...order);
    if (ids.length === 0 && !this.element.querySelector('.empty')) {
      this.element.replaceChildren(
        h('p.empty', null, 'There is nothing to draw yet: graphs come with the first transport.'),
      );
    }
    this.draw();
  }

  draw() {
    for (const { charts } of this.#sections.values()) for (const chart of charts) chart.draw();
  }

  #make(id) {
    const { type } = this.#history.dictionaries.get(id);
    const charts = kinds[type](this.#history, id).map(
      ([title, lines, options]) =>
        new Chart(
          title,
          lines.map(([name, points]) => ({ name, points })),
          options,
        ),
    );
    const [title, detail] = [h('h3'), h('p.faint')];
    const element = h(
      'section.group',
      null,
      h('div.heading', null, title, detail),
      h('div.charts', null, ...charts.map((chart) => chart.element)),
    );
    const section = { element, charts, title, detail };
    this.#sections.set(id, section);
    return section;
  }
}

/** The figures at the top. */
export function figures(history) {
  const sum = (type, name, scale) => {
    const values = history.ofType(type).map(([id]) => lastValue(history.rate(id, name, scale).slice(-2)));
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  const pair = history.selectedPair;
  const lost = history.ofType('inbound-rtp').map(([id]) => history.last(id, 'packetsLost') ?? 0);
  return [
    ['Out', short(sum('transport', 'bytesSent', 8), 'bit/s')],
    ['In', short(sum('transport', 'bytesReceived', 8), 'bit/s')],
    ['Round trip', pair === null ? '–' : roundTrip(history.last(pair, 'currentRoundTripTime'))],
    ['Packets lost', lost.length === 0 ? '–' : String(lost.reduce((total, value) => total + value, 0))],
  ];
}
