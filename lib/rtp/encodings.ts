/** The checks of encodings. Implements webrtc-pc, section 5.1 (addTransceiver sendEncodings validation steps). */
import type { NativeMediaKind, NativeRtpEncodingParameters } from '../native_media';
import { senderCapabilities } from './capabilities';
import type { ConvertedEncoding } from './parameters';

/** How many encodings libwebrtc sends for one track. */
const MAX_ENCODINGS: Record<NativeMediaKind, number> = { audio: 1, video: 3 };

/** RFC 8852, section 3: letters and digits; 16 at most go into a header extension of one byte's length. */
const RID = /^[A-Za-z0-9]{1,16}$/;

/**
 * Limits of members, as `addTransceiver` and `setParameters` have them. Removes what has no meaning for sound.
 *
 * @param restricted the name of the exception for a `scaleResolutionDownTo` that is empty, or is there for some only
 */
export function checkLimits(
  kind: NativeMediaKind,
  encodings: ConvertedEncoding[],
  restricted: 'OperationError' | 'InvalidModificationError',
  prefix: string,
): void {
  for (const encoding of encodings) {
    if (kind === 'audio') {
      delete encoding.scaleResolutionDownBy;
      delete encoding.scaleResolutionDownTo;
      delete encoding.maxFramerate;
      delete encoding.scalabilityMode;
    }
    const { scaleResolutionDownBy = 1, maxFramerate = 0 } = encoding;
    if (scaleResolutionDownBy < 1) throw new RangeError(`${prefix}: scaleResolutionDownBy is below 1.`);
    if (maxFramerate < 0) throw new RangeError(`${prefix}: maxFramerate is negative.`);
    const { maxWidth, maxHeight } = encoding.scaleResolutionDownTo ?? { maxWidth: 1, maxHeight: 1 };
    if (maxWidth === 0 || maxHeight === 0) {
      throw new DOMException(`${prefix}: scaleResolutionDownTo is empty.`, restricted);
    }
  }
  const active = encodings.filter((encoding) => encoding.active);
  const count = active.filter(({ scaleResolutionDownTo }) => scaleResolutionDownTo !== undefined).length;
  if (count > 0 && count < active.length) {
    throw new DOMException(`${prefix}: some encodings have a scaleResolutionDownTo, and some do not.`, restricted);
  }
}

/** All encodings scale or none does; a video encoding that says nothing keeps the size. */
export function completeScaling(encodings: ConvertedEncoding[]): void {
  if (!encodings.some(({ scaleResolutionDownBy }) => scaleResolutionDownBy !== undefined)) return;
  for (const encoding of encodings) encoding.scaleResolutionDownBy ??= 1;
}

/**
 * Checks and completes the `sendEncodings` of a new transceiver; changes `encodings` in place.
 *
 * @throws TypeError for malformed or repeated `rid`s, and where only some encodings have one
 * @throws RangeError for `scaleResolutionDownBy` below 1 and negative `maxFramerate`
 * @throws DOMException `OperationError` for a codec that nobody knows, and for a `scaleResolutionDownTo` that is empty or
 *   that some active encodings have and others do not
 */
export function validateSendEncodings(kind: NativeMediaKind, encodings: ConvertedEncoding[], prefix: string): void {
  const rids = encodings.flatMap(({ rid }) => (rid === undefined ? [] : [rid]));
  for (const rid of rids) {
    if (!RID.test(rid)) throw new TypeError(`${prefix}: '${rid}' is no valid rid.`);
  }
  if (rids.length > 0 && rids.length !== encodings.length) {
    throw new TypeError(`${prefix}: some encodings have a rid, and some do not.`);
  }
  if (new Set(rids).size !== rids.length) throw new TypeError(`${prefix}: two encodings have the same rid.`);
  checkLimits(kind, encodings, 'OperationError', prefix);
  const known = new Set(senderCapabilities(kind)?.codecs.map(({ mimeType }) => mimeType.toLowerCase()));
  for (const { codec } of encodings) {
    if (codec === undefined || known.has(codec.mimeType.toLowerCase())) continue;
    throw new DOMException(`${prefix}: '${codec.mimeType}' is no known codec.`, 'OperationError');
  }
  encodings.splice(MAX_ENCODINGS[kind]);
  if (kind === 'video') {
    completeScaling(encodings);
    // Without any scaling given, each layer has half the size of the next.
    encodings.forEach((encoding, index) => {
      encoding.scaleResolutionDownBy ??= 2 ** (encodings.length - index - 1);
    });
  }
  if (encodings.length === 1) delete encodings[0]?.rid;
}

/** What the addon takes. */
export function toNativeEncoding(encoding: ConvertedEncoding): NativeRtpEncodingParameters {
  return { ...encoding, networkPriority: encoding.networkPriority ?? encoding.priority };
}
