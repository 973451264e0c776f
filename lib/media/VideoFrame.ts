import { types } from 'node:util';
import { native } from '../native';
import type { NativePixelFormat, NativeRect, NativeVideoFrame } from '../native_media';
import { constructorOperation, defineInterface, internal, isObject, operation } from '../webidl';
import {
  bufferSource,
  detachAll,
  intoUnshared,
  isDetached,
  requireTransferable,
  unshared,
  type BufferSourceLike,
} from './buffers';
import { DOMRectReadOnly } from './DOMRectReadOnly';
import { computeLayout, isRgb, parseRect, type CombinedLayout, type PlaneLayout } from './pixel_layout';
import { VideoColorSpace, colorSpaceOf } from './VideoColorSpace';
import {
  videoFrameBufferInit,
  videoFrameCopyToOptions,
  videoFrameInit,
  type VideoFrameBufferInit,
  type VideoFrameCopyToOptions,
  type VideoFrameInit,
  type VideoFrameMetadata,
  type VideoPixelFormat,
} from './video_frame_init';

const NAME = 'VideoFrame';
const CONSTRUCT = constructorOperation(NAME);
const ALLOCATION_SIZE = operation(NAME, 'allocationSize');
const COPY_TO = operation(NAME, 'copyTo');

/** No side may be longer: libwebrtc computes sizes with 32 bits. */
const LONGEST_SIDE = 16_384;

/** What the native frame does not know. */
interface Extras {
  readonly duration?: number | undefined;
  /** Whether it is to be mirrored, after the rotation; `false` where absent. */
  readonly flip?: boolean | undefined;
  /** Width at which it is to be shown; that of the visible part where absent. */
  readonly displayWidth?: number | undefined;
  /** Height at which it is to be shown; that of the visible part where absent. */
  readonly displayHeight?: number | undefined;
  /** What a script has said instead of what is known of the native frame. */
  readonly metadata?: VideoFrameMetadata | undefined;
}

type Rotation = 0 | 90 | 180 | 270;

/** "Parse Rotation": the nearest quarter turn, 0 to 270. */
function parseRotation(rotation: number, context: string): Rotation {
  if (!Number.isFinite(rotation)) throw new TypeError(`${context}: rotation must be finite`);
  const quarters = Math.round(rotation / 90) % 4;
  return (((quarters + 4) % 4) * 90) as Rotation;
}

/** "Initialize display size" needs both or none. */
function parseDisplaySize({ displayWidth, displayHeight }: Extras, context: string): void {
  if ((displayWidth === undefined) !== (displayHeight === undefined)) {
    throw new TypeError(`${context}: displayWidth and displayHeight go together`);
  }
  if (displayWidth === 0 || displayHeight === 0) throw new TypeError(`${context}: the display size is empty`);
}

const SRGB = { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true } as const;
const BT709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;

const withoutAlpha: Partial<Record<NativePixelFormat, NativePixelFormat>> = {
  I420A: 'I420',
  RGBA: 'RGBX',
  BGRA: 'BGRX',
};

/** The whole picture in another format. */
function convert(frame: NativeVideoFrame, format: NativePixelFormat): NativeVideoFrame {
  const { codedWidth, codedHeight, timestamp, rotation, visibleRect, colorSpace } = frame;
  const { allocationSize, planes } = computeLayout(format, { width: codedWidth, height: codedHeight }, undefined, NAME);
  const data = new ArrayBuffer(allocationSize);
  const layout = planes.map(({ offset, stride }) => ({ offset, stride }));
  frame.copyTo(data, format, { x: 0, y: 0, width: codedWidth, height: codedHeight }, layout);
  const init = { format, codedWidth, codedHeight, layout, visibleRect, timestamp, rotation };
  return native.createVideoFrame(data, isRgb(format) ? init : { ...init, colorSpace });
}

