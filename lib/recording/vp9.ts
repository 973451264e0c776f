/** What a file's header needs to know of VP9 (VP9 bitstream, section 6.2; "VP Codec ISO Media File Format Binding"). */
import { BitReader } from './bit_reader';

/** The largest pictures, in samples, of the levels that matter here. */
const levels = [
  [10, 36_864],
  [20, 122_880],
  [30, 552_960],
  [31, 983_040],
  [40, 2_228_224],
  [50, 8_912_896],
  [60, 35_651_584],
] as const;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The name of what a key frame is coded in, as in `vp09.00.31.08`. */
export function vp9CodecString(data: Uint8Array, width: number, height: number): string {
  const reader = new BitReader(data);
  reader.skip(2);
  const profile = reader.bits(1) + 2 * reader.bits(1);
  let depth = 8;
  if (profile >= 2) {
    // Reserved bit of profile 3, show_existing_frame, frame type, show_frame, error resilience, sync code.
    reader.skip((profile === 3 ? 1 : 0) + 4 + 24);
    depth = reader.flag() ? 12 : 10;
  }
  const level = levels.find(([, samples]) => width * height <= samples)?.[0] ?? 62;
  return `vp09.${twoDigits(profile)}.${level}.${twoDigits(depth)}`;
}
