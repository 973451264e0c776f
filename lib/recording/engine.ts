/**
 * The work of every recorder: tracks in, pieces of a file out.
 *
 * Frames wait in their tracks until a piece is full, at most a second; then the piece is muxed and handed on. It ends
 * before a key frame where one comes in time, so that players can go to its start. Nothing is done for a single packet
 * but to put it in its place.
 */
import { activate, deactivate } from '../lifetime';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { ClockGroup } from './clock_group';
import type { QueuedFrame } from './frame_queue';
import { chooseFormat, type ChosenFormat, type Container, type WantedFormat } from './mime_type';
import { Muxer } from './muxer';
import { RecordedTrack, type EncoderSettings, type TrackOwner } from './recorded_track';
import type { RecordedTrackStatistics, RecordedVideoCodec } from './statistics';
import { monotonicNow, startTicking, stopTicking } from './ticker';
import { Timeline } from './timeline';
import { audioConfiguration, videoConfiguration, type TrackConfiguration } from './track_configuration';

/** What a piece of a file is. */
export interface PieceInfo {
  /** Seconds in the recording: when its first frame begins and its last one ends. */
  readonly time: number;
  readonly end: number;
  /** The track, counted from 1, whose first frame in the piece is a key frame; video before sound. */
  readonly access: { track: number; trackFragment: number; time: number } | undefined;
}

/** Where a recording goes. */
export interface RecordingOutput {
  /** Whether pieces have to be thrown away because those before them are not written yet. */
  readonly full: boolean;
  /** The start of the file, once. */
  header(bytes: Uint8Array, container: Container): void;
  piece(bytes: Uint8Array, info: PieceInfo): void;
}

/** What an engine reports, in tasks of its own. */
export interface EngineEvents {
  /** Containers and codecs are decided, and something has come, or has been waited for long enough. */
  decided(format: ChosenFormat): void;
  /** Nothing more can be recorded. */
  failed(error: Error): void;
  /** All tracks are over. */
  ended(): void;
}

export interface EngineInit {
  readonly tracks: readonly MediaStreamTrack[];
  readonly wanted: WantedFormat;
  readonly encoderSettings: EncoderSettings;
  /** Microseconds that a piece lasts at most. */
  readonly pieceDuration: number;
  readonly output: RecordingOutput;
  readonly events: EngineEvents;
}

/** As long as this a recording waits for a first frame of every track, in microseconds. */
const START_PATIENCE = 2_000_000;
/** As long as this a piece waits for tracks that are late, in microseconds. */
const GRACE = 500_000;
type Frame = QueuedFrame & { lasts: number };

const endOf = (frame: Frame | undefined): number => (frame === undefined ? -Infinity : frame.time + frame.lasts);

export class RecordingEngine implements TrackOwner {
  readonly timeline = new Timeline();
  readonly encoderSettings: EncoderSettings;
  readonly pieceDuration: number;
  readonly #init: EngineInit;
  readonly #tracks: RecordedTrack[];
  readonly #started = monotonicNow();
  /** When something had come first. */
  #firstArrival: number | undefined;
  #format: ChosenFormat | undefined;
  #announced = false;
  #muxer: Muxer | undefined;
  /** The timeline's time of the start of the file. */
  #origin = 0;
  #work: Promise<void> = Promise.resolve();
  /** Tracks that have lost frames to an output that was full: they go on with a key frame. */
  readonly #broken = new Set<RecordedTrack>();
  #overflowing = false;
  #droppedBytes = 0;
  #stopped = false;

  constructor(init: EngineInit) {
    this.#init = init;
    this.encoderSettings = init.encoderSettings;
    this.pieceDuration = init.pieceDuration;
    activate(this, true);
    startTicking(this);
    const groups = new Map<object, ClockGroup>();
    this.#tracks = init.tracks.map((track) => new RecordedTrack(track, this, groups, () => new ClockGroup()));
    this.#decide(false);
  }

  get format(): ChosenFormat | undefined {
    return this.#format;
  }

