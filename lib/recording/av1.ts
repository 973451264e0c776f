/** What a file's header needs to know of AV1 (AV1 specification, sections 5.3 and 5.5; "AV1 Codec ISO Media File Format Binding"). */
import { BitReader } from './bit_reader';

const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;

interface Unit {
  readonly type: number;
  readonly payload: Uint8Array;
  /** Where the next unit begins. */
  readonly end: number;
}

/** The unit at a position, or `undefined` if it has no size or is cut off. */
function unitAt(data: Uint8Array, start: number): Unit | undefined {
  const header = data[start];
  if (header === undefined || (header & 2) === 0) return undefined;
  let at = start + ((header & 4) === 0 ? 1 : 2);
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = data[at++];
    if (byte === undefined || shift > 28) return undefined;
    size += (byte & 127) * 2 ** shift;
    if ((byte & 128) === 0) break;
  }
  const end = at + size;
  return end > data.length ? undefined : { type: (header >> 3) & 15, payload: data.subarray(at, end), end };
}

/** A temporal unit without its delimiter, which files leave out. */
export function withoutDelimiter(data: Uint8Array): Uint8Array {
  const first = unitAt(data, 0);
  return first?.type === TEMPORAL_DELIMITER ? data.subarray(first.end) : data;
}

/** The name of what a key frame is coded in, as in `av01.0.08M.08`. */
export function av1CodecString(data: Uint8Array): string {
  for (let at = 0; ;) {
    const unit = unitAt(data, at);
    if (unit === undefined) return 'av01.0.08M.08';
    if (unit.type === SEQUENCE_HEADER) return describe(new BitReader(unit.payload));
    at = unit.end;
  }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

function describe(reader: BitReader): string {
  const profile = reader.bits(3);
  reader.skip(1);
  const reduced = reader.flag();
  let level: number;
  let tier = 0;
  if (reduced) {
    level = reader.bits(5);
  } else {
    let decoderModel = false;
    let delayBits = 0;
    if (reader.flag()) {
      reader.skip(64);
      if (reader.flag()) reader.exponentialGolomb();
      decoderModel = reader.flag();
      if (decoderModel) {
        delayBits = reader.bits(5) + 1;
        reader.skip(42);
      }
    }
    const initialDelay = reader.flag();
    const points = reader.bits(5) + 1;
    level = 0;
    for (let point = 0; point < points; point++) {
      reader.skip(12);
      const own = reader.bits(5);
      const ownTier = own > 7 ? reader.bits(1) : 0;
      if (point === 0) [level, tier] = [own, ownTier];
      if (decoderModel && reader.flag()) reader.skip(2 * delayBits + 1);
      if (initialDelay && reader.flag()) reader.skip(4);
    }
  }
  // Frame size and tools lie between here and the bit depth.
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  reader.skip(widthBits + heightBits);
  if (!reduced && reader.flag()) reader.skip(7);
  reader.skip(3);
  if (!reduced) {
    reader.skip(4);
    const orderHint = reader.flag();
    if (orderHint) reader.skip(2);
    const chooseScreenTools = reader.flag();
    const screenTools = chooseScreenTools ? 2 : reader.bits(1);
    if (screenTools > 0 && !reader.flag()) reader.skip(1);
    if (orderHint) reader.skip(3);
  }
  reader.skip(3);
  const highDepth = reader.flag();
  const depth = highDepth ? (profile === 2 && reader.flag() ? 12 : 10) : 8;
  return `av01.${profile}.${twoDigits(level)}${tier === 0 ? 'M' : 'H'}.${twoDigits(depth)}`;
}
