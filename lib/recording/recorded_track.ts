/** One track on its way into a recording: from where its frames come, when they are, and which of them are of use. */
import { nativeTrack, sourceOf, whenEnded, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { NativeMediaStreamTrack } from '../native_media';
import type { NativeEncodedChunk, NativeEncodedTap, NativeEncodedTapSink, NativeTapOptions } from '../native_recording';
import { TrackClock } from './clock';
import type { ClockGroup } from './clock_group';
import { FrameQueue, type QueuedFrame } from './frame_queue';
import type { RecordedCodec, RecordedTrackMode, RecordedTrackStatistics } from './statistics';
import { monotonicNow } from './ticker';
import type { Timeline } from './timeline';
import { asStored } from './track_configuration';

/** What encoders are told. */
export interface EncoderSettings {
  readonly videoBitsPerSecond: number;
  readonly audioBitsPerSecond: number;
  readonly constantAudioBitrate: boolean;
  /** Milliseconds, or frames, between key frames at most. */
  readonly keyFrameIntervalDuration: number | null;
  readonly keyFrameIntervalCount: number | null;
}

/** What a track tells its recording. */
export interface TrackOwner {
  readonly timeline: Timeline;
  readonly encoderSettings: EncoderSettings;
  /** Microseconds that a piece of the recording lasts at most. */
  readonly pieceDuration: number;
  /** Frames have come. */
  arrived(now: number): void;
  /** A track is over: nothing follows. */
  ended(): void;
  /** The track cannot be recorded any more. */
  failed(message: string): void;
}

/** Chunks that wait for the event loop at most: ten seconds of sound, more of video. */
const QUEUE_LENGTH = 500;
/** Milliseconds that chunks wait for company at most: one wake-up brings those of all recordings. */
const BATCHING = 100;
/** Chunks of a local track whose stamps are so near to now, in microseconds, are on our clock. */
const SAME_CLOCK = 5_000_000;
/** Sound that is missing, in microseconds, before it counts as a gap. */
const SOUND_GAP = 30_000;
/** Pictures that are missing, in microseconds, before it counts as a gap. */
const PICTURE_GAP = 1_000_000;

const codecs: Readonly<Record<NativeEncodedChunk['codec'], RecordedCodec | undefined>> = {
  ...{ VP8: 'vp8', VP9: 'vp9', AV1: 'av1', H264: 'h264', opus: 'opus' },
  ...{ H265: undefined, PCMU: undefined, PCMA: undefined, G722: undefined, L16: undefined },
};
const encoderNames = { vp8: 'VP8', vp9: 'VP9', av1: 'AV1', h264: 'H264' } as const;

/** The codec of a chunk, as recordings name it; `undefined` for one that they do not hold. */
export function recordedCodec(chunk: NativeEncodedChunk): RecordedCodec | undefined {
  return codecs[chunk.codec];
}

export class RecordedTrack {
  readonly kind: 'audio' | 'video';
  readonly #track: MediaStreamTrack;
  readonly #handle: NativeMediaStreamTrack;
  readonly #owner: TrackOwner;
  readonly #group: ClockGroup | undefined;
  readonly #frames = new FrameQueue();
  #tap: NativeEncodedTap | undefined;
  #clock: TrackClock<NativeEncodedChunk> | undefined;
  /** What the file holds; `undefined` until it is decided. */
  #codec: RecordedCodec | undefined;
  /** Of a remote track: what the first chunk was coded in. */
  #remoteCodec: RecordedCodec | null | undefined;
  #undecided: NativeEncodedChunk[] = [];
  #mode: RecordedTrackMode = 'pending';
  #modeChanges = 0;
  /** Whether the next picture has to be one that decoding can begin at. */
  #needsKeyFrame: boolean;
  /** Whether a remote track is encoded because it is disabled: what it gives then is black, or silent. */
  #hidden = false;
  #ended = false;
  #closed = false;
  #gaps = 0;
  #dropped = 0;
  #droppedByTaps = 0;
  #lastTime: number | undefined;

  /** @param groups the peers that tracks of the recording come from */
  constructor(track: MediaStreamTrack, owner: TrackOwner, groups: Map<object, ClockGroup>, newGroup: () => ClockGroup) {
    this.#track = track;
    this.#handle = nativeTrack(track);
    this.kind = this.#handle.kind;
    this.#owner = owner;
    this.#needsKeyFrame = this.kind === 'video';
    const { peer } = sourceOf(track);
    if (peer !== undefined) {
      this.#group = groups.get(peer) ?? newGroup();
      groups.set(peer, this.#group);
    }
    this.#openTap();
    whenEnded(track, () => {
      // What is on its way from the addon comes before this.
      setImmediate(() => {
        this.#end();
      });
    });
  }

  /** Whether its frames can come from a remote peer as they are. */
  get remote(): boolean {
    return this.#group !== undefined;
  }

  /** Of a remote track: the codec that its frames come in, `undefined` before the first, `null` for another one. */
  get remoteCodec(): RecordedCodec | null | undefined {
    return this.#remoteCodec;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get frames(): FrameQueue {
    return this.#frames;
  }

  get channelCount(): number {
    return 2;
  }

  /** Says what the file holds. What has come is kept if it fits; otherwise the track is encoded from now on. */
  decide(codec: RecordedCodec): void {
    this.#codec = codec;
    const waiting = this.#undecided;
    this.#undecided = [];
    if (this.#closed) return;
    if (this.#tap === undefined) {
      this.#openEncoder();
    } else if (waiting.length > 0) {
      this.#take(waiting);
    }
  }

  /** Pictures that come from now on begin with a key frame; those that cannot be decoded are thrown away. */
  requireKeyFrame(): void {
    if (this.kind === 'audio') return;
    this.#needsKeyFrame = true;
    this.requestKeyFrame();
  }

  /** Asks for a key frame. */
  requestKeyFrame(): void {
    this.#tap?.requestKeyFrame();
  }

  /** The output could not take these. */
  lost(frames: number): void {
    this.#dropped += frames;
  }

  /** Time has passed: frames whose time is not decided may get it now. */
  tick(now: number): void {
    if (!this.#isSettled(now)) return;
    // Not the peer may be quiet but this process.
    this.drain();
    if (this.#isSettled(now)) this.#clock?.settle();
  }

  /** Takes at once what waits in the addon for company. */
  drain(): void {
    if (this.#tap !== undefined) this.#take(this.#tap.drain());
  }

  /** Nothing more is wanted; what has come can be taken from the queue. */
  close(): void {
    if (this.#closed) return;
    this.drain();
    this.#closeTap();
    this.#closed = true;
  }

  statistics(origin: number): RecordedTrackStatistics {
    const { written } = this.#frames;
    const seconds = (time: number | undefined): number | null => (time === undefined ? null : (time - origin) / 1e6);
    return {
      trackId: this.#track.id,
      kind: this.kind,
      mode: this.#mode,
      modeChanges: this.#modeChanges,
      codec: this.#codec ?? null,
      frames: written.frames,
      keyFrames: written.keyFrames,
      bytes: written.bytes,
      firstTime: seconds(written.firstTime),
      lastTime: seconds(written.lastTime),
      gaps: this.#gaps,
      dropped: this.#dropped + this.#droppedByTaps + (this.#tap?.dropped ?? 0) + this.#frames.late,
      width: written.width,
      height: written.height,
      resolutions: written.resolutions.map(({ time, width, height }) => ({
        time: (time - origin) / 1e6,
        width,
        height,
      })),
    };
  }

  /** How much waits for the event loop, and how long: a short piece comes more often than a long one. */
  get #waiting(): NativeTapOptions {
    return { maxQueueLength: QUEUE_LENGTH, maxDelay: Math.min(BATCHING, Math.floor(this.#owner.pieceDuration / 4000)) };
  }

  /** Takes the frames of a remote track as they come, if it is one and may be seen. */
  #openTap(): void {
    this.#hidden = false;
    if (!this.remote || !this.#track.enabled) return;
    const tap = this.#handle.addEncodedTap(this.#waiting);
    if (tap === null) return;
    this.#use(tap);
    tap.requestKeyFrame();
  }

  #openEncoder(): void {
    const codec = this.#codec!;
    this.#hidden = this.remote && !this.#track.enabled;
    const settings = this.#owner.encoderSettings;
    let tap: NativeEncodedTap;
    if (codec === 'opus') {
      tap = this.#handle.addAudioEncoder({
        codec,
        bitsPerSecond: settings.audioBitsPerSecond,
        constantBitrate: settings.constantAudioBitrate,
        ...this.#waiting,
      });
    } else {
      tap = this.#handle.addVideoEncoder({
        codec: encoderNames[codec],
        bitsPerSecond: settings.videoBitsPerSecond,
        keyFrameIntervalDuration: settings.keyFrameIntervalDuration,
        keyFrameIntervalCount: settings.keyFrameIntervalCount,
        isScreencast: this.#track.contentHint === 'detail' || this.#track.contentHint === 'text',
        ...this.#waiting,
      });
    }
    this.#use(tap);
    this.#setMode('encoded');
  }

  #use(tap: NativeEncodedTap): void {
    this.#tap = tap;
    const sink: NativeEncodedTapSink = {
      chunks: (batch) => {
        this.#take(batch);
      },
      senderReport: ({ ntpTime, rtpTimestamp }) => {
        this.#clock?.report(ntpTime, rtpTimestamp);
      },
      ended: () => {
        this.#end();
      },
      failed: (message) => {
        this.#owner.failed(message);
      },
    };
    tap.sink = sink;
  }

  #isSettled(now: number): boolean {
    return this.#clock?.isSettled(now) === true;
  }

  #closeTap(): void {
    this.#clock?.settle();
    this.#clock?.close();
    this.#clock = undefined;
    const tap = this.#tap;
    if (tap === undefined) return;
    this.#tap = undefined;
    this.#droppedByTaps += tap.dropped;
    tap.sink = undefined;
    tap.close();
  }

  #setMode(mode: RecordedTrackMode): void {
    if (this.#mode === mode) return;
    if (this.#mode !== 'pending') this.#modeChanges++;
    this.#mode = mode;
  }

  /** The other way from here on: in both the pictures begin with a key frame. */
  #switch(to: 'tap' | 'encoder'): void {
    this.#closeTap();
    this.#needsKeyFrame = this.kind === 'video';
    if (to === 'tap') this.#openTap();
    if (this.#tap === undefined) this.#openEncoder();
  }

  #take(batch: readonly NativeEncodedChunk[]): void {
    const now = monotonicNow();
    const first = batch[0];
    if (first === undefined || this.#closed) return;
    const asItCame = this.#mode !== 'encoded';
    if (asItCame) this.#remoteCodec = codecs[first.codec] ?? null;
    if (asItCame && !this.#track.enabled) {
      // What is disabled shall not be recorded: the encoder gives black pictures and silence.
      if (this.#codec !== undefined) this.#switch('encoder');
      return;
    }
    if (this.#codec === undefined) {
      this.#undecided.push(...batch);
      this.#owner.arrived(now);
      return;
    }
    if (this.#hidden && this.#track.enabled) {
      this.#switch('tap');
      return;
    }
    for (const chunk of batch) {
      if (asItCame && codecs[chunk.codec] !== this.#codec) {
        this.#remoteCodec = codecs[chunk.codec] ?? null;
        this.#switch('encoder');
        return;
      }
      if (asItCame) this.#setMode('passthrough');
      this.#place(chunk, now);
    }
    this.#owner.arrived(now);
  }

  #place(chunk: NativeEncodedChunk, now: number): void {
    const { rtpTimestamp, timestamp, clockRate } = chunk;
    if (rtpTimestamp !== null) {
      this.#clock ??= this.#newClock(clockRate, this.#group);
      this.#clock.add(rtpTimestamp, timestamp, chunk);
    } else if (this.#clock === undefined && Math.abs(now - timestamp) < SAME_CLOCK) {
      this.#emit(timestamp, chunk);
    } else {
      // An application stamps its frames as it likes.
      this.#clock ??= this.#newClock(1_000_000, undefined);
      this.#clock.add(timestamp, now, chunk);
    }
  }

  #newClock(clockRate: number, group: ClockGroup | undefined): TrackClock<NativeEncodedChunk> {
    return new TrackClock<NativeEncodedChunk>(clockRate, (time, chunk) => this.#emit(time, chunk), group);
  }

  #emit(time: number, chunk: NativeEncodedChunk): void {
    const at = this.#owner.timeline.at(time);
    const video = this.kind === 'video';
    if (at === undefined) {
      // After a pause pictures begin anew.
      this.#needsKeyFrame = video;
      return;
    }
    if (this.#needsKeyFrame) {
      if (!chunk.key) {
        this.#dropped++;
        return;
      }
      this.#needsKeyFrame = false;
    }
    const last = this.#lastTime;
    if (last !== undefined && at - last > (video ? PICTURE_GAP : SOUND_GAP + chunk.duration)) this.#gaps++;
    if (last === undefined || at > last) this.#lastTime = at;
    const raw = chunk.data;
    const frame: QueuedFrame = {
      time: at,
      duration: chunk.duration,
      raw,
      data: asStored(this.#codec!, raw),
      key: chunk.key,
      width: chunk.width,
      height: chunk.height,
      rotation: chunk.rotation,
    };
    if (video) this.#frames.append(frame);
    else this.#frames.insert(frame);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.close();
    this.#owner.ended();
  }
}
