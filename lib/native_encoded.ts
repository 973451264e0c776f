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
  /** Since the epoch by the clock of the capturer, or by the monotonic clock. */
  captureTime?: number;
  isCaptureTimeAbsolute: boolean;
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

/** Why SFrame could not decrypt something. */
export interface NativeSframeFailure {
  reason: 'authentication' | 'keyID' | 'syntax';
  /** Of what had a header. */
  keyId: bigint | null;
  /** As it came. */
  frame: NativeEncodedFrame;
}

/**
 * SFrame (RFC 9605) with the keys and the counter of one transform. As the transform of a sender it encrypts, as that of a
 * receiver it decrypts, on libwebrtc's threads.
 */
export interface NativeSframeTransform {
  /** Frames of a receiver that could not be decrypted, oldest first. */
  sink: { failures(batch: NativeSframeFailure[]): void } | undefined;
  /** Key and salt of a key id; the last one set encrypts. False if they do not have the cipher suite's lengths. */
  setKey(keyId: bigint, key: ArrayBuffer, salt: ArrayBuffer): boolean;
  /** `type` is that of a frame of video. `null` while there is no key. */
  encrypt(
    data: ArrayBuffer | ArrayBufferView,
    type: 'key' | 'delta' | null,
    metadata?: ArrayBuffer | ArrayBufferView,
  ): ArrayBuffer | null;
  decrypt(
    data: ArrayBuffer | ArrayBufferView,
    metadata?: ArrayBuffer | ArrayBufferView,
  ): ArrayBuffer | Omit<NativeSframeFailure, 'frame'>;
}

/** What senders and receivers take. */
export type NativeFrameTransform = NativeScriptTransform | NativeSframeTransform;

/** A transform as the environment sees it that works on the frames. */
export interface NativeTransformer {
  /** All frames that wait, oldest first, in one call. */
  sink:
    | {
        frames(batch: NativeEncodedFrame[]): void;
        /** Of a sender of video: the peer wants key frames of the encodings with these rids, or of the one that has none. */
        keyframerequest(rids: (string | null)[]): void;
      }
    | undefined;
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
  setTransform(transform: NativeFrameTransform | null): void;
}

/** What encoded frames add to the addon. */
export interface NativeAddonEncoded {
  /** `cipherSuite` is its number in IANA's registry, `maxQueueLength` that of failures that JS has not taken. */
  createSframeTransform(options: { cipherSuite: number; maxQueueLength: number }): NativeSframeTransform;
  createScriptTransform(options: { maxQueueLength: number }): NativeScriptTransform;
  /** `null` when there is no such transform any more, or somebody has it. */
  adoptScriptTransform(token: bigint): NativeTransformer | null;
  /** @throws TypeError when there is no such frame any more */
  adoptEncodedFrame(token: bigint): NativeEncodedFrame;
}
