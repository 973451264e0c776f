/** Where the planes of a picture lie in memory. Implements WebCodecs, section 9.4 (VideoFrame, algorithms). */
import type { NativePixelFormat, NativePlaneLayout, NativeRect } from '../native_media';
import { dictionary, enforceRange, unrestrictedDouble } from '../webidl';
import type { DOMRectInit } from './DOMRectReadOnly';

/** Where a plane begins in the data, and how far its rows are apart, in bytes (WebCodecs, section 9.7). */
export interface PlaneLayout {
  /** Where the plane begins, in bytes. */
  offset: number;
  /** Bytes from one row to the next. */
  stride: number;
}

/** One plane: how many pixels one of its samples stands for, and how many bytes it has. */
interface Plane {
  readonly horizontal: 1 | 2;
  readonly vertical: 1 | 2;
  readonly bytes: 1 | 2 | 4;
}

const full: Plane = { horizontal: 1, vertical: 1, bytes: 1 };
const quarter: Plane = { horizontal: 2, vertical: 2, bytes: 1 };
const half: Plane = { horizontal: 2, vertical: 1, bytes: 1 };
const packed: readonly Plane[] = [{ horizontal: 1, vertical: 1, bytes: 4 }];

const planesOf: Record<NativePixelFormat, readonly Plane[]> = {
  I420: [full, quarter, quarter],
  I420A: [full, quarter, quarter, full],
  I422: [full, half, half],
  I444: [full, full, full],
  NV12: [full, { horizontal: 2, vertical: 2, bytes: 2 }],
  RGBA: packed,
  RGBX: packed,
  BGRA: packed,
  BGRX: packed,
};

/** The four formats of one plane, in which colours are red, green and blue. */
export function isRgb(format: NativePixelFormat): boolean {
  return planesOf[format] === packed;
}

const domRectInit = dictionary<Required<DOMRectInit>>('DOMRectInit', {
  x: { type: unrestrictedDouble, default: 0 },
  y: { type: unrestrictedDouble, default: 0 },
  width: { type: unrestrictedDouble, default: 0 },
  height: { type: unrestrictedDouble, default: 0 },
});

/** Converts a `DOMRectInit`. */
export { domRectInit };

/** Converts a `PlaneLayout`. */
export const planeLayout = dictionary<PlaneLayout>('PlaneLayout', {
  offset: { type: enforceRange.unsignedLong, required: true },
  stride: { type: enforceRange.unsignedLong, required: true },
});

/** Throws a `TypeError` unless the rectangle begins at a sample of each plane of the format. */
function requireAlignment(format: NativePixelFormat, { x, y }: NativeRect, context: string): void {
  for (const { horizontal, vertical } of planesOf[format]) {
    if (x % horizontal !== 0 || y % vertical !== 0) {
      throw new TypeError(`${context}: the rectangle must begin at an even place in ${format}`);
    }
  }
}

/**
 * "Parse Visible Rect": the given rectangle or the default, inside the coded size.
 *
 * @throws TypeError when it does not lie inside, or between the samples of a plane
 */
export function parseRect(
  given: Required<DOMRectInit> | undefined,
  otherwise: NativeRect,
  coded: { width: number; height: number },
  format: NativePixelFormat,
  context: string,
): NativeRect {
  if (given !== undefined) {
    const { x, y, width, height } = given;
    if (![x, y, width, height].every((value) => Number.isFinite(value) && value >= 0)) {
      throw new TypeError(`${context}: the rectangle's members must be finite and not negative`);
    }
    if (width === 0 || height === 0) throw new TypeError(`${context}: the rectangle is empty`);
    if (x + width > coded.width || y + height > coded.height) {
      throw new TypeError(`${context}: the rectangle does not lie inside the frame`);
    }
  }
  const rect = given ?? otherwise;
  const whole = {
    x: Math.trunc(rect.x),
    y: Math.trunc(rect.y),
    width: Math.trunc(rect.width),
    height: Math.trunc(rect.height),
  };
  requireAlignment(format, whole, context);
  return whole;
}

/** Where the planes lie, and how much memory they take. */
export interface CombinedLayout {
  readonly allocationSize: number;
  readonly planes: readonly (NativePlaneLayout & { readonly rows: number; readonly rowBytes: number })[];
}

/**
 * "Compute Layout and Allocation Size" of a picture of this size; planes follow each other tightly where no layout is
 * given.
 *
 * @throws TypeError when the layout has another number of planes, planes overlap, or rows are longer than their stride
 */
export function computeLayout(
  format: NativePixelFormat,
  { width, height }: { width: number; height: number },
  layout: readonly PlaneLayout[] | undefined,
  context: string,
): CombinedLayout {
  const definitions = planesOf[format];
  if (layout !== undefined && layout.length !== definitions.length) {
    throw new TypeError(`${context}: ${format} has ${definitions.length} planes, but the layout has ${layout.length}`);
  }
  let allocationSize = 0;
  const planes: (NativePlaneLayout & { rows: number; rowBytes: number; end: number })[] = [];
  for (const [index, { horizontal, vertical, bytes }] of definitions.entries()) {
    const rows = Math.ceil(height / vertical);
    const rowBytes = Math.ceil(width / horizontal) * bytes;
    const given = layout?.[index];
    if (given !== undefined && given.stride < rowBytes) {
      throw new TypeError(`${context}: the stride of plane ${index} is less than ${rowBytes}`);
    }
    const offset = given?.offset ?? allocationSize;
    const stride = given?.stride ?? rowBytes;
    const end = offset + stride * rows;
    if (end > 0xff_ff_ff_ff) throw new TypeError(`${context}: the picture is too large`);
    if (planes.some((other) => offset < other.end && other.offset < end)) {
      throw new TypeError(`${context}: planes overlap`);
    }
    allocationSize = Math.max(allocationSize, end);
    planes.push({ offset, stride, rows, rowBytes, end });
  }
  return { allocationSize, planes };
}
