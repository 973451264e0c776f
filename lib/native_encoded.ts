/**
 * The native surface of encoded frames: transforms and forwarding. The rules of `native.ts` hold here too.
 */
import type { NativeRtpSender } from './native_media';

export interface NativeForwardingOptions {
  /** Of audio: the sender's payload type for each of the receiver's that it sends too. */
  payloadTypes: { from: number; to: number }[];
  /** Ticks of RTP time in a second. */
  clockRate: number;
}

/** Encoded media on its way from a receiver to a sender, whose track it has replaced. */
export interface NativeForwarding {
  /** The first frame of another payload type than those that can be sent; once for each. */
  sink: { mismatch(payloadType: number): void } | undefined;
  statistics(): { frames: number; keyFrames: number; bytes: number; dropped: number; keyFramesRequested: number };
  /** Nothing is sent any more; the sender needs a track again. Idempotent. */
  close(): void;
}

/** What encoded frames add to a `NativeRtpReceiver`. */
export interface NativeRtpReceiverEncoded extends NativeTransformHost {
  /** Asks the remote sender for a key frame, if the media are video and there is a connection. */
  requestKeyFrame(): void;
  /** Throws `INVALID_STATE` when one of the connections is closed, or the kinds differ. */
  forward(sender: NativeRtpSender, options: NativeForwardingOptions): NativeForwarding;
}

/** One of libwebrtc's encoded frames. When it has been taken (written, or released), nothing but `kind` is left. */
export interface NativeEncodedFrame {
  readonly kind: 'audio' | 'video';
  readonly taken: boolean;
  /** Video only. */
  readonly type: 'key' | 'delta' | null;
  /** A copy; `null` when taken. */
  data(): ArrayBuffer | null;
  setData(data: ArrayBuffer): void;
  metadata(): NativeEncodedFrameMetadata | null;
  /** Changes what is given, as far as libwebrtc lets it be changed. */
  setMetadata(metadata: Partial<NativeEncodedFrameMetadata>): void;
  clone(): NativeEncodedFrame | null;
  /** Moves the frame to a process-wide table, from where another thread's `adoptEncodedFrame` takes it once. */
  release(): bigint | null;
}

/** What libwebrtc knows of a frame; times are microseconds. */
export interface NativeEncodedFrameMetadata {
  synchronizationSource: number;
  payloadType: number;
  contributingSources: number[];
  rtpTimestamp: number;
  mimeType: string;
  /** Whether it came from the network. */
  isReceived: boolean;
  /** By the process's monotonic clock, as `now`, which is the present. */
  receiveTime?: number;
  now: number;
  /** Of a received frame since the epoch, by the clock of the capturer; else by the monotonic clock. */
  captureTime?: number;
  senderCaptureTimeOffset?: number;
  // Audio.
  sequenceNumber?: number;
  audioLevel?: number;
  // Video.
  frameId?: number;
  dependencies?: number[];
  width?: number;
  height?: number;
  spatialIndex?: number;
  temporalIndex?: number;
  timestamp?: number;
  /** Of frames to be sent. */
  rid?: string;
}

/** A transform as the environment of senders and receivers sees it. */
export interface NativeScriptTransform {
  /** A token by which one environment, once, gets the transformer. */
  release(): bigint;
}

/** A transform as the environment sees it that works on the frames. */
export interface NativeTransformer {
  /** All frames that wait, oldest first, in one call. */
  sink: { frames(batch: NativeEncodedFrame[]): void } | undefined;
  /** Hands a frame back, to go on; false if it is of the wrong kind, or has been taken. */
  write(frame: NativeEncodedFrame): boolean;
  /** Frames that came while too many waited. */
  readonly dropped: number;
  /** What comes from now on is dropped. Idempotent. */
  close(): void;
}

/** What senders and receivers have alike. */
export interface NativeTransformHost {
  /** Without effect when the connection is closed. */
  setTransform(transform: NativeScriptTransform | null): void;
}

/** What encoded frames add to the addon. */
export interface NativeAddonEncoded {
  createScriptTransform(options: { maxQueueLength: number }): NativeScriptTransform;
  /** `null` when there is no such transform any more, or somebody has it. */
  adoptScriptTransform(token: bigint): NativeTransformer | null;
  /** @throws TypeError when there is no such frame any more */
  adoptEncodedFrame(token: bigint): NativeEncodedFrame;
}
