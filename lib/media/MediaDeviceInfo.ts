import { defineInterface, internal, requireInternal } from '../webidl';
import type { MediaTrackCapabilities } from './constraints';
import type { Device } from './devices';

/** What a device does (Media Capture and Streams, section 9.3). */
export type MediaDeviceKind = 'audioinput' | 'audiooutput' | 'videoinput';

/** Describes a device. Not part of the public interface. */
export let describeDevice: (device: Device) => MediaDeviceInfo;
/** Brand check for {@link MediaDeviceInfo}. Not part of the public interface. */
export let isMediaDeviceInfo: (value: object) => value is MediaDeviceInfo;

/**
 * A device that `mediaDevices` offers.
 *
 * Implements Media Capture and Streams, section 9.3 (MediaDeviceInfo).
 */
export class MediaDeviceInfo {
  readonly #device: Device;

  protected constructor(key: symbol, device: Device) {
    requireInternal(key);
    this.#device = device;
  }

  /** Identifies the device, in each process alike. */
  get deviceId(): string {
    return this.#device.deviceId;
  }

  /** What it does. */
  get kind(): MediaDeviceKind {
    return this.#device.kind as MediaDeviceKind;
  }

  /** What people call it. */
  get label(): string {
    return this.#device.label;
  }

  /** The same for devices that are parts of one machine. */
  get groupId(): string {
    return this.#device.groupId;
  }

  /** The attributes as a plain object. */
  toJSON(): { deviceId: string; kind: MediaDeviceKind; label: string; groupId: string } {
    const { deviceId, label, groupId } = this.#device;
    return { deviceId, kind: this.kind, label, groupId };
  }

  static {
    defineInterface(this, { length: 0 });
    isMediaDeviceInfo = (value): value is MediaDeviceInfo => #device in value;
  }
}

/**
 * A camera or a microphone.
 *
 * Implements Media Capture and Streams, section 9.3.1 (InputDeviceInfo).
 */
export class InputDeviceInfo extends MediaDeviceInfo {
  readonly #input: Device;

  protected constructor(key: symbol, device: Device) {
    super(key, device);
    this.#input = device;
  }

  /** What the device can give: ranges and choices for each constrainable property. */
  getCapabilities(): MediaTrackCapabilities {
    return structuredClone(this.#input.capabilities());
  }

  static {
    defineInterface(this, { length: 0 });
    describeDevice = (device) => new InputDeviceInfo(internal, device);
  }
}
