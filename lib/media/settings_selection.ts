/**
 * The SelectSettings algorithm: of all settings that a source can have, the ones nearest to what is asked for.
 * Implements Media Capture and Streams, section 11.1 (Constrainable Pattern) and 4.3.8 (the properties).
 */
import type {
  ConstrainBoolean,
  ConstrainDOMString,
  ConstrainNumber,
  MediaTrackConstraintSet,
  MediaTrackConstraints,
  MediaTrackSettings,
} from './constraints';

type Name = keyof MediaTrackConstraintSet;
type Setting = string | number | boolean;

/** One constraint with all its forms written out. */
interface Constraint {
  readonly name: Name;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly exact?: readonly Setting[] | undefined;
  readonly ideal?: readonly Setting[] | undefined;
}

/** Properties that only one kind of source has; they do not apply to the other kind. */
export const propertiesOf = {
  video: new Set<Name>([
    'width',
    'height',
    'aspectRatio',
    'frameRate',
    'facingMode',
    'resizeMode',
    'displaySurface',
    'deviceId',
    'groupId',
  ]),
  audio: new Set<Name>([
    'sampleRate',
    'sampleSize',
    'echoCancellation',
    'autoGainControl',
    'noiseSuppression',
    'voiceIsolation',
    'latency',
    'channelCount',
    'deviceId',
    'groupId',
  ]),
} as const;

const list = (value: Setting | readonly Setting[] | undefined): readonly Setting[] | undefined =>
  value === undefined ? undefined : typeof value === 'object' ? value : [value];

/** A bare value is an ideal one in the basic set and an exact one in an advanced set. */
function normalize(
  name: Name,
  value: ConstrainNumber | ConstrainBoolean | ConstrainDOMString,
  advanced: boolean,
): Constraint {
  if (typeof value !== 'object' || Array.isArray(value)) {
    return advanced ? { name, exact: list(value) } : { name, ideal: list(value) };
  }
  const { min, max } = value as { min?: number; max?: number };
  return { name, min, max, exact: list(value.exact), ideal: list(value.ideal) };
}

function constraintsOf(set: MediaTrackConstraintSet, kind: 'audio' | 'video', advanced: boolean): Constraint[] {
  const constraints: Constraint[] = [];
  for (const name of propertiesOf[kind]) {
    const value = set[name];
    if (value !== undefined) constraints.push(normalize(name, value, advanced));
  }
  return constraints;
}

const isRequired = ({ min, max, exact }: Constraint): boolean =>
  min !== undefined || max !== undefined || exact !== undefined;

/** Ratios of whole numbers of pixels are never met to the last digit. */
const tolerances: Partial<Record<Name, number>> = { aspectRatio: 0.005, frameRate: 0.001 };

function satisfies(constraint: Constraint, setting: Setting | undefined): boolean {
  if (!isRequired(constraint)) return true;
  if (setting === undefined) return false;
  const { min, max, exact } = constraint;
  const tolerance = tolerances[constraint.name] ?? 0;
  if (typeof setting === 'number') {
    if (min !== undefined && setting < min - tolerance) return false;
    if (max !== undefined && setting > max + tolerance) return false;
    return exact === undefined || exact.some((value) => Math.abs(Number(value) - setting) <= tolerance);
  }
  return exact === undefined || exact.includes(setting);
}

/** The distance of one setting from its ideal value, 0 to 1. */
function distance({ ideal }: Constraint, setting: Setting | undefined): number {
  if (ideal === undefined || ideal.length === 0) return 0;
  if (setting === undefined) return 1;
  if (typeof setting !== 'number') return ideal.includes(setting) ? 0 : 1;
  const wanted = Number(ideal[0]);
  return wanted === setting ? 0 : Math.abs(setting - wanted) / Math.max(Math.abs(setting), Math.abs(wanted));
}

/** Ids are short; what is longer can only be meant to be stored somewhere. */
const LONGEST_ID = 500;

/** The first constraint that holds an id which is longer than any can be, if one does. */
function tooLong(constraints: MediaTrackConstraints, kind: 'audio' | 'video'): string | undefined {
  const isLong = (value: Setting): boolean => typeof value === 'string' && value.length > LONGEST_ID;
  return [constraints, ...(constraints.advanced ?? [])]
    .flatMap((set) => constraintsOf(set, kind, false))
    .find(({ exact = [], ideal = [] }) => exact.some(isLong) || ideal.some(isLong))?.name;
}

/** What came of it: the settings and whose they are, or the constraint that nothing satisfies. */
export type Selection<T> =
  { readonly settings: MediaTrackSettings; readonly from: T } | { readonly failedConstraint: string };

/** Settings that a source can have. Of two that are as near, the first is taken. */
export interface Candidate<T> {
  readonly settings: MediaTrackSettings;
  readonly from: T;
}

/** Of `candidates` the one that satisfies `constraints` best. */
export function selectSettings<T>(
  candidates: readonly Candidate<T>[],
  constraints: MediaTrackConstraints,
  kind: 'audio' | 'video',
): Selection<T> {
  const long = tooLong(constraints, kind);
  if (long !== undefined) return { failedConstraint: long };
  const basic = constraintsOf(constraints, kind, false);
  const feasible = candidates.filter(({ settings }) => basic.every((item) => satisfies(item, settings[item.name])));
  if (feasible.length === 0) {
    const alone = basic.find((item) => !candidates.some(({ settings }) => satisfies(item, settings[item.name])));
    // Where no constraint fails by itself, the first without which the others would be satisfied.
    const inTheWay = basic.find((item) =>
      candidates.some(({ settings }) =>
        basic.every((other) => other === item || satisfies(other, settings[other.name])),
      ),
    );
    return { failedConstraint: (alone ?? inTheWay ?? basic[0])?.name ?? '' };
  }

  // Each advanced set counts if something is left that satisfies it.
  let remaining = feasible;
  for (const set of constraints.advanced ?? []) {
    const items = constraintsOf(set, kind, true);
    const matching = remaining.filter(({ settings }) => items.every((item) => satisfies(item, settings[item.name])));
    if (matching.length > 0) remaining = matching;
  }

  let best: Candidate<T> | undefined;
  let least = Infinity;
  for (const candidate of remaining) {
    let sum = 0;
    for (const item of basic) sum += distance(item, candidate.settings[item.name]);
    if (sum < least) {
      best = candidate;
      least = sum;
    }
  }
  return best ?? { failedConstraint: '' };
}

/** Numbers that constraints name for a property: the places where the best settings can lie. */
export function numbersNamed(constraints: MediaTrackConstraints, name: Name): number[] {
  const numbers = new Set<number>();
  for (const set of [constraints, ...(constraints.advanced ?? [])]) {
    const value = set[name];
    if (value === undefined) continue;
    const { min, max, exact, ideal } = normalize(name, value, false);
    for (const number of [min, max, ...(exact ?? []), ...(ideal ?? [])]) {
      if (typeof number === 'number' && Number.isFinite(number)) numbers.add(number);
    }
    // Candidates are combinations: a hostile list must not make millions of them.
    if (numbers.size > 24) break;
  }
  return [...numbers];
}
