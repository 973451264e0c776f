/**
 * From the time stamps of a track to the time of this process, which all tracks of a recording share.
 *
 * The ticks of RTP (or of a local source) are exact but say nothing about when they began; arrivals are on our clock
 * but late by an unknown, varying delay. So a track keeps the smallest distance between the two that it has lately seen:
 * packets that were not held up anywhere. That follows a sender's clock that runs faster or slower than ours, and jitter
 * does not move it. Times in the recording are ticks plus a correction that moves smoothly towards that distance: sound
 * stays as even as its ticks are.
 *
 * Sound and picture of one peer differ in their smallest delay (a picture takes longer to encode and to send). Sender
 * reports tell how far: they give the ticks of each track on the one clock of the sender. See {@link ClockGroup}.
 *
 * All times are microseconds.
 */
import type { ClockGroup } from './clock_group';

const SECOND = 1_000_000;
/** How long a delay counts as one of the smallest ones. */
const WINDOW = 30;
/** When packets have not come any sooner than those before them for so long, the first of them gets its time, ... */
const SETTLING = 300_000;
/** ... and after this at the latest. */
const LONGEST_SETTLING = 1_500_000;
/** A packet comes sooner if its delay is smaller by more than what jitter does everywhere. */
const SOONER = 10_000;
/** The correction moves towards its aim as if it wanted to be there in this time, ... */
const SLEWING = 5 * SECOND;
/** ... and never faster than this part of the time that passes: nobody hears or sees it. */
const FASTEST = 0.01;
/** A packet that is earlier than possible by so much, or so late, has time stamps that begin anew. */
const RESTART = SECOND;
const LATEST = 10 * SECOND;
/** After a silence of this length it is asked whether the time stamps stood still meanwhile. */
const SILENCE = SECOND;
/** Less than this, a packet is taken to be late rather than its time stamps to have stood still. */
const STANDSTILL = 500_000;

/** The smallest of the values of the last half minute, by the second. */
class SlidingMinimum {
  readonly #buckets: { second: number; value: number }[] = [];
  #value = Infinity;

  get value(): number {
    return this.#value;
  }

