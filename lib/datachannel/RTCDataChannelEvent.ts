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
import { isDataChannel, type RTCDataChannel } from './RTCDataChannel';

/** Argument of the constructor of {@link RTCDataChannelEvent} (WebRTC, section 6.3). */
export interface RTCDataChannelEventInit extends EventInit {
  /** The channel that the remote peer has opened. */
  channel: RTCDataChannel;
}

const rtcDataChannelEventInit = dictionary<ConvertedEventInit & { channel: RTCDataChannel }, ConvertedEventInit>(
  'RTCDataChannelEventInit',
  {
    channel: {
      type: interfaceType<RTCDataChannel>('RTCDataChannel', (value) => isDataChannel(value)),
      required: true,
    },
  },
  eventInit,
);

const constructing = constructorOperation('RTCDataChannelEvent');

/**
 * `datachannel`: the remote peer has opened a channel.
 *
 * Implements WebRTC, section 6.3 (RTCDataChannelEvent).
 */
export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  /**
   * @param type - the event's type.
   * @param eventInitDict - `EventInit` and the required `channel`.
   * @throws TypeError when `channel` is no `RTCDataChannel`.
   */
  constructor(type: string, eventInitDict: RTCDataChannelEventInit) {
    constructing.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, constructing.parameter(1));
    const init = rtcDataChannelEventInit(eventInitDict, constructing.parameter(2));
    super(eventType, init);
    this.#channel = init.channel;
  }

  /** The new channel, already open. */
  get channel(): RTCDataChannel {
    return this.#channel;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