/** Makes the object of a native frame, which then belongs to it. Not part of the public interface. */
export let videoFrameOf: (handle: NativeVideoFrame, extras?: Extras) => VideoFrame;
/**
 * The native frame.
 *
 * @throws DOMException `InvalidStateError` when the frame is closed
 */
export let nativeVideoFrame: (frame: VideoFrame) => NativeVideoFrame;
/** Brand check for {@link VideoFrame}. Not part of the public interface. */
export let isVideoFrame: (value: object) => value is VideoFrame;
/** What the native frame does not know. Not part of the public interface. */
export let videoFrameExtras: (frame: VideoFrame) => Extras;

/**
 * A picture of a video. It refers to libwebrtc's own buffer: nothing is copied or converted until `copyTo` is called.
 * `close()` gives the buffer back at once; a frame that is forgotten gives it back when it is collected.
 *
 * Implements WebCodecs, section 9.2 (VideoFrame).
 */
export class VideoFrame {
  readonly #handle: NativeVideoFrame;
  readonly #extras: Extras;
  #closed = false;
  #codedRect: DOMRectReadOnly | undefined;
  #visibleRect: DOMRectReadOnly | undefined;
  #colorSpace: VideoColorSpace | undefined;

  /**
   * A frame with the same picture as another, or with a picture in memory, which is copied.
   *
   * @throws TypeError when sizes, layout or rectangle do not fit each other or the data
   * @throws DOMException `InvalidStateError` when `image` is closed, `DataCloneError` when a buffer cannot be transferred
   */
  constructor(image: VideoFrame, init?: VideoFrameInit);
  constructor(data: BufferSourceLike, init: VideoFrameBufferInit);
  constructor(source: unknown, init?: unknown, handle?: unknown) {
    if (source === internal) {
      this.#handle = handle as NativeVideoFrame;
      this.#extras = init as Extras;
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const context = CONSTRUCT.prefix;
    if (isObject(source) && isVideoFrame(source)) {
      const { alpha, visibleRect, rotation, ...given } = videoFrameInit(init, CONSTRUCT.parameter(2));
      const from = nativeVideoFrame(source);
      parseDisplaySize(given, context);
      const coded = { width: from.codedWidth, height: from.codedHeight };
      const rect = parseRect(visibleRect, from.visibleRect, coded, from.format, context);
      const opaque = alpha === 'discard' ? withoutAlpha[from.format] : undefined;
      const turned = ((from.rotation + parseRotation(rotation, context)) % 360) as Rotation;
      const base = opaque === undefined ? from : convert(from, opaque);
      this.#handle = base.clone(given.timestamp ?? from.timestamp, rect, turned);
      if (base !== from) base.close();
      // The pixels' shape stays when another part is seen.
      const size =
        given.displayWidth === undefined && visibleRect === undefined
          ? { displayWidth: source.#extras.displayWidth, displayHeight: source.#extras.displayHeight }
          : { displayWidth: given.displayWidth, displayHeight: given.displayHeight };
      this.#extras = {
        duration: given.duration ?? source.#extras.duration,
        flip: (source.#extras.flip ?? false) !== given.flip,
        metadata: given.metadata ?? source.#extras.metadata,
        ...size,
      };
      return;
    }
    if (!types.isAnyArrayBuffer(source) && !ArrayBuffer.isView(source)) {
      throw new TypeError(`${CONSTRUCT.parameter(1)} is neither a VideoFrame nor a BufferSource.`);
    }
    CONSTRUCT.requireArguments(arguments.length, 2);
    const given = videoFrameBufferInit(init, CONSTRUCT.parameter(2));
    const { format, codedWidth, codedHeight, timestamp, transfer } = given;
    if (codedWidth === 0 || codedHeight === 0) throw new TypeError(`${context}: the coded size is empty`);
    if (codedWidth > LONGEST_SIDE || codedHeight > LONGEST_SIDE) {
      throw new TypeError(`${context}: no side may be longer than ${LONGEST_SIDE}`);
    }
    parseDisplaySize(given, context);
    const coded = { width: codedWidth, height: codedHeight };
    const whole = { x: 0, y: 0, ...coded };
    const visibleRect = parseRect(given.visibleRect, whole, coded, format, context);
    const { allocationSize, planes } = computeLayout(format, coded, given.layout, context);
    if (isDetached(source)) throw new DOMException(`${context}: the data are detached`, 'DataCloneError');
    if (source.byteLength < allocationSize) {
      throw new TypeError(`${context}: ${allocationSize} bytes are needed, but only ${source.byteLength} are there`);
    }
    requireTransferable(transfer);
    const rotation = parseRotation(given.rotation, context);
    this.#handle = native.createVideoFrame(unshared(source), {
      format,
      codedWidth,
      codedHeight,
      layout: planes.map(({ offset, stride }) => ({ offset, stride })),
      visibleRect,
      timestamp,
      rotation,
      // "Pick Color Space": sRGB for RGB, which need not be said; tracks convert it. BT.709 for the rest.
      colorSpace: isRgb(format) ? null : (given.colorSpace ?? BT709),
    });
    this.#extras = given;
    detachAll(transfer);
  }

