/** All devices there are: cameras of the machine, devices of the application, synthetic ones. */
import { native } from '../native';
import type { NativeVideoSource } from '../native_media';
import { VideoDevice, deviceIdFor, type Device } from './devices';
import { syntheticDevices } from './synthetic_devices';
import type { VideoFormat } from './video_settings';

const registered = new Set<Device>();
const listeners = new Set<(added?: Device) => void>();

function cameras(): Device[] {
  return (
    native
      .listCameras()
      // Without any that libwebrtc knows it gives no pictures.
      .filter(({ formats }) => formats.length > 0)
      .map(
        ({ id, label, formats }) =>
          new VideoDevice(
            {
              kind: 'videoinput',
              label,
              deviceId: deviceIdFor('camera', id),
              groupId: deviceIdFor('camera group', id),
            },
            { modes: { formats: preferredFirst(formats) }, open: (format) => openCamera(id, format) },
          ),
      )
  );
}

/** A camera may be in use, or have been pulled out since it was listed. */
function openCamera(id: string, format: VideoFormat): NativeVideoSource {
  try {
    return native.openCamera(id, format);
  } catch (error) {
    throw new DOMException(error instanceof Error ? error.message : String(error), 'NotReadableError');
  }
}

/** The preferred format is the one nearest to 640x480 at 30. */
function preferredFirst<T extends { width: number; height: number; frameRate: number }>(formats: readonly T[]): T[] {
  const away = ({ width, height, frameRate }: T): number =>
    Math.abs(Math.log(width / 640)) + Math.abs(Math.log(height / 480)) + Math.abs(Math.log(frameRate / 30));
  return [...formats].sort((a, b) => away(a) - away(b));
}

/** In the order of preference: the application's own, the machine's, the synthetic ones. */
export function listDevices(): Device[] {
  return [...registered, ...cameras(), ...syntheticDevices];
}

/** Displays are not listed: nobody hears of them. */
function changed({ kind }: Device, added?: Device): void {
  if (kind === 'display') return;
  for (const listener of listeners) listener(added);
}

/** Adds a device; the result takes it away again. */
export function addDevice(device: Device): () => void {
  registered.add(device);
  changed(device, device);
  return () => {
    if (registered.delete(device)) changed(device);
  };
}

/** Calls `listener` whenever a device has come, which it is given, or gone. */
export function onDeviceChange(listener: (added?: Device) => void): void {
  listeners.add(listener);
}
