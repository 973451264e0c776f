/**
 * The native surface of recording: encoded media out of tracks. The rules of `native.ts` hold here too.
 */

/** Codecs by the last part of their MIME type, as RTP payload formats spell it. */
export type NativeEncodedCodec = 'VP8' | 'VP9' | 'AV1' | 'H264' | 'H265' | 'opus' | 'PCMU' | 'PCMA' | 'G722' | 'L16';

/** A frame of video or a packet of audio. */
export interface NativeEncodedChunk {
  readonly codec: NativeEncodedCodec;
  /**
   * H.264 as Annex B with its parameter sets before each key frame; AV1 as a temporal unit of sized OBUs. Chunks that come
   * together share a buffer.
   */
  readonly data: Uint8Array;
  /** Whether decoding can begin here; always for audio. */
  readonly key: boolean;
  /** Microseconds of the process's monotonic clock: capture for a local track, arrival for a remote one. */
  readonly timestamp: number;
  /** Of a remote track, 32 bits as it came; `null` for a local one. */
  readonly rtpTimestamp: number | null;
  /** Ticks of `rtpTimestamp` in a second. */
  readonly clockRate: number;
  /** Microseconds of sound in an audio packet; 0 where it is not known. */
  readonly duration: number;
  /** Video: the size of the picture as coded. Audio: 0. */
  readonly width: number;
  readonly height: number;
  /** Clockwise degrees that the picture is to be turned by for display. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Audio: channels that the payload format has (2 for Opus in RTP). Video: 0. */
  readonly channelCount: number;
}

/** What an RTCP sender report says of a remote stream: the link of its RTP time to a clock that audio and video share. */
export interface NativeSenderReport {
  /** The sender's wall clock, microseconds since 1900. */
  readonly ntpTime: number;
  readonly rtpTimestamp: number;
  /** Microseconds of the process's monotonic clock at which it came. */
  readonly timestamp: number;
}

export interface NativeEncodedTapSink {
  /**
   * In decoding order, many to a call. Of a remote video track nothing comes before a key frame, and after a loss that
   * could not be mended nothing before the next one. The codec of a remote track can change, with a key frame.
   */
  chunks(batch: NativeEncodedChunk[]): void;
  /** Remote tracks only. */
  senderReport(report: NativeSenderReport): void;
  /** The track has ended; nothing follows. */
  ended(): void;
  /** The encoder failed for good (local tracks only); nothing follows. */
  failed(message: string): void;
}

/** Encoded media of one track on its way to one consumer. */
export interface NativeEncodedTap {
  sink: NativeEncodedTapSink | undefined;
  /** Chunks that the consumer did not take in time, which were thrown away (up to the next key frame). */
  readonly dropped: number;
  /** Asks the remote sender, or the encoder, for a key frame. */
  requestKeyFrame(): void;
  /** Takes the chunks that wait: the sink does not get them any more. */
  drain(): NativeEncodedChunk[];
  /** Encoders only: bits a second from now on. */
  setBitrate?(bitsPerSecond: number): void;
  /** Nothing follows. Idempotent. */
  close(): void;
}

export interface NativeTapOptions {
  /** Chunks that wait at most. */
  maxQueueLength: number;
  /**
   * Milliseconds that a chunk may wait for others, of all taps of the process, so that one wake-up brings them all; 0 by
   * default. A server that records much takes 20 or more: it halves the cost.
   */
  maxDelay?: number;
}

export interface NativeVideoEncoderOptions extends NativeTapOptions {
  codec: 'VP8' | 'VP9' | 'AV1' | 'H264';
  bitsPerSecond: number;
  /** A key frame at the latest after so many milliseconds, or frames; `null`: only as needed. */
  keyFrameIntervalDuration: number | null;
  keyFrameIntervalCount: number | null;
  /** Whether sharp text matters more than smooth motion. */
  isScreencast: boolean;
}

export interface NativeAudioEncoderOptions extends NativeTapOptions {
  codec: 'opus';
  bitsPerSecond: number;
  /** Whether the bitrate is constant. */
  constantBitrate: boolean;
}

/** What recording adds to a `NativeMediaStreamTrack`. */
export interface NativeMediaStreamTrackRecording {
  /**
   * The frames of a remote track as they come from the network (after its transform, if it has one), without decoding
   * them: as long as nobody wants raw media, no decoder runs. Whether the track is enabled makes no difference. `null` for
   * a local track, and for one that has been stopped.
   */
  addEncodedTap(options: NativeTapOptions): NativeEncodedTap | null;
  /** Encodes what the track gives, on a thread of the runtime; a new size begins with a key frame of its own. */
  addVideoEncoder(options: NativeVideoEncoderOptions): NativeEncodedTap;
  addAudioEncoder(options: NativeAudioEncoderOptions): NativeEncodedTap;
}
