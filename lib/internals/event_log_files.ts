/** Where the event logs that are started on the page go. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own, made with the first log. */
export class EventLogFiles {
  #directory: string | undefined;
  #count = 0;

  /** A new file's path. */
  next(id: number): string {
    this.#directory ??= mkdtempSync(join(tmpdir(), 'node-libwebrtc-event-log-'));
    this.#count += 1;
    return join(this.#directory, `connection-${id}-${this.#count}.log`);
  }

  /** Deletes all of them. */
  remove(): void {
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
  }
}
