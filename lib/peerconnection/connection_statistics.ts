/** The reports of a connection that have been asked for. Implements webrtc-pc, section 8.2 (`getStats`). */
import type { NativePeerConnection } from '../native';
import type { NativeRtpReceiver, NativeRtpSender } from '../native_media';
import { createStatsReport, type RTCStats, type RTCStatsReport } from '../stats/RTCStatsReport';

/** What statistics need of their connection. */
export interface StatisticsOwner {
  /** A report is on its way that the process waits for; the result says that it is there. */
  owe(): () => void;
  /** A report without what is no part of it for scripts. */
  shown(stats: RTCStats[]): RTCStats[];
}

export class ConnectionStatistics {
  readonly #native: NativePeerConnection;
  readonly #owner: StatisticsOwner;
  /** Reports that have not yet been given, and whether they are of the whole connection. */
  readonly #pending = new Map<(stats: RTCStats[]) => void, boolean>();
  /** How many channels have ever been open. */
  #openedChannels = 0;
  #closed = false;

  constructor(native: NativePeerConnection, owner: StatisticsOwner) {
    this.#native = native;
    this.#owner = owner;
  }

  channelOpened(): void {
    this.#openedChannels++;
  }

  /** A report of what belongs to a sender or a receiver, or of everything. */
  get(selector: NativeRtpSender | NativeRtpReceiver | null): Promise<RTCStatsReport> {
    const given = this.#owner.owe();
    return new Promise<RTCStatsReport>((resolve) => {
      const settle = (stats: RTCStats[]) => {
        if (!this.#pending.delete(settle)) return;
        given();
        resolve(createStatsReport(stats));
      };
      this.#pending.set(settle, selector === null);
      const report = (stats: Record<string, unknown>[]) => settle(this.#owner.shown(stats as unknown as RTCStats[]));
      // Nothing is left to be measured on a closed connection.
      if (this.#closed) this.#settleWithLast(settle, selector === null);
      else if (selector === null) this.#native.getStats(report);
      else this.#native.getStatsOf(selector, report);
    });
  }

  /** The native connection is closed, and gives no report any more. */
  close(): void {
    this.#closed = true;
    for (const [settle, isWhole] of this.#pending) this.#settleWithLast(settle, isWhole);
  }

  /** With what can still be told: every channel that was open has left that state. */
  #settleWithLast(settle: (stats: RTCStats[]) => void, isWhole: boolean): void {
    const channels = { dataChannelsOpened: this.#openedChannels, dataChannelsClosed: this.#openedChannels };
    const timestamp = performance.timeOrigin + performance.now();
    setImmediate(settle, isWhole ? [{ id: 'P', timestamp, type: 'peer-connection', ...channels }] : []);
  }
}