  /** Seconds that are in the file. */
  get duration(): number {
    let end = this.#origin;
    for (const { frames } of this.#tracks) end = Math.max(end, frames.written.end ?? end);
    return (end - this.#origin) / 1e6;
  }

  /** Bytes of media that the output could not take. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  statistics(): RecordedTrackStatistics[] {
    return this.#tracks.map((track) => track.statistics(this.#origin));
  }

  pause(): void {
    this.timeline.pause(monotonicNow());
  }

  resume(): void {
    this.timeline.resume(monotonicNow());
    for (const track of this.#tracks) track.requireKeyFrame();
  }

  /** Hands on what is there, instead of waiting for a piece to be full. */
  flush(): Promise<void> {
    for (const track of this.#tracks) track.drain();
    this.#cut(monotonicNow(), true);
    return this.#work;
  }

  /** Takes nothing more; resolves when all that has been taken is handed on. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      for (const track of this.#tracks) track.close();
      this.#decide(true);
      this.#announce();
      this.#cut(monotonicNow(), true);
      this.#stopped = true;
      stopTicking(this);
    }
    await this.#work;
    deactivate(this);
  }

  // What tracks tell.

  arrived(now: number): void {
    this.#firstArrival ??= now;
    if (this.#format === undefined) this.#decide(false);
    this.#announce();
    this.#cut(now, false);
  }

  ended(): void {
    if (this.#stopped || !this.#tracks.every(({ ended }) => ended)) return;
    this.#init.events.ended();
  }

  failed(message: string): void {
    this.#fail(new Error(message));
  }

  tick(now: number): void {
    for (const track of this.#tracks) track.tick(now);
    if (!this.#announced && now - this.#started > START_PATIENCE) {
      this.#decide(true);
      this.#announce();
    }
    this.#cut(now, false);
  }

  #fail(error: Error): void {
    if (!this.#stopped) this.#init.events.failed(error);
  }

  /** Decides on container and codecs as soon as that of the remote video is known, or need not be. */
  #decide(now: boolean): void {
    if (this.#format !== undefined) return;
    const { wanted } = this.#init;
    const remote = this.#tracks.find(({ kind, remote }) => kind === 'video' && remote);
    const open = wanted.videoCodec === undefined && remote !== undefined;
    if (open && remote.remoteCodec === undefined && !remote.ended && !now) return;
    const remoteCodec = remote?.remoteCodec;
    const usable = remoteCodec === 'opus' ? undefined : (remoteCodec ?? undefined);
    const format = chooseFormat(wanted, usable);
    this.#format = format;
    for (const track of this.#tracks) {
      try {
        track.decide(track.kind === 'audio' ? format.audioCodec : format.videoCodec);
      } catch (error) {
        this.#fail(error as Error);
      }
    }
  }

  #announce(): void {
    if (this.#announced || this.#format === undefined) return;
    this.#announced = true;
    this.#init.events.decided(this.#format);
  }

  /** Begins the file, if every track has shown what it is or had its time. */
  #begin(now: number, all: boolean): boolean {
    if (this.#muxer !== undefined) return true;
    const format = this.#format;
    if (format === undefined || this.#firstArrival === undefined) return false;
    const firsts = this.#tracks.map(({ frames }) => frames.first);
    const patient = !all && now - this.#firstArrival < START_PATIENCE;
    if (patient && this.#tracks.some(({ ended }, index) => firsts[index] === undefined && !ended)) return false;
    const times = firsts.flatMap((frame) => (frame === undefined ? [] : [frame.time]));
    if (times.length === 0) return false;
    this.#origin = Math.min(...times);
    const muxer = new Muxer(
      format.container,
      this.#tracks.map((track, index) => this.#configuration(track, firsts[index], format.videoCodec)),
    );
    this.#muxer = muxer;
    this.#then(async () => {
      this.#init.output.header(await muxer.header(), format.container);
    });
    return true;
  }

  #configuration(
    track: RecordedTrack,
    first: QueuedFrame | undefined,
    videoCodec: RecordedVideoCodec,
  ): TrackConfiguration {
    if (track.kind === 'audio') return audioConfiguration(track.channelCount);
    const frame = first && { ...first, data: first.raw };
    return videoConfiguration(videoCodec, frame, this.#init.wanted.inBandParameters);
  }

  /** Makes pieces of what waits. */
  #cut(now: number, all: boolean): void {
    if (this.#stopped || !this.#begin(now, all)) return;
    let asked = all;
    for (;;) {
      let [oldest, newest] = [Infinity, -Infinity];
      for (const { frames } of this.#tracks) {
        oldest = Math.min(oldest, frames.first?.time ?? Infinity);
        newest = Math.max(newest, frames.last?.time ?? -Infinity);
      }
      if (oldest === Infinity) return;
      const time = this.timeline.now(now);
      let end = oldest + this.#init.pieceDuration;
      if (!all && newest < end && time < end + GRACE) return;
      for (const { kind, frames } of this.#tracks) {
        const first = frames.first?.time;
        if (kind === 'video' && first !== undefined) end = Math.min(end, frames.keyAfter(first)?.time ?? end);
      }
      const waits = ({ ended, frames }: RecordedTrack): boolean => !ended && (frames.last?.time ?? -Infinity) < end;
      const late = all ? [] : this.#tracks.filter(waits);
      if (late.length > 0) {
        if (time < end + GRACE) return;
        if (!asked) {
          // Not the tracks may be late but this process.
          asked = true;
          for (const track of late) track.drain();
          continue;
        }
      }
      this.#mux(end);
    }
  }

  #mux(end: number): void {
    const muxer = this.#muxer!;
    const { output } = this.#init;
    const taken = this.#tracks.map(({ frames }) => frames.take(end));
    if (output.full) {
      this.#overflowing = true;
      this.#tracks.forEach((track, index) => {
        track.lost(taken[index]!.length);
        for (const { data } of taken[index]!) this.#droppedBytes += data.byteLength;
        if (track.kind === 'video') this.#broken.add(track);
      });
      return;
    }
    if (this.#overflowing) {
      this.#overflowing = false;
      for (const track of this.#broken) track.requestKeyFrame();
    }
    const frames = taken.map((ofTrack, index) => this.#usable(ofTrack, this.#tracks[index]!));
    if (frames.every(({ length }) => length === 0)) return;
    frames.forEach((ofTrack, index) => {
      for (const frame of ofTrack) this.#tracks[index]!.frames.count(frame);
    });
    const info = this.#describe(frames);
    const origin = this.#origin;
    this.#then(async () => {
      const muxed = frames.map((ofTrack) =>
        ofTrack.map(({ time, lasts, data, key }) => ({ time: time - origin, duration: lasts, data, key })),
      );
      output.piece(await muxer.piece(muxed), info);
    });
  }

