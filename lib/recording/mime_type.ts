/**
 * Containers and codecs by their MIME types: what can be recorded, and the names that recordings give themselves.
 *
 * The names of codecs are those that Chromium takes: the plain ones (`vp8`, `h264`) and those of RFC 6381 (`avc1.42e01f`).
 */
import type { RecordedCodec, RecordedVideoCodec } from './statistics';

export type Container = 'webm' | 'matroska' | 'mp4';

/** What an application has asked for; what it left open is `undefined`. */
export interface WantedFormat {
  /** As the application wrote it; empty if it left everything open. */
  readonly mimeType: string;
  readonly audioOnly: boolean;
  readonly container: Container | undefined;
  readonly videoCodec: RecordedVideoCodec | undefined;
  readonly audioCodec: 'opus' | undefined;
  /** H.264: parameter sets may come in the media, not only in the header (`avc3`). */
  readonly inBandParameters: boolean;
}

/** What a recording is made in. */
export interface ChosenFormat {
  readonly container: Container;
  readonly videoCodec: RecordedVideoCodec;
  readonly audioCodec: 'opus';
}

const NOTHING_WANTED: WantedFormat = {
  mimeType: '',
  audioOnly: false,
  container: undefined,
  videoCodec: undefined,
  audioCodec: undefined,
  inBandParameters: true,
};

const containers: Readonly<Record<string, Container>> = {
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'video/x-matroska': 'matroska',
  'video/mp4': 'mp4',
  'audio/mp4': 'mp4',
};

/** What each container holds. WebM with H.264 is Matroska by its content, and says so in the file, as in Chromium. */
const held: Readonly<Record<Container, ReadonlySet<RecordedCodec>>> = {
  webm: new Set(['vp8', 'vp9', 'av1', 'h264', 'opus']),
  matroska: new Set(['vp8', 'vp9', 'av1', 'h264', 'opus']),
  mp4: new Set(['vp9', 'av1', 'h264', 'opus']),
};

/** The codec of a name, `undefined` for one that is not known. A name may go on with a profile after a full stop. */
function codecOf(name: string): RecordedCodec | undefined {
  if (/^vp0?8(\.|$)/.test(name)) return 'vp8';
  if (name === 'vp9' || /^vp09(\.\d\d){0,8}$/.test(name)) return 'vp9';
  if (/^av0?1(\.|$)/.test(name)) return 'av1';
  if (name === 'h264' || /^avc[13](\.[0-9a-f]{6})?$/.test(name)) return 'h264';
  return name === 'opus' ? 'opus' : undefined;
}

/** Type, subtype and the parameter `codecs`, or `undefined` for what is no valid MIME type. */
function parse(text: string): { essence: string; codecs: string[] } | undefined {
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const match = new RegExp(`^\\s*(${token}/${token})\\s*(;.*)?$`, 's').exec(text);
  if (match === null) return undefined;
  let codecs: string[] = [];
  // A list of codecs may stand without its quotation marks: everybody writes it so.
  const parameter = new RegExp(`;\\s*(?:(${token})=(?:"([^"]*)"|([^;]*)))?`, 'gsy');
  const rest = match[2] ?? '';
  while (parameter.lastIndex < rest.length) {
    const found = parameter.exec(rest);
    if (found === null) return undefined;
    if (found[1]?.toLowerCase() !== 'codecs') continue;
    codecs = (found[2] ?? found[3] ?? '').split(',').map((name) => name.trim());
    if (codecs.length === 1 && codecs[0] === '') codecs = [];
  }
  return { essence: match[1]!.toLowerCase(), codecs };
}

/** What a MIME type asks for, or `undefined` if it cannot be recorded. The empty string asks for nothing. */
export function wantedFormat(mimeType: string): WantedFormat | undefined {
  if (mimeType === '') return NOTHING_WANTED;
  const parsed = parse(mimeType);
  const container = containers[parsed?.essence ?? ''];
  if (parsed === undefined || container === undefined) return undefined;
  const audioOnly = parsed.essence.startsWith('audio/');
  let videoCodec: RecordedVideoCodec | undefined;
  let audioCodec: 'opus' | undefined;
  let inBandParameters = true;
  for (const name of parsed.codecs) {
    const codec = codecOf(name.toLowerCase());
    if (codec === undefined || !held[container].has(codec)) return undefined;
    if (codec === 'opus') {
      audioCodec = codec;
    } else {
      if (audioOnly) return undefined;
      if (videoCodec === undefined && /^avc1/i.test(name)) inBandParameters = false;
      videoCodec ??= codec;
    }
  }
  return { mimeType, audioOnly, container, videoCodec, audioCodec, inBandParameters };
}

/**
 * Decides what is open: the codec that a remote video comes in, if it may be, so that nothing is transcoded; VP8
 * otherwise. The container is WebM where it fits, Matroska for H.264, as in Chromium.
 *
 * @param remote the codec of the first remote video, if there is one
 */
export function chooseFormat(wanted: WantedFormat, remote: RecordedVideoCodec | undefined): ChosenFormat {
  const fits = (codec: RecordedVideoCodec): boolean =>
    wanted.container === undefined || held[wanted.container].has(codec);
  const fallback = wanted.container === 'mp4' ? 'h264' : 'vp8';
  const videoCodec = wanted.videoCodec ?? (remote !== undefined && fits(remote) ? remote : fallback);
  const container = wanted.container ?? (videoCodec === 'h264' ? 'matroska' : 'webm');
  return { container, videoCodec, audioCodec: 'opus' };
}

/** The wanted MIME type with what was open in it: a type, a subtype and codecs. */
export function fullMimeType(
  wanted: WantedFormat,
  chosen: ChosenFormat,
  kinds: { audio: boolean; video: boolean },
): string {
  if (wanted.videoCodec !== undefined || wanted.audioCodec !== undefined) return wanted.mimeType;
  const subtype = chosen.container === 'matroska' && kinds.video ? 'x-matroska' : chosen.container;
  const names = { vp8: 'vp8', vp9: 'vp9', av1: 'av01', h264: 'avc1', opus: 'opus' };
  const codecs = [
    ...(kinds.video ? [names[chosen.videoCodec]] : []),
    ...(kinds.audio ? [names[chosen.audioCodec]] : []),
  ].join(',');
  const essence = wanted.mimeType === '' ? `${kinds.video ? 'video' : 'audio'}/${subtype}` : wanted.mimeType;
  // What the application wrote may carry parameters of its own, `codecs` without a value among them.
  const separator = essence.includes(';') ? essence.replace(/;\s*codecs\s*=\s*("")?\s*$/i, '') : essence;
  return `${separator};codecs=${codecs}`;
}
