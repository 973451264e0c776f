import {
  DOMString,
  constructorOperation,
  defineInterface,
  dictionary,
  eventInit,
  interfaceType,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { isRTCError, type RTCError } from './RTCError';

/** Argument of the constructor of {@link RTCErrorEvent} (WebRTC, section 11.5.1). */
export interface RTCErrorEventInit extends EventInit {
  /** What has gone wrong. */
  error: RTCError;
}

const rtcErrorEventInit = dictionary<ConvertedEventInit & { error: RTCError }, ConvertedEventInit>(
  'RTCErrorEventInit',
  { error: { type: interfaceType<RTCError>('RTCError', isRTCError), required: true } },
  eventInit,
);

const constructing = constructorOperation('RTCErrorEvent');

/**
 * The event that data channels and DTLS transports fire when they fail.
 *
 * Implements WebRTC, section 11.5 (RTCErrorEvent interface).
 */
export class RTCErrorEvent extends Event {
  readonly #error: RTCError;

  /**
   * @param type - the event's type.
   * @param eventInitDict - `EventInit` and the required `error`.
   * @throws TypeError when `error` is no `RTCError`.
   */
  constructor(type: string, eventInitDict: RTCErrorEventInit) {
    constructing.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, constructing.parameter(1));
    const init = rtcErrorEventInit(eventInitDict, constructing.parameter(2));
    super(eventType, init);
    this.#error = init.error;
  }

  /** What failed. */
  get error(): RTCError {
    return this.#error;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
