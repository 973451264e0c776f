/**
 * H.264 between its two forms: start codes before each unit, as libwebrtc gives it (H.264, annex B), and lengths, as
 * files hold it, with the parameter sets in a record of the header (ISO/IEC 14496-15, section 5.3.3.1).
 */
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
/** Profiles whose record goes on with the chroma format and the bit depths. */
const highProfiles = new Set([100, 110, 122, 144]);

/** What the parameter sets of a key frame say. */
export interface H264Parameters {
  /** `AVCDecoderConfigurationRecord`. */
  readonly record: Uint8Array;
  /** Profile, constraints and level as six hexadecimal digits, for `avc1.…`. */
  readonly profile: string;
}

/** The units of a frame, without their start codes. */
function units(data: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  let start = -1;
  const end = (at: number): void => {
    if (start < 0) return;
    // Zeros before a start code belong to nothing.
    let last = at;
    while (last > start && data[last - 1] === 0) last--;
    if (last > start) found.push(data.subarray(start, last));
  };
  for (let at = 0; at + 2 < data.length;) {
    if (data[at + 2]! > 1) {
      at += 3;
    } else if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) {
      end(at);
      start = at + 3;
      at += 3;
    } else {
      at++;
    }
  }
  end(data.length);
  return found;
}

const typeOf = (unit: Uint8Array): number => unit[0]! & 31;

/** The parameter sets of a key frame, or `undefined` if they are not all there. */
export function h264Parameters(data: Uint8Array): H264Parameters | undefined {
  const all = units(data);
  const sps = all.filter((unit) => typeOf(unit) === SPS && unit.length >= 4);
  const pps = all.filter((unit) => typeOf(unit) === PPS);
  const first = sps[0];
  if (first === undefined || pps.length === 0) return undefined;
  const [, profile, constraints, level] = first as unknown as [number, number, number, number];
  const bytes: number[] = [1, profile, constraints, level, 0xff];
  const append = (sets: Uint8Array[], count: number): void => {
    bytes.push(count);
    for (const set of sets) bytes.push(set.length >> 8, set.length & 255, ...set);
  };
  append(sps, 0xe0 | sps.length);
  append(pps, pps.length);
  // Pictures of a conference are 4:2:0 with 8 bits, whatever their profile could do.
  if (highProfiles.has(profile)) bytes.push(0xfc | 1, 0xf8, 0xf8, 0);
  const hexadecimal = [profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { record: Uint8Array.from(bytes), profile: hexadecimal };
}

/** A frame with lengths of four bytes. Its parameter sets stay in it: they change when the size of the picture does. */
export function h264WithLengths(data: Uint8Array): Uint8Array {
  const kept = units(data).filter((unit) => typeOf(unit) !== DELIMITER);
  const result = new Uint8Array(kept.reduce((length, unit) => length + 4 + unit.length, 0));
  const view = new DataView(result.buffer);
  let at = 0;
  for (const unit of kept) {
    view.setUint32(at, unit.length);
    result.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return result;
}
