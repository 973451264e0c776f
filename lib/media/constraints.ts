/**
 * Constraints of tracks: the dictionaries. Implements Media Capture and Streams, sections 4.3.8 and 11
 * (MediaTrackConstraints, constrainable properties).
 */
import {
  DOMString,
  boolean,
  clamp,
  dictionary,
  double,
  isIterable,
  isObject,
  sequence,
  union,
  type Converter,
} from '../webidl';

/** A range, or the value wanted (`exact`) or preferred (`ideal`). */
export interface ConstrainNumberRange {
  /** At least this. */
  min?: number;
  /** At most this. */
  max?: number;
  /** What must be. */
  exact?: number;
  /** What would be best. */
  ideal?: number;
}
/** A yes or no that is wanted (`exact`) or preferred (`ideal`). */
export interface ConstrainBooleanParameters {
  /** What must be. */
  exact?: boolean;
  /** What would be best. */
  ideal?: boolean;
}
/** A name, or one of several, that is wanted (`exact`) or preferred (`ideal`). */
export interface ConstrainDOMStringParameters {
  /** What must be: this or one of these. */
  exact?: string | string[];
  /** What would be best: this or one of these. */
  ideal?: string | string[];
}

/** A bare number is an ideal value. */
export type ConstrainNumber = number | ConstrainNumberRange;
/** A wish for a yes or no. */
export type ConstrainBoolean = boolean | ConstrainBooleanParameters;
/** A wish for a name, or one of several. */
export type ConstrainDOMString = string | string[] | ConstrainDOMStringParameters;

/** What a track is asked for (section 4.3.8). Sizes in pixels, rates in Hz, latency in seconds. */
export interface MediaTrackConstraintSet {
  /** Width in pixels. */
  width?: ConstrainNumber;
  /** Height in pixels. */
  height?: ConstrainNumber;
  /** Width by height. */
  aspectRatio?: ConstrainNumber;
  /** Pictures a second. */
  frameRate?: ConstrainNumber;
  /** Which way a camera looks. */
  facingMode?: ConstrainDOMString;
  /** `none`: as the device gives it; `crop-and-scale`: made from a larger picture. */
  resizeMode?: ConstrainDOMString;
  /** Samples of each channel in a second. */
  sampleRate?: ConstrainNumber;
  /** Bits of a sample. */
  sampleSize?: ConstrainNumber;
  /** Whether what is played is taken out of what is heard. */
  echoCancellation?: ConstrainBoolean;
  /** Whether the loudness is made even. */
  autoGainControl?: ConstrainBoolean;
  /** Whether noise is taken out. */
  noiseSuppression?: ConstrainBoolean;
  /** Seconds between the sound and its samples. */
  latency?: ConstrainNumber;
  /** Number of channels. */
  channelCount?: ConstrainNumber;
  /** Identifies the device. */
  deviceId?: ConstrainDOMString;
  /** The same for devices that are one piece of hardware. */
  groupId?: ConstrainDOMString;
  /** Whether what is behind people is blurred. */
  backgroundBlur?: ConstrainBoolean;
  /** Whether all but voices is taken out. */
  voiceIsolation?: ConstrainBoolean;
  /** What kind of thing a display is: `monitor`, `window` or `browser`. */
  displaySurface?: ConstrainDOMString;
}

/** A constraint set, and further sets that are tried in order (section 4.3.8). */
export interface MediaTrackConstraints extends MediaTrackConstraintSet {
  /** Sets of constraints that are tried one after another; those that cannot be met are passed over. */
  advanced?: MediaTrackConstraintSet[];
}

/** What a track gives (section 4.3.8). */
export interface MediaTrackSettings {
  /** Width in pixels. */
  width?: number;
  /** Height in pixels. */
  height?: number;
  /** Width by height. */
  aspectRatio?: number;
  /** Pictures a second. */
  frameRate?: number;
  /** Which way a camera looks. */
  facingMode?: string;
  /** `none`: as the device gives it; `crop-and-scale`: made from a larger picture. */
  resizeMode?: string;
  /** Samples of each channel in a second. */
  sampleRate?: number;
  /** Bits of a sample. */
  sampleSize?: number;
  /** Whether what is played is taken out of what is heard. */
  echoCancellation?: boolean;
  /** Whether the loudness is made even. */
  autoGainControl?: boolean;
  /** Whether noise is taken out. */
  noiseSuppression?: boolean;
  /** Seconds between the sound and its samples. */
  latency?: number;
  /** Number of channels. */
  channelCount?: number;
  /** Identifies the device. */
  deviceId?: string;
  /** The same for devices that are one piece of hardware. */
  groupId?: string;
  /** Whether what is behind people is blurred. */
  backgroundBlur?: boolean;
  /** Whether all but voices is taken out. */
  voiceIsolation?: boolean;
  /** What kind of thing a display is: `monitor`, `window` or `browser`. */
  displaySurface?: string;
  /** Whether all of it is captured, also what is covered. */
  logicalSurface?: boolean;
  /** Whether the pointer is in the picture: `always`, `never`, or `motion`: when it moves. */
  cursor?: string;
}

/** Bounds of a number. */
export interface NumberRange {
  /** The lowest value. */
  min?: number;
  /** The highest value. */
  max?: number;
}

