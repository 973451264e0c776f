/** All that is recorded, as the file that Chromium's `chrome://webrtc-internals` offers for download. */
import type { ConnectionRecord } from './record';

interface DumpSeries {
  startTime: string;
  endTime: string;
  statsType: string;
  /** JSON. */
  values: string;
}

interface DumpConnection {
  pid: number;
  url: string;
  rtcConfiguration: string;
  constraints: string;
  stats: Record<string, DumpSeries>;
  updateLog: { time: string; type: string; value: string }[];
}

/** The whole file. */
export interface Dump {
  getUserMedia: unknown[];
  PeerConnections: Record<string, DumpConnection>;
  UserAgent: string;
}

function seriesOf(record: ConnectionRecord): Record<string, DumpSeries> {
  const stats: Record<string, DumpSeries> = {};
  for (const [id, { type, times, columns }] of record.stats) {
    const span = {
      startTime: new Date(times[0] ?? record.created).toISOString(),
      endTime: new Date(times[times.length - 1] ?? record.created).toISOString(),
      statsType: type,
    };
    for (const [name, values] of Object.entries(columns)) {
      stats[`${id}-${name}`] = { ...span, values: JSON.stringify(values) };
    }
  }
  return stats;
}

/** Makes the dump. */
export function dump(records: Iterable<ConnectionRecord>, userAgent: string): Dump {
  const connections = Array.from(records, (record): [string, DumpConnection] => [
    `${process.pid}-${record.id}`,
    {
      pid: process.pid,
      url: process.title,
      rtcConfiguration: JSON.stringify(record.configuration),
      constraints: '',
      stats: seriesOf(record),
      updateLog: record.entries.map(({ time, type, value }) => ({ time: new Date(time).toISOString(), type, value })),
    },
  ]);
  return { getUserMedia: [], PeerConnections: Object.fromEntries(connections), UserAgent: userAgent };
}
