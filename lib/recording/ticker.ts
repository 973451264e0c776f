/** One clock for all recordings: they look now and then whether something has waited long enough. */
import { native } from '../native';

const PERIOD = 100;

export interface Ticking {
  /** @param now microseconds of the process's monotonic clock */
  tick(now: number): void;
}

const ticking = new Set<Ticking>();
let timer: NodeJS.Timeout | undefined;

/** Microseconds of the addon's monotonic clock: where that of `process.hrtime()` begins is another in each runtime. */
export function monotonicNow(): number {
  return native.monotonicTime();
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
