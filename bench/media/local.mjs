// Pictures through a local track: source to sink, in one process.
import { wait } from '../load.mjs';
import { median } from '../statistics.mjs';
import { cpuSeconds } from './pace.mjs';
import { film, sizeOf } from './pictures.mjs';

const [WIDTH, HEIGHT] = [1280, 720];
/** So many pictures are on their way at most. */
const WINDOW = 16;

/** Pictures a second, and CPU for each, with `take(picture)` for every one that comes out. */
async function rate(library, seconds, { eachFromMemory = false, take }) {
  const { videoSource, watch } = library.media;
  const source = videoSource();
  const [data] = film(1, WIDTH, HEIGHT);
  const one = source.picture(WIDTH, HEIGHT, data);
  const push = eachFromMemory
    ? () => {
        const picture = source.picture(WIDTH, HEIGHT, data);
        source.push(picture);
        source.release(picture);
      }
    : () => source.push(one);
  let [sent, received] = [0, 0];
  const fill = () => {
    while (sent - received < WINDOW) {
      sent++;
      push();
    }
  };
  const done = () => {
    received++;
    if (sent - received === WINDOW / 2) setImmediate(fill);
  };
  watch(source.track, (picture) => take(picture, done), WINDOW);
  setImmediate(fill);
  await wait(1000);
  const from = { received, cpu: process.cpuUsage(), time: performance.now() };
  await wait(seconds * 1000);
  const pictures = received - from.received;
  return {
    perSecond: (pictures * 1000) / (performance.now() - from.time),
    cpuMicroseconds: (cpuSeconds(from.cpu) * 1e6) / pictures,
  };
}

const discard = (picture, done) => {
  picture.release();
  done();
};

/** Takes every picture into the same memory, where the library lets one choose. */
function copying() {
  const buffer = new Uint8Array(sizeOf(WIDTH, HEIGHT));
  return async (picture, done) => {
    await picture.copyInto(buffer);
    picture.release();
    done();
  };
}

export const localScenarios = {
  async localFrames(library, seconds) {
    const { perSecond, cpuMicroseconds } = await rate(library, seconds, { take: discard });
    return { localFramesPerSecond: perSecond, localCpuMicroseconds: cpuMicroseconds };
  },

  async copiedFrames(library, seconds) {
    const { perSecond, cpuMicroseconds } = await rate(library, seconds, { take: copying() });
    return { copiedFramesPerSecond: perSecond, copiedCpuMicroseconds: cpuMicroseconds };
  },

  async copiedBothWays(library, seconds) {
    const { perSecond } = await rate(library, seconds, { eachFromMemory: true, take: copying() });
    return { copiedBothWaysPerSecond: perSecond };
  },

  async localLatency(library) {
    const { videoSource, watch } = library.media;
    const source = videoSource();
    const [data] = film(1, WIDTH, HEIGHT);
    const times = [];
    let arrived;
    watch(source.track, (picture) => {
      arrived(performance.now());
      picture.release();
    });
    for (let i = 0; i < 600; i++) {
      const arrival = new Promise((resolve) => (arrived = resolve));
      const started = performance.now();
      const picture = source.picture(WIDTH, HEIGHT, data);
      source.push(picture);
      source.release(picture);
      const at = await arrival;
      if (i >= 100) times.push((at - started) * 1000);
      await wait(2);
    }
    return { localLatencyMicroseconds: median(times) };
  },
};
