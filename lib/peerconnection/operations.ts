/** The operations chain. Implements webrtc-pc, section 4.4.1.2 (chain an asynchronous operation). */

type Operation<T> = () => Promise<T>;

/**
 * Runs asynchronous operations one after the other. An operation that is alone runs at once, inside the call that
 * chains it; the others run when the one before them has settled. After {@link close}, nothing settles any more.
 */
export class OperationsChain {
  readonly #operations: (() => void)[] = [];
  readonly #onEmpty: () => void;
  #closed = false;

  /** @param onEmpty runs each time the last operation has settled, in the microtask after it. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** Whether no operation is running or waiting. */
  get isEmpty(): boolean {
    return this.#operations.length === 0;
  }

  /** Forgets the waiting operations; no promise that {@link chain} has returned settles from now on. */
  close(): void {
    this.#closed = true;
    this.#operations.length = 0;
  }

  /**
   * Appends an operation; the promise settles as the operation's does, a microtask later. An operation may also throw,
   * which counts as a rejection. The caller has checked that the connection is not closed (steps 1 and 2).
   */
  chain<T>(operation: Operation<T>): Promise<T> {
    // 3. Let operation be the operation to be chained. 4. Let p be a new promise.
    let start!: () => void;
    const p = new Promise<T>((resolve, reject) => {
      start = () => {
        // 6. Upon fulfillment or rejection of the promise returned by the operation: unless the connection is closed,
        // settle p as the operation has settled.
        attempt(operation).then(
          (value) => {
            if (!this.#closed) resolve(value);
          },
          (error: unknown) => {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
            if (!this.#closed) reject(error);
          },
        );
      };
    });
    // 6.4. Upon fulfillment or rejection of p, advance. This reaction is the first, so that a script that waits for p
    // finds the chain already without it.
    const advance = () => {
      this.#advance();
    };
    p.then(advance, advance);
    // 5. Append operation to [[Operations]]. If its length is exactly 1, execute operation.
    this.#operations.push(start);
    if (this.#operations.length === 1) start();
    return p;
  }

  #advance(): void {
    // 6.4.1. If connection.[[IsClosed]] is true, abort these steps.
    if (this.#closed) return;
    // 6.4.2. If [[Operations]] is non-empty, remove its first element and, if it is still non-empty, execute the next.
    this.#operations.shift();
    const next = this.#operations[0];
    if (next !== undefined) {
      next();
      return;
    }
    // 6.4.3. to 6.4.5. belong to the negotiation-needed flag.
    this.#onEmpty();
  }
}

function attempt<T>(operation: Operation<T>): Promise<T> {
  try {
    return operation();
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
    return Promise.reject(error);
  }
}
