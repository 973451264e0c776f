import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';

/** Argument of the constructor of {@link RTCDTMFToneChangeEvent}. */
export interface RTCDTMFToneChangeEventInit extends EventInit {
  /** The tone; empty when the last one has ended. */
  tone?: string;
}

const toneChangeEventInit = dictionary<ConvertedEventInit & { tone: string }, ConvertedEventInit>(
  'RTCDTMFToneChangeEventInit',
  { tone: { type: DOMString, default: '' } },
  eventInit,
);

const CONSTRUCT = constructorOperation('RTCDTMFToneChangeEvent');

/**
 * `tonechange`: a tone begins, or all tones have been played.
 *
 * Implements webrtc-pc, section 7.3 (RTCDTMFToneChangeEvent).
 */
export class RTCDTMFToneChangeEvent extends Event {
  readonly #tone: string;

  /**
   * @param type the event's type
   * @param eventInitDict `EventInit` and `tone`
   */
  constructor(type: string, eventInitDict: RTCDTMFToneChangeEventInit = {}) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = toneChangeEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#tone = init.tone;
  }

  /** The tone that begins; `''` when the last one is over. */
  get tone(): string {
    return this.#tone;
  }

  static {
    defineInterface(this, { length: 1 });
  }
}
