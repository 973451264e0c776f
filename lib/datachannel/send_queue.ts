/** The order of sends on one channel when some of them must first be read from a `Blob`. */

type Sendable = ArrayBuffer | ArrayBufferView | string;

/**
 * Holds back what is sent while a `Blob` before it is being read, so that messages leave in the order of the calls.
 * Empty, and bypassed, as long as no `Blob` is sent.
 */
export class SendQueue {
  readonly #send: (data: Sendable) => void;
  readonly #failed: (error: unknown) => void;
  #queue: (Blob | Sendable | (() => void))[] = [];
  #running = false;

  /**
   * @param send - hands a message to the transport.
   * @param failed - a `Blob` could not be read; what is still queued is dropped.
   */
  constructor(send: (data: Sendable) => void, failed: (error: unknown) => void) {
    this.#send = send;
    this.#failed = failed;
  }

  /** Whether a send must go through the queue, because something is before it. */
  get busy(): boolean {
    return this.#running;
  }

  /** Queues a message. What can change before its turn is copied, as `send()` has to see it as it is now. */
  push(data: Blob | Sendable): void {
    if (typeof data === 'string' || data instanceof Blob) this.#queue.push(data);
    else if (ArrayBuffer.isView(data)) {
      this.#queue.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice());
    } else this.#queue.push(data.slice(0));
    this.#start();
  }

  /** Calls back when all that is queued now has been sent; at once when there is nothing. */
  afterwards(callback: () => void): void {
    if (!this.#running) {
      callback();
      return;
    }
    this.#queue.push(callback);
  }

  /** Drops what is queued. */
  clear(): void {
    this.#queue = [];
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const queue = this.#queue;
      try {
        if (typeof next === 'function') next();
        else if (!(next instanceof Blob)) this.#send(next);
        else {
          const buffer = await next.arrayBuffer();
          // Cleared meanwhile: the channel is closed.
          if (queue === this.#queue) this.#send(buffer);
        }
      } catch (error) {
        this.clear();
        this.#failed(error);
      }
    }
    this.#running = false;
  }
}
