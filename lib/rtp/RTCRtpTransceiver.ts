import { withExceptions } from '../errors/native_error';
import {
  DOMString,
  attributeContext,
  defineInterface,
  internal,
  isValueOf,
  operation,
  requireInternal,
  sequence,
} from '../webidl';
import {
  headerExtensionCapabilities,
  rtpCodec,
  transceiverDirection,
  type RTCRtpCodec,
  type RTCRtpHeaderExtensionCapability,
  type RTCRtpTransceiverDirection,
} from './parameters';
import { createReceiver, type RTCRtpReceiver } from './RTCRtpReceiver';
import { createSender, type RTCRtpSender } from './RTCRtpSender';
import type { TransceiverState } from './transceiver_state';

const NAME = 'RTCRtpTransceiver';
const DIRECTION = attributeContext(NAME, 'direction');
const STOP = operation(NAME, 'stop');
const SET_CODECS = operation(NAME, 'setCodecPreferences');
const SET_EXTENSIONS = operation(NAME, 'setHeaderExtensionsToNegotiate');

const codecs = sequence(rtpCodec);

/** Makes the transceiver of these slots. Not part of the public interface. */
export let createTransceiver: (state: TransceiverState) => RTCRtpTransceiver;
/** Brand check for {@link RTCRtpTransceiver}. Not part of the public interface. */
export let isTransceiver: (value: object) => value is RTCRtpTransceiver;
/** The slots of a transceiver. Not part of the public interface. */
export let transceiverState: (transceiver: RTCRtpTransceiver) => TransceiverState;

/**
 * A sender and a receiver that share a media section.
 *
 * Implements webrtc-pc, section 5.4 (RTCRtpTransceiver interface), and WebRTC Extensions (header extension control).
 */
export class RTCRtpTransceiver {
  readonly #state: TransceiverState;
  readonly #sender: RTCRtpSender;
  readonly #receiver: RTCRtpReceiver;

  private constructor(key: symbol, state: TransceiverState) {
    requireInternal(key);
    this.#state = state;
    this.#sender = createSender(state);
    this.#receiver = createReceiver(state);
  }

  /** Names the media section; `null` before it has been negotiated. */
  get mid(): string | null {
    return this.#state.mid;
  }

  /** The sender, always the same object. */
  get sender(): RTCRtpSender {
    return this.#sender;
  }

  /** The receiver, always the same object. */
  get receiver(): RTCRtpReceiver {
    return this.#receiver;
  }

  /** Which way media is meant to go; takes effect with the next negotiation. */
  get direction(): RTCRtpTransceiverDirection {
    const { stopping, direction } = this.#state;
    return stopping ? 'stopped' : direction;
  }

  set direction(value: RTCRtpTransceiverDirection) {
    const state = this.#state;
    const direction = DOMString(value, DIRECTION);
    if (!isValueOf(transceiverDirection, direction)) return;
    // 2. If connection.[[IsClosed]] is true, or 3. [[Stopping]] is true, throw an InvalidStateError.
    this.#requireUsable(DIRECTION);
    // 4. If newDirection is equal to [[Direction]], abort these steps.
    if (direction === state.direction) return;
    // 5. If newDirection is "stopped", throw a TypeError.
    if (direction === 'stopped') throw new TypeError(`${DIRECTION} is 'stopped'; stop() does that.`);
    // 6., 7. Set [[Direction]] and update the negotiation-needed flag.
    withExceptions(() => state.setDirection(direction));
  }

  /** Which way media has been agreed to go; `null` before a negotiation. */
  get currentDirection(): RTCRtpTransceiverDirection | null {
    const { stopped, currentDirection } = this.#state;
    return stopped ? 'stopped' : currentDirection;
  }

  /** Whether the transceiver has stopped. @deprecated `currentDirection` says it, too. */
  get stopped(): boolean {
    return this.#state.stopped;
  }

  /**
   * Ends sending and receiving for good; the next negotiation removes the transceiver.
   *
   * @throws DOMException `InvalidStateError` when the connection is closed
   */
  stop(): void {
    const state = this.#state;
    // 3. If connection.[[IsClosed]] is true, throw an InvalidStateError.
    if (state.connection.isClosed()) throw invalidState(STOP.prefix, 'The connection is closed.');
    // 4. If [[Stopping]] is true, abort these steps.
    if (state.stopping) return;
    // 5., 6. Stop sending and receiving, and update the negotiation-needed flag.
    state.connection.changed();
    withExceptions(() => state.handle.stop());
    state.stopSendingAndReceiving();
  }

  /**
   * Orders the codecs to be negotiated and leaves out those that are not named; `[]` undoes that.
   *
   * @param preferences codecs of `getCapabilities()`
   * @throws DOMException `InvalidModificationError` for an unknown codec, or when no codec of its own is among them
   */
  setCodecPreferences(preferences: RTCRtpCodec[]): void {
    const { handle, connection } = this.#state;
    SET_CODECS.requireArguments(arguments.length, 1);
    const converted = codecs(preferences, SET_CODECS.parameter(1));
    withExceptions(() => handle.setCodecPreferences(converted));
    connection.changed();
  }

  /** The header extensions that the next negotiation proposes, and which way each is used. */
  getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[] {
    return this.#state.handle.headerExtensionsToNegotiate();
  }

  /**
   * Changes which header extensions the next negotiation proposes.
   *
   * @param extensions all that {@link getHeaderExtensionsToNegotiate} gives, in the same order, with other directions
   * @throws TypeError for an empty `uri`
   * @throws DOMException `InvalidModificationError` for other extensions, another order, or a mandatory extension that
   *   is stopped
   */
  setHeaderExtensionsToNegotiate(extensions: RTCRtpHeaderExtensionCapability[]): void {
    const { handle, connection } = this.#state;
    SET_EXTENSIONS.requireArguments(arguments.length, 1);
    const converted = headerExtensionCapabilities(extensions, SET_EXTENSIONS.parameter(1));
    if (converted.some(({ uri }) => uri === '')) throw new TypeError(`${SET_EXTENSIONS.prefix}: A uri is empty.`);
    withExceptions(() => handle.setHeaderExtensionsToNegotiate(converted));
    connection.changed();
  }

  /** The header extensions as negotiated. */
  getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[] {
    return this.#state.handle.negotiatedHeaderExtensions();
  }

  #requireUsable(prefix: string): void {
    const { connection, stopping } = this.#state;
    if (connection.isClosed()) throw invalidState(prefix, 'The connection is closed.');
    if (stopping) throw invalidState(prefix, 'The transceiver has been stopped.');
  }

  static {
    defineInterface(this, { length: 0 });
    createTransceiver = (state) => new RTCRtpTransceiver(internal, state);
    isTransceiver = (value): value is RTCRtpTransceiver => #state in value;
    transceiverState = (transceiver) => transceiver.#state;
  }
}

function invalidState(prefix: string, message: string): DOMException {
  return new DOMException(`${prefix}: ${message}`, 'InvalidStateError');
}
