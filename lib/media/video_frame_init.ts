/** What a `VideoFrame` is made of, and what it is asked for: the dictionaries of WebCodecs, section 9.2. */
import {
  boolean,
  dictionary,
  double,
  enforceRange,
  enumeration,
  longLong,
  sequence,
  unrestrictedDouble,
  unsignedLong,
  unsignedLongLong,
} from '../webidl';
import { arrayBuffer } from './buffers';
import type { DOMRectInit } from './DOMRectReadOnly';
import { domRectInit, planeLayout, type PlaneLayout } from './pixel_layout';
import { videoColorSpaceInit, type VideoColorSpaceInit } from './VideoColorSpace';

/** The formats of pictures (WebCodecs, section 9.5); the ones with more than 8 bits are not there. */
export type VideoPixelFormat = 'I420' | 'I420A' | 'I422' | 'I444' | 'NV12' | 'RGBA' | 'RGBX' | 'BGRA' | 'BGRX';
const videoPixelFormat = enumeration('VideoPixelFormat', [
  'I420',
  'I420A',
  'I422',
  'I444',
  'NV12',
  'RGBA',
  'RGBX',
  'BGRA',
  'BGRX',
]);

/** What is known of a frame beside its picture (WebCodecs, VideoFrame Metadata Registry). */
export interface VideoFrameMetadata {
  /** The time stamp in the RTP header, for a frame that a peer has sent. */
  rtpTimestamp?: number;
  /** When its last packet came, on the scale of `performance.now()`, for a frame that a peer has sent. */
  receiveTime?: number;
  /**
   * When the picture was taken, on the scale of `performance.now()`, for a frame that a peer has sent and whose clock is
   * known by then.
   */
  captureTime?: number;
}

/** What is different in a frame made of another (WebCodecs, section 9.2.2). Times in microseconds. */
export interface VideoFrameInit {
  /** How long it is to be seen, in microseconds. */
  duration?: number;
  /** When it is to be seen, in microseconds; needed where the source has none. */
  timestamp?: number;
  /** Whether transparency is kept, which it is where absent, or discarded. */
  alpha?: 'keep' | 'discard';
  /** The part that counts; all of it where absent. */
  visibleRect?: DOMRectInit;
  /** Degrees clockwise that it is to be turned by for display: a multiple of 90; 0 where absent. */
  rotation?: number;
  /** Whether it is to be mirrored, after the rotation; `false` where absent. */
  flip?: boolean;
  /** Width at which it is to be shown; that of the visible part where absent. */
  displayWidth?: number;
  /** Height at which it is to be shown; that of the visible part where absent. */
  displayHeight?: number;
  /** What is known beside the picture. */
  metadata?: VideoFrameMetadata;
}

/** A frame made of memory (WebCodecs, section 9.2.2). Times in microseconds. */
export interface VideoFrameBufferInit {
  /** How pixels are written. */
  format: VideoPixelFormat;
  /** Pixels of a row in memory. */
  codedWidth: number;
  /** Rows in memory. */
  codedHeight: number;
  /** When it is to be seen, in microseconds. */
  timestamp: number;
  /** How long it is to be seen, in microseconds. */
  duration?: number;
  /** Tightly packed where absent. */
  layout?: PlaneLayout[];
  /** The part that counts; all of it where absent. */
  visibleRect?: DOMRectInit;
  /** Degrees clockwise that it is to be turned by for display: a multiple of 90; 0 where absent. */
  rotation?: number;
  /** Whether it is to be mirrored, after the rotation; `false` where absent. */
  flip?: boolean;
  /** Width at which it is to be shown; that of the visible part where absent. */
  displayWidth?: number;
  /** Height at which it is to be shown; that of the visible part where absent. */
  displayHeight?: number;
  /** What the numbers mean. */
  colorSpace?: VideoColorSpaceInit;
  /** Buffers that are detached. */
  transfer?: ArrayBuffer[];
  /** What is known beside the picture. */
  metadata?: VideoFrameMetadata;
}

