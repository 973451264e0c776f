/** Which sound a track can give: the settings among which constraints choose. */
import type { NativeMediaStreamTrack } from '../native_media';
import type { MediaTrackCapabilities, MediaTrackConstraints, MediaTrackSettings, NumberRange } from './constraints';
import { numbersNamed } from './settings_selection';

/** What libwebrtc's audio processing does to a microphone's sound, where somebody asks for it. */
const PROCESSING = ['echoCancellation', 'autoGainControl', 'noiseSuppression'] as const;

type Processing = Record<(typeof PROCESSING)[number], boolean>;

const NOTHING: Processing = { echoCancellation: false, autoGainControl: false, noiseSuppression: false };

/** Rates and channels that sound of any source can be brought to. */
export const anySampleRate = { min: 8000, max: 96_000 };
export const anyChannelCount = { min: 1, max: 8 };

/** 10 ms are a whole number of samples. */
const RATE_STEP = 100;

/** Sound is processed only where that is asked for, so that the first of these does nothing. */
function processings(constraints: MediaTrackConstraints): Processing[] {
  const sets = [constraints, ...(constraints.advanced ?? [])];
  return PROCESSING.filter((name) => sets.some((set) => set[name] !== undefined)).reduce(
    (all, name) => all.flatMap((processing) => [processing, { ...processing, [name]: true }]),
    [NOTHING],
  );
}

function valuesNamed(
  constraints: MediaTrackConstraints,
  name: 'sampleRate' | 'channelCount',
  { min = 0, max = Infinity }: NumberRange,
  step: number,
): number[] {
  return numbersNamed(constraints, name)
    .map((value) => Math.round(value / step) * step)
    .filter((value) => value >= min && value <= max);
}

/**
 * Candidates for SelectSettings. `own` is what the source gives by itself, as far as that is known, and is preferred;
 * `limits` are what it can be made to give.
 */
export function audioCandidates(
  own: Pick<MediaTrackSettings, 'sampleRate' | 'channelCount'>,
  limits: { sampleRate: NumberRange; channelCount: NumberRange },
  constraints: MediaTrackConstraints,
): MediaTrackSettings[] {
  const { min: leastRate, max: mostRate } = limits.sampleRate;
  const { min: leastChannels, max: mostChannels } = limits.channelCount;
  const rates = new Set([
    own.sampleRate,
    ...valuesNamed(constraints, 'sampleRate', limits.sampleRate, RATE_STEP),
    mostRate,
    leastRate,
  ]);
  const channels = new Set([
    own.channelCount,
    ...valuesNamed(constraints, 'channelCount', limits.channelCount, 1),
    mostChannels,
    leastChannels,
  ]);
  return [...rates].flatMap((sampleRate) =>
    [...channels].flatMap((channelCount) =>
      processings(constraints).map((processing) => ({
        ...(sampleRate === undefined ? {} : { sampleRate }),
        ...(channelCount === undefined ? {} : { channelCount }),
        ...processing,
      })),
    ),
  );
}

/** What can be done to sound of any source. */
export function audioCapabilities(limits: {
  sampleRate: NumberRange;
  channelCount: NumberRange;
}): MediaTrackCapabilities {
  return {
    sampleRate: { ...limits.sampleRate },
    channelCount: { ...limits.channelCount },
    echoCancellation: [false, true],
    autoGainControl: [false, true],
    noiseSuppression: [false, true],
  };
}

/** Makes a track give sound with these settings. */
export function applyAudioSettings(track: NativeMediaStreamTrack, settings: MediaTrackSettings): void {
  const { sampleRate = null, channelCount = null } = settings;
  track.setAudioFormat({
    sampleRate,
    channelCount,
    echoCancellation: settings.echoCancellation ?? false,
    autoGainControl: settings.autoGainControl ?? false,
    noiseSuppression: settings.noiseSuppression ?? false,
  });
}
