/** Raw media in and out, and conversions between I420 and RGBA: what `wrtc` has under `nonstandard`. */
export { i420ToRgba, rgbaToI420, type ImageDataLike, type RTCVideoFrame } from './i420';
export type { RTCAudioData, RTCAudioSinkData } from './audio_data';
export { RTCAudioSink, type RTCAudioDataEvent } from './RTCAudioSink';
export { RTCAudioSource } from './RTCAudioSource';
export { RTCVideoSink, type RTCVideoFrameEvent, type RTCVideoSinkFrame } from './RTCVideoSink';
export { RTCVideoSource, type RTCVideoSourceInit } from './RTCVideoSource';
