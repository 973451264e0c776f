/** Limits on how often something may happen. */

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that are forgotten only when there are so many of them; full ones first, as they say nothing. */
const MANY = 10_000;

/** A bucket of tokens for each key, which fills up at a steady rate; each event takes one out. */
export class RateLimiter {
  readonly #rate: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param rate events a second in the long run
   * @param burst events at once after a pause
   * @param now the time in milliseconds
   */
  constructor(rate: number, burst: number, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#burst = burst;
    this.#now = now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Lets an event happen, or not.
   *
   * @param cost tokens that it takes
   * @returns 0 when it may happen, otherwise the seconds until it may
   */
  take(key: string, cost = 1): number {
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#rate);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MANY) this.#forget(now);
    if (bucket.tokens < cost) return (cost - bucket.tokens) / this.#rate;
    bucket.tokens -= cost;
    return 0;
  }

  /** Drops those that are full again, and if all are busy the one that was used least recently. */
  #forget(now: number): void {
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) / 1000) * this.#rate >= this.#burst) this.#buckets.delete(key);
    }
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= MANY) break;
      this.#buckets.delete(key);
    }
  }
}
