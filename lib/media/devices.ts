/** Cameras, microphones and displays: what `mediaDevices` offers. */
import { createHash, randomUUID } from 'node:crypto';
import type { NativeMediaStreamTrack, NativeVideoSource } from '../native_media';
import { audioCandidates } from './audio_settings';
import type { MediaTrackCapabilities, MediaTrackConstraints, MediaTrackSettings, NumberRange } from './constraints';
import { createTrack, type MediaStreamTrack } from './MediaStreamTrack';
import { LocalTrackSource, type Origin } from './track_sources';
import { formatFor, videoCandidates, type VideoFormat, type VideoModes } from './video_settings';

/** `'display'` devices are offered by `getDisplayMedia` and not listed by `enumerateDevices`. */
export type DeviceKind = 'audioinput' | 'videoinput' | 'display';

/** Who a device is. */
export interface DeviceIdentity {
  readonly kind: DeviceKind;
  readonly deviceId: string;
  readonly groupId: string;
  readonly label: string;
}

/** What has an identity. */
class Identified implements DeviceIdentity {
  readonly kind: DeviceKind;
  readonly deviceId: string;
  readonly groupId: string;
  readonly label: string;

  constructor({ kind, deviceId, groupId, label }: DeviceIdentity) {
    this.kind = kind;
    this.deviceId = deviceId;
    this.groupId = groupId;
    this.label = label;
  }
}

/** A device as `mediaDevices` sees it. */
export interface Device extends DeviceIdentity {
  capabilities(): MediaTrackCapabilities;
  /** All settings that matter for these constraints, the preferred ones first. */
  candidates(constraints: MediaTrackConstraints): MediaTrackSettings[];
  /** Opens the device with one of the candidates. */
  open(settings: MediaTrackSettings, constraints: MediaTrackConstraints): Promise<MediaStreamTrack>;
}

