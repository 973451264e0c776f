/**
 * Matroska around what Mediabunny writes of it: a header that is true while the recording goes on, and what makes the
 * file seekable at the end. Implements RFC 9559 (Matroska), section 5, and RFC 8794 (EBML), as far as that needs it.
 */

const id = {
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  simpleBlock: 0xa3,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  void: 0xec,
};

interface Element {
  readonly id: number;
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
}

/** The element that begins at a position. */
function elementAt(bytes: Uint8Array, start: number): Element {
  const idLength = Math.clz32(bytes[start]!) - 23;
  let elementId = 0;
  for (let i = 0; i < idLength; i++) elementId = elementId * 256 + bytes[start + i]!;
  const sizeStart = start + idLength;
  const sizeLength = Math.clz32(bytes[sizeStart]!) - 23;
  let size = bytes[sizeStart]! & (0xff >> sizeLength);
  for (let i = 1; i < sizeLength; i++) size = size * 256 + bytes[sizeStart + i]!;
  const dataStart = sizeStart + sizeLength;
  return { id: elementId, start, dataStart, end: dataStart + size };
}

function* elements(bytes: Uint8Array, start: number, end: number): Generator<Element> {
  for (let at = start; at < end;) {
    const element = elementAt(bytes, at);
    yield element;
    at = element.end;
  }
}

/** Takes the mark of a key frame from the first block of each of those tracks in a cluster. */
export function unmarkKeyFrames(cluster: Uint8Array, tracks: readonly boolean[]): void {
  const wanted = new Set(tracks.flatMap((unmark, index) => (unmark ? [index + 1] : [])));
  const { dataStart, end } = elementAt(cluster, 0);
  for (const { id: elementId, dataStart: at } of elements(cluster, dataStart, end)) {
    if (wanted.size === 0) return;
    // Track number (of one byte), time of two bytes, flags.
    if (elementId === id.simpleBlock && wanted.delete(cluster[at]! & 127)) cluster[at + 3]! &= 127;
  }
}

/** Bytes that belong at a position of the file. */
export interface Patch {
  readonly position: number;
  readonly data: Uint8Array;
}

function bigEndian(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);
}

/** A size, of as many bytes as asked for. */
function sizeField(value: number, length: number): number[] {
  const bytes = bigEndian(value, length);
  bytes[0]! |= 1 << (8 - length);
  return bytes;
}

function idBytes(value: number): number[] {
  let length = 1;
  while (value >= 256 ** length) length++;
  return bigEndian(value, length);
}

function element(elementId: number, content: readonly number[]): number[] {
  return [...idBytes(elementId), ...sizeField(content.length, content.length < 127 ? 1 : 4), ...content];
}

/**
 * What stands in the place of an element's head while the rest is being written: an element of the same size that readers
 * pass over. It is as long as the head.
 */
export function coverOfElement(bytes: Uint8Array): Uint8Array {
  const head = elementAt(bytes, 0).dataStart;
  return Uint8Array.from([id.void, ...sizeField(bytes.length - head, head - 1)]);
}

/** The start of a file: what is known later is left out of it, in a way that leaves room. */
export class MatroskaHeader {
  /** What the file begins with. Its segment has no end yet, which says that there may be more. */
  readonly bytes: Uint8Array;
  readonly #segmentSize: number;
  readonly #segmentStart: number;
  readonly #seekHead: Element;
  readonly #duration: Element;
  readonly #info: Element;
  readonly #tracks: Element;
  readonly #original: Uint8Array;
  readonly #cues: { time: number; position: number; track: number }[] = [];

  constructor(header: Uint8Array) {
    this.#original = new Uint8Array(header);
    this.bytes = header;
    const ebml = elementAt(header, 0);
    const segment = elementAt(header, ebml.end);
    this.#segmentSize = ebml.end + idBytes(id.segment).length;
    this.#segmentStart = segment.dataStart;
    const children = [...elements(header, segment.dataStart, header.length)];
    const child = (wanted: number): Element => children.find((found) => found.id === wanted)!;
    this.#seekHead = child(id.seekHead);
    this.#info = child(id.info);
    this.#tracks = child(id.tracks);
    this.#duration = [...elements(header, this.#info.dataStart, this.#info.end)].find(
      (found) => found.id === id.duration,
    )!;
    const sizeLength = segment.dataStart - this.#segmentSize;
    header.fill(0xff, this.#segmentSize, segment.dataStart);
    header[this.#segmentSize] = (1 << (9 - sizeLength)) - 1;
    for (const { start, end } of [this.#seekHead, this.#duration]) {
      const room = end - start;
      const sizeBytes = room < 120 ? 1 : 2;
      header.set([id.void, ...sizeField(room - 1 - sizeBytes, sizeBytes)], start);
      header.fill(0, start + 1 + sizeBytes, end);
    }
  }

  /** A cluster that a player can go to: `time` (in milliseconds) is that of a key frame of `track`, counted from 1. */
  addCue(time: number, position: number, track: number): void {
    this.#cues.push({ time, position, track });
  }

  /**
   * What has to be written, in this order, when the file is complete.
   *
   * @param length what has been written so far
   * @param duration milliseconds
   */
  complete(length: number, duration: number): Patch[] {
    const cues = Uint8Array.from(this.#index());
    const end = length + (cues.length === 0 ? 0 : cues.length);
    return [
      ...(cues.length === 0 ? [] : [{ position: length, data: cues }]),
      ...this.#header(duration, cues.length === 0 ? undefined : length),
      this.#size(end),
    ];
  }

  /** What can be said of a file that could not be ended well, for want of room. */
  abandon(length: number, duration: number): Patch[] {
    return [...this.#header(duration, undefined), this.#size(length)];
  }

  #size(end: number): Patch {
    const sizeLength = this.#segmentStart - this.#segmentSize;
    return {
      position: this.#segmentSize,
      data: Uint8Array.from(sizeField(end - this.#segmentStart, sizeLength)),
    };
  }

  #header(duration: number, cues: number | undefined): Patch[] {
    const { start, end, dataStart } = this.#duration;
    const durationBytes = this.#original.slice(start, end);
    new DataView(durationBytes.buffer).setFloat64(dataStart - start, duration);
    const places = [
      [id.info, this.#info.start],
      [id.tracks, this.#tracks.start],
      ...(cues === undefined ? [] : [[id.cues, cues] as const]),
    ] as const;
    const seeks = places.flatMap(([what, position]) =>
      element(id.seek, [
        ...element(id.seekId, idBytes(what)),
        ...element(id.seekPosition, bigEndian(position - this.#segmentStart, 6)),
      ]),
    );
    const seekHead = element(id.seekHead, seeks);
    const patches = [{ position: start, data: durationBytes }];
    const room = this.#seekHead.end - this.#seekHead.start - seekHead.length;
    if (room === 0 || room >= 2) {
      const filler = room === 0 ? [] : [id.void, ...sizeField(room - 2, 1)];
      patches.push({ position: this.#seekHead.start, data: Uint8Array.from([...seekHead, ...filler]) });
    }
    return patches;
  }

  #index(): number[] {
    if (this.#cues.length === 0) return [];
    const points = this.#cues.map(({ time, position, track }) =>
      element(id.cuePoint, [
        ...element(id.cueTime, bigEndian(time, 6)),
        ...element(id.cueTrackPositions, [
          ...element(id.cueTrack, [track]),
          ...element(id.cueClusterPosition, bigEndian(position - this.#segmentStart, 6)),
        ]),
      ]),
    );
    return element(id.cues, points.flat());
  }
}
