/** What statistics were, over time: a column of values for each member of each dictionary. */
import type { RTCStats } from '../stats/RTCStatsReport';

/** A value that is kept; sequences and records are kept as JSON. */
export type StatsValue = number | string | boolean | null;

/** One dictionary over time. */
export interface DictionaryHistory {
  type: string;
  /** Milliseconds since the epoch, of each sample. */
  times: number[];
  /** Values by member; `null` where a sample did not have it. Each as long as `times`. */
  columns: Record<string, StatsValue[]>;
}

function valueOf(value: unknown): StatsValue {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/** The last samples of a connection's statistics. */
export class StatsHistory {
  readonly #limit: number;
  readonly #dictionaries = new Map<string, DictionaryHistory>();

  /** @param limit samples that are kept of each dictionary */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a report. Dictionaries that have not been seen for as long as samples are kept are forgotten. */
  add(time: number, report: Iterable<RTCStats>): void {
    for (const { id, type, ...members } of report) {
      let history = this.#dictionaries.get(id);
      if (history === undefined) {
        history = { type, times: [], columns: {} };
        this.#dictionaries.set(id, history);
      }
      this.#append(history, time, members);
    }
    for (const [id, { times }] of this.#dictionaries) {
      const oldest = this.#times[0];
      if (oldest !== undefined && times[times.length - 1]! < oldest) this.#dictionaries.delete(id);
    }
    this.#times.push(time);
    if (this.#times.length > this.#limit) this.#times.shift();
  }

  /** Times of all samples. */
  readonly #times: number[] = [];

  #append({ times, columns }: DictionaryHistory, time: number, members: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(members)) {
      const column = (columns[name] ??= new Array<StatsValue>(times.length).fill(null));
      column.push(valueOf(value));
    }
    times.push(time);
    for (const column of Object.values(columns)) {
      if (column.length < times.length) column.push(null);
      if (times.length > this.#limit) column.shift();
    }
    if (times.length > this.#limit) times.shift();
  }

  /** All dictionaries, by identifier. */
  get dictionaries(): ReadonlyMap<string, DictionaryHistory> {
    return this.#dictionaries;
  }
}
