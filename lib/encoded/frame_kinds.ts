/** Encoded frames of either kind, for who does not care which. */
import type { NativeEncodedFrame } from '../native_encoded';
import type { EncodedFrameState, FrameOrigin, InheritedMetadata } from './encoded_frame';
import {
  encodedAudioFrameOf,
  encodedAudioFrameState,
  isEncodedAudioFrame,
  type RTCEncodedAudioFrame,
} from './RTCEncodedAudioFrame';
import {
  encodedVideoFrameOf,
  encodedVideoFrameState,
  isEncodedVideoFrame,
  type RTCEncodedVideoFrame,
} from './RTCEncodedVideoFrame';

/** A frame of either kind. */
export type RTCEncodedFrame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;

/** Brand check. */
export const isEncodedFrame = (value: object): value is RTCEncodedFrame =>
  isEncodedVideoFrame(value) || isEncodedAudioFrame(value);

/** Makes the frame of a native handle. */
export const encodedFrameOf = (
  handle: NativeEncodedFrame,
  origin: FrameOrigin | null,
  inherited?: InheritedMetadata,
): RTCEncodedFrame => (handle.kind === 'video' ? encodedVideoFrameOf : encodedAudioFrameOf)(handle, origin, inherited);

/** The inner state of a frame. */
export const encodedFrameState = (frame: RTCEncodedFrame): EncodedFrameState =>
  isEncodedVideoFrame(frame) ? encodedVideoFrameState(frame) : encodedAudioFrameState(frame);
