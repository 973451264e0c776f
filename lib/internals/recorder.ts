/** Records all connections of this thread. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { activeObjects } from '../lifetime';
import { isConnection, type RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCStats } from '../stats/RTCStatsReport';
import { ConnectionRecord, type Entry } from './record';
import { watch } from './watch';

/** Connections that have ended, which are kept; the oldest go first. */
const MAX_ENDED = 50;

/** What a {@link Recorder} tells. */
export interface RecorderListener {
  /** A connection was made, has changed, or was forgotten. */
  listChanged(): void;
  entry(id: number, entry: Entry): void;
  changed(record: ConnectionRecord): void;
  sample(id: number, time: number, report: RTCStats[]): void;
}

/** Records, from `start()` to `stop()`. */
export class Recorder {
  readonly #samples: number;
  readonly #interval: number;
  readonly #records = new Map<number, ConnectionRecord>();
  readonly #listeners = new Set<RecorderListener>();
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param interval milliseconds between two looks at the statistics
   * @param samples how many of them are kept
   */
  constructor(interval: number, samples: number) {
    this.#interval = interval;
    this.#samples = samples;
  }

  get records(): ReadonlyMap<number, ConnectionRecord> {
    return this.#records;
  }

  listen(listener: RecorderListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Records connections that are there already, from now on, and all that come. */
  start(): void {
    subscribe('node-libwebrtc:RTCPeerConnection', this.#created);
    for (const object of activeObjects()) {
      if (isConnection(object) && object.signalingState !== 'closed') this.#add(object);
    }
    this.#timer = setInterval(() => {
      for (const record of this.#records.values()) void record.sample();
    }, this.#interval);
    // Whoever looks at the process does not keep it from ending.
    this.#timer.unref();
  }

  stop(): void {
    unsubscribe('node-libwebrtc:RTCPeerConnection', this.#created);
    clearInterval(this.#timer);
    for (const record of this.#records.values()) record.stopEventLog();
    this.#records.clear();
  }

  readonly #created = (message: unknown): void => {
    this.#add((message as { connection: RTCPeerConnection }).connection);
  };

  #add(connection: RTCPeerConnection): void {
    this.#lastId += 1;
    const record = new ConnectionRecord(this.#lastId, connection, this.#samples, {
      entry: (of, entry) => {
        for (const listener of this.#listeners) listener.entry(of.id, entry);
      },
      changed: (of) => {
        for (const listener of this.#listeners) listener.changed(of);
      },
      sample: (of, time, report) => {
        for (const listener of this.#listeners) listener.sample(of.id, time, report);
      },
    });
    this.#records.set(record.id, record);
    watch(connection, record);
    this.#forgetEnded();
    for (const listener of this.#listeners) listener.listChanged();
  }

  #forgetEnded(): void {
    const ended = [...this.#records.values()].filter((record) => record.ended !== null);
    for (const record of ended.slice(0, -MAX_ENDED)) this.#records.delete(record.id);
  }
}
