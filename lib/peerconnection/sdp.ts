/**
 * The few things that this library reads from and writes into session descriptions itself; all else is libwebrtc's.
 * Implements parts of RFC 8866 (SDP), RFC 8839 (ICE in SDP) and RFC 8840 (trickle ICE).
 */

/** Splits a description into the session part and one part for each media section, each with its line ends. */
export function splitSections(sdp: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let next; (next = sdp.indexOf('\nm=', from) + 1) > 0; from = next) parts.push(sdp.slice(from, next));
  parts.push(sdp.slice(from));
  return parts;
}

/** The value of the first attribute of that name. */
function attribute(section: string, name: string): string | null {
  const start = `\na=${name}:`;
  const at = section.indexOf(start);
  if (at < 0) return null;
  const from = at + start.length;
  const end = section.indexOf('\n', from);
  const value = section.slice(from, end < 0 ? undefined : end);
  return value.endsWith('\r') ? value.slice(0, -1) : value;
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

/** A description in parts. */
interface ParsedDescription {
  session: string;
  sections: string[];
  facts: MediaSection[];
}

/** The descriptions that were read last: every candidate asks for the same few. */
const recent = new Map<string, ParsedDescription>();
const MOST_RECENT = 8;

function parse(sdp: string): ParsedDescription {
  const known = recent.get(sdp);
  if (known !== undefined) return known;
  const [session = '', ...sections] = splitSections(sdp);
  const sessionFragment = attribute(session, 'ice-ufrag');
  const facts = sections.map((section, index) => ({
    mid: attribute(section, 'mid') ?? '',
    index,
    usernameFragment: attribute(section, 'ice-ufrag') ?? sessionFragment,
    rejected: /^m=\S+ 0 /.test(section) && !/^a=bundle-only\r?$/m.test(section),
  }));
  const parsed = { session, sections, facts };
  recent.set(sdp, parsed);
  if (recent.size > MOST_RECENT) {
    for (const oldest of recent.keys()) {
      recent.delete(oldest);
      break;
    }
  }
  return parsed;
}

/** The media sections of a description, in their order. */
export function mediaSections(sdp: string): readonly MediaSection[] {
  return parse(sdp).facts;
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
  const { session, sections, facts } = parse(sdp);
  return session + facts.map((one) => rewrite(sections[one.index] ?? '', one)).join('');
}

/** Adds a candidate to a media section, after the candidates it has; a candidate that is there is left alone. */
export function addCandidate(section: string, candidate: string): string {
  if (candidateKeys(section).has(candidateKey(candidate))) return section;
  // A description names the fragment once for the whole section.
  const line = `a=${candidate.replace(/^a=/, '').replace(/ ufrag \S+/, '')}\r\n`;
  return insertAfterCandidates(section, line);
}

/** Adds `a=end-of-candidates` to a media section which does not have it yet. */
export function addEndOfCandidates(section: string): string {
  if (/^a=end-of-candidates\r?$/m.test(section)) return section;
  return insertAfterCandidates(section, 'a=end-of-candidates\r\n');
}

/** Where the last line ends that begins with one of these; -1 where no line does. */
function endOfLast(section: string, beginnings: readonly string[]): number {
  let end = -1;
  for (const beginning of beginnings) {
    const before = section.lastIndexOf(`\n${beginning}`);
    if (before < 0 && !section.startsWith(beginning)) continue;
    const lineEnd = section.indexOf('\n', before + 1);
    end = Math.max(end, lineEnd < 0 ? section.length : lineEnd + 1);
  }
  return end;
}

/** Inserts a line after the last candidate; without one, where libwebrtc writes candidates. */
function insertAfterCandidates(section: string, line: string): string {
  let at = endOfLast(section, ['a=candidate:']);
  if (at < 0) at = endOfLast(section, ['m=', 'c=', 'b=', 'i=', 'a=rtcp:']);
  return section.slice(0, Math.max(at, 0)) + line + section.slice(Math.max(at, 0));
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
