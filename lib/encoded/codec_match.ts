/** Whether what one connection receives is what another one may send, as far as payload formats tell. */
import type { RTCRtpCodecParameters } from '../rtp/parameters';

/** Payload formats that accompany media and are none. */
const AUXILIARY = new Set(['rtx', 'red', 'ulpfec', 'flexfec-03', 'cn', 'telephone-event']);

/** The part of a MIME type behind the slash, in small letters. */
function formatOf({ mimeType }: RTCRtpCodecParameters): string {
  return mimeType.slice(mimeType.indexOf('/') + 1).toLowerCase();
}

/** Whether this is a codec of media, and not of what protects or accompanies media. */
export function isMediaCodec(codec: RTCRtpCodecParameters): boolean {
  return !AUXILIARY.has(formatOf(codec));
}

function formatParameters({ sdpFmtpLine = '' }: RTCRtpCodecParameters): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of sdpFmtpLine.split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    parameters.set(name.trim().toLowerCase(), value.trim().toLowerCase());
  }
  return parameters;
}

/** What a decoder must be prepared for, of the parameters that each payload format has. */
function profileOf(codec: RTCRtpCodecParameters): string {
  const parameters = formatParameters(codec);
  switch (formatOf(codec)) {
    // RFC 6184, section 8.1. The level says how much a receiver takes, not what a stream is.
    case 'h264':
      return `${parameters.get('packetization-mode') ?? '0'} ${(parameters.get('profile-level-id') ?? '42e01f').slice(0, 4)}`;
    // RFC 9628, section 7, and the payload formats of AV1 and H.265.
    case 'vp9':
    case 'h265':
      return parameters.get('profile-id') ?? '0';
    case 'av1':
      return parameters.get('profile') ?? '0';
    default:
      return '';
  }
}

function isSame(a: RTCRtpCodecParameters, b: RTCRtpCodecParameters): boolean {
  return (
    formatOf(a) === formatOf(b) &&
    a.clockRate === b.clockRate &&
    (a.channels ?? 1) === (b.channels ?? 1) &&
    profileOf(a) === profileOf(b)
  );
}

/** The one among `codecs` that `codec` can be sent as. */
export function matchingCodec(
  codec: RTCRtpCodecParameters,
  codecs: readonly RTCRtpCodecParameters[],
): RTCRtpCodecParameters | undefined {
  return codecs.find((candidate) => isSame(codec, candidate));
}
