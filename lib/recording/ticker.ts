/** One clock for all recordings: they look now and then whether something has waited long enough. */
const PERIOD = 100;

export interface Ticking {
  /** @param now microseconds of the process's monotonic clock */
  tick(now: number): void;
}

const ticking = new Set<Ticking>();
let timer: NodeJS.Timeout | undefined;

/** Microseconds of the process's monotonic clock, which the addon has too. */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + nanoseconds / 1000;
}

/** Calls `tick` from now on. */
export function startTicking(object: Ticking): void {
  ticking.add(object);
  // What ticks keeps the process by other means, if it shall be kept.
  timer ??= setInterval(() => {
    const now = monotonicNow();
    for (const each of ticking) each.tick(now);
  }, PERIOD).unref();
}

export function stopTicking(object: Ticking): void {
  ticking.delete(object);
  if (ticking.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}