  add(now: number, value: number): void {
    const second = Math.floor(now / SECOND);
    const last = this.#buckets.at(-1);
    if (last?.second === second) {
      if (value < last.value) last.value = value;
    } else {
      // What was known before a long silence is still the best guess after it, for a while.
      if (last !== undefined && last.second <= second - WINDOW) last.second = second - 1;
      this.#buckets.push({ second, value });
      while (this.#buckets[0]!.second <= second - WINDOW) this.#buckets.shift();
      this.#value = Infinity;
      for (const bucket of this.#buckets) if (bucket.value < this.#value) this.#value = bucket.value;
    }
    if (value < this.#value) this.#value = value;
  }

  reset(): void {
    this.#buckets.length = 0;
    this.#value = Infinity;
  }
}

interface Held<T> {
  readonly media: number;
  readonly arrival: number;
  readonly item: T;
}

/** Gives the frames of one track their times on our clock. */
export class TrackClock<T> {
  readonly #clockRate: number;
  readonly #emit: (time: number, item: T) => void;
  readonly #group: ClockGroup | undefined;
  readonly #delay = new SlidingMinimum();
  /** Frames whose time is not decided: the first ones, and those after a silence. */
  readonly #held: Held<T>[] = [];
  #settling = true;
  /** Of these frames: the smallest delay, and which one was the last to come sooner than those before it. */
  #heldDelay = Infinity;
  #sooner = { arrival: 0, delay: Infinity };
  /** The smallest delay before a silence, which may have been only that. */
  #before: number | undefined;
  #lastTicks: number | undefined;
  #ticks = 0;
  #lastArrival = -Infinity;
  #lastMedia = -Infinity;
  /** What is added to the ticks: the one state that shows in the recording. */
  #correction = 0;

  /**
   * What the sender reports say: how much less than its own smallest delay the track is to be shifted by. Set by the
   * group.
   */
  bias = 0;

  /**
   * @param clockRate ticks in a second
   * @param emit takes each frame with its time, in the order in which they came
   * @param group the tracks that come from the same peer, if any do
   */
  constructor(clockRate: number, emit: (time: number, item: T) => void, group?: ClockGroup) {
    this.#clockRate = clockRate;
    this.#emit = emit;
    this.#group = group;
    group?.add(this);
  }

  /** The smallest distance between arrivals and ticks; `Infinity` before the first packet. */
  get delay(): number {
    return this.#delay.value;
  }

  /** Ticks of 32 bits as microseconds that do not wrap around, near the last ones. */
  media(ticks: number): number {
    return ((this.#ticks + this.#distance(ticks)) * SECOND) / this.#clockRate;
  }

  /** A frame has come. Those whose time can be told are emitted. */
  add(ticks: number, arrival: number, item: T): void {
    this.#ticks += this.#distance(ticks);
    this.#lastTicks = ticks;
    const media = (this.#ticks * SECOND) / this.#clockRate;
    if (!this.#settling) this.#watch(media, arrival);
    this.#lastMedia = media;
    const elapsed = arrival - this.#lastArrival;
    this.#lastArrival = arrival;
    if (this.#settling) {
      this.#hold({ media, arrival, item });
      return;
    }
    this.#delay.add(arrival, arrival - media);
    this.#slew(elapsed);
    this.#emit(media + this.#correction, item);
  }

  /** Whether what waits can be decided. */
  isSettled(now: number): boolean {
    const first = this.#held[0];
    if (first === undefined) return false;
    return now - this.#sooner.arrival >= SETTLING || now - first.arrival >= LONGEST_SETTLING;
  }

  /** Decides what waits, since nothing more is to be waited for. */
  settle(): void {
    if (this.#held.length === 0) return;
    const smallest = this.#heldDelay;
    const before = this.#before;
    // A silence after which everything is as it was leaves the correction alone.
    const anew = before === undefined || smallest - before >= STANDSTILL || smallest - before <= -RESTART;
    if (anew) this.#delay.reset();
    for (const { media, arrival } of this.#held) this.#delay.add(arrival, arrival - media);
    // The reports may have come already.
    this.#group?.update();
    if (anew) this.#correction = this.#delay.value + this.bias;
    this.#settling = false;
    this.#heldDelay = Infinity;
    this.#sooner.delay = Infinity;
    this.#before = undefined;
    for (const { media, item } of this.#held.splice(0)) this.#emit(media + this.#correction, item);
  }

  /** A sender report has come. */
  report(ntpTime: number, ticks: number): void {
    if (this.#lastTicks !== undefined) this.#group?.report(this, ntpTime - this.media(ticks));
  }

  /** The track is over. */
  close(): void {
    this.#group?.remove(this);
  }

  /**
   * Keeps a frame until it is known how late it is. A sender that had to wait, for the connection as a rule, sends what has
   * become late meanwhile as fast as it can: none of that tells the delay.
   */
  #hold(frame: Held<T>): void {
    const delay = frame.arrival - frame.media;
    if (delay < this.#sooner.delay - SOONER) this.#sooner = { arrival: frame.arrival, delay };
    this.#heldDelay = Math.min(this.#heldDelay, delay);
    this.#held.push(frame);
    if (this.isSettled(frame.arrival)) this.settle();
  }

  /** Ticks since the last packet, which may be negative. */
  #distance(ticks: number): number {
    return this.#lastTicks === undefined ? ticks : (ticks - this.#lastTicks) | 0;
  }

  /** Looks for time stamps that begin anew, or that stood still while nothing came. */
  #watch(media: number, arrival: number): void {
    const offset = arrival - media;
    const silence = arrival - this.#lastArrival;
    const restarted = offset < this.#delay.value - RESTART || offset > this.#delay.value + LATEST;
    const stoodStill = silence >= SILENCE && silence - (media - this.#lastMedia) >= STANDSTILL;
    if (!restarted && !stoodStill) return;
    this.#settling = true;
    this.#before = this.#delay.value;
  }

  #slew(elapsed: number): void {
    if (!(elapsed > 0)) return;
    const error = this.#delay.value + this.bias - this.#correction;
    const step = error * Math.min(1, elapsed / SLEWING);
    const limit = elapsed * FASTEST;
    this.#correction += Math.max(-limit, Math.min(limit, step));
  }
}
