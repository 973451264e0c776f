/**
 * The native surface of media: tracks and their sources and sinks, raw frames and samples, and the RTP objects.
 * The rules of `native.ts` hold here too.
 */
import type { NativeCallback, NativeDtlsTransport } from './native';
import type { NativeRtpReceiverEncoded, NativeTransformHost } from './native_encoded';
import type { NativeMediaStreamTrackRecording } from './native_recording';
import type { RTCDegradationPreference } from './rtp/parameters';

export type NativeMediaKind = 'audio' | 'video';

// Tracks and sources.

/**
 * A track: one consumer's view of a source. Tracks of one source share its frames and are enabled, adapted and stopped
 * each for itself.
 */
export interface NativeMediaStreamTrack extends NativeMediaStreamTrackRecording {
  sink: NativeMediaStreamTrackSink | undefined;
  readonly kind: NativeMediaKind;
  readonly id: string;
  /** Off, the track gives black frames or silence. */
  enabled: boolean;
  /** `ended` for a remote track whose receiver has stopped, and after `stop()`. */
  readonly state: 'live' | 'ended';
  /** Hint for encoders: '', 'motion', 'detail', 'text', 'speech', 'speech-recognition', 'music'. */
  contentHint: string;
  /** Another track on the same source, enabled and adapted alike. */
  clone(id: string): NativeMediaStreamTrack;
  /** Lets go of the source. Idempotent. */
  stop(): void;
  /**
   * Lets another thread have a handle of this same track, by `adoptTrack`, once. If it `moves` there, that handle gets the
   * events from then on; else it gets none.
   */
  share(moves: boolean): bigint;
  /** Video only: what the track gives at most; `null` leaves a dimension as the source has it. Never scales up. */
  setVideoFormat(format: NativeVideoFormat): void;
  /** Audio only: what the track makes of its source's sound; `null` leaves a property as the source has it. */
  setAudioFormat(format: NativeAudioFormat): void;
  /** Video: size and rate that the last frames had, and the size that the source gives; audio: rate and channels. `null` before the first. */
  videoStatus(): {
    width: number;
    height: number;
    frameRate: number;
    sourceWidth: number;
    sourceHeight: number;
  } | null;
  audioStatus(): { sampleRate: number; channelCount: number } | null;
  /** Pictures that came while the track was enabled; `null` of an audio track. */
  videoCounters(): NativeVideoCounters | null;
  /** Sound that came while the track was enabled; the first call makes it come. `null` of a video track. */
  audioCounters(): NativeAudioCounters | null;
  resetLatency(): void;
  /** Attaches a consumer of raw media. Frames or blocks that it does not take in time are dropped and counted. */
  addVideoSink(options: NativeSinkOptions): NativeVideoSink;
  addAudioSink(options: NativeAudioSinkOptions): NativeAudioSink;
}

export interface NativeVideoCounters {
  delivered: number;
  /** Left out for the frame rate. */
  discarded: number;
}

/** Times in milliseconds. */
export interface NativeAudioCounters {
  frames: number;
  duration: number;
  latency: number;
  minimumLatency: number;
  maximumLatency: number;
  averageLatency: number;
}

export interface NativeMediaStreamTrackSink {
  /** The source has ended, or the remote track's receiver has stopped. */
  ended(): void;
}

export interface NativeVideoFormat {
  width: number | null;
  height: number | null;
  frameRate: number | null;
  /** Whether `width` and `height` crop the middle out (as `resizeMode: 'crop-and-scale'` does) or only scale. */
  crop: boolean;
}

export interface NativeAudioFormat {
  /** 8000 to 96,000 Hz. */
  sampleRate: number | null;
  /** 1 to 8. */
  channelCount: number | null;
  /** libwebrtc's processing of a microphone's sound. */
  echoCancellation: boolean;
  autoGainControl: boolean;
  noiseSuppression: boolean;
}

export interface NativeVideoSource {
  sink: undefined;
  createTrack(id: string): NativeMediaStreamTrack;
  /** Hands a frame to all tracks without a copy; the caller keeps its own reference. Never blocks. */
  push(frame: NativeVideoFrame): void;
  /** Ends all tracks. */
  stop(): void;
  /** Synthetic sources only: what is drawn from now on. */
  setFormat?(format: { width: number; height: number; frameRate: number }): void;
}

