/** What the server counts. */
import { Counter, Gauge, Histogram, MetricsRegistry } from './metrics';
import type { PublisherSession } from './PublisherSession';
import type { EndReason } from './recording_info';

/** What is read when somebody asks. */
export interface MetricsSource {
  publishers: () => readonly PublisherSession[];
  viewers: () => number;
  recordings: () => number;
  freeBytes: () => number;
}

const PREFIX = 'recording_server';

/** The metrics of a server. */
export class ServerMetrics {
  readonly #registry = new MetricsRegistry();
  readonly #begun = this.#registry.add(
    new Counter(`${PREFIX}_sessions_total`, 'Sessions that have begun.', { labelless: false }),
  );
  readonly #ended = this.#registry.add(
    new Counter(`${PREFIX}_sessions_ended_total`, "Publishers' sessions that have ended, by reason.", {
      labelless: false,
    }),
  );
  readonly #refused = this.#registry.add(
    new Counter(`${PREFIX}_sessions_refused_total`, 'Sessions that were refused, by reason.', { labelless: false }),
  );
  readonly #requests = this.#registry.add(
    new Counter(`${PREFIX}_http_requests_total`, 'HTTP requests, by route, method and status.', { labelless: false }),
  );
  readonly #seconds = this.#registry.add(
    new Histogram(
      `${PREFIX}_http_request_seconds`,
      'Time until HTTP responses had ended, those that last left out.',
      [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    ),
  );
  readonly #received = this.#registry.add(
    new Counter(`${PREFIX}_finished_received_bytes_total`, 'Bytes that ended sessions have received.'),
  );
  readonly #lost = this.#registry.add(
    new Counter(`${PREFIX}_finished_lost_packets_total`, 'Packets that ended sessions have missed.'),
  );
  readonly #durations = this.#registry.add(
    new Histogram(`${PREFIX}_recording_seconds`, 'Length of finished recordings.', [10, 60, 300, 1800, 7200, 21600]),
  );

  constructor(source: MetricsSource) {
    const gauge = (name: string, help: string, read: Gauge['read']) =>
      this.#registry.add(new Gauge(`${PREFIX}_${name}`, help, read));
    const sum = (value: (session: PublisherSession) => number) =>
      source.publishers().reduce((total, session) => total + value(session), 0);
    gauge('publishers', 'Publishers, by state.', () =>
      (['connecting', 'live'] as const).map((state) => [
        { state },
        source.publishers().filter((session) => session.state === state).length,
      ]),
    );
    gauge('viewers', 'Viewers.', source.viewers);
    gauge('recordings', 'Recordings in the directory.', source.recordings);
    gauge('disk_free_bytes', 'Free bytes of the disk, when it was looked at last.', () => {
      const free = source.freeBytes();
      return Number.isFinite(free) ? free : [];
    });
    gauge('live_bits_per_second', 'What live sessions receive.', () => sum(({ statistics }) => statistics.bitrate));
    gauge('live_recorded_bytes', 'What live recordings have.', () => sum((session) => session.describe().size));
    gauge('live_lost_packets', 'Packets that live sessions have missed.', () =>
      sum(({ statistics }) => statistics.packetsLost),
    );
    gauge('live_decoded_frames', 'Frames that were decoded for live sessions.', () =>
      sum(({ statistics }) => statistics.framesDecoded),
    );
    gauge('process_resident_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
    gauge('process_cpu_seconds', 'CPU time of the process.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  begun(kind: 'publisher' | 'viewer'): void {
    this.#begun.add(1, { kind });
  }

  refused(reason: string): void {
    this.#refused.add(1, { reason });
  }

  ended(reason: EndReason, session: PublisherSession): void {
    this.#ended.add(1, { reason });
    this.#received.add(session.statistics.bytesReceived);
    this.#lost.add(Math.max(0, session.statistics.packetsLost));
    const { duration } = session.describe();
    if (duration > 0) this.#durations.observe(duration);
  }

  request(route: string, method: string, status: number, seconds: number | null): void {
    this.#requests.add(1, { route, method, status: String(status) });
    if (seconds !== null) this.#seconds.observe(seconds);
  }

  render(): string {
    return this.#registry.render();
  }
}
