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
export interface NativeRtpReceiverEncoded {
  /** Asks the remote sender for a key frame, if the media are video and there is a connection. */
  requestKeyFrame(): void;
  /** Throws `INVALID_STATE` when one of the connections is closed, or the kinds differ. */
  forward(sender: NativeRtpSender, options: NativeForwardingOptions): NativeForwarding;
}
