// The figures as a Markdown table, with this project's ratio to the best of its peers.

const OURS = 'node-libwebrtc';

/** figure → how it is shown, and which way is better. */
const figures = {
  connectMedian: { label: 'connect, median (ms)', better: 'low', digits: 1 },
  connectP95: { label: 'connect, p95 (ms)', better: 'low', digits: 1 },
  connectionsPerSecond: { label: 'connections a second', better: 'high', digits: 0 },
  residentKilobytesPerPair: { label: 'RSS for each open pair (kB)', better: 'low', digits: 0 },
  threadsBeyondNode: { label: "threads with 60 pairs, beyond Node's", better: 'low', digits: 0 },
  megabytesPerSecond: { label: 'throughput, one process (MB/s)', better: 'high', digits: 1 },
  cpuSecondsPerGigabyte: { label: 'CPU a gigabyte, one process (s)', better: 'low', digits: 2 },
  megabytesPerSecondTwoProcesses: { label: 'throughput, two processes (MB/s)', better: 'high', digits: 1 },
  cpuSecondsPerGigabyteTwoProcesses: { label: 'CPU a gigabyte, two processes (s)', better: 'low', digits: 2 },
  orderedMessagesPerSecond: { label: '64-byte messages a second, ordered', better: 'high', digits: 0 },
  lossyMessagesPerSecond: { label: '64-byte messages a second, lossy', better: 'high', digits: 0 },
  roundTripMicroseconds: { label: 'round trip, median (µs)', better: 'low', digits: 0 },
  eventLoopDelayP99: { label: 'event-loop delay under load, p99 (ms)', better: 'low', digits: 2 },
  churnKilobytesPerPair: { label: 'RSS growth in churn (kB a pair)', better: 'low', digits: 1 },
  localFramesPerSecond: { label: '720p frames a second, local track', better: 'high', digits: 0 },
  localCpuMicroseconds: { label: 'CPU for each (µs)', better: 'low', digits: 1 },
  copiedFramesPerSecond: { label: '720p frames a second, each copied into JS as I420', better: 'high', digits: 0 },
  copiedCpuMicroseconds: { label: 'CPU for each (µs)', better: 'low', digits: 1 },
  copiedBothWaysPerSecond: {
    label: '720p frames a second, each made in JS and copied into JS',
    better: 'high',
    digits: 0,
  },
  localLatencyMicroseconds: { label: 'push to sink, local track, median (µs)', better: 'low', digits: 0 },
  videoCpuSecondsPerMinute: { label: '640x360 at 30, VP8: CPU a minute (s)', better: 'low', digits: 2 },
  videoFramesPerSecond: { label: 'frames a second that arrive', better: 'high', digits: 1 },
  videoPsnr: { label: 'PSNR (dB)', better: 'high', digits: 2 },
  videoKilobits: { label: 'kilobits a second', better: 'low', digits: 0 },
  connectionLatencyMilliseconds: { label: 'push to sink, connection, median (ms)', better: 'low', digits: 1 },
  audioCpuSecondsPerMinute: { label: 'audio, Opus: CPU a minute (s)', better: 'low', digits: 2 },
  audioSamplesArrived: { label: 'samples that arrive (%)', better: 'high', digits: 3 },
  audioInBlocksCpuSecondsPerMinute: { label: 'the same, 10 ms at a time: CPU a minute (s)', better: 'low', digits: 2 },
  audioInBlocksSamplesArrived: { label: 'samples that arrive (%)', better: 'high', digits: 3 },
  tenTracksDelayP99: { label: 'event-loop delay, ten 360p tracks received, p99 (ms)', better: 'low', digits: 2 },
  tenTracksFramesPerSecond: { label: 'frames a second of all ten', better: 'high', digits: 0 },
  tenTracksCpuSecondsPerMinute: { label: 'CPU a minute of the receiver (s)', better: 'low', digits: 1 },
};

export function table(medians, libraries) {
  const peers = libraries.filter((name) => name !== OURS);
  const rows = [['', ...libraries, 'ratio to the best peer']];
  rows.push(rows[0].map((_, column) => (column === 0 ? '---' : '--:')));
  for (const [figure, { label, better, digits }] of Object.entries(figures)) {
    const values = libraries.map((name) => medians[name][figure]);
    if (values.every((value) => value === undefined)) continue;
    const others = peers.map((name) => medians[name][figure]).filter((value) => value !== undefined);
    const best = better === 'high' ? Math.max(...others) : Math.min(...others);
    const own = medians[OURS]?.[figure];
    rows.push([
      label,
      ...values.map((value) => (value === undefined ? '–' : value.toFixed(digits))),
      own === undefined || others.length === 0 || best <= 0 ? '–' : `${(own / best).toFixed(2)}×`,
    ]);
  }
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
