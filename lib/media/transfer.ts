/**
 * Frames and samples on their way to another thread. Node lets no class of a package take part in `postMessage`, so
 * that a frame is taken apart into a message and put together on the other side; the picture itself is not copied.
 */
import { native } from '../native';
import { isObject } from '../webidl';
import type { AudioData } from './AudioData';
import { audioDataOf, isAudioData, nativeAudioData } from './AudioData';
import type { VideoFrame } from './VideoFrame';
import { isVideoFrame, nativeVideoFrame, videoFrameExtras, videoFrameOf } from './VideoFrame';

/** A frame as a message: for `postMessage`, to be adopted once, on any thread of this process. */
export interface ReleasedVideoFrame {
  /** A frame. */
  readonly kind: 'video';
  /** What the other thread finds it by; good for once. */
  readonly token: bigint;
  /** What the frame knows beside its picture. */
  readonly extras: ReturnType<typeof videoFrameExtras>;
}

/** Samples as a message: for `postMessage`, to be adopted once, on any thread of this process. */
export interface ReleasedAudioData {
  /** Samples. */
  readonly kind: 'audio';
  /** What the other thread finds it by; good for once. */
  readonly token: bigint;
}

/**
 * Takes a frame or samples apart: the object is closed, and the message stands for it. What no thread adopts is lost
 * when this thread ends.
 *
 * @throws DOMException `InvalidStateError` when it is closed
 */
export function releaseMedia(media: VideoFrame): ReleasedVideoFrame;
export function releaseMedia(media: AudioData): ReleasedAudioData;
export function releaseMedia(media: VideoFrame | AudioData): ReleasedVideoFrame | ReleasedAudioData {
  if (isObject(media) && isVideoFrame(media)) {
    const extras = videoFrameExtras(media);
    const token = nativeVideoFrame(media).release();
    media.close();
    return { kind: 'video', token, extras };
  }
  if (isObject(media) && isAudioData(media)) {
    const token = nativeAudioData(media).release();
    media.close();
    return { kind: 'audio', token };
  }
  throw new TypeError('Only a VideoFrame or AudioData can be released');
}

/**
 * Makes the frame or the samples of a message.
 *
 * @throws TypeError when they have been adopted already, or the thread that released them has ended
 */
export function adoptMedia(released: ReleasedVideoFrame): VideoFrame;
export function adoptMedia(released: ReleasedAudioData): AudioData;
export function adoptMedia(released: ReleasedVideoFrame | ReleasedAudioData): VideoFrame | AudioData {
  return released.kind === 'video'
    ? videoFrameOf(native.adoptVideoFrame(released.token), released.extras)
    : audioDataOf(native.adoptAudioData(released.token));
}
