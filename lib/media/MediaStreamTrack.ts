import { randomUUID } from 'node:crypto';
import type { NativeMediaKind, NativeMediaStreamTrack } from '../native_media';
import {
  TypedEventTarget,
  boolean,
  defineInterface,
  enumeration,
  attributeContext,
  DOMString,
  internal,
  isValueOf,
  operation,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import {
  mediaTrackConstraints,
  type MediaTrackCapabilities,
  type MediaTrackConstraints,
  type MediaTrackSettings,
} from './constraints';
import {
  audioStatsOf,
  videoStatsOf,
  type MediaStreamTrackAudioStats,
  type MediaStreamTrackVideoStats,
} from './track_stats';

/** State of a track (Media Capture and Streams, section 4.3.3). */
export type MediaStreamTrackState = 'ended' | 'live';

/** Events of {@link MediaStreamTrack}. */
export interface MediaStreamTrackEventMap {
  /** The source has ended: nothing comes any more. */
  ended: Event;
  /** `isolated` has changed. */
  isolationchange: Event;
  /** The source gives nothing for now. */
  mute: Event;
  /** The source gives again. */
  unmute: Event;
}

/** The event-handler attributes of {@link MediaStreamTrack}. */
export interface MediaStreamTrackEventHandlers {
  /** Fired when the source gives no media for a while. */
  get onmute(): EventHandlerValue;
  set onmute(handler: EventHandler<MediaStreamTrack, Event>);
  /** Fired when the source gives media again. */
  get onunmute(): EventHandlerValue;
  set onunmute(handler: EventHandler<MediaStreamTrack, Event>);
  /** Fired when the source has ended; not by `stop()`. */
  get onended(): EventHandlerValue;
  set onended(handler: EventHandler<MediaStreamTrack, Event>);
  /** Fired when `isolated` changes, which it does not here. */
  get onisolationchange(): EventHandlerValue;
  set onisolationchange(handler: EventHandler<MediaStreamTrack, Event>);
}

/** What a track needs to know of its source, which all its clones share. */
export interface TrackSource {
  /** What people call the source: a device's name; a remote track's id. */
  readonly label: string;
  /** Whether it is a camera, a microphone or a display, whose tracks count what they give. */
  readonly isDevice?: boolean;
  /** Tracks of the same peer have the same object here; those of this process have none. */
  readonly peer?: object;
  /** What the source can give. */
  capabilities(track: NativeMediaStreamTrack): MediaTrackCapabilities;
  /** What it gives at the moment through `track`, whose constraints are `constraints`. */
  settings(track: NativeMediaStreamTrack, constraints: MediaTrackConstraints): MediaTrackSettings;
  /**
   * Makes `track` give what `constraints` ask for.
   *
   * @throws OverconstrainedError when they cannot be satisfied; nothing has changed then
   */
  apply(track: NativeMediaStreamTrack, constraints: MediaTrackConstraints): Promise<void> | void;
  /** `to` is a new clone of `from`. */
  cloned?(from: NativeMediaStreamTrack, to: NativeMediaStreamTrack): void;
  /** A track has ended, by `stop()` or with the source. */
  ended?(track: NativeMediaStreamTrack): void;
}

const NAME = 'MediaStreamTrack';
const APPLY = operation(NAME, 'applyConstraints');

/** Content hints (MST Content Hints, section 3). */
const contentHint = enumeration('MediaStreamTrackContentHint', [
  '',
  'motion',
  'detail',
  'text',
  'speech',
  'speech-recognition',
  'music',
]);
const hintsOf: Record<NativeMediaKind, ReadonlySet<string>> = {
  video: new Set(['', 'motion', 'detail', 'text']),
  audio: new Set(['', 'speech', 'speech-recognition', 'music']),
};

/** What a new track begins with. */
export interface TrackInit {
  muted?: boolean;
  constraints?: MediaTrackConstraints;
}

/** Brand check for {@link MediaStreamTrack}. Not part of the public interface. */
export let isMediaStreamTrack: (value: object) => value is MediaStreamTrack;
/** Makes the track of a native handle. Not part of the public interface. */
export let createTrack: (handle: NativeMediaStreamTrack, source: TrackSource, init?: TrackInit) => MediaStreamTrack;
/** The native handle of a track. Not part of the public interface. */
export let nativeTrack: (track: MediaStreamTrack) => NativeMediaStreamTrack;
/** The source of a track. Not part of the public interface. */
export let sourceOf: (track: MediaStreamTrack) => TrackSource;
/**
 * "Set a track's muted state": changes `muted` and fires `mute` or `unmute`; to be called in a task of its own. Not part
 * of the public interface.
 */
export let setMuted: (track: MediaStreamTrack, muted: boolean) => void;
/** The source has ended: changes the state and fires `ended`. Not part of the public interface. */
export let endTrack: (track: MediaStreamTrack) => void;
/** "Isolates" a track for a peer: its content stays away from scripts. Not part of the public interface. */
export let isolateTrack: (track: MediaStreamTrack, peerIdentity: string) => void;
/** Calls `listener` when the track ends, by `stop()` or with its source. Not part of the public interface. */
export let whenEnded: (track: MediaStreamTrack, listener: () => void) => void;

/** What goes with a track to another thread, beside its native handle. */
export interface TrackState {
  readonly muted: boolean;
  readonly constraints: MediaTrackConstraints;
  readonly peerIdentity: string | null;
  /** As scripts see it. */
  readonly enabled: boolean;
}

/** The state of a track; `null` when it has been transferred. Not part of the public interface. */
export let trackState: (track: MediaStreamTrack) => TrackState | null;
/** Detaches a track, which goes on somewhere else: it has ended here. Not part of the public interface. */
export let detachTrack: (track: MediaStreamTrack) => void;

/**
 * One medium of one source: a camera's picture, a microphone's sound, what a remote peer sends.
 *
 * Implements Media Capture and Streams, section 4.3 (MediaStreamTrack).
 */
export class MediaStreamTrack extends TypedEventTarget<
  MediaStreamTrack,
  MediaStreamTrackEventMap,
  MediaStreamTrackEventHandlers
> {
  readonly #handle: NativeMediaStreamTrack;
  readonly #source: TrackSource;
  #muted: boolean;
  #state: MediaStreamTrackState;
  #constraints: MediaTrackConstraints;
  /** Whom an isolated track is for; `null` when it is not isolated. */
  #peerIdentity: string | null = null;
  /** `enabled` of an isolated track, whose handle is never enabled. */
  #enabled = true;
  #endListeners: (() => void)[] = [];
  #stats: MediaStreamTrackAudioStats | MediaStreamTrackVideoStats | undefined;
  /** Whether it has been transferred. */
  #detached = false;

  protected constructor(key: symbol, handle: NativeMediaStreamTrack, source: TrackSource, init: TrackInit = {}) {
    requireInternal(key);
    super();
    this.#handle = handle;
    this.#source = source;
    this.#muted = init.muted ?? false;
    this.#constraints = init.constraints ?? {};
    this.#state = handle.state;
    handle.sink = { ended: () => this.#end(true) };
  }

  /** `'audio'` or `'video'`. */
  get kind(): string {
    return this.#handle.kind;
  }

  /** Identifies the track. */
  get id(): string {
    return this.#handle.id;
  }

  /** The name of the source. */
  get label(): string {
    return this.#source.label;
  }

  /** Whether the track gives media; off, it gives silence or black frames. */
  get enabled(): boolean {
    return this.isolated ? this.#enabled : this.#handle.enabled;
  }

  set enabled(value: boolean) {
    const enabled = boolean(value, attributeContext(NAME, 'enabled'));
    if (this.isolated) this.#enabled = enabled;
    else this.#handle.enabled = enabled;
  }

  /**
   * Whether the content is kept from scripts, since `getUserMedia` was given a `peerIdentity`. Such a track gives black
   * frames and silence. The peer would get the content over a DTLS connection that promises confidentiality (RFC 8833);
   * libwebrtc negotiates no such promise, so that everybody gets black frames and silence.
   *
   * Implements Identity for WebRTC, section 11.1 (Isolated Media Streams).
   */
  get isolated(): boolean {
    return this.#peerIdentity !== null;
  }

  /** Whether the source gives no media at the moment. */
  get muted(): boolean {
    return this.#muted;
  }

  /** `'live'`, or `'ended'` for good. */
  get readyState(): MediaStreamTrackState {
    return this.#state;
  }

  /** What kind of content encoders should expect: `''`, or a hint of the track's kind (MST Content Hints, section 2). */
  get contentHint(): string {
    return this.#handle.contentHint;
  }

  set contentHint(value: string) {
    // The setter of another object throws whatever the value is.
    const handle = this.#handle;
    const hint = DOMString(value, attributeContext(NAME, 'contentHint'));
    if (isValueOf(contentHint, hint) && hintsOf[handle.kind].has(hint)) handle.contentHint = hint;
  }

  /** What the track counts, of a camera, a microphone or a display; `null` of another one. */
  get stats(): MediaStreamTrackAudioStats | MediaStreamTrackVideoStats | null {
    if (this.#source.isDevice !== true) return null;
    return (this.#stats ??= this.#handle.kind === 'video' ? videoStatsOf(this.#handle) : audioStatsOf(this.#handle));
  }

  /** Another track of the same source, with an id of its own, as this one is now. */
  clone(): MediaStreamTrack {
    const handle = this.#handle.clone(randomUUID());
    this.#source.cloned?.(this.#handle, handle);
    const clone = new MediaStreamTrack(internal, handle, this.#source, {
      muted: this.#muted,
      constraints: structuredClone(this.#constraints),
    });
    // Any peerIdentity property must be retained on clones.
    if (this.#peerIdentity !== null) isolateTrack(clone, this.#peerIdentity);
    clone.#enabled = this.#enabled;
    if (this.#state === 'ended') clone.stop();
    return clone;
  }

  /** Ends the track, without an event; the source stops with its last track. */
  stop(): void {
    this.#end(false);
  }

  /** What the source can give: ranges and choices for each constrainable property. */
  getCapabilities(): MediaTrackCapabilities {
    return this.#source.capabilities(this.#handle);
  }

  /** The constraints that were applied last. */
  getConstraints(): MediaTrackConstraints {
    return structuredClone(this.#constraints);
  }

  /** What the track gives at the moment. */
  getSettings(): MediaTrackSettings {
    return this.#source.settings(this.#handle, this.#constraints);
  }

  /**
   * Asks for other settings: width, height and frame rate of a picture, rate and channels of sound and so on.
   *
   * @throws OverconstrainedError when a required constraint cannot be satisfied; the track stays as it was
   */
  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    const converted = mediaTrackConstraints(constraints, APPLY.parameter(1));
    // An ended track has nothing to configure: resolve.
    if (this.#state === 'live') await this.#source.apply(this.#handle, converted);
    this.#constraints = converted;
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }

  #end(fire: boolean): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#handle.sink = undefined;
    this.#handle.stop();
    this.#source.ended?.(this.#handle);
    for (const listener of this.#endListeners.splice(0)) listener();
    if (fire) this.dispatchEvent(new Event('ended'));
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['mute', 'unmute', 'ended', 'isolationchange'],
      is: (value) => #handle in value,
    });
    isMediaStreamTrack = (value): value is MediaStreamTrack => #handle in value;
    createTrack = (handle, source, init = {}) => new MediaStreamTrack(internal, handle, source, init);
    nativeTrack = (track) => track.#handle;
    sourceOf = (track) => track.#source;
    setMuted = (track, muted) => {
      if (track.#muted === muted || track.#state === 'ended') return;
      track.#muted = muted;
      track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    };
    endTrack = (track) => track.#end(true);
    isolateTrack = (track, peerIdentity) => {
      track.#enabled = track.enabled;
      track.#peerIdentity = peerIdentity;
      track.#handle.enabled = false;
    };
    whenEnded = (track, listener) => {
      if (track.#state === 'ended') listener();
      else track.#endListeners.push(listener);
    };
    trackState = (track) => {
      if (track.#detached) return null;
      const { enabled } = track;
      return { muted: track.#muted, constraints: track.#constraints, peerIdentity: track.#peerIdentity, enabled };
    };
    detachTrack = (track) => {
      track.#detached = true;
      track.#end(false);
    };
  }
}
