/**
 * When a connection stays alive by itself and holds the event loop: while it negotiates, while it is connected or on
 * the way there, and while it owes an answer (statistics, a `negotiationneeded` that is on its way). A new connection
 * and a closed one hold nothing. A failed one stays alive, since the network may come back, but holds nothing.
 */
import { activate, deactivate } from '../lifetime';

/** What the decision is made of. */
export interface Activity {
  /** Operations are running or waiting, or something is owed. */
  busy: boolean;
  /** A description has been applied, or offered. */
  negotiated: boolean;
  failed: boolean;
  closed: boolean;
}

export class LifetimeHolder {
  readonly #connection: object;
  #referenced = true;
  #owed = 0;
  #last: Activity = { busy: false, negotiated: false, failed: false, closed: false };

  constructor(connection: object) {
    this.#connection = connection;
  }

  /** Something has changed. */
  update(activity: Activity): void {
    this.#last = activity;
    const { busy, negotiated, failed, closed } = activity;
    const working = busy || this.#owed > 0;
    if (closed ? this.#owed === 0 : !working && !negotiated) {
      deactivate(this.#connection);
    } else {
      activate(this.#connection, this.#referenced && (working || (negotiated && !failed)));
    }
  }

  /** The connection owes something; the result, to be called once, says that it is given. */
  owe(): () => void {
    this.#owed++;
    this.update(this.#last);
    return () => {
      this.#owed--;
      this.update(this.#last);
    };
  }

  /** `ref()` and `unref()`. */
  setReferenced(referenced: boolean): void {
    this.#referenced = referenced;
    this.update(this.#last);
  }
}
