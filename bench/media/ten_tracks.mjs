// Ten tracks that come from another process, which sends with this project's package whoever receives.
import { fork } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { wait } from '../load.mjs';
import { connected, endOf } from './connection.mjs';
import { cpuSeconds } from './pace.mjs';

export const TRACKS = 10;

export const receivingScenarios = {
  async tenTracks(library, seconds) {
    const sender = fork(fileURLToPath(new URL('./sender.mjs', import.meta.url)));
    const end = endOf(library, (message) => sender.send(message));
    const counts = [];
    end.connection.ontrack = ({ track }) => {
      const at = counts.push(0) - 1;
      library.media.watch(track, (picture) => {
        counts[at]++;
        picture.release();
      });
    };
    sender.on('message', (message) => void end.receive(message));
    await connected(end.connection);
    await wait(8000);
    const before = counts.reduce((sum, count) => sum + count, 0);
    const cpu = process.cpuUsage();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await wait(2 * seconds * 1000);
    delay.disable();
    const spent = cpuSeconds(cpu);
    const frames = counts.reduce((sum, count) => sum + count, 0) - before;
    sender.kill('SIGKILL');
    if (counts.length < TRACKS) throw new Error(`${counts.length} of ${TRACKS} tracks came`);
    return {
      tenTracksDelayP99: delay.percentile(99) / 1e6,
      tenTracksFramesPerSecond: frames / (2 * seconds),
      tenTracksCpuSecondsPerMinute: (spent * 60) / (2 * seconds),
    };
  },
};
