/**
 * Fragmented MP4 around what Mediabunny writes of it. Implements ISO/IEC 14496-12, sections 8.8 (movie fragments) as far
 * as pieces that were written each by itself need it to be one file.
 */
import type { Patch } from './webm_pieces';

interface Box {
  readonly type: string;
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

function* boxes(bytes: Uint8Array, start: number, end: number): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = start; at + 8 <= end;) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const [length, header] = size === 1 ? [Number(view.getBigUint64(at + 8)), 16] : [size, 8];
    if (length < header) return;
    yield { type, start: at, dataStart: at + header, end: at + length };
    at += length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function child(bytes: Uint8Array, parent: { dataStart: number; end: number }, type: string): Box | undefined {
  for (const box of boxes(bytes, parent.dataStart, parent.end)) if (box.type === type) return box;
  return undefined;
}

/** Flags of a sample that others are needed to decode (ISO/IEC 14496-12, section 8.8.3.1). */
const NOT_SYNC = 0x01010000;

/** Gives a fragment its number, and takes the mark of a key frame from the first sample of each of those tracks. */
export function numberFragment(fragment: Uint8Array, number: number, tracks: readonly boolean[]): void {
  const view = viewOf(fragment);
  for (const moof of boxes(fragment, 0, fragment.length)) {
    if (moof.type !== 'moof') continue;
    for (const box of boxes(fragment, moof.dataStart, moof.end)) {
      if (box.type === 'mfhd') view.setUint32(box.dataStart + 4, number);
      if (box.type === 'traf') unmark(fragment, view, box, tracks);
    }
  }
}

function unmark(fragment: Uint8Array, view: DataView, traf: Box, tracks: readonly boolean[]): void {
  const tfhd = child(fragment, traf, 'tfhd');
  const trun = child(fragment, traf, 'trun');
  if (tfhd === undefined || trun === undefined) return;
  if (tracks[view.getUint32(tfhd.dataStart + 4) - 1] !== true) return;
  const flags = view.getUint32(trun.dataStart) & 0xffffff;
  // After version, flags and count: the data offset, then the flags of the first sample, then the samples.
  let at = trun.dataStart + 8 + ((flags & 1) === 0 ? 0 : 4);
  if ((flags & 4) !== 0) {
    view.setUint32(at, NOT_SYNC);
    return;
  }
  if ((flags & 0x400) !== 0) {
    at += ((flags & 0x100) === 0 ? 0 : 4) + ((flags & 0x200) === 0 ? 0 : 4);
    view.setUint32(at, NOT_SYNC);
    return;
  }
  // One flag for all samples, which Mediabunny always writes last.
  view.setUint32(tfhd.end - 4, NOT_SYNC);
}

/** What stands in the place of the first box's head while the boxes are being written: readers pass over all of them. */
export function coverOfBoxes(bytes: Uint8Array): Uint8Array {
  const box = Buffer.alloc(8);
  box.writeUInt32BE(bytes.length, 0);
  box.write('free', 4);
  return box;
}

const DURATION_BOX = 20;

/** A header with room for the duration of the whole (`mehd`), which is known at the end. */
export function withDurationBox(header: Uint8Array): Uint8Array {
  const moov = [...boxes(header, 0, header.length)].find(({ type }) => type === 'moov')!;
  const mvex = child(header, moov, 'mvex')!;
  const room = new Uint8Array(DURATION_BOX);
  new DataView(room.buffer).setUint32(0, DURATION_BOX);
  room.set(Buffer.from('free'), 4);
  const result = Buffer.concat([header.subarray(0, mvex.dataStart), room, header.subarray(mvex.dataStart)]);
  for (const box of [moov, mvex]) result.writeUInt32BE(box.end - box.start + DURATION_BOX, box.start);
  return result;
}

interface AccessPoint {
  readonly time: number;
  readonly position: number;
  readonly track: number;
  /** Which of the track fragments of its fragment is the track's, counted from 1. */
  readonly trackFragment: number;
}

/** The end of a file: where players can go, and how long it lasts. */
export class Mp4Index {
  readonly #durationBox: number;
  readonly #timescale: number;
  readonly #trackTimescales = new Map<number, number>();
  readonly #points: AccessPoint[] = [];

  constructor(header: Uint8Array) {
    const view = viewOf(header);
    const moov = [...boxes(header, 0, header.length)].find(({ type }) => type === 'moov')!;
    const scaleOf = (box: Box): number =>
      view.getUint32(box.dataStart + 4 + (view.getUint8(box.dataStart) === 1 ? 16 : 8));
    this.#timescale = scaleOf(child(header, moov, 'mvhd')!);
    for (const box of boxes(header, moov.dataStart, moov.end)) {
      if (box.type !== 'trak') continue;
      const tkhd = child(header, box, 'tkhd')!;
      const track = view.getUint32(tkhd.dataStart + 4 + (view.getUint8(tkhd.dataStart) === 1 ? 16 : 8));
      this.#trackTimescales.set(track, scaleOf(child(header, child(header, box, 'mdia')!, 'mdhd')!));
    }
    this.#durationBox = child(header, moov, 'mvex')!.dataStart;
  }

  /** A fragment that begins, in `track` (counted from 1), with a key frame of that time in seconds. */
  add(time: number, position: number, track: number, trackFragment: number): void {
    this.#points.push({ time, position, track, trackFragment });
  }

  /**
   * What has to be written when the file is complete.
   *
   * @param length what has been written so far
   * @param duration seconds
   */
  complete(length: number, duration: number): Patch[] {
    return [{ position: length, data: this.#randomAccess() }, ...this.abandon(duration)];
  }

  /** What can be said of a file that could not be ended well, for want of room. */
  abandon(duration: number): Patch[] {
    const box = Buffer.alloc(DURATION_BOX);
    box.writeUInt32BE(DURATION_BOX, 0);
    box.write('mehd', 4);
    box.writeUInt8(1, 8);
    box.writeBigUInt64BE(BigInt(Math.round(duration * this.#timescale)), 12);
    return [{ position: this.#durationBox, data: box }];
  }

  /** `mfra` (ISO/IEC 14496-12, section 8.8.9). */
  #randomAccess(): Uint8Array {
    const tables = [...this.#trackTimescales].flatMap(([track, timescale]) => {
      const points = this.#points.filter((point) => point.track === track);
      if (points.length === 0) return [];
      const table = Buffer.alloc(24 + points.length * 19);
      table.writeUInt32BE(table.length, 0);
      table.write('tfra', 4);
      table.writeUInt8(1, 8);
      table.writeUInt32BE(track, 12);
      // The three numbers below have one byte each.
      table.writeUInt32BE(points.length, 20);
      points.forEach(({ time, position, trackFragment }, index) => {
        const at = 24 + index * 19;
        table.writeBigUInt64BE(BigInt(Math.round(time * timescale)), at);
        table.writeBigUInt64BE(BigInt(position), at + 8);
        table.writeUInt8(trackFragment, at + 16);
        table.writeUInt8(1, at + 17);
        table.writeUInt8(1, at + 18);
      });
      return [table];
    });
    const body = Buffer.concat(tables);
    const head = Buffer.alloc(8);
    const tail = Buffer.alloc(16);
    const size = head.length + body.length + tail.length;
    head.writeUInt32BE(size, 0);
    head.write('mfra', 4);
    tail.writeUInt32BE(tail.length, 0);
    tail.write('mfro', 4);
    tail.writeUInt32BE(size, 12);
    return Buffer.concat([head, body, tail]);
  }
}
