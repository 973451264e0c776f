/** The shortest way in: sources that an application pushes frames and samples into. */
import { randomUUID } from 'node:crypto';
import { native } from '../native';
import type { NativeMediaStreamTrack } from '../native_media';
import { boolean, double, interfaceType } from '../webidl';
import { anyChannelCount, anySampleRate, audioCandidates, audioCapabilities } from './audio_settings';
import { isAudioData, nativeAudioData, type AudioData } from './AudioData';
import type { MediaTrackSettings } from './constraints';
import { createTrack, type MediaStreamTrack } from './MediaStreamTrack';
import { LocalTrackSource, type Origin } from './track_sources';
import { isVideoFrame, nativeVideoFrame, type VideoFrame } from './VideoFrame';
import { videoCandidates } from './video_settings';

/** Options of {@link VideoSource}. */
export interface VideoSourceInit {
  /** The `label` of the tracks. */
  label?: string;
  /** Whether the frames show a screen: encoders then keep the picture sharp rather than the motion smooth. */
  isScreencast?: boolean;
  /**
   * Whether the frames have a camera's noise, which encoders of VP8 and VP9 then take out first. That costs much of what
   * encoding costs, and detail: it is off where absent.
   */
  needsDenoising?: boolean;
  /** Called when the last track has been stopped: nobody takes frames any more. */
  onidle?: () => void;
}

/** Options of {@link AudioSource}. */
export interface AudioSourceInit {
  /** The `label` of the tracks. */
  label?: string;
  /**
   * Whether the source itself plays what is pushed, at the pace of a clock of its own: push as much as there is at a
   * time, a whole file for example, or what a synthesizer of speech gives. It needs no timer of the application, and so
   * fewer calls, and does not stutter while the event loop is busy. `false` where absent.
   */
  paced?: boolean;
  /** So many seconds of sound may wait in a source that is paced. 60 where absent. */
  maxQueued?: number;
  /** Called when the last track has been stopped: nobody takes samples any more. */
  onidle?: () => void;
}

const frameType = interfaceType<VideoFrame>('VideoFrame', (value) => isVideoFrame(value));
const dataType = interfaceType<AudioData>('AudioData', (value) => isAudioData(value));

interface TrackParts {
  handle: NativeMediaStreamTrack;
  tracks: LocalTrackSource;
}

/** The parts of a new track, for a subclass of `MediaStreamTrack`. Not part of the public interface. */
export let videoParts: (source: VideoSource) => TrackParts;
/** The same of sound. Not part of the public interface. */
export let audioParts: (source: AudioSource) => TrackParts;

/** How much waits in a source that is paced, in seconds. */
const DEFAULT_MAX_QUEUED = 60;

/** Rates that constraints can ask such video for of which it is not known beforehand how fast frames come. */
export const HIGHEST_RATE = 1000;

/**
 * Video frames from the application into any number of tracks. Outside the specifications.
 *
 * @example
 * const source = new VideoSource();
 * connection.addTrack(source.createTrack());
 * using frame = new VideoFrame(pixels, { format: 'I420', codedWidth: 640, codedHeight: 480, timestamp });
 * source.push(frame);
 */
export class VideoSource {
  readonly #source;
  readonly #tracks: LocalTrackSource;
  #size: { width: number; height: number } | undefined;

