/** The statistics of the connection that is shown, over time, and what can be computed from them. */

/** Columns of values for each member of each dictionary, as the server keeps them. */
export class History {
  #limit = 600;
  #dictionaries = new Map();

  /** Everything anew, from a snapshot. */
  reset(dictionaries, limit) {
    this.#limit = limit;
    this.#dictionaries = new Map(Object.entries(dictionaries));
  }

  /** One more report. */
  add(time, report) {
    for (const { id, type, ...members } of report) {
      let history = this.#dictionaries.get(id);
      if (history === undefined) this.#dictionaries.set(id, (history = { type, times: [], columns: {} }));
      const { times, columns } = history;
      for (const [name, value] of Object.entries(members)) {
        columns[name] ??= new Array(times.length).fill(null);
        columns[name].push(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
      }
      times.push(time);
      for (const column of Object.values(columns)) if (column.length < times.length) column.push(null);
      if (times.length > this.#limit) {
        times.shift();
        for (const column of Object.values(columns)) column.shift();
      }
    }
    const oldest = time - this.#limit * 1500;
    for (const [id, { times }] of this.#dictionaries) if (times.at(-1) < oldest) this.#dictionaries.delete(id);
  }

  get dictionaries() {
    return this.#dictionaries;
  }

  /** Dictionaries of a type, the newest first seen last. */
  ofType(type) {
    return [...this.#dictionaries].filter(([, history]) => history.type === type);
  }

  /** The last value of a member. */
  last(id, name) {
    return this.#dictionaries.get(id)?.columns[name]?.at(-1) ?? null;
  }

  /** The last values of a dictionary. */
  lastOf(id) {
    const columns = this.#dictionaries.get(id)?.columns ?? {};
    return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.at(-1)]));
  }

  /** Points of a member as it is. */
  values(id, name, scale = 1) {
    const { times = [], columns = {} } = this.#dictionaries.get(id) ?? {};
    const column = columns[name] ?? [];
    return times.map((time, index) => [time, typeof column[index] === 'number' ? column[index] * scale : null]);
  }

  /** Points of how fast a counter grows, a second. */
  rate(id, name, scale = 1) {
    return this.#differences(id, (difference, seconds) => (difference(name) * scale) / seconds, [name]);
  }

  /** Points of the growth of one counter by that of another: milliseconds a frame, for example. */
  ratio(id, name, by, scale = 1) {
    return this.#differences(
      id,
      (difference) => {
        const divisor = difference(by);
        return divisor > 0 ? (difference(name) * scale) / divisor : null;
      },
      [name, by],
    );
  }

  #differences(id, compute, names) {
    const { times = [], columns = {} } = this.#dictionaries.get(id) ?? {};
    if (names.some((name) => columns[name] === undefined)) return [];
    const points = [];
    for (let i = 1; i < times.length; i++) {
      const known = names.every(
        (name) => typeof columns[name][i] === 'number' && typeof columns[name][i - 1] === 'number',
      );
      const difference = (name) => columns[name][i] - columns[name][i - 1];
      // Dictionaries have times of their own, which tell better how far apart two values are.
      const own = columns.timestamp;
      const seconds = own === undefined ? (times[i] - times[i - 1]) / 1000 : (own[i] - own[i - 1]) / 1000;
      // A counter that falls has begun anew; a dictionary that was not taken again tells nothing.
      const sound = known && seconds > 0 && names.every((name) => difference(name) >= 0);
      points.push([times[i], sound ? compute(difference, seconds) : null]);
    }
    return points;
  }

  /** The selected pair: of the transport that has one. */
  get selectedPair() {
    for (const [id] of this.ofType('transport')) {
      const pair = this.last(id, 'selectedCandidatePairId');
      if (pair !== null && this.#dictionaries.has(pair)) return pair;
    }
    return null;
  }
}

/** The last point that has a value. */
export function lastValue(points) {
  for (let i = points.length - 1; i >= 0; i--) if (points[i][1] !== null) return points[i][1];
  return null;
}
