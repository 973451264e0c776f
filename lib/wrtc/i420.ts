/** Pictures as `wrtc` passes them: I420 without gaps, and its two conversions. */
import { computeLayout } from '../media/pixel_layout';
import { native } from '../native';
import type { NativePixelFormat, NativeVideoFrame } from '../native_media';

/** A picture in I420, or in RGBA for the conversions. */
export interface RTCVideoFrame {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** The planes Y, U and V one after another. */
  data: Uint8ClampedArray | Uint8Array | ArrayBuffer | ArrayBufferView;
  /** Degrees by which the picture is to be turned clockwise when it is shown: 0, the default, 90, 180 or 270. */
  rotation?: number;
}

/** What both conversions take and fill. */
export type ImageDataLike = Pick<RTCVideoFrame, 'width' | 'height' | 'data'>;

/** A picture whose members have been checked. */
export interface CheckedImage {
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  data: ArrayBuffer | ArrayBufferView;
}

/** libwebrtc computes with 32 bits. */
const LONGEST_SIDE = 16_384;

/** The layout of a whole picture without gaps. */
export const tightLayout = (format: NativePixelFormat, size: { width: number; height: number }) =>
  computeLayout(format, size, undefined, format);

function side(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('Expected a 32-bit integer');
  const whole = Math.trunc(value);
  if (!(whole >= 0 && whole <= LONGEST_SIDE)) throw new TypeError(`Expected a side of 0 to ${LONGEST_SIDE}`);
  return whole;
}

/**
 * Checks a picture that a program gives.
 *
 * @throws TypeError when a member is missing, or when the data are not as long as the size asks
 */
export function checkedImage(image: unknown, format: 'I420' | 'RGBA'): CheckedImage {
  if (typeof image !== 'object' || image === null) throw new TypeError('Expected an object');
  const { data, ...size } = image as Partial<RTCVideoFrame>;
  const width = side(size.width);
  const height = side(size.height);
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
    throw new TypeError('Expected an ArrayBuffer');
  }
  const { allocationSize } = tightLayout(format, { width, height });
  if (data.byteLength !== allocationSize) {
    throw new TypeError(`Expected a .byteLength of ${allocationSize}, not ${data.byteLength}`);
  }
  return { width, height, data };
}

/** A native frame with a copy of the picture. What its numbers mean is not said: BT.601, as libyuv takes it. */
export function frameOf(
  { width, height, data }: CheckedImage,
  format: 'I420' | 'RGBA',
  { timestamp = 0, rotation = 0 }: { timestamp?: number; rotation?: 0 | 90 | 180 | 270 } = {},
): NativeVideoFrame {
  return native.createVideoFrame(data, {
    format,
    codedWidth: width,
    codedHeight: height,
    layout: layoutOf(format, { width, height }),
    visibleRect: { x: 0, y: 0, width, height },
    timestamp,
    rotation,
    colorSpace: null,
  });
}

/** Where the planes of a whole picture lie. */
export const layoutOf = (format: NativePixelFormat, size: { width: number; height: number }) =>
  tightLayout(format, size).planes.map(({ offset, stride }) => ({ offset, stride }));

function convert(from: unknown, fromFormat: 'I420' | 'RGBA', to: unknown, toFormat: 'I420' | 'RGBA'): void {
  const source = checkedImage(from, fromFormat);
  const target = checkedImage(to, toFormat);
  const { width, height } = source;
  if (width !== target.width || height !== target.height) throw new TypeError('Dimensions must match');
  if (width === 0 || height === 0) return;
  const frame = frameOf(source, fromFormat);
  frame.copyTo(target.data, toFormat, { x: 0, y: 0, width, height }, layoutOf(toFormat, { width, height }));
  frame.close();
}

/**
 * Converts a picture from I420 to RGBA (BT.601, limited range; alpha is 255).
 *
 * @throws TypeError when the data of one of them are not as long as its size asks, or when the sizes differ
 */
export function i420ToRgba(i420Frame: ImageDataLike, rgbaFrame: ImageDataLike): void {
  convert(i420Frame, 'I420', rgbaFrame, 'RGBA');
}

/**
 * Converts a picture from RGBA to I420 (BT.601, limited range; alpha is left out).
 *
 * @throws TypeError when the data of one of them are not as long as its size asks, or when the sizes differ
 */
export function rgbaToI420(rgbaFrame: ImageDataLike, i420Frame: ImageDataLike): void {
  convert(rgbaFrame, 'RGBA', i420Frame, 'I420');
}
