import {
  DOMString,
  TypedEventTarget,
  boolean,
  defineInterface,
  dictionary,
  enumeration,
  interfaceType,
  internal,
  isObject,
  operation,
  requireInternal,
  union,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { beginCapture, bindController, isCaptureController, type CaptureController } from './CaptureController';
import { mediaTrackConstraints, type MediaTrackConstraintSet, type MediaTrackConstraints } from './constraints';
import { deviceChangeEvent, type DeviceChangeEvent } from './DeviceChangeEvent';
import { listDevices, onDeviceChange } from './device_registry';
import type { Device, DeviceKind } from './devices';
import { describeDevice, type MediaDeviceInfo } from './MediaDeviceInfo';
import { MediaStream } from './MediaStream';
import { isolateTrack, type MediaStreamTrack } from './MediaStreamTrack';
import { propertiesOf, selectSettings, type Candidate } from './settings_selection';
import { selectedOrThrow } from './track_sources';

/** What `getUserMedia` is asked for (Media Capture and Streams, section 10.2). */
export interface MediaStreamConstraints {
  /** Whether pictures are wanted, and how; `false` where absent. */
  video?: boolean | MediaTrackConstraints;
  /** Whether sound is wanted, and how; `false` where absent. */
  audio?: boolean | MediaTrackConstraints;
  /** The only peer that may get the media, which are kept from the application; see {@link MediaStreamTrack.isolated}. */
  peerIdentity?: string;
}

/** What `getDisplayMedia` is asked for (Screen Capture, section 5.1). */
export interface DisplayMediaStreamOptions {
  /** Constraints; `true` where absent. */
  video?: boolean | MediaTrackConstraints;
  /** Whether sound is wanted, too; there is none. */
  audio?: boolean | MediaTrackConstraints;
  /** Says what gets the focus; one for each call. */
  controller?: CaptureController;
  /** Whether the application's own tab should be offered: a program has none. */
  selfBrowserSurface?: 'include' | 'exclude';
  /** Whether the system's sound should be offered: there is none. */
  systemAudio?: 'include' | 'exclude';
  /** Whether people should be able to change what is captured: there are none. */
  surfaceSwitching?: 'include' | 'exclude';
  /** Whether whole screens are offered; `'include'` where absent. */
  monitorTypeSurfaces?: 'include' | 'exclude';
}

/** The constraints that have an effect; all are `true`. */
export type MediaTrackSupportedConstraints = Partial<Record<keyof MediaTrackConstraintSet, boolean>>;

/** Events of {@link MediaDevices}. */
export interface MediaDevicesEventMap {
  /** Devices have come or gone. */
  devicechange: DeviceChangeEvent;
}

/** The event-handler attributes of {@link MediaDevices}. */
export interface MediaDevicesEventHandlers {
  /** Fired when devices have come or gone. */
  get ondevicechange(): EventHandlerValue;
  set ondevicechange(handler: EventHandler<MediaDevices, DeviceChangeEvent>);
}

type Wanted = boolean | MediaTrackConstraints;

const wanted = union<Wanted>('(boolean or MediaTrackConstraints)', (value) =>
  isObject(value) || value === null || value === undefined ? mediaTrackConstraints : boolean,
);
const mediaStreamConstraints = dictionary<{ video: Wanted; audio: Wanted; peerIdentity?: string }>(
  'MediaStreamConstraints',
  {
    video: { type: wanted, default: false },
    audio: { type: wanted, default: false },
    peerIdentity: { type: DOMString },
  },
);
type ConvertedDisplayOptions = DisplayMediaStreamOptions & { video: Wanted; audio: Wanted };
const choice = (name: string) => ({ type: enumeration(name, ['include', 'exclude']) });
const displayMediaStreamOptions = dictionary<ConvertedDisplayOptions>('DisplayMediaStreamOptions', {
  video: { type: wanted, default: true },
  audio: { type: wanted, default: false },
  controller: { type: interfaceType<CaptureController>('CaptureController', (value) => isCaptureController(value)) },
  selfBrowserSurface: choice('SelfCapturePreferenceEnum'),
  systemAudio: choice('SystemAudioPreferenceEnum'),
  surfaceSwitching: choice('SurfaceSwitchingPreferenceEnum'),
  monitorTypeSurfaces: choice('MonitorTypeSurfacesEnum'),
});

const NAME = 'MediaDevices';
const GET_USER_MEDIA = operation(NAME, 'getUserMedia');
const GET_DISPLAY_MEDIA = operation(NAME, 'getDisplayMedia');

/** "The most suitable device": opens the one that comes nearest to the constraints. */
async function openBest(
  kind: DeviceKind,
  medium: 'audio' | 'video',
  constraints: MediaTrackConstraints,
  isOffered: (device: Device) => boolean = () => true,
): Promise<MediaStreamTrack> {
  const devices = listDevices().filter((device) => device.kind === kind && isOffered(device));
  if (devices.length === 0) throw new DOMException(`There is no device for ${medium}`, 'NotFoundError');
  const candidates: Candidate<Device>[] = devices.flatMap((device) =>
    device.candidates(constraints).map((settings) => ({ settings, from: device })),
  );
  const { settings, from } = selectedOrThrow(selectSettings(candidates, constraints, medium));
  return from.open(settings, constraints);
}

async function openAll(openings: (() => Promise<MediaStreamTrack>)[]): Promise<MediaStream> {
  const tracks: MediaStreamTrack[] = [];
  try {
    for (const open of openings) tracks.push(await open());
  } catch (error) {
    for (const track of tracks) track.stop();
    throw error;
  }
  return new MediaStream(tracks);
}

const constraintsOf = (value: Wanted): MediaTrackConstraints => (typeof value === 'object' ? value : {});

/** `getDisplayMedia` takes no constraint that could choose the display. */
function checkDisplayConstraints(value: Wanted): void {
  const constraints = constraintsOf(value);
  if (constraints.advanced !== undefined) {
    throw new TypeError(`${GET_DISPLAY_MEDIA.prefix}: advanced constraints are not supported`);
  }
  for (const [name, constraint] of Object.entries(constraints) as [string, object][]) {
    if (typeof constraint === 'object' && ('min' in constraint || 'exact' in constraint)) {
      throw new TypeError(`${GET_DISPLAY_MEDIA.prefix}: '${name}' must not have 'min' or 'exact'`);
    }
  }
}

/** Brand check for methods that need nothing of the object. */
let requireInstance: (value: MediaDevices) => void;
/** Makes {@link mediaDevices}. */
let create: () => MediaDevices;

/**
 * The cameras, microphones and displays there are, and how to get media from them. All permissions are granted.
 *
 * Implements Media Capture and Streams, section 9 (Enumerating Local Media Devices) and 10 (getUserMedia), and Screen
 * Capture, section 5 (getDisplayMedia).
 */
export class MediaDevices extends TypedEventTarget<MediaDevices, MediaDevicesEventMap, MediaDevicesEventHandlers> {
  /** Devices that have come since the last event; `null` when no event is due. */
  #inserted: Set<Device> | null = null;

  private constructor(key: symbol) {
    requireInternal(key);
    super();
    onDeviceChange((added) => {
      this.#change(added);
    });
  }

  /** The microphones and cameras there are, microphones first. */
  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.#list().map((device) => describeDevice(device)));
  }

  /** The constraints that have an effect. */
  getSupportedConstraints(): MediaTrackSupportedConstraints {
    requireInstance(this);
    const names = [...propertiesOf.video, ...propertiesOf.audio];
    return Object.fromEntries(names.map((name) => [name, true]));
  }

  /**
   * A stream with a track of a microphone or of a camera or of each, as the constraints ask for.
   *
   * @throws TypeError when neither `audio` nor `video` is asked for
   * @throws DOMException `NotFoundError` when there is no device of a kind
   * @throws OverconstrainedError when no device satisfies a required constraint
   */
  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    requireInstance(this);
    const { audio, video, peerIdentity } = mediaStreamConstraints(constraints, GET_USER_MEDIA.parameter(1));
    if (audio === false && video === false) {
      throw new TypeError(`${GET_USER_MEDIA.prefix}: at least one of audio and video must be requested`);
    }
    const stream = await openAll([
      ...(audio === false ? [] : [() => openBest('audioinput', 'audio', constraintsOf(audio))]),
      ...(video === false ? [] : [() => openBest('videoinput', 'video', constraintsOf(video))]),
    ]);
    if (peerIdentity !== undefined) for (const track of stream.getTracks()) isolateTrack(track, peerIdentity);
    return stream;
  }

  /**
   * A stream with a track of a display: the first that the application has registered, or a synthetic one; where
   * `displaySurface` is asked for, the first of that kind, if there is one. There is no sound of displays.
   *
   * @throws TypeError when no video is asked for, with `advanced`, `min` or `exact` constraints, or for a screen where
   *   screens are excluded
   * @throws DOMException `NotFoundError` when no display is offered, `InvalidStateError` when the controller has been used
   * @throws OverconstrainedError when a `max` is below all that the display gives
   */
  async getDisplayMedia(options: DisplayMediaStreamOptions = {}): Promise<MediaStream> {
    requireInstance(this);
    const converted = displayMediaStreamOptions(options, GET_DISPLAY_MEDIA.parameter(1));
    const { audio, video, controller, monitorTypeSurfaces } = converted;
    if (video === false) throw new TypeError(`${GET_DISPLAY_MEDIA.prefix}: video must be requested`);
    if (controller !== undefined) bindController(controller);
    checkDisplayConstraints(video);
    checkDisplayConstraints(audio);
    const withoutScreens = monitorTypeSurfaces === 'exclude';
    if (withoutScreens && constraintsOf(video).displaySurface === 'monitor') {
      throw new TypeError(`${GET_DISPLAY_MEDIA.prefix}: screens are wanted and excluded`);
    }
    const isOffered = (device: Device): boolean =>
      !withoutScreens || device.capabilities().displaySurface !== 'monitor';
    const stream = await openAll([() => openBest('display', 'video', constraintsOf(video), isOffered)]);
    const [track] = stream.getVideoTracks();
    if (controller !== undefined && track !== undefined) beginCapture(controller, track);
    return stream;
  }

  #list(): Device[] {
    const devices = listDevices();
    return (['audioinput', 'videoinput'] as const).flatMap((kind) => devices.filter((device) => device.kind === kind));
  }

  /** Several changes in one turn are one event. */
  #change(added: Device | undefined): void {
    const due = this.#inserted !== null;
    const inserted = (this.#inserted ??= new Set());
    if (added !== undefined) inserted.add(added);
    if (due) return;
    setImmediate(() => {
      const devices = this.#list();
      const infos = devices.map((device) => describeDevice(device));
      this.#inserted = null;
      this.dispatchEvent(
        deviceChangeEvent(
          infos,
          infos.filter((_, i) => inserted.has(devices[i] as Device)),
        ),
      );
    });
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['devicechange'], is: (value) => #inserted in value });
    requireInstance = (value) => {
      if (!(#inserted in value)) throw new TypeError(`Illegal invocation: not a ${NAME}`);
    };
    create = () => new MediaDevices(internal);
  }
}

/** The devices of this process: what `navigator.mediaDevices` is in a browser. */
export const mediaDevices: MediaDevices = create();
