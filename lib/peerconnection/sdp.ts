/**
 * The few things that this library reads from and writes into session descriptions itself; all else is libwebrtc's.
 * Implements parts of RFC 8866 (SDP), RFC 8839 (ICE in SDP) and RFC 8840 (trickle ICE).
 */

/** Splits a description into the session part and one part for each media section, each with its line ends. */
export function splitSections(sdp: string): string[] {
  return sdp.split(/^(?=m=)/m);
}

function attribute(section: string, name: string): string | null {
  return new RegExp(`^a=${name}:(.*?)\\r?$`, 'm').exec(section)?.[1] ?? null;
}

/** What `addIceCandidate` has to know of a media section. */
export interface MediaSection {
  /** Empty when the section has no `a=mid`. */
  mid: string;
  index: number;
  /** ICE user name fragment, also where it stands at session level; `null` when there is none. */
  usernameFragment: string | null;
  /** Whether the section is rejected: its port is 0 and it is not meant to be bundled. */
  rejected: boolean;
}

/** The media sections of a description, in their order. */
export function mediaSections(sdp: string): MediaSection[] {
  const [session = '', ...sections] = splitSections(sdp);
  const sessionFragment = attribute(session, 'ice-ufrag');
  return sections.map((section, index) => ({
    mid: attribute(section, 'mid') ?? '',
    index,
    usernameFragment: attribute(section, 'ice-ufrag') ?? sessionFragment,
    rejected: /^m=\S+ 0 /.test(section) && !/^a=bundle-only\r?$/m.test(section),
  }));
}

/**
 * What identifies a candidate attribute in a section: everything up to its type. What follows (generation, `ufrag`,
 * network) is written in events but not, or not equally, in descriptions.
 */
export function candidateKey(candidate: string): string {
  return candidate.replace(/^(?:a=)?candidate:/i, '').replace(/ typ .*$/is, '');
}

/** The candidates that a media section already has, as {@link candidateKey}s. */
function candidateKeys(section: string): Set<string> {
  return new Set(Array.from(section.matchAll(/^a=candidate:.*?(?=\r?$)/gm), (match) => candidateKey(match[0])));
}

/** Rewrites the media sections of a description, one by one. */
export function mapSections(sdp: string, rewrite: (section: string, facts: MediaSection) => string): string {
  const [session = '', ...sections] = splitSections(sdp);
  return (
    session +
    mediaSections(sdp)
      .map((facts) => rewrite(sections[facts.index] ?? '', facts))
      .join('')
  );
}

/** Adds a candidate to a media section, after the candidates it has; a candidate that is there is left alone. */
export function addCandidate(section: string, candidate: string): string {
  if (candidateKeys(section).has(candidateKey(candidate))) return section;
  // A description names the fragment once for the whole section.
  const line = `a=${candidate.replace(/^a=/, '').replace(/ ufrag \S+/, '')}\r\n`;
  return insertAfter(section, /^a=candidate:.*$/, line);
}

/** Adds `a=end-of-candidates` to a media section which does not have it yet. */
export function addEndOfCandidates(section: string): string {
  if (/^a=end-of-candidates\r?$/m.test(section)) return section;
  return insertAfter(section, /^a=candidate:.*$/, 'a=end-of-candidates\r\n');
}

/** Inserts a line after the last line that matches; without one, where libwebrtc writes candidates. */
function insertAfter(section: string, pattern: RegExp, line: string): string {
  const lines = section.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const after = (test: RegExp) => lines.findLastIndex((candidate) => test.test(candidate.trimEnd()));
  let index = after(pattern);
  if (index < 0) index = after(/^(?:m=|c=|b=|i=|a=rtcp:)/);
  lines.splice(index + 1, 0, line);
  return lines.join('');
}

/** Removes the candidates for which `keep` says no. */
export function filterCandidates(section: string, keep: (key: string) => boolean): string {
  return section.replace(/^a=candidate:.*(?:\r?\n|$)/gm, (line) => (keep(candidateKey(line.trimEnd())) ? line : ''));
}

/**
 * Whether `sdp` holds another DTLS fingerprint than `created`, the description that this connection made last. That is
 * the one change between creating and applying that can never work.
 */
export function fingerprintDiffers(created: string, sdp: string): boolean {
  const ours = attribute(sdp, 'fingerprint');
  return ours !== null && ours.trim() !== attribute(created, 'fingerprint')?.trim();
}