  /** The frames that can be in the file: none from before its start, and after an overflow none without a key frame. */
  #usable(frames: Frame[], track: RecordedTrack): Frame[] {
    let usable = frames.filter(({ time }) => time >= this.#origin);
    if (this.#broken.has(track)) {
      const key = usable.findIndex((frame) => frame.key);
      usable = key < 0 ? [] : usable.slice(key);
      if (key >= 0) this.#broken.delete(track);
    }
    if (usable.length < frames.length) track.lost(frames.length - usable.length);
    return usable;
  }

  #describe(frames: readonly Frame[][]): PieceInfo {
    const seconds = (time: number): number => (time - this.#origin) / 1e6;
    const firsts = frames.map((ofTrack) => ofTrack[0]);
    const time = Math.min(...firsts.map((frame) => frame?.time ?? Infinity));
    const end = Math.max(...frames.map((ofTrack) => endOf(ofTrack.at(-1))));
    const hasVideo = this.#tracks.some(({ kind }) => kind === 'video');
    const index = firsts.findIndex(
      (frame, at) => frame?.key === true && (this.#tracks[at]!.kind === 'video') === hasVideo,
    );
    const first = firsts[index];
    const trackFragment = firsts.slice(0, index + 1).filter((frame) => frame !== undefined).length;
    return {
      time: seconds(time),
      end: seconds(end),
      access: first && { track: index + 1, trackFragment, time: seconds(first.time) },
    };
  }

  /** Does something when all before it is done. */
  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#fail(error as Error);
    });
  }
}