/** What `copyTo` writes (WebCodecs, section 9.2.3). */
export interface VideoFrameCopyToOptions {
  /** The visible part where absent. */
  rect?: DOMRectInit;
  /** Where each plane goes; tightly packed where absent. */
  layout?: PlaneLayout[];
  /** Any format: the picture is converted. The frame's own where absent. */
  format?: VideoPixelFormat;
  /** What red, green and blue mean in the result; sRGB where absent. */
  colorSpace?: 'srgb' | 'display-p3';
}

const videoFrameMetadata = dictionary<VideoFrameMetadata>('VideoFrameMetadata', {
  rtpTimestamp: { type: unsignedLong },
  receiveTime: { type: double },
  captureTime: { type: double },
});

const alphaOption = enumeration('AlphaOption', ['keep', 'discard']);
const predefinedColorSpace = enumeration('PredefinedColorSpace', ['srgb', 'display-p3']);

interface ConvertedInit {
  duration?: number;
  timestamp?: number;
  alpha: 'keep' | 'discard';
  /** The part that counts; all of it where absent. */
  visibleRect?: Required<DOMRectInit>;
  /** Degrees clockwise that it is to be turned by for display: a multiple of 90; 0 where absent. */
  rotation: number;
  /** Whether it is to be mirrored, after the rotation; `false` where absent. */
  flip: boolean;
  /** Width at which it is to be shown; that of the visible part where absent. */
  displayWidth?: number;
  /** Height at which it is to be shown; that of the visible part where absent. */
  displayHeight?: number;
  /** What is known beside the picture. */
  metadata?: VideoFrameMetadata;
}
/** Converts a `VideoFrameInit`. */
export const videoFrameInit = dictionary<ConvertedInit>('VideoFrameInit', {
  duration: { type: unsignedLongLong },
  timestamp: { type: longLong },
  alpha: { type: alphaOption, default: 'keep' },
  visibleRect: { type: domRectInit },
  rotation: { type: unrestrictedDouble, default: 0 },
  flip: { type: boolean, default: false },
  displayWidth: { type: enforceRange.unsignedLong },
  displayHeight: { type: enforceRange.unsignedLong },
  metadata: { type: videoFrameMetadata },
});

interface ConvertedBufferInit extends Omit<ConvertedInit, 'alpha'> {
  format: VideoPixelFormat;
  /** Pixels of a row in memory. */
  codedWidth: number;
  /** Rows in memory. */
  codedHeight: number;
  timestamp: number;
  layout?: PlaneLayout[];
  colorSpace?: Required<VideoColorSpaceInit>;
  transfer: ArrayBuffer[];
}
/** Converts a `VideoFrameBufferInit`. */
export const videoFrameBufferInit = dictionary<ConvertedBufferInit>('VideoFrameBufferInit', {
  format: { type: videoPixelFormat, required: true },
  codedWidth: { type: enforceRange.unsignedLong, required: true },
  codedHeight: { type: enforceRange.unsignedLong, required: true },
  timestamp: { type: enforceRange.longLong, required: true },
  duration: { type: enforceRange.unsignedLongLong },
  layout: { type: sequence(planeLayout) },
  visibleRect: { type: domRectInit },
  rotation: { type: unrestrictedDouble, default: 0 },
  flip: { type: boolean, default: false },
  displayWidth: { type: enforceRange.unsignedLong },
  displayHeight: { type: enforceRange.unsignedLong },
  colorSpace: { type: videoColorSpaceInit },
  transfer: { type: sequence(arrayBuffer), default: () => [] },
  metadata: { type: videoFrameMetadata },
});

interface ConvertedCopyToOptions {
  rect?: Required<DOMRectInit>;
  layout?: PlaneLayout[];
  format?: VideoPixelFormat;
  colorSpace?: 'srgb' | 'display-p3';
}
/** Converts `VideoFrameCopyToOptions`. */
export const videoFrameCopyToOptions = dictionary<ConvertedCopyToOptions>('VideoFrameCopyToOptions', {
  rect: { type: domRectInit },
  layout: { type: sequence(planeLayout) },
  format: { type: videoPixelFormat },
  colorSpace: { type: predefinedColorSpace },
});
