/** The time of a recording: our clock without the pauses. All times are microseconds. */
export class Timeline {
  readonly #pauses: { start: number; end: number; total: number }[] = [];
  #pausedAt: number | undefined;

  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  pause(now: number): void {
    this.#pausedAt ??= now;
  }

  resume(now: number): void {
    if (this.#pausedAt === undefined) return;
    const total = this.#total + now - this.#pausedAt;
    this.#pauses.push({ start: this.#pausedAt, end: now, total });
    this.#pausedAt = undefined;
  }

  /** The time in the recording, or `undefined` for what belongs to a pause. */
  at(time: number): number | undefined {
    if (this.#pausedAt !== undefined && time >= this.#pausedAt) return undefined;
    for (let index = this.#pauses.length - 1; index >= 0; index--) {
      const { start, end, total } = this.#pauses[index]!;
      if (time >= end) return time - total;
      if (time >= start) return undefined;
    }
    return time;
  }

  /** The time in the recording now; it stands still in a pause. */
  now(now: number): number {
    return (this.#pausedAt ?? now) - this.#total;
  }

  get #total(): number {
    return this.#pauses.at(-1)?.total ?? 0;
  }
}
