/** Session description fragments of trickle ICE (RFC 8840, section 9): `application/trickle-ice-sdpfrag`. */
import { splitSections } from '../peerconnection/sdp';

/** A candidate and where it belongs. */
export interface FragmentCandidate {
  /** The attribute without `a=`. */
  candidate: string;
  /** `a=mid` of its section. */
  sdpMid: string;
}

/** What a fragment says. */
export interface SdpFragment {
  /** ICE credentials; `null` when the fragment has none. */
  usernameFragment: string | null;
  password: string | null;
  candidates: FragmentCandidate[];
  /** Whether no more candidates will follow. */
  endOfCandidates: boolean;
}

/** ICE characters of RFC 8839, section 5.4. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;
const CANDIDATE =
  /^candidate:[A-Za-z0-9+/]{1,32} \d{1,5} [A-Za-z0-9]{1,8} \d{1,10} \S{1,255} \d{1,5} typ [a-z]{1,16}( \S+)*$/i;
const LINE = /^[a-z]=[^\0\r\n]*$/;
const MANY_CANDIDATES = 256;

/** Text that is no fragment. */
export class FragmentError extends Error {
  override name = 'FragmentError';
}

function only(values: Set<string>, what: string): string | null {
  if (values.size > 1) throw new FragmentError(`The sections of the fragment have more than one ${what}.`);
  return values.size === 0 ? null : [...values][0]!;
}

/**
 * Reads a fragment.
 *
 * @throws FragmentError when it is malformed
 */
export function parseFragment(text: string): SdpFragment {
  const fragments = new Set<string>();
  const passwords = new Set<string>();
  const candidates: FragmentCandidate[] = [];
  const pending: string[] = [];
  let endOfCandidates = false;
  let mid: string | null = null;
  let inSection = false;

  const endSection = () => {
    if (pending.length === 0) return;
    if (mid === null) throw new FragmentError('A candidate stands in a section without a=mid.');
    for (const candidate of pending.splice(0)) candidates.push({ candidate, sdpMid: mid });
  };

  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue;
    if (!LINE.test(line)) throw new FragmentError(`"${line.slice(0, 40)}" is no line of a session description.`);
    if (line.startsWith('m=')) {
      endSection();
      inSection = true;
      mid = null;
      continue;
    }
    if (!line.startsWith('a=')) continue;
    const [name = '', value = ''] = line.slice(2).split(/:(.*)/s);
    switch (name) {
      case 'ice-ufrag':
        if (!UFRAG.test(value)) throw new FragmentError('a=ice-ufrag is malformed.');
        fragments.add(value);
        break;
      case 'ice-pwd':
        if (!PASSWORD.test(value)) throw new FragmentError('a=ice-pwd is malformed.');
        passwords.add(value);
        break;
      case 'mid':
        if (inSection) mid = value;
        break;
      case 'candidate':
        if (!CANDIDATE.test(line.slice(2))) throw new FragmentError('A candidate is malformed.');
        if (!inSection) throw new FragmentError('A candidate stands outside of a section.');
        if (candidates.length + pending.length >= MANY_CANDIDATES)
          throw new FragmentError('There are too many candidates.');
        pending.push(line.slice(2));
        break;
      case 'end-of-candidates':
        endOfCandidates = true;
        break;
    }
  }
  endSection();

  const usernameFragment = only(fragments, 'a=ice-ufrag');
  const password = only(passwords, 'a=ice-pwd');
  if ((usernameFragment === null) !== (password === null)) {
    throw new FragmentError('a=ice-ufrag and a=ice-pwd belong together.');
  }
  if (usernameFragment === null && candidates.length === 0 && !endOfCandidates) {
    throw new FragmentError('The fragment says nothing.');
  }
  return { usernameFragment, password, candidates, endOfCandidates };
}

/** The ICE credentials of a description, which all its sections share in a bundle; `null` when it has none. */
export function iceCredentials(sdp: string): { usernameFragment: string; password: string } | null {
  const usernameFragment = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const password = /^a=ice-pwd:(\S+)/m.exec(sdp)?.[1];
  return usernameFragment === undefined || password === undefined ? null : { usernameFragment, password };
}

/** The fragment that tells a client about the ICE side of a description: new credentials, and all candidates. */
export function fragmentOf(sdp: string): string {
  const [session = '', ...sections] = splitSections(sdp);
  const credentials = iceCredentials(sdp);
  const lines: string[] = [];
  const group = /^a=group:BUNDLE.*$/m.exec(session)?.[0]?.trimEnd();
  if (group !== undefined) lines.push(group);
  if (/^a=ice-lite\r?$/m.test(session)) lines.push('a=ice-lite');
  const options = /^a=ice-options:.*$/m.exec(sdp)?.[0]?.trimEnd();
  if (options !== undefined) lines.push(options);
  if (credentials !== null) {
    lines.push(`a=ice-ufrag:${credentials.usernameFragment}`, `a=ice-pwd:${credentials.password}`);
  }
  for (const section of sections) {
    const media = /^m=.*$/m.exec(section)?.[0]?.trimEnd();
    const mid = /^a=mid:.*$/m.exec(section)?.[0]?.trimEnd();
    const candidates = section.match(/^a=(?:candidate:[^\r\n]*|end-of-candidates)/gm);
    if (media === undefined || mid === undefined || candidates === null) continue;
    lines.push(media, mid, ...candidates);
  }
  return lines.map((line) => `${line}\r\n`).join('');
}

/**
 * The offer that a client would make for an ICE restart: the one it has made, with new credentials, without the old
 * candidates, and with a higher version.
 */
export function restartedOffer(sdp: string, usernameFragment: string, password: string): string {
  return sdp
    .replace(/^a=(?:candidate:.*|end-of-candidates)(?:\r?\n|$)/gm, '')
    .replace(/^a=ice-ufrag:[^\r\n]*/gm, `a=ice-ufrag:${usernameFragment}`)
    .replace(/^a=ice-pwd:[^\r\n]*/gm, `a=ice-pwd:${password}`)
    .replace(/^(o=\S+ \S+ )(\d+)/m, (_, head: string, version: string) => head + String(BigInt(version) + 1n));
}
