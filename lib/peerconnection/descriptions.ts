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

/** Applies rewritings to a description; the same object when nothing changes. */
function rewritten(slot: Slot, rewrites: readonly Rewrite[]): Slot {
  if (slot === null) return null;
  const { type, sdp } = slot;
  const changed = rewrites.reduce(mapSections, sdp);
  return changed === sdp ? slot : new RTCSessionDescription({ type, sdp: changed });
}

/** The current and the pending description of one side. */
class Side {
  #current: Slot = null;
  #pending: Slot = null;
  /** What has changed since somebody looked: a server adds many candidates to texts that nobody reads. */
  #rewrites: Rewrite[] = [];

  get current(): Slot {
    this.#settle();
    return this.#current;
  }

  get pending(): Slot {
    this.#settle();
    return this.#pending;
  }

  /** Whether there is any description. */
  get isDescribed(): boolean {
    return this.#current !== null || this.#pending !== null;
  }

  // Rewritings leave the facts of media sections as they are: they need not be made for these.

  /** The media sections of both descriptions. */
  get sections(): readonly MediaSection[] {
    return [this.#current, this.#pending].flatMap((slot) => mediaSections(slot?.sdp ?? ''));
  }

  /** The media sections of the pending description, where there is one, else of the current one. */
  get latestSections(): readonly MediaSection[] {
    return mediaSections((this.#pending ?? this.#current)?.sdp ?? '');
  }

  /** Takes over what an operation has made. A description that reads as before keeps its object. */
  update(current: NativeSessionDescription | null, pending: NativeSessionDescription | null, rewrite: Rewrite): void {
    this.#settle();
    const old = [this.#pending, this.#current];
    this.#current = take(current, old, rewrite);
    this.#pending = take(pending, old, rewrite);
  }

  rewrite(rewrite: Rewrite): void {
    if (this.isDescribed) this.#rewrites.push(rewrite);
  }

  #settle(): void {
    if (this.#rewrites.length === 0) return;
    this.#current = rewritten(this.#current, this.#rewrites);
    this.#pending = rewritten(this.#pending, this.#rewrites);
    this.#rewrites = [];
  }
}

function take(native: NativeSessionDescription | null, old: readonly Slot[], rewrite: Rewrite): Slot {
  if (native === null) return null;
  const { type } = native;
  const sdp = mapSections(native.sdp, rewrite);
  const same = old.find((slot) => slot?.type === type && slot.sdp === sdp);
  return same ?? new RTCSessionDescription({ type, sdp });
}

export class Descriptions {
  readonly #local = new Side();
  readonly #remote = new Side();
  /** Local candidates that scripts have had their event of: others must not show yet. */
  readonly #surfaced = new Set<string>();
  /** Generations whose end of candidates is known, of each side. */
  readonly #ended = { local: new Set<string>(), remote: new Set<string>() };

  get currentLocal(): Slot {
    return this.#local.current;
  }

  get pendingLocal(): Slot {
    return this.#local.pending;
  }

  get currentRemote(): Slot {
    return this.#remote.current;
  }

  get pendingRemote(): Slot {
    return this.#remote.pending;
  }

  /** `localDescription`: the pending one where there is one. */
  get local(): Slot {
    return this.#local.pending ?? this.#local.current;
  }

  /** `remoteDescription`: the pending one where there is one. */
  get remote(): Slot {
    return this.#remote.pending ?? this.#remote.current;
  }

  /** Whether there is a `remoteDescription`. */
  get isRemoteDescribed(): boolean {
    return this.#remote.isDescribed;
  }

  /** Whether there is a description of any side. */
  get isDescribed(): boolean {
    return this.#local.isDescribed || this.#remote.isDescribed;
  }

  /** The media sections of `localDescription`. */
  get localSections(): readonly MediaSection[] {
    return this.#local.latestSections;
  }

  /** The media sections of `remoteDescription`. */
  get remoteSections(): readonly MediaSection[] {
    return this.#remote.latestSections;
  }

  /** The media sections of the remote descriptions that have been applied. */
  get appliedRemoteSections(): readonly MediaSection[] {
    return this.#remote.sections;
  }

  /** Takes over what an operation has made. */
  update(native: NativeDescriptions): void {
    this.#local.update(native.currentLocal, native.pendingLocal, this.#rewriteLocal);
    this.#remote.update(native.currentRemote, native.pendingRemote, this.#rewriteRemote);
  }

  readonly #rewriteLocal: Rewrite = (section, facts) => {
    const shown = filterCandidates(section, (key) => this.#surfaced.has(`${facts.mid} ${key}`));
    return this.#ended.local.has(generation(facts)) ? addEndOfCandidates(shown) : shown;
  };

  readonly #rewriteRemote: Rewrite = (section, facts) =>
    this.#ended.remote.has(generation(facts)) ? addEndOfCandidates(section) : section;

  /** "Surface the candidate": adds a gathered candidate to the local descriptions of its generation. */
  surface(candidate: NativeIceCandidate): void {
    this.#surfaced.add(`${candidate.sdpMid} ${candidateKey(candidate.candidate)}`);
    this.#local.rewrite((section, facts) =>
      facts.mid === candidate.sdpMid && facts.usernameFragment === candidate.usernameFragment
        ? addCandidate(section, candidate.candidate)
        : section,
    );
  }

  /** A section's gathering of one generation is over: `a=end-of-candidates` in the local descriptions of it. */
  endLocal(mid: string, usernameFragment: string): void {
    const ended = generation({ mid, usernameFragment });
    this.#ended.local.add(ended);
    this.#local.rewrite((section, facts) => (generation(facts) === ended ? addEndOfCandidates(section) : section));
  }

  /** A remote candidate has been applied: it shows in the remote descriptions of its generation. */
  addRemote(init: IceCandidateInit): void {
    this.#remote.rewrite((section, facts) => (matches(facts, init) ? addCandidate(section, init.candidate) : section));
  }

  /** The end of remote candidates, for the sections that the indication is for: all where it names none. */
  endRemote(init: IceCandidateInit): void {
    for (const facts of this.#remote.sections) {
      if (matches(facts, init)) this.#ended.remote.add(generation(facts));
    }
    this.#remote.rewrite((section, facts) => (matches(facts, init) ? addEndOfCandidates(section) : section));
  }
}

/** Whether a candidate is for a media section: by `sdpMid`, else by `sdpMLineIndex`, else for every one. */
function matches(facts: MediaSection, init: IceCandidateInit): boolean {
  if (init.usernameFragment !== null && init.usernameFragment !== facts.usernameFragment) return false;
  if (init.sdpMid !== null) return init.sdpMid === facts.mid;
  return init.sdpMLineIndex === null || init.sdpMLineIndex === facts.index;
}
