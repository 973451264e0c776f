/** What WHIP and WHEP allow in descriptions, and what this server writes into them. */
import { mapSections, splitSections } from '../peerconnection/sdp';
import { RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
import type { RTCRtpCodec } from '../rtp/parameters';
import { Problem } from './problem';
import type { IceServer } from './setting_types';

/** A media section of an offer. */
interface OfferedMedia {
  kind: string;
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  /** The ids of the streams that its track belongs to. */
  streams: string[];
}

const DIRECTION = /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m;

/**
 * The media of an offer.
 *
 * @throws Problem 400 for text that is no description
 */
function offeredMedia(sdp: string): OfferedMedia[] {
  if (!/^v=0\r?\n/.test(sdp)) throw new Problem(400, 'The body is no session description.');
  const [session = '', ...sections] = splitSections(sdp);
  if (sections.length === 0) throw new Problem(400, 'The offer has no media.');
  const general = DIRECTION.exec(session)?.[1];
  return sections.map((section) => ({
    kind: /^m=(\S+)/.exec(section)?.[1] ?? '',
    direction: (DIRECTION.exec(section)?.[1] ?? general ?? 'sendrecv') as OfferedMedia['direction'],
    streams: Array.from(section.matchAll(/^a=msid:(\S+)/gm), ([, id = '']) => id),
  }));
}

function atMostOne(media: readonly OfferedMedia[]): void {
  for (const { kind } of media) {
    if (kind !== 'audio' && kind !== 'video') throw new Problem(422, `Only audio and video can be had, not "${kind}".`);
  }
  for (const kind of ['audio', 'video']) {
    if (media.filter((one) => one.kind === kind).length > 1) {
      throw new Problem(422, `There can be one ${kind} track only.`);
    }
  }
}

/**
 * Looks at the offer of a publisher (RFC 9725, sections 4.2 and 4.4.2).
 *
 * @throws Problem 400 for what may not be, 422 for what cannot be had
 */
export function checkPublisherOffer(sdp: string): void {
  const media = offeredMedia(sdp);
  atMostOne(media);
  if (media.some(({ direction }) => direction === 'recvonly' || direction === 'inactive')) {
    throw new Problem(400, 'A publisher must send all the media that it offers.');
  }
  // A section that names no stream belongs to the one that there is.
  if (new Set(media.flatMap(({ streams }) => streams)).size > 1) {
    throw new Problem(422, 'All tracks must belong to one stream.');
  }
}

/**
 * Looks at the offer of a viewer (WHEP, "Playback session set up").
 *
 * @throws Problem 400 for what may not be, 422 for what cannot be had
 */
export function checkViewerOffer(sdp: string): void {
  const media = offeredMedia(sdp);
  atMostOne(media);
  if (media.some(({ direction }) => direction === 'sendonly' || direction === 'inactive')) {
    throw new Problem(400, 'A viewer must receive all the media that it offers.');
  }
}

/**
 * Looks at the own answer: a session that has some of its media is worse than none (RFC 9725, section 4.4.3).
 *
 * @throws Problem 422 when a section is rejected
 */
export function checkAnswer(sdp: string): void {
  for (const section of splitSections(sdp).slice(1)) {
    if (/^m=\S+ 0 /.test(section) && !/^a=bundle-only\r?$/m.test(section)) {
      throw new Problem(422, `No codec of the offered ${/^m=(\S+)/.exec(section)?.[1] ?? 'media'} can be used.`);
    }
  }
}

const codecName = ({ mimeType }: RTCRtpCodec) => mimeType.split('/')[1]?.toLowerCase() ?? '';
/** They carry or repair other codecs. */
const HELPERS = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03']);

/** What the server can receive, in the order of the names; without `helpers` only media. */
export function receivableCodecs(kind: 'audio' | 'video', names: readonly string[], helpers = true): RTCRtpCodec[] {
  const codecs = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const wanted = names.map((name) => name.toLowerCase());
  return [
    ...wanted.flatMap((name) => codecs.filter((codec) => codecName(codec) === name)),
    // Redundant audio would come wrapped, and a recording has what came.
    ...codecs.filter((codec) => helpers && kind === 'video' && HELPERS.has(codecName(codec))),
  ];
}

/** Says that RTP and RTCP never part, as all sections of an answer must (RFC 9725, section 4.4.1; RFC 8858). */
export const withMuxOnly = (sdp: string): string =>
  sdp.replace(/^a=rtcp-mux(\r?\n)(?!a=rtcp-mux-only)/gm, 'a=rtcp-mux$1a=rtcp-mux-only$1');

/** Tells the client, in the answer that it gets, how much it may send (RFC 3890). */
export function limitBandwidth(sdp: string, bitsPerSecond: number): string {
  if (bitsPerSecond === 0) return sdp;
  return mapSections(sdp, (section) =>
    section.startsWith('m=video')
      ? section.replace(/^(c=.*\r?\n)/m, `$1b=TIAS:${Math.floor(bitsPerSecond)}\r\n`)
      : section,
  );
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** `Link` header fields that tell clients the ICE servers (RFC 9725, section 4.6). */
export function iceServerLinks(servers: readonly IceServer[]): string[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().map((url) => {
      const parts = [`<${url}>`, 'rel="ice-server"'];
      if (/^turns?:/.test(url)) {
        if (username !== undefined) parts.push(`username=${quoted(username)}`);
        if (credential !== undefined) parts.push(`credential=${quoted(credential)}`, 'credential-type="password"');
      }
      return parts.join('; ');
    }),
  );
}
