/**
 * `[[LastCreatedOffer]]` and `[[LastCreatedAnswer]]`: which text `setLocalDescription` takes, and which it refuses.
 *
 * The specification refuses every text that is not the last one created. Applications have always edited their
 * descriptions, and browsers never enforced the rule; what they refuse is a foreign DTLS fingerprint. This library
 * refuses that, and the one other text that is never meant: a description of its own that a later one has replaced.
 */
import { fingerprintDiffers } from './sdp';

/** How many replaced descriptions are remembered. */
const REMEMBERED = 8;

export class CreatedDescription {
  #sdp = '';
  /** The version of the connection's settings that it was made of. */
  #version = -1;
  #replaced: string[] = [];

  /** The text created last; empty when there is none. */
  get sdp(): string {
    return this.#sdp;
  }

  /** Whether the last text still represents a connection whose settings have this version. */
  isCurrent(version: number): boolean {
    return this.#sdp !== '' && this.#version === version;
  }

  /** A description has been created. */
  set(sdp: string, version: number): void {
    if (this.#sdp !== '' && this.#sdp !== sdp) {
      this.#replaced = [this.#sdp, ...this.#replaced].slice(0, REMEMBERED);
    }
    this.#replaced = this.#replaced.filter((replaced) => replaced !== sdp);
    this.#sdp = sdp;
    this.#version = version;
  }

  /** A negotiation is complete: nothing that was created before it counts any more. */
  clear(): void {
    this.#sdp = '';
    this.#version = -1;
    this.#replaced = [];
  }

  /** Whether a text may not be applied as a local description. */
  refuses(sdp: string): boolean {
    if (sdp === '' || sdp === this.#sdp) return false;
    return this.#replaced.includes(sdp) || fingerprintDiffers(this.#sdp, sdp);
  }
}