/** What a source can give (section 4.3.8). */
export interface MediaTrackCapabilities {
  /** Width in pixels. */
  width?: NumberRange;
  /** Height in pixels. */
  height?: NumberRange;
  /** Width by height. */
  aspectRatio?: NumberRange;
  /** Pictures a second. */
  frameRate?: NumberRange;
  /** Which way a camera looks. */
  facingMode?: string[];
  /** `none`: as the device gives it; `crop-and-scale`: made from a larger picture. */
  resizeMode?: string[];
  /** Samples of each channel in a second. */
  sampleRate?: NumberRange;
  /** Bits of a sample. */
  sampleSize?: NumberRange;
  /** Whether what is played is taken out of what is heard. */
  echoCancellation?: boolean[];
  /** Whether the loudness is made even. */
  autoGainControl?: boolean[];
  /** Whether noise is taken out. */
  noiseSuppression?: boolean[];
  /** Seconds between the sound and its samples. */
  latency?: NumberRange;
  /** Number of channels. */
  channelCount?: NumberRange;
  /** Identifies the device. */
  deviceId?: string;
  /** The same for devices that are one piece of hardware. */
  groupId?: string;
  /** Whether what is behind people is blurred. */
  backgroundBlur?: boolean[];
  /** Whether all but voices is taken out. */
  voiceIsolation?: boolean[];
  /** What kind of thing a display is: `monitor`, `window` or `browser`. */
  displaySurface?: string;
  /** Whether all of it is captured, also what is covered. */
  logicalSurface?: boolean;
  /** Whether the pointer is in the picture: `always`, `never`, or `motion`: when it moves. */
  cursor?: string[];
}

const rangeOf = (name: string, type: Converter<number>) =>
  dictionary<ConstrainNumberRange>(name, { min: { type }, max: { type }, exact: { type }, ideal: { type } });

function constrainNumber(name: string, type: Converter<number>): Converter<ConstrainNumber> {
  const range = rangeOf(`${name}Range`, type);
  return union<ConstrainNumber>(name, (value) => (isObject(value) || value === null ? range : type));
}

const constrainULong = constrainNumber('ConstrainULong', clamp.unsignedLong);
const constrainDouble = constrainNumber('ConstrainDouble', double);

const booleanParameters = dictionary<ConstrainBooleanParameters>('ConstrainBooleanParameters', {
  exact: { type: boolean },
  ideal: { type: boolean },
});
const constrainBoolean = union<ConstrainBoolean>('ConstrainBoolean', (value) =>
  isObject(value) || value === null ? booleanParameters : boolean,
);

const strings = sequence(DOMString);
const stringOrStrings = union<string | string[]>('(DOMString or sequence<DOMString>)', (value) =>
  isIterable(value) ? strings : DOMString,
);
const stringParameters = dictionary<ConstrainDOMStringParameters>('ConstrainDOMStringParameters', {
  exact: { type: stringOrStrings },
  ideal: { type: stringOrStrings },
});
const constrainDOMString = union<ConstrainDOMString>('ConstrainDOMString', (value) =>
  isIterable(value) ? strings : isObject(value) || value === null ? stringParameters : DOMString,
);

/** Converts a constraint set. */
export const mediaTrackConstraintSet = dictionary<Omit<MediaTrackConstraintSet, 'backgroundBlur'>>(
  'MediaTrackConstraintSet',
  {
    /** Width in pixels. */
    width: { type: constrainULong },
    /** Height in pixels. */
    height: { type: constrainULong },
    /** Width by height. */
    aspectRatio: { type: constrainDouble },
    /** Pictures a second. */
    frameRate: { type: constrainDouble },
    /** Which way a camera looks. */
    facingMode: { type: constrainDOMString },
    /** `none`: as the device gives it; `crop-and-scale`: made from a larger picture. */
    resizeMode: { type: constrainDOMString },
    /** Samples of each channel in a second. */
    sampleRate: { type: constrainULong },
    /** Bits of a sample. */
    sampleSize: { type: constrainULong },
    /** Whether what is played is taken out of what is heard. */
    echoCancellation: { type: constrainBoolean },
    /** Whether the loudness is made even. */
    autoGainControl: { type: constrainBoolean },
    /** Whether noise is taken out. */
    noiseSuppression: { type: constrainBoolean },
    /** Seconds between the sound and its samples. */
    latency: { type: constrainDouble },
    /** Number of channels. */
    channelCount: { type: constrainULong },
    /** Identifies the device. */
    deviceId: { type: constrainDOMString },
    /** The same for devices that are one piece of hardware. */
    groupId: { type: constrainDOMString },
    // No device here blurs what is behind people, so that backgroundBlur is no member, and is ignored as unknown ones are.
    /** Whether all but voices is taken out. */
    voiceIsolation: { type: constrainBoolean },
    /** What kind of thing a display is. */
    displaySurface: { type: constrainDOMString },
  },
);

/** Converts constraints. */
export const mediaTrackConstraints = dictionary<MediaTrackConstraints, MediaTrackConstraintSet>(
  'MediaTrackConstraints',
  { advanced: { type: sequence(mediaTrackConstraintSet) } },
  mediaTrackConstraintSet,
);
