/**
 * Codecs and header extensions as the descriptions have settled them: `[[SendCodecs]]` and `[[ReceiveCodecs]]` of
 * webrtc-pc, section 5.2, where libwebrtc has not set up the direction and so knows none.
 */
import type { NativeMediaKind } from '../native_media';
import type { RTCRtpCodecParameters, RTCRtpHeaderExtensionParameters } from './parameters';

/** The media section of a transceiver in both descriptions of the last complete negotiation. */
export interface NegotiatedSections {
  local: string;
  remote: string;
}

/** What has been negotiated for one direction. */
export interface NegotiatedParameters {
  codecs: RTCRtpCodecParameters[];
  headerExtensions: RTCRtpHeaderExtensionParameters[];
}

/** What a media section says about payload types (RFC 8866, section 6.6 and 6.15). */
function codecsIn(section: string, kind: NativeMediaKind): RTCRtpCodecParameters[] {
  const payloadTypes = /^m=\S+ \S+ \S+ (.*?)\s*$/m.exec(section)?.[1]?.split(' ') ?? [];
  return payloadTypes.flatMap((payloadType) => {
    const map = new RegExp(`^a=rtpmap:${payloadType} ([^/\\s]+)/(\\d+)(?:/(\\d+))?`, 'm').exec(section);
    if (map === null) return [];
    const [, name = '', clockRate, channels = '1'] = map;
    const sdpFmtpLine = new RegExp(`^a=fmtp:${payloadType} (.*?)\\s*$`, 'm').exec(section)?.[1];
    return {
      payloadType: Number(payloadType),
      mimeType: `${kind}/${name}`,
      clockRate: Number(clockRate),
      ...(kind === 'audio' ? { channels: Number(channels) } : {}),
      ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }),
    };
  });
}

/** The header extensions of a media section (RFC 8285, section 8). */
function extensionsIn(section: string): RTCRtpHeaderExtensionParameters[] {
  const encryption = 'urn:ietf:params:rtp-hdrext:encrypt ';
  return Array.from(section.matchAll(/^a=extmap:(\d+)(?:\/\w+)? (.*?)\s*$/gm), ([, id, value = '']) => {
    const encrypted = value.startsWith(encryption);
    const [uri = ''] = (encrypted ? value.slice(encryption.length) : value).split(' ');
    return { uri, id: Number(id), encrypted };
  });
}

/**
 * What one section proposes and the other knows.
 *
 * @param decides the section whose order and payload types count: the remote one for sending, the local for receiving
 */
export function negotiatedParameters(decides: string, other: string, kind: NativeMediaKind): NegotiatedParameters {
  const key = ({ mimeType, clockRate }: RTCRtpCodecParameters) => `${mimeType.toLowerCase()} ${clockRate}`;
  const keyWithType = (codec: RTCRtpCodecParameters) => `${codec.payloadType} ${key(codec)}`;
  const deciding = codecsIn(decides, kind);
  const others = codecsIn(other, kind);
  // Both sides mostly use the same payload types; they need not.
  const matching = (by: (codec: RTCRtpCodecParameters) => string) => {
    const known = new Set(others.map(by));
    return deciding.filter((codec) => known.has(by(codec)));
  };
  const sameTypes = matching(keyWithType);
  const uris = new Set(extensionsIn(other).map(({ uri }) => uri));
  return {
    codecs: sameTypes.length > 0 ? sameTypes : matching(key),
    headerExtensions: extensionsIn(decides).filter(({ uri }) => uris.has(uri)),
  };
}
