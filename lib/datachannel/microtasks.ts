/** What lets several events of one batch each be a task of its own, as scripts see it. */

/**
 * Runs what `process.nextTick` and promises have queued, as Node does between two tasks; only to be called where no
 * script is on the stack. `undefined` where the runtime has no such entry. What a tick throws is thrown out of it.
 */
export const drainMicrotasks: (() => void) | undefined = (
  process as { _tickCallback?: () => void }
)._tickCallback?.bind(process);
