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
  min?: number;
  max?: number;
  exact?: number;
  ideal?: number;
}
export interface ConstrainBooleanParameters {
  exact?: boolean;
  ideal?: boolean;
}
export interface ConstrainDOMStringParameters {
  exact?: string | string[];
  ideal?: string | string[];
}

/** A bare number is an ideal value. */
export type ConstrainNumber = number | ConstrainNumberRange;
export type ConstrainBoolean = boolean | ConstrainBooleanParameters;
export type ConstrainDOMString = string | string[] | ConstrainDOMStringParameters;

/** What a track is asked for (section 4.3.8). Sizes in pixels, rates in Hz, latency in seconds. */
export interface MediaTrackConstraintSet {
  width?: ConstrainNumber;
  height?: ConstrainNumber;
  aspectRatio?: ConstrainNumber;
  frameRate?: ConstrainNumber;
  facingMode?: ConstrainDOMString;
  resizeMode?: ConstrainDOMString;
  sampleRate?: ConstrainNumber;
  sampleSize?: ConstrainNumber;
  echoCancellation?: ConstrainBoolean;
  autoGainControl?: ConstrainBoolean;
  noiseSuppression?: ConstrainBoolean;
  latency?: ConstrainNumber;
  channelCount?: ConstrainNumber;
  deviceId?: ConstrainDOMString;
  groupId?: ConstrainDOMString;
  backgroundBlur?: ConstrainBoolean;
  voiceIsolation?: ConstrainBoolean;
}

/** A constraint set, and further sets that are tried in order (section 4.3.8). */
export interface MediaTrackConstraints extends MediaTrackConstraintSet {
  advanced?: MediaTrackConstraintSet[];
}

/** What a track gives (section 4.3.8). */
export interface MediaTrackSettings {
  width?: number;
  height?: number;
  aspectRatio?: number;
  frameRate?: number;
  facingMode?: string;
  resizeMode?: string;
  sampleRate?: number;
  sampleSize?: number;
  echoCancellation?: boolean;
  autoGainControl?: boolean;
  noiseSuppression?: boolean;
  latency?: number;
  channelCount?: number;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean;
  voiceIsolation?: boolean;
}

/** Bounds of a number. */
export interface NumberRange {
  min?: number;
  max?: number;
}

/** What a source can give (section 4.3.8). */
export interface MediaTrackCapabilities {
  width?: NumberRange;
  height?: NumberRange;
  aspectRatio?: NumberRange;
  frameRate?: NumberRange;
  facingMode?: string[];
  resizeMode?: string[];
  sampleRate?: NumberRange;
  sampleSize?: NumberRange;
  echoCancellation?: boolean[];
  autoGainControl?: boolean[];
  noiseSuppression?: boolean[];
  latency?: NumberRange;
  channelCount?: NumberRange;
  deviceId?: string;
  groupId?: string;
  backgroundBlur?: boolean[];
  voiceIsolation?: boolean[];
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
export const mediaTrackConstraintSet = dictionary<MediaTrackConstraintSet>('MediaTrackConstraintSet', {
  width: { type: constrainULong },
  height: { type: constrainULong },
  aspectRatio: { type: constrainDouble },
  frameRate: { type: constrainDouble },
  facingMode: { type: constrainDOMString },
  resizeMode: { type: constrainDOMString },
  sampleRate: { type: constrainULong },
  sampleSize: { type: constrainULong },
  echoCancellation: { type: constrainBoolean },
  autoGainControl: { type: constrainBoolean },
  noiseSuppression: { type: constrainBoolean },
  latency: { type: constrainDouble },
  channelCount: { type: constrainULong },
  deviceId: { type: constrainDOMString },
  groupId: { type: constrainDOMString },
  backgroundBlur: { type: constrainBoolean },
  voiceIsolation: { type: constrainBoolean },
});

/** Converts constraints. */
export const mediaTrackConstraints = dictionary<MediaTrackConstraints, MediaTrackConstraintSet>(
  'MediaTrackConstraints',
  { advanced: { type: sequence(mediaTrackConstraintSet) } },
  mediaTrackConstraintSet,
);
