/**
 * Tracks on their way to other threads. The media go there without a detour; what is known of the source stays with the
 * thread that the track comes from, which is asked through a port.
 *
 * Implements Media Capture and Streams Extensions, section 3 (Transferable MediaStreamTrack).
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { dataCloneError, definePlatformObject } from '../clone/platform_objects';
import { native } from '../native';
import type { NativeMediaStreamTrack } from '../native_media';
import type { MediaTrackCapabilities, MediaTrackConstraints, MediaTrackSettings } from './constraints';
import {
  createTrack,
  detachTrack,
  endTrack,
  isMediaStreamTrack,
  isolateTrack,
  nativeTrack,
  sourceOf,
  trackState,
  type MediaStreamTrack,
  type TrackSource,
  type TrackState,
} from './MediaStreamTrack';
import { OverconstrainedError } from './OverconstrainedError';
import { videoStatusOf } from './raw_sources';

/** What the source says of a track. */
interface Knowledge {
  readonly settings: MediaTrackSettings;
  readonly capabilities: MediaTrackCapabilities;
}

/** To the thread of the source. */
type ToSource =
  | { readonly type: 'apply'; readonly request: number; readonly constraints: MediaTrackConstraints }
  | { readonly type: 'clone'; readonly token: bigint; readonly port: MessagePort }
  | { readonly type: 'ended' };

interface Failure {
  readonly name: string;
  readonly message: string;
  /** Of an `OverconstrainedError`. */
  readonly constraint?: string;
}

/** From the thread of the source. */
type FromSource = { readonly request: number } & ({ readonly known: Knowledge } | { readonly failure: Failure });

function failureOf(error: unknown): Failure {
  const { name, message } = error as Error;
  return { name, message, ...(error instanceof OverconstrainedError ? { constraint: error.constraint } : {}) };
}

function errorOf({ name, message, constraint }: Failure): Error {
  if (constraint !== undefined) return new OverconstrainedError(constraint, message);
  return name === 'TypeError' ? new TypeError(message) : new DOMException(message, name);
}

/**
 * On the thread of the source: does for a track that is elsewhere what a source does for its tracks. `handle` is a handle
 * of the same native track.
 */
class SourceKeeper {
  readonly #port: MessagePort;
  readonly #source: TrackSource;
  readonly #handle: NativeMediaStreamTrack;
  #constraints: MediaTrackConstraints;

  constructor(
    port: MessagePort,
    source: TrackSource,
    handle: NativeMediaStreamTrack,
    constraints: MediaTrackConstraints,
  ) {
    this.#port = port;
    this.#source = source;
    this.#handle = handle;
    this.#constraints = constraints;
    port.on('message', (message: ToSource) => void this.#take(message));
    // Also when the other thread ends.
    port.on('close', () => {
      this.#end();
    });
    port.unref();
  }

  knowledge(): Knowledge {
    return {
      settings: this.#source.settings(this.#handle, this.#constraints),
      capabilities: this.#source.capabilities(this.#handle),
    };
  }

  async #take(message: ToSource): Promise<void> {
    if (message.type === 'clone') {
      const handle = native.adoptTrack(message.token);
      this.#source.cloned?.(this.#handle, handle);
      new SourceKeeper(message.port, this.#source, handle, this.#constraints);
      return;
    }
    if (message.type === 'ended') {
      this.#port.close();
      return;
    }
    const { request, constraints } = message;
    try {
      await this.#source.apply(this.#handle, constraints);
      this.#constraints = constraints;
      this.#port.postMessage({ request, known: this.knowledge() } satisfies FromSource);
    } catch (error) {
      this.#port.postMessage({ request, failure: failureOf(error) } satisfies FromSource);
    }
  }

  #end(): void {
    this.#handle.stop();
    this.#source.ended?.(this.#handle);
  }
}

/** The way from a track to its source on another thread. */
class SourceLink {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #known: Knowledge;
  #lastRequest = 0;

  constructor(port: MessagePort, known: Knowledge, onclose: () => void) {
    this.#port = port;
    this.#known = known;
    port.on('message', (message: FromSource) => {
      const waiting = this.#waiting.get(message.request);
      this.#waiting.delete(message.request);
      if ('known' in message) {
        this.#known = message.known;
        waiting?.resolve();
      } else {
        waiting?.reject(errorOf(message.failure));
      }
      if (this.#waiting.size === 0) port.unref();
    });
    port.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new DOMException('The source has gone.', 'AbortError'));
      this.#waiting.clear();
      onclose();
    });
    port.unref();
  }

  get known(): Knowledge {
    return this.#known;
  }

  apply(constraints: MediaTrackConstraints): Promise<void> {
    const request = ++this.#lastRequest;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      // The process waits for the answer.
      this.#port.ref();
      this.#port.postMessage({ type: 'apply', request, constraints } satisfies ToSource);
    });
  }

  cloned(to: NativeMediaStreamTrack): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port.postMessage({ type: 'clone', token: to.share(false), port: port2 } satisfies ToSource, [port2]);
    return port1;
  }

  ended(): void {
    this.#port.postMessage({ type: 'ended' } satisfies ToSource);
  }
}

