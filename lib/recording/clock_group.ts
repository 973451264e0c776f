/**
 * The tracks of one peer on the clock that they share: what RTCP sender reports are for (RFC 3550, section 6.4.1).
 *
 * A report says which time of the sender's wall clock belongs to which ticks of a track. With the smallest delays of
 * the tracks that gives how much later than the fastest track each of the others arrives; by so much their times are
 * taken back. Reports that contradict those before them, or each other, change nothing until they agree again.
 */

/** What a group needs of a track's clock. */
export interface GroupedClock {
  /** The smallest distance between arrivals and ticks. */
  readonly delay: number;
  bias: number;
}

/** So many reports are looked at together; the one in the middle counts. */
const REMEMBERED = 5;
/** Reports that differ by more do not describe the same clock. */
const AGREEMENT = 20_000;
/** Tracks whose delays differ by more do not have the same clock. */
const MOST_BIAS = 500_000;

class Reports {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > REMEMBERED) this.#values.shift();
  }

  /** The relation of the sender's clock to the ticks; `undefined` while the reports do not agree. */
  get relation(): number | undefined {
    const recent = this.#values.slice(-3);
    if (recent.length === 0 || Math.max(...recent) - Math.min(...recent) > AGREEMENT) return undefined;
    const agreeing = this.#values.filter((value) => Math.abs(value - recent.at(-1)!) <= AGREEMENT);
    return agreeing.sort((a, b) => a - b)[Math.floor(agreeing.length / 2)];
  }
}

export class ClockGroup {
  readonly #tracks = new Map<GroupedClock, Reports>();

  add(track: GroupedClock): void {
    this.#tracks.set(track, new Reports());
  }

  remove(track: GroupedClock): void {
    this.#tracks.delete(track);
  }

  /** A report has come: the sender's clock was `relation` ahead of the ticks of the track. */
  report(track: GroupedClock, relation: number): void {
    this.#tracks.get(track)?.add(relation);
    this.update();
  }

  /** Shares out what is known. */
  update(): void {
    const delays = new Map<GroupedClock, number>();
    for (const [track, reports] of this.#tracks) {
      const { relation } = reports;
      // From a clock to the other: our arrivals minus the ticks, minus the sender's clock minus the ticks.
      if (relation !== undefined && Number.isFinite(track.delay)) delays.set(track, track.delay - relation);
    }
    const all = [...delays.values()];
    const least = Math.min(...all);
    if (all.length < 2 || Math.max(...all) - least > MOST_BIAS) return;
    for (const [track, delay] of delays) track.bias = least - delay;
  }
}
