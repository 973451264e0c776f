import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  interfaceType,
  sequence,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { isMediaDeviceInfo, type MediaDeviceInfo } from './MediaDeviceInfo';

/** Argument of the constructor of {@link DeviceChangeEvent}. */
export interface DeviceChangeEventInit extends EventInit {
  /** All devices that there are now. */
  devices?: MediaDeviceInfo[];
}

const deviceChangeEventInit = dictionary<ConvertedEventInit & { devices: MediaDeviceInfo[] }, ConvertedEventInit>(
  'DeviceChangeEventInit',
  {
    devices: {
      type: sequence(interfaceType<MediaDeviceInfo>('MediaDeviceInfo', (value) => isMediaDeviceInfo(value))),
      default: () => [],
    },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('DeviceChangeEvent');

/** Makes the event of `mediaDevices`. Not part of the public interface. */
export let deviceChangeEvent: (devices: MediaDeviceInfo[], inserted: MediaDeviceInfo[]) => DeviceChangeEvent;

/**
 * `devicechange`: devices have come or gone.
 *
 * Implements Media Capture and Streams, section 9.4 (DeviceChangeEvent).
 */
export class DeviceChangeEvent extends Event {
  readonly #devices: readonly MediaDeviceInfo[];
  #inserted: readonly MediaDeviceInfo[] = Object.freeze([]);

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit` and `devices`
   */
  constructor(type: string, eventInitDict: DeviceChangeEventInit = {}) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = deviceChangeEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#devices = Object.freeze(init.devices);
  }

  /** All devices there are now. */
  get devices(): readonly MediaDeviceInfo[] {
    return this.#devices;
  }

  /** Those of them that have just come. */
  get userInsertedDevices(): readonly MediaDeviceInfo[] {
    return this.#inserted;
  }

  static {
    defineInterface(this, { length: 1 });
    deviceChangeEvent = (devices, inserted) => {
      const event = new DeviceChangeEvent('devicechange', { devices });
      event.#inserted = Object.freeze([...inserted]);
      return event;
    };
  }
}
