/** What the kernel knows about this process. Linux only. */
import { readFileSync, readdirSync } from 'node:fs';

/** Names of the threads. */
export const threads = () =>
  readdirSync('/proc/self/task').flatMap((id) => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim();
    } catch {
      return []; // It has ended meanwhile.
    }
  });

/** Number of open file descriptors. */
export const descriptors = () => readdirSync('/proc/self/fd').length;

/** Resident memory in kB, after everything unreachable is gone. */
export async function residentKilobytes() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

/** Looks again and again until it is so. There is no event for what the kernel knows. */
export async function eventually(isSo, what) {
  const limit = performance.now() + 30_000;
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`waited 30 s in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