export interface NativeAudioSource {
  sink: undefined;
  createTrack(id: string): NativeMediaStreamTrack;
  /**
   * Hands samples of any rate and block length to all tracks; interleaved or planar, `s16` or `f32`. They are cut into
   * blocks of 10 ms; what is left over waits for the next call. A paced source gives them when it is their time.
   */
  push(data: NativeAudioData): void;
  /** How much a paced source has still to give, in seconds; 0 of others. */
  readonly queued: number;
  /** Drops it. */
  clear(): void;
  stop(): void;
}

/** A camera whose picture is drawn: moving pattern, frame counter and clock, on a thread of the runtime. */
export interface NativeSyntheticVideoOptions {
  width: number;
  height: number;
  frameRate: number;
  /** What moves: bars for a camera, a desktop-like picture for a display. */
  pattern: 'camera' | 'display';
}

export interface NativeSyntheticAudioOptions {
  sampleRate: number;
  channelCount: number;
  /** A sine of `frequency` Hz, or noise with the spectrum and rhythm of speech. */
  signal: 'tone' | 'speech';
  frequency: number;
}

export interface NativeCameraDevice {
  id: string;
  label: string;
  formats: { width: number; height: number; frameRate: number }[];
}

// Raw media.

export type NativePixelFormat = 'I420' | 'I420A' | 'I422' | 'I444' | 'NV12' | 'RGBA' | 'RGBX' | 'BGRA' | 'BGRX';

export interface NativePlaneLayout {
  offset: number;
  stride: number;
}

export interface NativeRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface NativeVideoFrameInit {
  format: NativePixelFormat;
  codedWidth: number;
  codedHeight: number;
  /** One for each plane of the format, checked by the caller to lie inside the data. */
  layout: NativePlaneLayout[];
  visibleRect: NativeRect;
  /** Microseconds. */
  timestamp: number;
  rotation: 0 | 90 | 180 | 270;
  /** Absent or `null`: unspecified, which converts as BT.601 with limited range. */
  colorSpace?: NativeVideoColorSpace | null;
}

/** The strings of WebCodecs; `null` is unspecified. */
export interface NativeVideoColorSpace {
  primaries: string | null;
  transfer: string | null;
  matrix: string | null;
  fullRange: boolean | null;
}

/** A reference to one of libwebrtc's frame buffers, with what belongs to a frame. */
export interface NativeVideoFrame {
  readonly format: NativePixelFormat;
  readonly codedWidth: number;
  readonly codedHeight: number;
  /** The part that tracks get. */
  readonly visibleRect: NativeRect;
  readonly timestamp: number;
  readonly rotation: 0 | 90 | 180 | 270;
  /** From the RTP header, where there was one. */
  readonly rtpTimestamp: number | null;
  /**
   * When the last packet of a received frame came, and the present, in microseconds of the process's monotonic clock; when
   * the picture was taken, in milliseconds since the epoch. `null` where that is not known.
   */
  times(): { received: number | null; captured: number | null; now: number };
  readonly colorSpace: NativeVideoColorSpace | null;
  /** Converts the rectangle to `format` and writes its planes at `layout` of `destination`. Sizes have been checked. */
  copyTo(
    destination: ArrayBuffer | ArrayBufferView,
    format: NativePixelFormat,
    rect: NativeRect,
    layout: NativePlaneLayout[],
  ): void;
  /** Another reference to the same buffer; what is given is different in it. */
  clone(timestamp?: number, visibleRect?: NativeRect, rotation?: number): NativeVideoFrame;
  /** Gives the buffer back. Idempotent; everything but the numbers throws afterwards. */
  close(): void;
  /**
   * Moves the reference to a process-wide table, from where another thread's `adoptVideoFrame` takes it once. `group` is
   * what `dropTransfers` knows it by.
   */
  release(group?: number): bigint;
}

export type NativeAudioSampleFormat =
  ('u8' | 's16' | 's32' | 'f32') | ('u8-planar' | 's16-planar' | 's32-planar' | 'f32-planar');

export interface NativeAudioData {
  readonly format: NativeAudioSampleFormat;
  readonly sampleRate: number;
  readonly numberOfFrames: number;
  readonly numberOfChannels: number;
  readonly timestamp: number;
  /** Copies and converts frames of one plane (all channels, interleaved, for an interleaved format). */
  copyTo(
    destination: ArrayBuffer | ArrayBufferView,
    format: NativeAudioSampleFormat,
    plane: number,
    frameOffset: number,
    frameCount: number,
  ): void;
  clone(): NativeAudioData;
  close(): void;
  release(group?: number): bigint;
}

