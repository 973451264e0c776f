/** Devices of an application: cameras, microphones and displays that only it knows how to open. */
import { addDevice } from './device_registry';
import { AudioDevice, VideoDevice, deviceIdFor, type AudioFormat, type DeviceIdentity } from './devices';
import { audioParts, videoParts, type AudioSource, type VideoSource } from './raw_sources';
import type { VideoFormat } from './video_settings';

/** A camera (`'videoinput'`) or a display (`'display'`). */
export interface VideoDeviceInit {
  /** A camera, or a display. */
  kind: 'videoinput' | 'display';
  /** What people call it. */
  label: string;
  /** The same in each process; made of kind and label where absent. */
  deviceId?: string;
  /** The same for devices that are one piece of hardware. */
  groupId?: string;
  /** What the device gives by itself, the preferred format first; other sizes and rates are made from these. */
  formats: VideoFormat[];
  /** Which way the camera looks. */
  facingMode?: 'user' | 'environment' | 'left' | 'right';
  /** What kind of thing a display is; `'monitor'` where absent. `getDisplayMedia` can be asked for one of a kind. */
  displaySurface?: 'monitor' | 'window' | 'browser';
  /** Whether a display's pictures show the pointer; `'never'` where absent. */
  cursor?: 'always' | 'never' | 'motion';
  /**
   * Opens the device with one of its formats. Give the source an `onidle` to hear when nobody uses it any more. It is
   * called for each `getUserMedia` or `getDisplayMedia`.
   */
  open(format: VideoFormat): VideoSource | Promise<VideoSource>;
}

/** A microphone. */
export interface AudioDeviceInit {
  /** A microphone. */
  kind: 'audioinput';
  /** What people call it. */
  label: string;
  /** The same in each process; made of kind and label where absent. */
  deviceId?: string;
  /** The same for devices that are one piece of hardware. */
  groupId?: string;
  /** In Hz: the rate it has, or the range; 48,000 where absent. */
  sampleRate?: number | { min: number; max: number };
  /** The number of channels, or the range; 1 where absent. */
  channelCount?: number | { min: number; max: number };
  /** Opens the device. See `onidle` of `AudioSource`. It is called for each `getUserMedia`. */
  open(format: AudioFormat): AudioSource | Promise<AudioSource>;
}

/** A device that has been registered. */
export interface RegisteredDevice {
  /** Identifies it, as in `MediaDeviceInfo`. */
  readonly deviceId: string;
  /** As in `MediaDeviceInfo`. */
  readonly groupId: string;
  /** Takes the device away: it is no longer offered. What is open stays open. Idempotent. */
  unregister(): void;
  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void;
}

const rangeOf = (value: number | { min: number; max: number }) =>
  typeof value === 'number' ? { min: value, max: value } : value;

const preferred = (value: number, { min, max }: { min: number; max: number }) => Math.min(max, Math.max(min, value));

function videoDevice(identity: DeviceIdentity, init: VideoDeviceInit): VideoDevice {
  const { kind, formats, facingMode, displaySurface = 'monitor', cursor = 'never' } = init;
  const valid = ({ width, height, frameRate }: VideoFormat): boolean =>
    Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && frameRate > 0;
  if (formats.length === 0 || !formats.every(valid)) {
    throw new TypeError('A video device needs formats with positive width, height and frameRate');
  }
  return new VideoDevice(identity, {
    modes: { formats },
    ...(facingMode === undefined ? {} : { facingMode }),
    ...(kind === 'display' ? { surface: { displaySurface, cursor } } : {}),
    open: async (format) => {
      const source = await init.open(format);
      return makerOf(source, () => videoParts(source));
    },
  });
}

function audioDevice(identity: DeviceIdentity, init: AudioDeviceInit): AudioDevice {
  const sampleRate = rangeOf(init.sampleRate ?? 48_000);
  const channelCount = rangeOf(init.channelCount ?? 1);
  return new AudioDevice(identity, {
    preferred: { sampleRate: preferred(48_000, sampleRate), channelCount: preferred(1, channelCount) },
    sampleRate,
    channelCount,
    open: async (format) => {
      const source = await init.open(format);
      return makerOf(source, () => audioParts(source));
    },
  });
}

function makerOf(source: VideoSource | AudioSource, parts: () => ReturnType<typeof videoParts>) {
  let own: ReturnType<typeof videoParts> | undefined;
  return {
    createTrack: () => {
      own = parts();
      return own.handle;
    },
    // The device's last track has ended: so has, for its source, the track that it made.
    stop: () => {
      if (own !== undefined) own.tracks.ended(own.handle);
    },
  };
}

/**
 * Offers a device of the application in `mediaDevices`, before all others. `devicechange` is fired for cameras and
 * microphones.
 *
 * @example
 * const screen = registerDevice({
 *   kind: 'display',
 *   label: 'Screen 1',
 *   formats: [{ width: 1920, height: 1080, frameRate: 30 }],
 *   open: () => {
 *     const source = new VideoSource({ isScreencast: true, onidle: () => capture.stop() });
 *     capture.start((frame) => source.push(frame));
 *     return source;
 *   },
 * });
 * @throws TypeError when a video device has no formats
 */
export function registerDevice(init: VideoDeviceInit | AudioDeviceInit): RegisteredDevice {
  const { kind, label } = init;
  const deviceId = init.deviceId ?? deviceIdFor('application', kind, label);
  const groupId = init.groupId ?? deviceIdFor('application group', kind, label);
  const identity = { kind, label, deviceId, groupId };
  const unregister = addDevice(init.kind === 'audioinput' ? audioDevice(identity, init) : videoDevice(identity, init));
  return { deviceId, groupId, unregister, [Symbol.dispose]: unregister };
}
