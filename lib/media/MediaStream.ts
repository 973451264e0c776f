import { randomUUID } from 'node:crypto';
import {
  DOMString,
  TypedEventTarget,
  constructorOperation,
  defineInterface,
  interfaceType,
  isIterable,
  isObject,
  operation,
  sequence,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { isMediaStreamTrack, type MediaStreamTrack } from './MediaStreamTrack';
import { MediaStreamTrackEvent } from './MediaStreamTrackEvent';

/** Events of {@link MediaStream}. */
export interface MediaStreamEventMap {
  /** The remote peer sends one more track in this stream. */
  addtrack: MediaStreamTrackEvent;
  /** The remote peer no longer sends a track in this stream. */
  removetrack: MediaStreamTrackEvent;
}

/** The event-handler attributes of {@link MediaStream}. */
export interface MediaStreamEventHandlers {
  /** Fired when a track has come that no script has added. */
  get onaddtrack(): EventHandlerValue;
  set onaddtrack(handler: EventHandler<MediaStream, MediaStreamTrackEvent>);
  /** Fired when a track has gone that no script has removed. */
  get onremovetrack(): EventHandlerValue;
  set onremovetrack(handler: EventHandler<MediaStream, MediaStreamTrackEvent>);
}

const NAME = 'MediaStream';
const CONSTRUCT = constructorOperation(NAME);
const GET_TRACK_BY_ID = operation(NAME, 'getTrackById');
const ADD_TRACK = operation(NAME, 'addTrack');
const REMOVE_TRACK = operation(NAME, 'removeTrack');

const trackType = interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value));
const tracksType = sequence(trackType);

/** Brand check for {@link MediaStream}. Not part of the public interface. */
export let isMediaStream: (value: object) => value is MediaStream;
/** A stream with a given id, as a remote description names it. Not part of the public interface. */
export let createStream: (id: string) => MediaStream;
/** "Add a track" from outside of scripts: fires `addtrack`. Not part of the public interface. */
export let addTrackToStream: (stream: MediaStream, track: MediaStreamTrack) => void;
/** "Remove a track" from outside of scripts: fires `removetrack`. Not part of the public interface. */
export let removeTrackFromStream: (stream: MediaStream, track: MediaStreamTrack) => void;

/**
 * Tracks that belong together.
 *
 * Implements Media Capture and Streams, section 4.2 (MediaStream).
 */
export class MediaStream extends TypedEventTarget<MediaStream, MediaStreamEventMap, MediaStreamEventHandlers> {
  #id: string = randomUUID();
  readonly #tracks = new Map<string, MediaStreamTrack>();

  /** @param tracks the tracks of the new stream, or another stream that shares its tracks */
  constructor(tracks?: MediaStream | Iterable<MediaStreamTrack>) {
    super();
    if (tracks === undefined) return;
    const context = CONSTRUCT.parameter(1);
    let initial: Iterable<MediaStreamTrack>;
    if (isObject(tracks) && isMediaStream(tracks)) {
      initial = tracks.#tracks.values();
    } else if (isIterable(tracks)) {
      initial = tracksType(tracks, context);
    } else {
      throw new TypeError(`${context} is not of type 'MediaStream' or a sequence of tracks.`);
    }
    for (const track of initial) this.#tracks.set(track.id, track);
  }

  /** Identifies the stream, also to the remote peer. */
  get id(): string {
    return this.#id;
  }

  /** Whether a track of it is live. */
  get active(): boolean {
    return this.#of(() => true).some(({ readyState }) => readyState === 'live');
  }

  /** The audio tracks, in the order in which they came. */
  getAudioTracks(): MediaStreamTrack[] {
    return this.#of(({ kind }) => kind === 'audio');
  }

  /** The video tracks, in the order in which they came. */
  getVideoTracks(): MediaStreamTrack[] {
    return this.#of(({ kind }) => kind === 'video');
  }

  /** All tracks, in the order in which they came. */
  getTracks(): MediaStreamTrack[] {
    return this.#of(() => true);
  }

  /** The track with this id, or `null`. */
  getTrackById(trackId: string): MediaStreamTrack | null {
    GET_TRACK_BY_ID.requireArguments(arguments.length, 1);
    return this.#tracks.get(DOMString(trackId, GET_TRACK_BY_ID.parameter(1))) ?? null;
  }

  /** Adds a track, unless it is there; no event is fired. */
  addTrack(track: MediaStreamTrack): void {
    ADD_TRACK.requireArguments(arguments.length, 1);
    const { id } = trackType(track, ADD_TRACK.parameter(1));
    if (!this.#tracks.has(id)) this.#tracks.set(id, track);
  }

  /** Removes a track, if it is there; no event is fired. */
  removeTrack(track: MediaStreamTrack): void {
    REMOVE_TRACK.requireArguments(arguments.length, 1);
    const { id } = trackType(track, REMOVE_TRACK.parameter(1));
    this.#tracks.delete(id);
  }

  /** A stream with an id of its own and clones of the tracks. */
  clone(): MediaStream {
    return new MediaStream(this.getTracks().map((track) => track.clone()));
  }

  #of(include: (track: MediaStreamTrack) => boolean): MediaStreamTrack[] {
    return [...this.#tracks.values()].filter(include);
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['addtrack', 'removetrack'], is: (value) => #tracks in value });
    isMediaStream = (value): value is MediaStream => #tracks in value;
    createStream = (id) => {
      const stream = new MediaStream();
      stream.#id = id;
      return stream;
    };
    addTrackToStream = (stream, track) => {
      if (stream.#tracks.has(track.id)) return;
      stream.#tracks.set(track.id, track);
      stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track }));
    };
    removeTrackFromStream = (stream, track) => {
      if (!stream.#tracks.delete(track.id)) return;
      stream.dispatchEvent(new MediaStreamTrackEvent('removetrack', { track }));
    };
  }
}
