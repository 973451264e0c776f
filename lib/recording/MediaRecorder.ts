import { activate, deactivate } from '../lifetime';
import { makeErrorEvent, type ErrorEvent } from '../errors/ErrorEvent';
import { isMediaStream, type MediaStream } from '../media/MediaStream';
import {
  DOMString,
  TypedEventTarget,
  constructorOperation,
  defineInterface,
  interfaceType,
  operation,
  trusted,
  trustedEvent,
  unsignedLong,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { BlobEvent } from './BlobEvent';
import { bitratesFor, generalBitrates, type Bitrates } from './bitrates';
import { BlobOutput } from './blob_output';
import { fullMimeType, wantedFormat, type WantedFormat } from './mime_type';
import { mediaRecorderOptions, type BitrateMode, type ConvertedOptions, type MediaRecorderOptions } from './options';
import { RecordingSession } from './session';
import type { RecordingStatistics } from './statistics';

/** State of a recorder (MediaStream Recording, section 2.7). */
export type RecordingState = 'inactive' | 'recording' | 'paused';

/** Events of {@link MediaRecorder}. */
export interface MediaRecorderEventMap {
  /** A piece of the recording is there. */
  dataavailable: BlobEvent;
  /** The recording cannot go on. */
  error: ErrorEvent;
  /** `pause()` was called. */
  pause: Event;
  /** `resume()` was called. */
  resume: Event;
  /** The recording has begun. */
  start: Event;
  /** The recording has ended; all of it was given. */
  stop: Event;
}

/** The event-handler attributes of {@link MediaRecorder}. */
export interface MediaRecorderEventHandlers {
  /** Fired when containers and codecs are known and media is recorded. */
  get onstart(): EventHandlerValue;
  set onstart(handler: EventHandler<MediaRecorder, Event>);
  /** Fired when the last part has been given. */
  get onstop(): EventHandlerValue;
  set onstop(handler: EventHandler<MediaRecorder, Event>);
  /** Fired with each part of the recording. */
  get ondataavailable(): EventHandlerValue;
  set ondataavailable(handler: EventHandler<MediaRecorder, BlobEvent>);
  /** Fired after `pause()`. */
  get onpause(): EventHandlerValue;
  set onpause(handler: EventHandler<MediaRecorder, Event>);
  /** Fired after `resume()`. */
  get onresume(): EventHandlerValue;
  set onresume(handler: EventHandler<MediaRecorder, Event>);
  /** Fired when the recording cannot go on; what there is comes in a last part. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<MediaRecorder, ErrorEvent>);
}

const NAME = 'MediaRecorder';
const CONSTRUCT = constructorOperation(NAME);
const START = operation(NAME, 'start');
const IS_TYPE_SUPPORTED = operation(NAME, 'isTypeSupported');
const PREFIXES = ['pause', 'resume', 'requestData'] as const;
const [PAUSE, RESUME, REQUEST_DATA] = PREFIXES.map((name) => operation(NAME, name).prefix) as [string, string, string];

const streamType = interfaceType<MediaStream>('MediaStream', (value) => isMediaStream(value));

/** The longest time slice, which stands for none (the largest `unsigned long`), in milliseconds. */
const NO_TIMESLICE = 2 ** 32 - 1;

/**
 * Records a stream into parts of a file.
 *
 * A remote track is recorded from its encoded frames, without decoding them, where its codec fits the recording; see
 * `statistics`. Disabled tracks are recorded as black pictures and silence.
 *
 * Implements MediaStream Recording, section 2 (MediaRecorder API). Where it leaves a choice, it does what Chromium does.
 */
export class MediaRecorder extends TypedEventTarget<MediaRecorder, MediaRecorderEventMap, MediaRecorderEventHandlers> {
  readonly #stream: MediaStream;
  readonly #options: ConvertedOptions;
  readonly #wanted: WantedFormat;
  #bitrates: Bitrates;
  #mimeType: string;
  #state: RecordingState = 'inactive';
  #session: RecordingSession<BlobOutput> | undefined;
  /** The last session that has been told to stop. */
  #ending: RecordingSession<BlobOutput> | undefined;
  #finished: RecordingStatistics | undefined;

  /**
   * @param stream what is recorded
   * @param options container, codecs and bitrates
   * @throws TypeError when `stream` is no `MediaStream`
   * @throws DOMException `NotSupportedError` when `mimeType` cannot be recorded, or both key-frame intervals are given
   */
  constructor(stream: MediaStream, options: MediaRecorderOptions = {}) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    super();
    this.#stream = streamType(stream, CONSTRUCT.parameter(1));
    this.#options = mediaRecorderOptions(options, CONSTRUCT.parameter(2));
    const { mimeType, videoKeyFrameIntervalCount, videoKeyFrameIntervalDuration } = this.#options;
    const wanted = wantedFormat(mimeType);
    if (wanted === undefined) {
      throw new DOMException(`${CONSTRUCT.prefix}: '${mimeType}' cannot be recorded.`, 'NotSupportedError');
    }
    if (videoKeyFrameIntervalCount !== undefined && videoKeyFrameIntervalDuration !== undefined) {
      throw new DOMException(`${CONSTRUCT.prefix}: two key-frame intervals are given.`, 'NotSupportedError');
    }
    this.#wanted = wanted;
    this.#mimeType = mimeType;
    this.#bitrates = generalBitrates(this.#options);
  }

  /** The stream that is recorded. */
  get stream(): MediaStream {
    return this.#stream;
  }

  /** What the recording is made in: as given, and with all its codecs from `start` to `stop`. */
  get mimeType(): string {
    return this.#mimeType;
  }

  /** Whether it records. */
  get state(): RecordingState {
    return this.#state;
  }

  /** Bits a second of encoded video. */
  get videoBitsPerSecond(): number {
    return this.#bitrates.video;
  }

  /** Bits a second of encoded sound. */
  get audioBitsPerSecond(): number {
    return this.#bitrates.audio;
  }

  /** Whether sound is encoded at a constant bitrate. */
  get audioBitrateMode(): BitrateMode {
    return this.#options.audioBitrateMode;
  }

  /**
   * What the current recording, or else the last one, says of itself: which way each track took, how much of it there is
   * and what is missing. `null` before the first. Outside the specification.
   */
  get statistics(): RecordingStatistics | null {
    return this.#session?.statistics() ?? this.#finished ?? null;
  }

  /**
   * Begins to record all tracks of the stream that are live.
   *
   * @param timeslice milliseconds of recording in each part at least; absent, all of it comes at the end
   * @throws DOMException `InvalidStateError` when it records already
   * @throws DOMException `NotSupportedError` when no track is live, or one cannot be recorded in `mimeType`
   */
  // eslint-disable-next-line @typescript-eslint/no-useless-default-assignment -- without it, the method's length is 1
  start(timeslice: number | undefined = undefined): void {
    const slice = timeslice === undefined ? NO_TIMESLICE : unsignedLong(timeslice, START.parameter(1));
    // 5. Not twice.
    if (this.#state !== 'inactive') throw new DOMException(`${START.prefix}: it records already.`, 'InvalidStateError');
    // 7. There must be something.
    const tracks = this.#stream.getTracks().filter(({ readyState }) => readyState === 'live');
    if (tracks.length === 0) throw new DOMException(`${START.prefix}: no track is live.`, 'NotSupportedError');
    // 8. All of it must fit.
    const kinds = {
      audio: tracks.some(({ kind }) => kind === 'audio'),
      video: tracks.some(({ kind }) => kind === 'video'),
    };
    if (kinds.video && this.#wanted.audioOnly) {
      throw new DOMException(`${START.prefix}: ${this.#wanted.mimeType} holds no video.`, 'NotSupportedError');
    }
    // 9. to 13. Bitrates for what is there.
    this.#bitrates = bitratesFor(this.#options, kinds);
    // 14. Record.
    const output = new BlobOutput(slice);
    const session = new RecordingSession<BlobOutput>({
      stream: this.#stream,
      tracks,
      wanted: this.#wanted,
      options: this.#options,
      bitrates: this.#bitrates,
      pieceMilliseconds: slice,
      output,
      events: {
        decided: (format) => {
          this.#mimeType = fullMimeType(this.#wanted, format, kinds);
          this.dispatchEvent(trustedEvent('start'));
        },
        failed: (error) => this.#end(session, error),
        ended: () => this.#end(session, undefined),
      },
    });
    this.#session = session;
    this.#state = 'recording';
    activate(this, true);
    output.onpart = (parts, time) => {
      session.queue(() => this.#give(session, parts, time));
    };
  }

  /** Ends the recording: `dataavailable` brings the last part, then `stop` is fired. */
  stop(): void {
    const session = this.#session;
    if (this.#state === 'inactive' || session === undefined) return;
    this.#inactivate();
    void this.#finish(session);
  }

  /**
   * Leaves out what comes from now on.
   *
   * @throws DOMException `InvalidStateError` when it does not record
   */
  pause(): void {
    const session = this.#active(PAUSE);
    if (this.#state === 'paused') return;
    this.#state = 'paused';
    session.pause();
    session.queue(() => this.dispatchEvent(trustedEvent('pause')));
  }

  /**
   * Goes on after `pause()`: what lay between is missing, and takes no time in the recording.
   *
   * @throws DOMException `InvalidStateError` when it does not record
   */
  resume(): void {
    const session = this.#active(RESUME);
    if (this.#state === 'recording') return;
    this.#state = 'recording';
    session.resume();
    session.queue(() => this.dispatchEvent(trustedEvent('resume')));
  }

  /**
   * Asks for what has been recorded since the last part; `dataavailable` brings it.
   *
   * @throws DOMException `InvalidStateError` when it does not record
   */
  requestData(): void {
    const session = this.#active(REQUEST_DATA);
    void session.flush().then(() => {
      session.queue(() => {
        if (this.#session === session && this.#state !== 'inactive') this.#give(session, ...session.output.take());
      });
    });
  }

  /** Whether a MIME type, with or without codecs, can be recorded. */
  static isTypeSupported(type: string): boolean {
    IS_TYPE_SUPPORTED.requireArguments(arguments.length, 1);
    return wantedFormat(DOMString(type, IS_TYPE_SUPPORTED.parameter(1))) !== undefined;
  }

  #active(prefix: string): RecordingSession<BlobOutput> {
    if (this.#state === 'inactive' || this.#session === undefined) {
      throw new DOMException(`${prefix}: it does not record.`, 'InvalidStateError');
    }
    return this.#session;
  }

  /** "Fire a blob event". */
  #give(session: RecordingSession<BlobOutput>, parts: Uint8Array[], timecode: number): void {
    const { audioOnly, mimeType } = this.#wanted;
    const type = session.mimeType || mimeType || (audioOnly ? 'audio/webm' : 'video/webm');
    this.dispatchEvent(new BlobEvent('dataavailable', trusted({ data: new Blob(parts, { type }), timecode })));
  }

  /** "Inactivate the recorder". */
  #inactivate(): void {
    this.#mimeType = this.#options.mimeType;
    this.#state = 'inactive';
    if (this.#options.bitsPerSecond !== undefined) this.#bitrates = generalBitrates(this.#options);
  }

  /** The recording has ended by itself. */
  #end(session: RecordingSession<BlobOutput>, error: Error | undefined): void {
    if (this.#session !== session || this.#state === 'inactive') return;
    void this.#finish(session, error);
  }

  /**
   * Fires what every recording ends with, when the last frames are in it. Scripts see one event after the other, with
   * what they have promised themselves of each done before the next.
   */
  async #finish(session: RecordingSession<BlobOutput>, error?: Error): Promise<void> {
    if (this.#ending === session) return;
    this.#ending = session;
    await session.stop();
    session.queue(() => {
      // It may be that `stop()` was called meanwhile, or that a script has begun the next recording.
      if (this.#session === session && this.#state !== 'inactive') this.#inactivate();
      if (error !== undefined) this.dispatchEvent(makeErrorEvent(error));
    });
    session.queue(() => {
      if (this.#session === session) this.#finished = session.statistics();
      this.#give(session, ...session.output.take());
    });
    session.queue(() => {
      if (this.#session === session) this.#session = undefined;
      this.dispatchEvent(trustedEvent('stop'));
      if (this.#session === undefined) deactivate(this);
    });
  }

  static {
    defineInterface(this, {
      length: 1,
      eventHandlers: ['start', 'stop', 'dataavailable', 'pause', 'resume', 'error'],
      is: (value) => #stream in value,
    });
  }
}
