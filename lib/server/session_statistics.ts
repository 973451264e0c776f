/** Sums of a session out of the statistics of its connection. */
import type { RTCStatsReport } from '../stats/RTCStatsReport';
import { noStatistics, type SessionStatistics } from './recording_info';

type Entry = Record<string, unknown> & { type: string };

const numberOf = (entry: Entry, member: string): number => {
  const value = entry[member];
  return typeof value === 'number' ? value : 0;
};

/**
 * What a report says.
 *
 * @param before the sums of the last time
 * @param elapsed seconds since then
 */
export function summarize(report: RTCStatsReport, before: SessionStatistics, elapsed: number): SessionStatistics {
  const sums = noStatistics();
  for (const value of report.values()) {
    const entry = value as unknown as Entry;
    if (entry.type === 'inbound-rtp') {
      sums.bytesReceived += numberOf(entry, 'bytesReceived') + numberOf(entry, 'headerBytesReceived');
      sums.packetsReceived += numberOf(entry, 'packetsReceived');
      sums.packetsLost += numberOf(entry, 'packetsLost');
      sums.jitter = Math.max(sums.jitter, numberOf(entry, 'jitter'));
      sums.framesReceived += numberOf(entry, 'framesReceived');
      sums.framesDecoded += numberOf(entry, 'framesDecoded');
      sums.keyFrameRequests += numberOf(entry, 'pliCount') + numberOf(entry, 'firCount');
      sums.retransmissionRequests += numberOf(entry, 'nackCount');
    } else if (entry.type === 'candidate-pair' && entry['nominated'] === true) {
      if (typeof entry['currentRoundTripTime'] === 'number') sums.roundTripTime = entry['currentRoundTripTime'];
    }
  }
  const grown = sums.bytesReceived - before.bytesReceived;
  sums.bitrate = elapsed > 0 ? Math.max(0, Math.round((grown * 8) / elapsed)) : 0;
  return sums;
}