/** The source of a track that has come from another thread, and of its clones. */
class DistantSource implements TrackSource {
  readonly label: string;
  readonly isDevice: boolean;
  readonly #links = new WeakMap<NativeMediaStreamTrack, SourceLink>();
  /** What was known when a track ended. */
  readonly #last = new WeakMap<NativeMediaStreamTrack, Knowledge>();

  constructor({ label, isDevice }: Pick<TrackContent, 'label' | 'isDevice'>) {
    this.label = label;
    this.isDevice = isDevice;
  }

  /** A track of this source. `onclose` is called when the thread of the source has ended. */
  add(track: NativeMediaStreamTrack, port: MessagePort | null, known: Knowledge, onclose: () => void): void {
    if (port === null) this.#last.set(track, known);
    else this.#links.set(track, new SourceLink(port, known, onclose));
  }

  capabilities(track: NativeMediaStreamTrack): MediaTrackCapabilities {
    return structuredClone(this.#known(track).capabilities);
  }

  settings(track: NativeMediaStreamTrack): MediaTrackSettings {
    const { settings } = this.#known(track);
    // A device's settings are as they were selected, others as the media come.
    if (settings.deviceId !== undefined) return structuredClone(settings);
    return { ...structuredClone(settings), ...(track.kind === 'video' ? videoStatusOf(track) : track.audioStatus()) };
  }

  async apply(track: NativeMediaStreamTrack, constraints: MediaTrackConstraints): Promise<void> {
    await this.#links.get(track)?.apply(constraints);
  }

  cloned(from: NativeMediaStreamTrack, to: NativeMediaStreamTrack): void {
    const port = this.#links.get(from)?.cloned(to) ?? null;
    this.add(to, port, this.#known(from), () => {
      to.sink?.ended();
    });
  }

  ended(track: NativeMediaStreamTrack): void {
    const link = this.#links.get(track);
    if (link === undefined) return;
    this.#last.set(track, link.known);
    this.#links.delete(track);
    link.ended();
  }

  #known(track: NativeMediaStreamTrack): Knowledge {
    return this.#links.get(track)?.known ?? this.#last.get(track) ?? { settings: {}, capabilities: {} };
  }
}

interface TrackContent {
  readonly token: bigint;
  readonly label: string;
  readonly isDevice: boolean;
  readonly state: TrackState;
  readonly known: Knowledge;
  /** `null` of a track that has ended. */
  readonly port: MessagePort | null;
}

definePlatformObject<MediaStreamTrack, TrackContent>({
  name: 'MediaStreamTrack',
  is: isMediaStreamTrack,
  transfer: (track) => {
    const state = trackState(track);
    if (state === null) throw dataCloneError('The MediaStreamTrack has been transferred already.');
    const source = sourceOf(track);
    const { label, isDevice = false } = source;
    const from = nativeTrack(track);
    // The one here ends; who goes on is a clone that has its id.
    const handle = from.clone(from.id);
    const commit = (): void => {
      detachTrack(track);
    };
    if (track.readyState === 'ended') {
      const known = { settings: track.getSettings(), capabilities: track.getCapabilities() };
      handle.stop();
      return { data: { token: handle.share(true), label, isDevice, state, known, port: null }, commit };
    }
    source.cloned?.(from, handle);
    const { port1, port2 } = new MessageChannel();
    const keeper = new SourceKeeper(port1, source, handle, state.constraints);
    const data = { token: handle.share(true), label, isDevice, state, known: keeper.knowledge(), port: port2 };
    return {
      data,
      ports: [port2],
      commit,
      rollback: () => {
        native.adoptTrack(data.token).stop();
        port1.close();
      },
    };
  },
  deserialize: ({ token, label, isDevice, state, known, port }) => {
    const handle = native.adoptTrack(token);
    const source = new DistantSource({ label, isDevice });
    const { muted, constraints, peerIdentity, enabled } = state;
    const track = createTrack(handle, source, { muted, constraints });
    source.add(handle, port, known, () => {
      endTrack(track);
    });
    if (peerIdentity !== null) {
      isolateTrack(track, peerIdentity);
      track.enabled = enabled;
    }
    return track;
  },
});
