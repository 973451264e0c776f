/** What tracks of local sources know of their source: settings, and how constraints come to have an effect. */
import type { NativeMediaStreamTrack } from '../native_media';
import { applyAudioSettings } from './audio_settings';
import type { MediaTrackCapabilities, MediaTrackConstraints, MediaTrackSettings } from './constraints';
import type { TrackSource } from './MediaStreamTrack';
import { OverconstrainedError } from './OverconstrainedError';
import { selectSettings, type Candidate, type Selection } from './settings_selection';
import type { VideoFormat } from './video_settings';

/** The settings that were selected; throws where nothing could be. */
export function selectedOrThrow<T>(selection: Selection<T>): Candidate<T> {
  if ('failedConstraint' in selection) {
    const { failedConstraint } = selection;
    throw new OverconstrainedError(failedConstraint, `Cannot satisfy the constraint '${failedConstraint}'`);
  }
  return selection;
}

/** What a source of tracks is to them: a device, or an application that pushes media. */
export interface Origin {
  readonly kind: 'audio' | 'video';
  readonly label: string;
  readonly isDevice?: boolean;
  capabilities(): MediaTrackCapabilities;
  /** All settings that matter for these constraints, the preferred ones first. */
  candidates(constraints: MediaTrackConstraints): MediaTrackSettings[];
  /** What comes out of the source when nobody asks for anything. */
  current(track: NativeMediaStreamTrack): MediaTrackSettings;
  /** Before a track is made to give `format`: the source may have to give more. */
  demand?(format: VideoFormat): void;
  /** The last track has ended. */
  idle?(): void;
}

/** The source of all tracks of an origin. */
export class LocalTrackSource implements TrackSource {
  readonly #origin: Origin;
  readonly #live = new Set<NativeMediaStreamTrack>();
  /** What was selected for each track. */
  readonly #selected = new WeakMap<NativeMediaStreamTrack, MediaTrackSettings>();

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  get label(): string {
    return this.#origin.label;
  }

  get isDevice(): boolean {
    return this.#origin.isDevice ?? false;
  }

  /** A new track of this source; `settings` are what has been selected for it, if anything has. */
  add(track: NativeMediaStreamTrack, settings?: MediaTrackSettings): void {
    this.#live.add(track);
    if (settings !== undefined) this.#configure(track, settings);
  }

  capabilities(): MediaTrackCapabilities {
    return structuredClone(this.#origin.capabilities());
  }

  settings(track: NativeMediaStreamTrack): MediaTrackSettings {
    return { ...this.#origin.current(track), ...this.#selected.get(track) };
  }

  apply(track: NativeMediaStreamTrack, constraints: MediaTrackConstraints): void {
    const candidates = this.#origin.candidates(constraints).map((settings) => ({ settings, from: this }));
    const { settings } = selectedOrThrow(selectSettings(candidates, constraints, this.#origin.kind));
    this.#configure(track, settings);
  }

  cloned(from: NativeMediaStreamTrack, to: NativeMediaStreamTrack): void {
    this.#live.add(to);
    const settings = this.#selected.get(from);
    if (settings !== undefined) this.#selected.set(to, settings);
  }

  ended(track: NativeMediaStreamTrack): void {
    if (this.#live.delete(track) && this.#live.size === 0) this.#origin.idle?.();
  }

  #configure(track: NativeMediaStreamTrack, settings: MediaTrackSettings): void {
    const { width, height, frameRate } = settings;
    if (this.#origin.kind === 'audio') applyAudioSettings(track, settings);
    if (this.#origin.kind === 'video' && width !== undefined && height !== undefined && frameRate !== undefined) {
      this.#origin.demand?.({ width, height, frameRate });
      track.setVideoFormat({ width, height, frameRate, crop: true });
    }
    this.#selected.set(track, settings);
  }
}
