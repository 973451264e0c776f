/**
 * The negotiation-needed flag. Implements webrtc-pc, section 4.7.3 (updating the negotiation-needed flag).
 *
 * libwebrtc keeps `[[NegotiationNeeded]]` and checks whether negotiation is needed; each time the flag becomes true it
 * reports a number, which stays valid until something newer replaces it. When the event may be fired is decided here.
 */
export class NegotiationNeeded {
  readonly #isChainEmpty: () => boolean;
  readonly #fire: (id: number) => void;
  /** The report that waits for the chain, `[[UpdateNegotiationNeededFlagOnEmptyChain]]`; `null` when none does. */
  #waiting: number | null = null;
  #reported = false;

  /**
   * @param isChainEmpty whether no operation is running or waiting
   * @param fire fires the event unless the connection is closed or libwebrtc no longer stands by the report
   */
  constructor(isChainEmpty: () => boolean, fire: (id: number) => void) {
    this.#isChainEmpty = isChainEmpty;
    this.#fire = fire;
  }

  /** Whether libwebrtc has reported since the last description: while that stands, it does not report again. */
  get isReported(): boolean {
    return this.#reported;
  }

  /** A description has been applied: what is needed is seen afresh. */
  descriptionApplied(): void {
    this.#reported = false;
  }

  /** libwebrtc reports, in a task of its own. */
  report(id: number): void {
    this.#reported = true;
    // If the length of connection.[[Operations]] is not 0, then set [[UpdateNegotiationNeededFlagOnEmptyChain]].
    if (this.#isChainEmpty()) this.#fire(id);
    else this.#waiting = Math.max(id, this.#waiting ?? 0);
  }

  /** The operations chain has become empty. */
  chainEmptied(): void {
    const id = this.#waiting;
    if (id === null) return;
    this.#waiting = null;
    // Update the negotiation-needed flag: queue a task, in which everything is checked again.
    setImmediate(() => this.report(id));
  }
}
