/** What the media sections of a description say about the direction of media (RFC 8866, section 6.7). */
import { hasReceive, hasSend, directionOf } from '../rtp/parameters';
import { splitSections } from './sdp';

/** The direction that a media section gives, as its writer sees it. */
export type SectionDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m;

function directionIn(part: string): SectionDirection | undefined {
  return DIRECTION.exec(part)?.[1] as SectionDirection | undefined;
}

function midOf(section: string): string | undefined {
  return /^a=mid:(.*?)\s*$/m.exec(section)?.[1];
}

/** The text of the media section with this `mid`. */
export function sectionOf(sdp: string, mid: string): string | undefined {
  return splitSections(sdp)
    .slice(1)
    .find((section) => midOf(section) === mid);
}

/** The direction of each media section with a `mid`. */
export function sectionDirections(sdp: string): Map<string, SectionDirection> {
  const [session = '', ...sections] = splitSections(sdp);
  const initial = directionIn(session) ?? 'sendrecv';
  const directions = new Map<string, SectionDirection>();
  for (const section of sections) {
    const mid = midOf(section);
    if (mid !== undefined) directions.set(mid, directionIn(section) ?? initial);
  }
  return directions;
}

/** The same direction as the other side sees it. */
export function reversed(direction: SectionDirection): SectionDirection {
  return directionOf(hasReceive(direction), hasSend(direction));
}