  /** The format of the planes; `null` when closed. */
  get format(): VideoPixelFormat | null {
    return this.#closed ? null : this.#handle.format;
  }

  /** Width of the whole picture in pixels; 0 when closed. */
  get codedWidth(): number {
    return this.#closed ? 0 : this.#handle.codedWidth;
  }

  /** Height of the whole picture in pixels; 0 when closed. */
  get codedHeight(): number {
    return this.#closed ? 0 : this.#handle.codedHeight;
  }

  /** The whole picture; `null` when closed. */
  get codedRect(): DOMRectReadOnly | null {
    if (this.#closed) return null;
    return (this.#codedRect ??= new DOMRectReadOnly(0, 0, this.#handle.codedWidth, this.#handle.codedHeight));
  }

  /** The part that is to be seen; `null` when closed. */
  get visibleRect(): DOMRectReadOnly | null {
    if (this.#closed) return null;
    return (this.#visibleRect ??= DOMRectReadOnly.fromRect(this.#handle.visibleRect));
  }

  /** Degrees by which the picture is to be turned clockwise when it is shown: 0, 90, 180 or 270. */
  get rotation(): number {
    return this.#closed ? 0 : this.#handle.rotation;
  }

  /** Whether the picture is to be mirrored when it is shown. Tracks do not carry it. */
  get flip(): boolean {
    return !this.#closed && (this.#extras.flip ?? false);
  }

  /** Width at which the picture is to be shown, turned; 0 when closed. */
  get displayWidth(): number {
    return this.#closed ? 0 : (this.#extras.displayWidth ?? this.#turned().width);
  }

  /** Height at which the picture is to be shown, turned; 0 when closed. */
  get displayHeight(): number {
    return this.#closed ? 0 : (this.#extras.displayHeight ?? this.#turned().height);
  }

  /** How long the picture is to be shown in microseconds; `null` when nobody knows. */
  get duration(): number | null {
    return this.#extras.duration ?? null;
  }

  /** When the picture is to be shown, in microseconds. */
  get timestamp(): number {
    return this.#handle.timestamp;
  }

  /** What the numbers of the picture mean. */
  get colorSpace(): VideoColorSpace {
    if (this.#closed) return new VideoColorSpace();
    const { format, colorSpace } = this.#handle;
    return (this.#colorSpace ??= colorSpaceOf(isRgb(format) ? (colorSpace ?? SRGB) : colorSpace));
  }

  /** What is known of the frame beside its picture. */
  metadata(): VideoFrameMetadata {
    const handle = nativeVideoFrame(this);
    const { metadata } = this.#extras;
    if (metadata !== undefined) return { ...metadata };
    const { rtpTimestamp } = handle;
    const { received, captured, now } = handle.times();
    return {
      ...(rtpTimestamp === null ? {} : { rtpTimestamp }),
      ...(received === null ? {} : { receiveTime: performance.now() + (received - now) / 1000 }),
      ...(captured === null ? {} : { captureTime: captured - performance.timeOrigin }),
    };
  }

  /**
   * The number of bytes that `copyTo` with these options writes.
   *
   * @throws DOMException `InvalidStateError` when closed
   * @throws TypeError when rectangle or layout do not fit
   */
  allocationSize(options: VideoFrameCopyToOptions = {}): number {
    const handle = nativeVideoFrame(this);
    return this.#parse(handle, options, ALLOCATION_SIZE.parameter(1)).layout.allocationSize;
  }

  /**
   * Writes the planes of the visible part, or of a rectangle, in the frame's format or in another.
   *
   * @returns where the planes lie
   * @throws DOMException `InvalidStateError` when closed, `NotSupportedError` for another colour space than sRGB
   * @throws TypeError when rectangle or layout do not fit, or the destination is too small
   */
  async copyTo(destination: BufferSourceLike, options: VideoFrameCopyToOptions = {}): Promise<PlaneLayout[]> {
    COPY_TO.requireArguments(arguments.length, 1);
    const target = bufferSource(destination, COPY_TO.parameter(1));
    const handle = nativeVideoFrame(this);
    const { format, rect, layout } = this.#parse(handle, options, COPY_TO.parameter(2));
    if (target.byteLength < layout.allocationSize) {
      throw new TypeError(`${COPY_TO.prefix}: ${layout.allocationSize} bytes are needed`);
    }
    const planes = layout.planes.map(({ offset, stride }) => ({ offset, stride }));
    intoUnshared(target, (memory) => {
      handle.copyTo(memory, format, rect, planes);
    });
    return Promise.resolve(planes);
  }

  /**
   * Another reference to the same picture.
   *
   * @throws DOMException `InvalidStateError` when closed
   */
  clone(): VideoFrame {
    return videoFrameOf(nativeVideoFrame(this).clone(), this.#extras);
  }

  /** Gives the picture back. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#colorSpace = undefined;
    this.#handle.close();
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  #turned(): { width: number; height: number } {
    const { rotation, visibleRect } = this.#handle;
    const { width, height } = visibleRect;
    return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
  }

  /** "Parse VideoFrameCopyToOptions". */
  #parse(
    handle: NativeVideoFrame,
    options: unknown,
    context: string,
  ): { format: NativePixelFormat; rect: NativeRect; layout: CombinedLayout } {
    const { rect: given, layout, format = handle.format, colorSpace } = videoFrameCopyToOptions(options, context);
    if (colorSpace === 'display-p3') {
      throw new DOMException(`${context}: only sRGB is supported`, 'NotSupportedError');
    }
    const coded = { width: handle.codedWidth, height: handle.codedHeight };
    const rect = parseRect(given, handle.visibleRect, coded, handle.format, context);
    return { format, rect, layout: computeLayout(format, rect, layout, context) };
  }

  static {
    defineInterface(this, { length: 1 });
    videoFrameOf = (handle, extras = {}) =>
      new (VideoFrame as unknown as new (key: symbol, extras: Extras, handle: NativeVideoFrame) => VideoFrame)(
        internal,
        extras,
        handle,
      );
    nativeVideoFrame = (frame) => {
      if (frame.#closed) throw new DOMException('The frame is closed', 'InvalidStateError');
      return frame.#handle;
    };
    isVideoFrame = (value): value is VideoFrame => #handle in value;
    videoFrameExtras = (frame) => {
      const { duration, flip, displayWidth, displayHeight, metadata } = frame.#extras;
      return { duration, flip, displayWidth, displayHeight, metadata };
    };
  }
}
