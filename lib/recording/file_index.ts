/** The start and the end of a file of either container: what stands in it while it grows, and what makes it complete. */
import type { PieceInfo } from './engine';
import type { Container } from './mime_type';
import { coverOfBoxes, Mp4Index } from './mp4_pieces';
import { coverOfElement, MatroskaHeader, type Patch } from './webm_pieces';

export interface FileIndex {
  /** What the file begins with. */
  readonly header: Uint8Array;
  /**
   * What stands in the place of the first bytes of a piece, or of the index, until the others are there. It makes readers
   * pass over all of it.
   */
  cover(bytes: Uint8Array): Uint8Array;
  /** A piece was written at a position. */
  add(info: PieceInfo, position: number): void;
  /** What has to be written, in this order, when all pieces are. `duration` in seconds. */
  complete(length: number, duration: number): Patch[];
  /** The same where nothing can be added to the file. */
  abandon(length: number, duration: number): Patch[];
}

export function fileIndex(container: Container, header: Uint8Array): FileIndex {
  if (container === 'mp4') {
    const index = new Mp4Index(header);
    return {
      header,
      cover: coverOfBoxes,
      add: ({ access }, position) => {
        if (access !== undefined) index.add(access.time, position, access.track, access.trackFragment);
      },
      complete: (length, duration) => index.complete(length, duration),
      abandon: (_length, duration) => index.abandon(duration),
    };
  }
  const index = new MatroskaHeader(header);
  return {
    header: index.bytes,
    cover: coverOfElement,
    add: ({ access }, position) => {
      if (access !== undefined) index.addCue(Math.round(access.time * 1000), position, access.track);
    },
    complete: (length, duration) => index.complete(length, duration * 1000),
    abandon: (length, duration) => index.abandon(length, duration * 1000),
  };
}
