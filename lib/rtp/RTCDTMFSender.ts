import type { NativeDtmfSender } from '../native_media';
import {
  DOMString,
  TypedEventTarget,
  defineInterface,
  internal,
  operation,
  requireInternal,
  unsignedLong,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { hasSend } from './parameters';
import { RTCDTMFToneChangeEvent } from './RTCDTMFToneChangeEvent';
import type { TransceiverState } from './transceiver_state';

/** Events of {@link RTCDTMFSender}. */
export interface RTCDTMFSenderEventMap {
  /** A tone begins, or the last one has ended. */
  tonechange: RTCDTMFToneChangeEvent;
}

/** The event-handler attributes of {@link RTCDTMFSender}. */
export interface RTCDTMFSenderEventHandlers {
  /** Fired when a tone begins, and when all tones have been played. */
  get ontonechange(): EventHandlerValue;
  set ontonechange(handler: EventHandler<RTCDTMFSender, RTCDTMFToneChangeEvent>);
}

const INSERT = operation('RTCDTMFSender', 'insertDTMF');

/** Bounds in milliseconds. */
const MIN_DURATION = 40;
const MIN_GAP = 30;
const MAX = 6000;

/** What a comma stands for. */
const PAUSE = 2000;

const clampTo = (value: number, minimum: number) => Math.min(Math.max(value, minimum), MAX);

/** Makes the DTMF sender of an audio sender. Not part of the public interface. */
export let createDtmfSender: (handle: NativeDtmfSender, state: TransceiverState) => RTCDTMFSender;

/**
 * Sends tones of a telephone keypad.
 *
 * Implements webrtc-pc, section 7.2 (RTCDTMFSender).
 */
export class RTCDTMFSender extends TypedEventTarget<RTCDTMFSender, RTCDTMFSenderEventMap, RTCDTMFSenderEventHandlers> {
  readonly #handle: NativeDtmfSender;
  readonly #state: TransceiverState;
  #toneBuffer = '';
  #duration = 100;
  #interToneGap = 70;
  /** Whether a playout task is scheduled. */
  #isPlaying = false;

  private constructor(key: symbol, handle: NativeDtmfSender, state: TransceiverState) {
    requireInternal(key);
    super();
    this.#handle = handle;
    this.#state = state;
  }

  /** Whether tones can be sent: the transceiver sends, and DTMF has been negotiated. */
  get canInsertDTMF(): boolean {
    return this.#canInsert(this.#handle);
  }

  #canInsert(handle: NativeDtmfSender): boolean {
    const { stopping, currentDirection, senderTrack } = this.#state;
    return !stopping && hasSend(currentDirection) && senderTrack?.readyState === 'live' && handle.canInsert;
  }

  /** The tones that are still to be played. */
  get toneBuffer(): string {
    return this.#toneBuffer;
  }

  /**
   * Plays tones, in place of those that have not been played yet.
   *
   * @param tones `0` to `9`, `A` to `D`, `#`, `*`, and `,` for a pause of two seconds; `''` cancels
   * @param duration of a tone in milliseconds, 40 to 6000
   * @param interToneGap between two tones in milliseconds, 30 to 6000
   * @throws DOMException `InvalidStateError` when tones cannot be sent, `InvalidCharacterError` for another character
   */
  insertDTMF(tones: string, duration = 100, interToneGap = 70): void {
    const handle = this.#handle;
    INSERT.requireArguments(arguments.length, 1);
    let buffer = DOMString(tones, INSERT.parameter(1));
    const toneDuration = clampTo(unsignedLong(duration, INSERT.parameter(2)), MIN_DURATION);
    const gap = clampTo(unsignedLong(interToneGap, INSERT.parameter(3)), MIN_GAP);
    // 3. If transceiver.[[Stopping]] is true or 4. the direction does not send, throw an InvalidStateError.
    // 5., 6. If canInsertDTMF is false, throw an InvalidStateError.
    if (!this.#canInsert(handle)) {
      throw new DOMException(`${INSERT.prefix}: Tones cannot be sent now.`, 'InvalidStateError');
    }
    // 7. If tones contains an unrecognized character, throw an InvalidCharacterError.
    buffer = buffer.toUpperCase();
    if (!/^[0-9A-D#*,]*$/.test(buffer)) {
      throw new DOMException(`${INSERT.prefix}: '${tones}' holds what is no tone.`, 'InvalidCharacterError');
    }
    // 8. to 10. Set the slots. 11., 12. Nothing more for no tones, or while a playout task is scheduled.
    this.#toneBuffer = buffer;
    this.#duration = toneDuration;
    this.#interToneGap = gap;
    if (buffer === '' || this.#isPlaying) return;
    // 13. Queue a task that runs the playout.
    this.#isPlaying = true;
    setImmediate(() => this.#play());
  }

  /** The "playout task". libwebrtc plays a single tone at a time: what follows can change until its turn comes. */
  #play(): void {
    this.#isPlaying = false;
    const { stopping, currentDirection } = this.#state;
    // 1., 2. If the transceiver has been stopped or does not send, abort.
    if (stopping || !hasSend(currentDirection)) return;
    // 3. If [[ToneBuffer]] is empty, fire tonechange with no tone and abort.
    const tone = this.#toneBuffer.slice(0, 1);
    if (tone !== '') {
      // 4. to 7. Take the first tone, play it, and schedule the playout of the next.
      this.#toneBuffer = this.#toneBuffer.slice(1);
      let next = PAUSE;
      if (tone !== ',') {
        this.#handle.insert(tone, this.#duration, this.#interToneGap);
        next = this.#duration + this.#interToneGap;
      }
      this.#isPlaying = true;
      setTimeout(() => this.#play(), next);
    }
    // 8. Fire tonechange.
    this.dispatchEvent(new RTCDTMFToneChangeEvent('tonechange', { tone }));
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['tonechange'], is: (value) => #handle in value });
    createDtmfSender = (handle, state) => new RTCDTMFSender(internal, handle, state);
  }
}
