/** `RTCConfiguration.node`: the settings that servers need and the specification does not have. */
import { isIP } from 'node:net';
import type { NativeNodeSettings } from '../native';
import { boolean, dictionary, DOMString, enforceRange, type Dictionary } from '../webidl';

/** A range of UDP and TCP ports. */
export interface RTCPortRange {
  /** Lowest port, 0 to 65,535. */
  min: number;
  /** Highest port, `min` to 65,535. */
  max: number;
}

/** Settings outside the specification. They cannot be changed after construction. */
export interface RTCNodeSettings {
  /** Ports that local candidates are taken from; by default the operating system chooses. */
  portRange?: RTCPortRange;
  /** Only the network interface that owns this IP address gives candidates. */
  bindAddress?: string;
  /** Whether loopback interfaces give candidates; `false` by default. */
  includeLoopback?: boolean;
  /**
   * Kinds of network interface that give no candidates, a bit mask: 1 Ethernet, 2 Wi-Fi, 4 cellular, 8 VPN,
   * 16 loopback.
   */
  networkIgnoreMask?: number;
}

const portRange: Dictionary<RTCPortRange> = dictionary<RTCPortRange>('RTCPortRange', {
  min: { type: enforceRange.unsignedShort, required: true },
  max: { type: enforceRange.unsignedShort, required: true },
});

const members: Dictionary<RTCNodeSettings> = dictionary<RTCNodeSettings>('RTCNodeSettings', {
  portRange: { type: portRange },
  bindAddress: { type: DOMString },
  includeLoopback: { type: boolean },
  networkIgnoreMask: { type: enforceRange.unsignedShort },
});

/**
 * Converts and checks a value.
 *
 * @throws TypeError for a port range that is empty or an address that is no IP address
 */
export const nodeSettings = (value: unknown, context: string): RTCNodeSettings => {
  const settings = members(value, context);
  const { portRange: range, bindAddress } = settings;
  if (range !== undefined && range.min > range.max) {
    throw new TypeError(`${context}: portRange.min ${range.min} is above portRange.max ${range.max}.`);
  }
  if (bindAddress !== undefined && isIP(bindAddress) === 0) {
    throw new TypeError(`${context}: bindAddress '${bindAddress}' is not an IP address.`);
  }
  return settings;
};

/** A copy that shares nothing. */
export function copyNodeSettings(settings: RTCNodeSettings): RTCNodeSettings {
  const { portRange: range } = settings;
  return range === undefined ? { ...settings } : { ...settings, portRange: { ...range } };
}

/** Whether two settings say the same. */
export function nodeSettingsEqual(a: RTCNodeSettings, b: RTCNodeSettings = {}): boolean {
  return (
    a.portRange?.min === b.portRange?.min &&
    a.portRange?.max === b.portRange?.max &&
    a.bindAddress === b.bindAddress &&
    (a.includeLoopback ?? false) === (b.includeLoopback ?? false) &&
    (a.networkIgnoreMask ?? 0) === (b.networkIgnoreMask ?? 0)
  );
}

/** The settings for the addon. */
export function toNativeNodeSettings(settings: RTCNodeSettings): NativeNodeSettings {
  const { portRange: range, ...others } = settings;
  return range === undefined ? others : { ...others, portMin: range.min, portMax: range.max };
}