  constructor({ label = '', isScreencast = false, needsDenoising = false, onidle }: VideoSourceInit = {}) {
    this.#source = native.createVideoSource({ isScreencast, needsDenoising });
    const origin: Origin = {
      kind: 'video',
      label,
      capabilities: () => {
        const { width, height } = this.#size ?? {};
        return {
          ...(width === undefined ? {} : { width: { min: 1, max: width } }),
          ...(height === undefined ? {} : { height: { min: 1, max: height } }),
          resizeMode: ['none', 'crop-and-scale'],
        };
      },
      candidates: (constraints) => {
        if (this.#size === undefined) return [{}];
        return videoCandidates({ formats: [{ ...this.#size, frameRate: HIGHEST_RATE }] }, constraints);
      },
      current: (track) => videoStatusOf(track),
      ...(onidle === undefined ? {} : { idle: onidle }),
    };
    this.#tracks = new LocalTrackSource(origin);
  }

  /** A track that gives what is pushed from now on. */
  createTrack(): MediaStreamTrack {
    const { handle, tracks } = videoParts(this);
    return createTrack(handle, tracks);
  }

  /**
   * Gives the tracks a frame, without a copy. The frame stays open and belongs to the caller.
   *
   * @throws TypeError when it is no `VideoFrame`
   * @throws DOMException `InvalidStateError` when it is closed
   */
  push(frame: VideoFrame): void {
    const handle = nativeVideoFrame(frameType(frame, 'The frame'));
    const { width, height } = handle.visibleRect;
    this.#size = { width, height };
    this.#source.push(handle);
  }

  /** Ends all tracks. */
  stop(): void {
    this.#source.stop();
  }

  static {
    videoParts = (source) => {
      const tracks = source.#tracks;
      const handle = source.#source.createTrack(randomUUID());
      tracks.add(handle);
      return { handle, tracks };
    };
  }
}

/** The settings that can be seen from the frames. */
export function videoStatusOf(track: NativeMediaStreamTrack): MediaTrackSettings {
  const status = track.videoStatus();
  if (status === null) return {};
  const { width, height, frameRate } = status;
  return { width, height, frameRate, aspectRatio: width / height };
}

/**
 * Samples from the application into any number of tracks. Outside the specifications.
 *
 * Blocks may have any length, rate and number of channels; they are played one after another without a gap. The time
 * at which they are pushed is the time at which they are sent: push as fast as the sound is to be heard, or let the
 * source be `paced`.
 *
 * @example
 * const source = new AudioSource({ paced: true });
 * connection.addTrack(source.createTrack());
 * for (const data of sentence) source.push(data);
 * // Somebody interrupts:
 * source.clear();
 */
export class AudioSource {
  readonly #source;
  readonly #tracks: LocalTrackSource;

  readonly #maxQueued: number;

  constructor({ label = '', paced = false, maxQueued = DEFAULT_MAX_QUEUED, onidle }: AudioSourceInit = {}) {
    this.#maxQueued = double(maxQueued, 'maxQueued');
    this.#source = native.createAudioSource({ paced: boolean(paced, 'paced') });
    const limits = { sampleRate: anySampleRate, channelCount: anyChannelCount };
    const current = (track: NativeMediaStreamTrack): MediaTrackSettings => track.audioStatus() ?? {};
    this.#tracks = new LocalTrackSource({
      kind: 'audio',
      label,
      capabilities: () => audioCapabilities(limits),
      // What is pushed goes on as it is unless somebody asks for something else.
      candidates: (constraints) => audioCandidates({}, limits, constraints),
      current,
      ...(onidle === undefined ? {} : { idle: onidle }),
    });
  }

  /** A track that gives what is pushed from now on. */
  createTrack(): MediaStreamTrack {
    const { handle, tracks } = audioParts(this);
    return createTrack(handle, tracks);
  }

  /**
   * Gives the tracks samples. The object stays open and belongs to the caller.
   *
   * @throws TypeError when it is no `AudioData`
   * @throws DOMException `InvalidStateError` when it is closed
   * @throws DOMException `QuotaExceededError` when the source is paced and more than `maxQueued` would wait
   */
  push(data: AudioData): void {
    const handle = nativeAudioData(dataType(data, 'The data'));
    const { queued } = this.#source;
    if (queued > 0 && queued + handle.numberOfFrames / handle.sampleRate > this.#maxQueued) {
      throw new DOMException(`More than ${this.#maxQueued} s of sound would wait`, 'QuotaExceededError');
    }
    this.#source.push(handle);
  }

  /** How much of what has been pushed is still to be played, in seconds: 0 unless the source is paced. */
  get queued(): number {
    return this.#source.queued;
  }

  /** Drops what is still to be played. */
  clear(): void {
    this.#source.clear();
  }

  /** Ends all tracks. */
  stop(): void {
    this.#source.stop();
  }

  static {
    audioParts = (source) => {
      const tracks = source.#tracks;
      const handle = source.#source.createTrack(randomUUID());
      tracks.add(handle);
      return { handle, tracks };
    };
  }
}