export interface NativeSinkOptions {
  /** Frames (or audio blocks) that wait at most; the oldest is dropped for a new one. */
  maxQueueLength: number;
}

export interface NativeAudioSinkOptions extends NativeSinkOptions {
  /** Whether blocks that wait, and follow one another, come as one. */
  merges?: boolean;
  /** Nothing comes before so much has been given by the track, in milliseconds; 0 where absent. */
  interval?: number;
}

export interface NativeVideoSink {
  /** All frames that wait, oldest first, in one call. */
  sink: { frames(batch: NativeVideoFrame[]): void; ended(): void } | undefined;
  readonly dropped: number;
  close(): void;
}

export interface NativeAudioSink {
  /** Blocks of 10 ms, oldest first; no sample is missing between two blocks unless `dropped` has grown. */
  sink: { blocks(batch: NativeAudioData[]): void; ended(): void } | undefined;
  readonly dropped: number;
  close(): void;
}

// RTP.

export type NativeTransceiverDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive' | 'stopped';

/** Shapes as in `webrtc.idl`; members that are absent there are absent here. */
export interface NativeRtpCodec {
  mimeType: string;
  clockRate: number;
  channels?: number;
  sdpFmtpLine?: string;
}

export interface NativeRtpCodecParameters extends NativeRtpCodec {
  payloadType: number;
}

export interface NativeRtpHeaderExtension {
  uri: string;
  id: number;
  encrypted: boolean;
}

export interface NativeRtpEncodingParameters {
  rid?: string;
  active: boolean;
  maxBitrate?: number;
  maxFramerate?: number;
  scaleResolutionDownBy?: number;
  scaleResolutionDownTo?: { maxWidth: number; maxHeight: number };
  scalabilityMode?: string;
  priority: 'very-low' | 'low' | 'medium' | 'high';
  networkPriority: 'very-low' | 'low' | 'medium' | 'high';
  adaptivePtime: boolean;
  codec?: NativeRtpCodec;
}

export interface NativeRtpParameters {
  headerExtensions: NativeRtpHeaderExtension[];
  rtcp: { cname: string; reducedSize: boolean };
  codecs: NativeRtpCodecParameters[];
}

export interface NativeRtpSendParameters extends NativeRtpParameters {
  transactionId: string;
  encodings: NativeRtpEncodingParameters[];
  /** `maintain-framerate-and-resolution` is one more: see {@link RTCDegradationPreference}. */
  degradationPreference?: RTCDegradationPreference;
}

export interface NativeRtpCapabilities {
  codecs: (NativeRtpCodec & { scalabilityModes?: string[] })[];
  headerExtensions: { uri: string }[];
}

export interface NativeRtpSource {
  type: 'ssrc' | 'csrc';
  /** Milliseconds since the epoch. */
  timestamp: number;
  source: number;
  rtpTimestamp: number;
  /** 0 to 1. */
  audioLevel?: number;
  /** Milliseconds on the capturing system's NTP clock. */
  captureTimestamp?: number;
  /** Milliseconds by which that clock is ahead of the sender's, as the sender estimates it. */
  senderCaptureTimeOffset?: number;
}

/**
 * Handles of senders, receivers and transceivers keep their identity as long as somebody holds them. They survive
 * their connection: what changes something throws `INVALID_STATE` then, the rest says that all has stopped.
 */
export interface NativeRtpSender extends NativeTransformHost {
  readonly id: string;
  /** False when the track's kind is wrong or the sender is stopped. Takes effect without negotiation. */
  setTrack(track: NativeMediaStreamTrack | null): boolean;
  setStreams(ids: string[]): void;
  /** No codecs before a negotiation, no encodings after `stop()`. */
  getParameters(): NativeRtpSendParameters;
  /**
   * Takes over encodings and degradation preference; all else stays, whatever `parameters` says. `transactionId` must
   * be that of the last `getParameters`, which counts once.
   */
  setParameters(parameters: NativeRtpSendParameters, callback: NativeCallback): void;
  /** `null` before a description has been applied. */
  readonly dtlsTransport: NativeDtlsTransport | null;
  /** Audio only. */
  readonly dtmf: NativeDtmfSender | null;
  /** Of all encodings, if there are no `rids`. */
  generateKeyFrame(rids: string[]): void;
}

export interface NativeDtmfSender {
  sink: { tonechange(tone: string, remaining: string): void } | undefined;
  readonly canInsert: boolean;
  insert(tones: string, durationMs: number, interToneGapMs: number): boolean;
}

