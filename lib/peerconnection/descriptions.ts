/**
 * The four session descriptions that scripts see: `[[CurrentLocalDescription]]` and its three siblings.
 *
 * libwebrtc changes its descriptions inside a call; scripts see the change in the task that ends the operation. What
 * comes between (a gathered candidate, the end of candidates) is written into the text here, in the task of its event.
 */
import type { NativeDescriptions, NativeIceCandidate, NativeSessionDescription } from '../native';
import { RTCSessionDescription } from './RTCSessionDescription';
import type { IceCandidateInit } from './RTCIceCandidate';
import {
  addCandidate,
  addEndOfCandidates,
  candidateKey,
  filterCandidates,
  mapSections,
  mediaSections,
  type MediaSection,
} from './sdp';

type Slot = RTCSessionDescription | null;
type Rewrite = (section: string, facts: MediaSection) => string;

/** What names a generation of candidates of one media section. */
function generation(facts: Pick<MediaSection, 'mid' | 'usernameFragment'>): string {
  return `${facts.mid} ${facts.usernameFragment ?? ''}`;
}

/** Applies a rewriting to a description; the same object when nothing changes. */
function rewritten(slot: Slot, rewrite: Rewrite): Slot {
  if (slot === null) return null;
  const { type, sdp } = slot;
  const changed = mapSections(sdp, rewrite);
  return changed === sdp ? slot : new RTCSessionDescription({ type, sdp: changed });
}

export class Descriptions {
  currentLocal: Slot = null;
  pendingLocal: Slot = null;
  currentRemote: Slot = null;
  pendingRemote: Slot = null;

  /** Local candidates that scripts have had their event of: others must not show yet. */
  readonly #surfaced = new Set<string>();
  /** Generations whose end of candidates is known, of each side. */
  readonly #ended = { local: new Set<string>(), remote: new Set<string>() };

  /** `localDescription`: the pending one where there is one. */
  get local(): Slot {
    return this.pendingLocal ?? this.currentLocal;
  }

  /** `remoteDescription`: the pending one where there is one. */
  get remote(): Slot {
    return this.pendingRemote ?? this.currentRemote;
  }

  /** Takes over what an operation has made. A description that reads as before keeps its object. */
  update(native: NativeDescriptions): void {
    const local = [this.pendingLocal, this.currentLocal];
    const remote = [this.pendingRemote, this.currentRemote];
    this.currentLocal = this.#take(native.currentLocal, local, this.#rewriteLocal);
    this.pendingLocal = this.#take(native.pendingLocal, local, this.#rewriteLocal);
    this.currentRemote = this.#take(native.currentRemote, remote, this.#rewriteRemote);
    this.pendingRemote = this.#take(native.pendingRemote, remote, this.#rewriteRemote);
  }

  #take(native: NativeSessionDescription | null, old: readonly Slot[], rewrite: Rewrite): Slot {
    if (native === null) return null;
    const { type } = native;
    const sdp = mapSections(native.sdp, rewrite);
    const same = old.find((slot) => slot?.type === type && slot.sdp === sdp);
    return same ?? new RTCSessionDescription({ type, sdp });
  }

  readonly #rewriteLocal: Rewrite = (section, facts) => {
    const shown = filterCandidates(section, (key) => this.#surfaced.has(`${facts.mid} ${key}`));
    return this.#ended.local.has(generation(facts)) ? addEndOfCandidates(shown) : shown;
  };

  readonly #rewriteRemote: Rewrite = (section, facts) =>
    this.#ended.remote.has(generation(facts)) ? addEndOfCandidates(section) : section;

  #rewriteLocals(rewrite: Rewrite): void {
    this.currentLocal = rewritten(this.currentLocal, rewrite);
    this.pendingLocal = rewritten(this.pendingLocal, rewrite);
  }

  #rewriteRemotes(rewrite: Rewrite): void {
    this.currentRemote = rewritten(this.currentRemote, rewrite);
    this.pendingRemote = rewritten(this.pendingRemote, rewrite);
  }

  /** "Surface the candidate": adds a gathered candidate to the local descriptions of its generation. */
  surface(candidate: NativeIceCandidate): void {
    this.#surfaced.add(`${candidate.sdpMid} ${candidateKey(candidate.candidate)}`);
    this.#rewriteLocals((section, facts) =>
      facts.mid === candidate.sdpMid && facts.usernameFragment === candidate.usernameFragment
        ? addCandidate(section, candidate.candidate)
        : section,
    );
  }

  /** A section's gathering of one generation is over: `a=end-of-candidates` in the local descriptions of it. */
  endLocal(mid: string, usernameFragment: string): void {
    const ended = generation({ mid, usernameFragment });
    this.#ended.local.add(ended);
    this.#rewriteLocals((section, facts) => (generation(facts) === ended ? addEndOfCandidates(section) : section));
  }

  /** A remote candidate has been applied: it shows in the remote descriptions of its generation. */
  addRemote(init: IceCandidateInit): void {
    this.#rewriteRemotes((section, facts) => (matches(facts, init) ? addCandidate(section, init.candidate) : section));
  }

  /** The end of remote candidates, for the sections that the indication is for: all where it names none. */
  endRemote(init: IceCandidateInit): void {
    for (const description of [this.currentRemote, this.pendingRemote]) {
      for (const facts of mediaSections(description?.sdp ?? '')) {
        if (matches(facts, init)) this.#ended.remote.add(generation(facts));
      }
    }
    this.#rewriteRemotes((section, facts) => (matches(facts, init) ? addEndOfCandidates(section) : section));
  }
}

/** Whether a candidate is for a media section: by `sdpMid`, else by `sdpMLineIndex`, else for every one. */
function matches(facts: MediaSection, init: IceCandidateInit): boolean {
  if (init.usernameFragment !== null && init.usernameFragment !== facts.usernameFragment) return false;
  if (init.sdpMid !== null) return init.sdpMid === facts.mid;
  return init.sdpMLineIndex === null || init.sdpMLineIndex === facts.index;
}
