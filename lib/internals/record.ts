/** What is known of one connection: its calls, events, states, descriptions and statistics. */
import { startEventLog, stopEventLog } from '../event_log';
import type { RTCConfiguration } from '../peerconnection/configuration';
import type { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCStats } from '../stats/RTCStatsReport';
import { StatsHistory, type DictionaryHistory } from './stats_history';

/** What an entry of the timeline is. */
export type EntryKind = 'call' | 'success' | 'failure' | 'event' | 'state';

/** An entry of the timeline. */
export interface Entry {
  /** Milliseconds since the epoch. */
  time: number;
  kind: EntryKind;
  /** As Chromium's `chrome://webrtc-internals` names it. */
  type: string;
  value: string;
}

/** The states of a connection. */
export interface States {
  connection: string;
  iceConnection: string;
  iceGathering: string;
  signaling: string;
}

/** A connection in the list of all. */
export interface Summary {
  id: number;
  /** Milliseconds since the epoch. */
  created: number;
  /** When it was closed, or collected as garbage; `null` while it is there. */
  ended: number | null;
  states: States;
  /** What it carries. */
  kinds: string[];
  /** Whether its event log is on, and whether there is a file to download. */
  eventLog: { running: boolean; available: boolean };
}

/** A description in force. */
export interface DescriptionView {
  type: string;
  sdp: string;
}

/** Everything of a connection but what comes later. */
export interface Snapshot {
  summary: Summary;
  configuration: RTCConfiguration;
  entries: Entry[];
  descriptions: { local: DescriptionView | null; remote: DescriptionView | null };
  stats: Record<string, DictionaryHistory>;
}

/** Entries that are kept of a connection; the oldest go first. */
const MAX_ENTRIES = 5000;

/** What whoever watches a record is told. */
export interface RecordListener {
  entry(record: ConnectionRecord, entry: Entry): void;
  /** The summary has changed. */
  changed(record: ConnectionRecord): void;
  sample(record: ConnectionRecord, time: number, report: RTCStats[]): void;
}

/** The configuration without what nobody needs to see. */
export function withoutSecrets(configuration: RTCConfiguration): RTCConfiguration {
  const { iceServers = [], ...others } = configuration;
  return {
    ...others,
    iceServers: iceServers.map(({ urls, username }) => ({ urls, ...(username === undefined ? {} : { username }) })),
  };
}

/** The record of one connection, which it does not keep alive. */
export class ConnectionRecord {
  readonly id: number;
  readonly created = Date.now();
  readonly configuration: RTCConfiguration;
  readonly #connection: WeakRef<RTCPeerConnection>;
  readonly #listener: RecordListener;
  readonly #entries: Entry[] = [];
  readonly #stats: StatsHistory;
  #states: States;
  #kinds: string[] = [];
  #ended: number | null = null;
  #descriptions: Snapshot['descriptions'] = { local: null, remote: null };
  #logFile: string | null = null;
  #logRunning = false;
  #sampling = false;

  constructor(id: number, connection: RTCPeerConnection, samples: number, listener: RecordListener) {
    this.id = id;
    this.#connection = new WeakRef(connection);
    this.#listener = listener;
    this.#stats = new StatsHistory(samples);
    this.configuration = withoutSecrets(connection.getConfiguration());
    this.#states = statesOf(connection);
  }

  get ended(): number | null {
    return this.#ended;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get stats(): ReadonlyMap<string, DictionaryHistory> {
    return this.#stats.dictionaries;
  }

  /** The event log's file, once there is one. */
  get logFile(): string | null {
    return this.#logFile;
  }

  get summary(): Summary {
    const { id, created } = this;
    return {
      id,
      created,
      ended: this.#ended,
      states: this.#states,
      kinds: this.#kinds,
      eventLog: { running: this.#logRunning, available: this.#logFile !== null },
    };
  }

  get snapshot(): Snapshot {
    this.#refresh();
    return {
      summary: this.summary,
      configuration: this.configuration,
      entries: this.#entries,
      descriptions: this.#descriptions,
      stats: Object.fromEntries(this.stats),
    };
  }

  /** Adds an entry to the timeline. */
  add(kind: EntryKind, type: string, value = ''): void {
    const entry: Entry = { time: Date.now(), kind, type, value };
    this.#entries.push(entry);
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    this.#listener.entry(this, entry);
  }

  /** Looks at the connection's states again. */
  update(): void {
    this.#refresh();
    this.#listener.changed(this);
  }

  #refresh(): void {
    const connection = this.#connection.deref();
    if (connection === undefined) {
      this.#ended ??= Date.now();
      return;
    }
    this.#states = statesOf(connection);
    this.#kinds = kindsOf(connection);
    const { localDescription: local, remoteDescription: remote } = connection;
    this.#descriptions = { local: local?.toJSON() ?? null, remote: remote?.toJSON() ?? null };
    if (connection.signalingState !== 'closed') return;
    this.#ended ??= Date.now();
    this.#logRunning = false;
  }

  /** Takes the statistics of now. Nothing happens while the last ones are still awaited, or when it has ended. */
  async sample(): Promise<void> {
    if (this.#ended !== null || this.#sampling) return;
    const connection = this.#connection.deref();
    if (connection === undefined) {
      this.update();
      return;
    }
    this.#sampling = true;
    try {
      const report = [...(await connection.getStats()).values()];
      const time = Date.now();
      this.#stats.add(time, report);
      this.#listener.sample(this, time, report);
    } finally {
      this.#sampling = false;
    }
  }

  /**
   * Starts the connection's event log.
   *
   * @throws DOMException `InvalidStateError` when the connection has ended or its log is on
   */
  startEventLog(path: string): void {
    const connection = this.#connection.deref();
    if (connection === undefined || this.#ended !== null) {
      throw new DOMException('The connection is closed.', 'InvalidStateError');
    }
    startEventLog(connection, path);
    this.#logFile = path;
    this.#logRunning = true;
    this.#listener.changed(this);
  }

  /** Ends the event log, if it is on. */
  stopEventLog(): void {
    const connection = this.#connection.deref();
    if (connection !== undefined && this.#logRunning) stopEventLog(connection);
    this.#logRunning = false;
    this.#listener.changed(this);
  }
}

function statesOf(connection: RTCPeerConnection): States {
  return {
    connection: connection.connectionState,
    iceConnection: connection.iceConnectionState,
    iceGathering: connection.iceGatheringState,
    signaling: connection.signalingState,
  };
}

function kindsOf(connection: RTCPeerConnection): string[] {
  const kinds = new Set<string>(connection.getTransceivers().map(({ receiver }) => receiver.track.kind));
  if (connection.sctp !== null) kinds.add('data');
  return [...kinds];
}
