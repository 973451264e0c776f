import { drainMicrotasks } from '../datachannel/microtasks';

/**
 * "Queue a task" for what a connection does later. Node calls back for the addon many times before it turns to
 * `setImmediate`; so the tasks that wait run before the next callback, if that comes first.
 */
export class TaskQueue {
  #tasks: (() => void)[] = [];

  /** Runs `task` in a task of its own. */
  queue(task: () => void): void {
    if (this.#tasks.push(task) === 1) setImmediate(() => this.flush());
  }

  /** Runs what waits; only to be called where no script is on the stack. */
  flush(): void {
    try {
      while (this.#tasks.length > 0) {
        this.#tasks.shift()?.();
        drainMicrotasks?.();
      }
    } finally {
      // A script's exception takes the way out; the others must not be lost with it.
      if (this.#tasks.length > 0) setImmediate(() => this.flush());
    }
  }
}
