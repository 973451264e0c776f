/** Steps that have to wait for a later task, in order, one to a task. Empty nearly always. */
export class TaskBacklog {
  #steps: (() => void)[] = [];
  #scheduled = false;

  /** Whether something waits; what comes now must then wait behind it. */
  get busy(): boolean {
    return this.#steps.length > 0;
  }

  /** Appends a step. */
  push(step: () => void): void {
    this.#steps.push(step);
    this.#schedule();
  }

  /** Puts a step before all others: the rest of the one that is running. */
  resume(step: () => void): void {
    this.#steps.unshift(step);
    this.#schedule();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#steps = [];
  }

  #schedule(): void {
    if (this.#scheduled || this.#steps.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      try {
        this.#steps.shift()?.();
      } finally {
        this.#schedule();
      }
    });
  }
}
