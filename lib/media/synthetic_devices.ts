/** Devices of a machine that has none: a camera, a microphone and a display whose media are computed. */
import { native } from '../native';
import { AudioDevice, VideoDevice, deviceIdFor, type Device, type DeviceKind } from './devices';
import type { VideoFormat } from './video_settings';

const FOUR_K: VideoFormat = { width: 3840, height: 2160, frameRate: 60 };
const sizes = [
  [640, 480],
  [160, 120],
  [320, 180],
  [320, 240],
  [640, 360],
  [800, 600],
  [960, 540],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const;
const formats = sizes.map(([width, height]) => ({ width, height, frameRate: 30 }));

function identity(kind: DeviceKind, label: string) {
  return { kind, label, deviceId: deviceIdFor('synthetic', kind), groupId: deviceIdFor('synthetic group', kind) };
}

/** A moving test pattern with a frame counter and a clock: 640x480 at 30 by itself, any size and rate up to 4K at 60. */
export const syntheticCamera: Device = new VideoDevice(identity('videoinput', 'Synthetic camera'), {
  modes: { formats, upTo: FOUR_K },
  open: (format) => native.createSyntheticVideoSource({ ...format, pattern: 'camera' }),
});

/** A picture like a desktop's: 1920x1080 at 30 by itself. */
export const syntheticDisplay: Device = new VideoDevice(identity('display', 'Synthetic display'), {
  modes: { formats: [{ width: 1920, height: 1080, frameRate: 30 }, ...formats], upTo: FOUR_K },
  surface: { displaySurface: 'monitor', cursor: 'never' },
  open: (format) => native.createSyntheticVideoSource({ ...format, pattern: 'display' }),
});

const sampleRate = { min: 8000, max: 96_000 };
const channelCount = { min: 1, max: 8 };

/** A tone of 440 Hz: 48 kHz mono by itself. */
const microphone: Device = new AudioDevice(identity('audioinput', 'Synthetic microphone (tone)'), {
  preferred: { sampleRate: 48_000, channelCount: 1 },
  sampleRate,
  channelCount,
  open: (format) => native.createSyntheticAudioSource({ ...format, signal: 'tone', frequency: 440 }),
});

/** Noise with the spectrum and the rhythm of speech. */
const speaker: Device = new AudioDevice(
  {
    kind: 'audioinput',
    label: 'Synthetic microphone (speech)',
    deviceId: deviceIdFor('synthetic', 'speech'),
    groupId: deviceIdFor('synthetic group', 'speech'),
  },
  {
    preferred: { sampleRate: 48_000, channelCount: 1 },
    sampleRate,
    channelCount,
    open: (format) => native.createSyntheticAudioSource({ ...format, signal: 'speech', frequency: 440 }),
  },
);

/** In the order in which they are offered. */
export const syntheticDevices: readonly Device[] = [microphone, speaker, syntheticCamera, syntheticDisplay];