/** An id that is the same in each process and says nothing. */
export function deviceIdFor(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Something that gives tracks. */
export interface TrackMaker {
  createTrack(id: string): NativeMediaStreamTrack;
  stop(): void;
  /** Changes what comes out, for sources that can. */
  setFormat?: NativeVideoSource['setFormat'];
}

const range = (values: number[], min?: number): NumberRange => ({
  min: min ?? Math.min(...values),
  max: Math.max(...values),
});

/** What a display shows (Screen Capture, section 5.5). */
export interface DisplaySurface {
  readonly displaySurface: 'monitor' | 'window' | 'browser';
  readonly cursor: 'always' | 'never' | 'motion';
}

/** What a camera or display adds to its identity. */
export interface VideoDeviceOptions {
  readonly modes: VideoModes;
  readonly facingMode?: string;
  /** Of a display. */
  readonly surface?: DisplaySurface;
  open(format: VideoFormat): TrackMaker | Promise<TrackMaker>;
}

/** A camera or a display. */
export class VideoDevice extends Identified implements Device {
  readonly #options: VideoDeviceOptions;

  constructor(identity: DeviceIdentity, options: VideoDeviceOptions) {
    super(identity);
    this.#options = options;
  }

  capabilities(): MediaTrackCapabilities {
    const { modes, facingMode, surface } = this.#options;
    const all = [...modes.formats, ...(modes.upTo === undefined ? [] : [modes.upTo])];
    const width = range(
      all.map((format) => format.width),
      1,
    );
    const height = range(
      all.map((format) => format.height),
      1,
    );
    return {
      width,
      height,
      aspectRatio: { min: 1 / (height.max ?? 1), max: width.max ?? 1 },
      frameRate: range(
        all.map((format) => format.frameRate),
        Math.min(1, ...all.map((format) => format.frameRate)),
      ),
      facingMode: facingMode === undefined ? [] : [facingMode],
      resizeMode: ['none', 'crop-and-scale'],
      ...(surface === undefined
        ? {}
        : { displaySurface: surface.displaySurface, logicalSurface: true, cursor: [surface.cursor] }),
      deviceId: this.deviceId,
      groupId: this.groupId,
    };
  }

  candidates(constraints: MediaTrackConstraints): MediaTrackSettings[] {
    return videoCandidates(this.#options.modes, constraints).map((settings) => ({ ...settings, ...this.#identity() }));
  }

  async open(settings: MediaTrackSettings, constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
    const { modes } = this.#options;
    const { width = 1, height = 1, frameRate = 1 } = settings;
    const wanted = { width, height, frameRate };
    let format = modes.upTo === undefined ? (formatFor(modes.formats, wanted) ?? wanted) : wanted;
    const maker = await this.#options.open(format);
    const origin: Origin = {
      kind: 'video',
      label: this.label,
      isDevice: true,
      capabilities: () => this.capabilities(),
      candidates: (constraints) => {
        // A device that is open in one of its own formats gives what can be made of that.
        if (modes.upTo === undefined || maker.setFormat === undefined) {
          return videoCandidates({ formats: [format] }, constraints).map((made) => ({ ...made, ...this.#identity() }));
        }
        // One that can be made to give more never gives less by itself: other tracks could see it.
        return this.candidates(constraints).filter(
          ({ width = 0, height = 0, frameRate = 0, resizeMode }) =>
            resizeMode !== 'none' ||
            (width >= format.width && height >= format.height && frameRate >= format.frameRate),
        );
      },
      current: () => ({
        ...format,
        aspectRatio: format.width / format.height,
        resizeMode: 'none',
        ...this.#identity(),
      }),
      demand: (least) => {
        if (maker.setFormat === undefined) return;
        if (least.width <= format.width && least.height <= format.height && least.frameRate <= format.frameRate) return;
        // Other tracks go on giving what was selected for them, made from the larger picture.
        format = {
          width: Math.max(least.width, format.width),
          height: Math.max(least.height, format.height),
          frameRate: Math.max(least.frameRate, format.frameRate),
        };
        maker.setFormat(format);
      },
      idle: () => {
        maker.stop();
      },
    };
    const source = new LocalTrackSource(origin);
    const handle = maker.createTrack(randomUUID());
    source.add(handle, settings);
    return createTrack(handle, source, { constraints });
  }

  #identity(): MediaTrackSettings {
    const { facingMode, surface } = this.#options;
    return {
      deviceId: this.deviceId,
      groupId: this.groupId,
      ...(facingMode === undefined ? {} : { facingMode }),
      ...(surface === undefined ? {} : { ...surface, logicalSurface: true }),
    };
  }
}

/** Rate in Hz and number of channels of sound. */
export interface AudioFormat {
  /** Samples of each channel in a second. */
  sampleRate: number;
  /** Number of channels. */
  channelCount: number;
}

/** What a microphone adds to its identity. */
export interface AudioDeviceOptions {
  readonly preferred: AudioFormat;
  /** Samples of each channel in a second. */
  readonly sampleRate: { readonly min: number; readonly max: number };
  /** Number of channels. */
  readonly channelCount: { readonly min: number; readonly max: number };
  open(format: AudioFormat): TrackMaker | Promise<TrackMaker>;
}

/** Blocks of 10 ms, in seconds. */
const LATENCY = 0.01;
const SAMPLE_SIZE = 16;

/** A microphone. */
export class AudioDevice extends Identified implements Device {
  readonly #options: AudioDeviceOptions;

  constructor(identity: DeviceIdentity, options: AudioDeviceOptions) {
    super(identity);
    this.#options = options;
  }

  capabilities(): MediaTrackCapabilities {
    const { sampleRate, channelCount } = this.#options;
    return {
      sampleRate: { ...sampleRate },
      sampleSize: { min: SAMPLE_SIZE, max: SAMPLE_SIZE },
      // Off unless asked for: then libwebrtc does it, with what remote tracks play as the echo.
      echoCancellation: [false, true],
      autoGainControl: [false, true],
      noiseSuppression: [false, true],
      voiceIsolation: [false],
      latency: { min: LATENCY, max: LATENCY },
      channelCount: { ...channelCount },
      deviceId: this.deviceId,
      groupId: this.groupId,
    };
  }

  candidates(constraints: MediaTrackConstraints): MediaTrackSettings[] {
    return this.#candidates(this.#options.preferred, constraints);
  }

  #candidates(preferred: AudioFormat, constraints: MediaTrackConstraints): MediaTrackSettings[] {
    return audioCandidates(preferred, this.#options, constraints).map((settings) => this.#settings(settings));
  }

  async open(settings: MediaTrackSettings, constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
    const { preferred } = this.#options;
    const format = {
      sampleRate: settings.sampleRate ?? preferred.sampleRate,
      channelCount: settings.channelCount ?? preferred.channelCount,
    };
    const maker = await this.#options.open(format);
    const source = new LocalTrackSource({
      kind: 'audio',
      label: this.label,
      isDevice: true,
      capabilities: () => this.capabilities(),
      // An open microphone keeps its rate and channels, which its tracks give as they are, or as they are asked for.
      candidates: (constraints) => this.#candidates(format, constraints),
      current: () => this.#settings(format),
      idle: () => {
        maker.stop();
      },
    });
    const handle = maker.createTrack(randomUUID());
    source.add(handle, settings);
    return createTrack(handle, source, { constraints });
  }

  #settings(settings: MediaTrackSettings): MediaTrackSettings {
    return {
      sampleSize: SAMPLE_SIZE,
      echoCancellation: false,
      autoGainControl: false,
      noiseSuppression: false,
      ...settings,
      voiceIsolation: false,
      latency: LATENCY,
      deviceId: this.deviceId,
      groupId: this.groupId,
    };
  }
}