export interface NativeRtpReceiver extends NativeRtpReceiverEncoded {
  /** A packet has arrived, the first at all or the first since the transceiver began to receive (again). */
  sink: { firstpacket(): void } | undefined;
  readonly id: string;
  /** Keeps its identity. */
  readonly track: NativeMediaStreamTrack;
  /** Ids of the streams that the remote description associates with it. */
  readonly streamIds: string[];
  getParameters(): NativeRtpParameters;
  /** Those of audio are known as far as the sound is played out: asking makes it so for some seconds. */
  sources(): NativeRtpSource[];
  /** Seconds, or `null` for the default. */
  setJitterBufferMinimumDelay(seconds: number | null): void;
  readonly dtlsTransport: NativeDtlsTransport | null;
}

export interface NativeRtpTransceiver {
  readonly kind: NativeMediaKind;
  readonly mid: string | null;
  readonly sender: NativeRtpSender;
  readonly receiver: NativeRtpReceiver;
  readonly direction: NativeTransceiverDirection;
  readonly currentDirection: NativeTransceiverDirection | null;
  readonly stopping: boolean;
  readonly stopped: boolean;
  setDirection(direction: Exclude<NativeTransceiverDirection, 'stopped'>): void;
  /** `stop()` of the specification: needs a negotiation. */
  stop(): void;
  setCodecPreferences(codecs: NativeRtpCodec[]): void;
  headerExtensionsToNegotiate(): { uri: string; direction: NativeTransceiverDirection }[];
  setHeaderExtensionsToNegotiate(extensions: { uri: string; direction: NativeTransceiverDirection }[]): void;
  negotiatedHeaderExtensions(): { uri: string; direction: NativeTransceiverDirection }[];
}

export interface NativeRtpTransceiverInit {
  direction: Exclude<NativeTransceiverDirection, 'stopped'>;
  streamIds: string[];
  sendEncodings: NativeRtpEncodingParameters[];
}

/** What media adds to a `NativePeerConnection`. */
export interface NativePeerConnectionMedia {
  /** Finds or makes the transceiver as JSEP section 5.2.1 says, and gives it. */
  addTrack(track: NativeMediaStreamTrack, streamIds: string[]): NativeRtpTransceiver;
  addTransceiver(
    trackOrKind: NativeMediaStreamTrack | NativeMediaKind,
    init: NativeRtpTransceiverInit,
  ): NativeRtpTransceiver;
  removeTrack(sender: NativeRtpSender): void;
  /** In libwebrtc's order. Also the ones that a remote description has made. */
  transceivers(): NativeRtpTransceiver[];
  /** `getStats` for one sender or receiver. */
  getStatsOf(selector: NativeRtpSender | NativeRtpReceiver, callback: (stats: Record<string, unknown>[]) => void): void;
}

/** What media adds to the `NativeAddon`. */
export interface NativeAddonMedia {
  createVideoSource(options: { isScreencast: boolean; needsDenoising: boolean }): NativeVideoSource;
  createAudioSource(options: { paced: boolean }): NativeAudioSource;
  createSyntheticVideoSource(options: NativeSyntheticVideoOptions): NativeVideoSource;
  createSyntheticAudioSource(options: NativeSyntheticAudioOptions): NativeAudioSource;
  /** V4L2 cameras of this machine. */
  listCameras(): NativeCameraDevice[];
  openCamera(id: string, format: { width: number; height: number; frameRate: number }): NativeVideoSource;
  /** Copies (and where libwebrtc has no such buffer, converts) the data into a buffer of libwebrtc's. */
  createVideoFrame(data: ArrayBuffer | ArrayBufferView, init: NativeVideoFrameInit): NativeVideoFrame;
  adoptVideoFrame(token: bigint): NativeVideoFrame;
  /** A further handle of a track that another handle shares. What comes encoded cannot be had of it. */
  adoptTrack(token: bigint): NativeMediaStreamTrack;
  createAudioData(
    data: ArrayBuffer | ArrayBufferView,
    format: NativeAudioSampleFormat,
    sampleRate: number,
    numberOfFrames: number,
    numberOfChannels: number,
    timestamp: number,
  ): NativeAudioData;
  adoptAudioData(token: bigint): NativeAudioData;
  /** Frees the frames and samples that this thread has released for a group and that no thread has adopted. */
  dropTransfers(group: number): void;
  rtpSenderCapabilities(kind: NativeMediaKind): NativeRtpCapabilities;
  rtpReceiverCapabilities(kind: NativeMediaKind): NativeRtpCapabilities;
}
