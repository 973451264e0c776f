import { exceptionFrom, rtcErrorFrom } from '../errors/native_error';
import { RTCError } from '../errors/RTCError';
import { RTCErrorEvent } from '../errors/RTCErrorEvent';
import { native, type NativeDataChannel, type NativeDataChannelSink, type NativeError } from '../native';
import {
  DOMString,
  TypedEventTarget,
  USVString,
  attributeContext,
  defineInterface,
  enforceRange,
  enumeration,
  internal,
  isValueOf,
  operation,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { binaryData } from './data';
import { hasListeners } from './listeners';
import { createMessageEvent, prepareMessageEvents } from './message_event';
import { drainMicrotasks } from './microtasks';
import type { RTCPriorityType } from './RTCDataChannelInit';
import { SendQueue } from './send_queue';
import { TaskBacklog } from './task_backlog';

/** State of a data channel (WebRTC, section 6.2.2). */
export type RTCDataChannelState = 'closed' | 'closing' | 'connecting' | 'open';

/** How binary messages are handed to scripts (HTML, `BinaryType`). */
export type BinaryType = 'arraybuffer' | 'blob';

/** Events of {@link RTCDataChannel}. */
export interface RTCDataChannelEventMap {
  /** `bufferedAmount` has fallen to `bufferedAmountLowThreshold`. */
  bufferedamountlow: Event;
  /** The channel is closed. */
  close: Event;
  /** The channel has begun to close. */
  closing: Event;
  /** The channel is closed by an error; `close` follows. */
  error: RTCErrorEvent;
  /** A message has arrived. */
  message: MessageEvent;
  /** Messages can be sent. */
  open: Event;
}

/** The event-handler attributes of {@link RTCDataChannel}. */
export interface RTCDataChannelEventHandlers {
  /** Fired when the channel can be used. */
  get onopen(): EventHandlerValue;
  set onopen(handler: EventHandler<RTCDataChannel, Event>);
  /** Fired when `bufferedAmount` has fallen to `bufferedAmountLowThreshold`. */
  get onbufferedamountlow(): EventHandlerValue;
  set onbufferedamountlow(handler: EventHandler<RTCDataChannel, Event>);
  /** Fired before `close` when a failure closes the channel. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<RTCDataChannel, RTCErrorEvent>);
  /** Fired when the remote peer has begun to close the channel. */
  get onclosing(): EventHandlerValue;
  set onclosing(handler: EventHandler<RTCDataChannel, Event>);
  /** Fired when the channel is closed. */
  get onclose(): EventHandlerValue;
  set onclose(handler: EventHandler<RTCDataChannel, Event>);
  /** Fired for each message; `event.data` is a string, or an `ArrayBuffer` or `Blob` as `binaryType` says. */
  get onmessage(): EventHandlerValue;
  set onmessage(handler: EventHandler<RTCDataChannel, MessageEvent>);
}

/** What a channel needs of its peer connection, which keeps the channel alive until it is closed. */
export interface DataChannelOwner {
  /** [[MaxMessageSize]] of the SCTP transport, in bytes; `Infinity` where there is no limit. */
  maxMessageSize(): number;
  /** The channel has become `open`; called before its event. */
  dataChannelOpened(): void;
  /** The channel has become `closed`; called before its events. */
  dataChannelClosed(channel: RTCDataChannel): void;
  /** The channel has gone to another thread, to which `handle` brings what changes of the connection. */
  dataChannelReleased(channel: RTCDataChannel, handle: NativeDataChannel): void;
}

/** What a channel leaves for another thread to go on with. */
export interface ReleasedDataChannel {
  /** What the other thread finds it by; good for once. */
  readonly token: bigint;
  readonly readyState: RTCDataChannelState;
  /** The channel is detached from now on. */
  readonly commit: () => void;
  /** Nobody will go on with it: before `commit()` it stays as it was, after that it is closed. */
  readonly rollback: () => void;
}

/** Brand check for {@link RTCDataChannel}. Not part of the public interface. */
export let isDataChannel: (value: object) => value is RTCDataChannel;
/** Makes the channel of a native handle and listens to it. Not part of the public interface. */
export let createDataChannel: (handle: NativeDataChannel, owner: DataChannelOwner) => RTCDataChannel;
/**
 * Announces a channel as open (WebRTC, section 6.2): for one that the remote peer made, which is `open` when
 * `beforeOpen` fires `datachannel`; `open` follows unless that has closed it. Not part of the public interface.
 */
export let announceOpen: (channel: RTCDataChannel, beforeOpen?: () => void) => void;
/**
 * The transfer steps; `null` when the channel cannot be transferred, which is so from the task after that in which it was
 * made, and when it is closed. Not part of the public interface.
 */
export let releaseDataChannel: (channel: RTCDataChannel) => ReleasedDataChannel | null;
/** The transfer-receiving steps, for a handle that has been adopted. Not part of the public interface. */
export let receiveDataChannel: (
  handle: NativeDataChannel,
  owner: DataChannelOwner,
  readyState: RTCDataChannelState,
) => RTCDataChannel;
/** What closing the connection does: `closed`, and no event then or later. Not part of the public interface. */
export let closeAbruptly: (channel: RTCDataChannel) => void;

/** Bytes that can be buffered for sending; libwebrtc closes a channel that exceeds them. */
const SEND_BUFFER_SIZE = 16 * 1024 * 1024;

const binaryTypes = enumeration('BinaryType', ['blob', 'arraybuffer']);
const sending = operation('RTCDataChannel', 'send');
const sendingData = sending.parameter(1);
const lowThreshold = attributeContext('RTCDataChannel', 'bufferedAmountLowThreshold');
const binaryTypeContext = attributeContext('RTCDataChannel', 'binaryType');

/** Bytes of payload of a message. */
function byteSize(data: ArrayBuffer | ArrayBufferView | Blob | string): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return data instanceof Blob ? data.size : data.byteLength;
}

/**
 * A channel for messages in both directions between two peers, made by `RTCPeerConnection.createDataChannel()` or
 * handed over by the `datachannel` event.
 *
 * Implements WebRTC, section 6.2 (RTCDataChannel), and WebRTC Priority Control, section 4.2.
 */
export class RTCDataChannel extends TypedEventTarget<
  RTCDataChannel,
  RTCDataChannelEventMap,
  RTCDataChannelEventHandlers
> {
  readonly #handle: NativeDataChannel;
  readonly #owner: DataChannelOwner;
  #readyState: RTCDataChannelState = 'connecting';
  /** [[IsTransferable]] */
  #isTransferable = false;
  #id: number | null = null;
  #bufferedAmount = 0;
  #bufferedAmountLowThreshold = 0;
  #binaryType: BinaryType = 'arraybuffer';
  /** Made by the first `Blob`. */
  #sendQueue: SendQueue | undefined;
  /** Native calls that wait because an exception has ended the task of a batch of messages early. */
  readonly #backlog = new TaskBacklog();

  private constructor(key: symbol, handle: NativeDataChannel, owner: DataChannelOwner) {
    requireInternal(key);
    super();
    prepareMessageEvents();
    this.#handle = handle;
    this.#owner = owner;
    handle.sink = this.#makeSink();
  }

  /** The name given by whoever made the channel; need not be unique. */
  get label(): string {
    return this.#handle.label;
  }

  /** Whether messages arrive in the order in which they were sent. */
  get ordered(): boolean {
    return this.#handle.ordered;
  }

  /** How long a message is sent and sent again, in milliseconds; `null` where there is no such limit. */
  get maxPacketLifeTime(): number | null {
    return this.#handle.maxPacketLifeTime;
  }

  /** How many times a message is sent again; `null` where there is no such limit. */
  get maxRetransmits(): number | null {
    return this.#handle.maxRetransmits;
  }

  /** The subprotocol's name; may be empty. */
  get protocol(): string {
    return this.#handle.protocol;
  }

  /** Whether the application made the channel at both ends itself. */
  get negotiated(): boolean {
    return this.#handle.negotiated;
  }

  /** Number of the SCTP stream; `null` until the DTLS role has settled it. */
  get id(): number | null {
    this.#id ??= this.#handle.id;
    return this.#id;
  }

  /** Priority among the channels of the connection. */
  get priority(): RTCPriorityType {
    return this.#handle.priority;
  }

  /** The state; it changes in the task of the event that tells. */
  get readyState(): RTCDataChannelState {
    return this.#readyState;
  }

  /**
   * Bytes of payload (UTF-8 for strings) given to `send()` and not yet handed to the network. Keeps its value when the
   * channel closes.
   */
  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  /**
   * `bufferedamountlow` is fired when `bufferedAmount` falls to this many bytes or fewer; 0 at first.
   * @throws TypeError when set to what is no `unsigned long`.
   */
  get bufferedAmountLowThreshold(): number {
    return this.#bufferedAmountLowThreshold;
  }

  set bufferedAmountLowThreshold(value: number) {
    this.#bufferedAmountLowThreshold = enforceRange.unsignedLong(value, lowThreshold);
  }

  /** How binary messages are handed over; `arraybuffer` at first. Other values are ignored. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    const type = DOMString(value, binaryTypeContext);
    // An unknown value changes nothing, yet the setter of another object throws.
    this.#binaryType = isValueOf(binaryTypes, type) ? type : this.#binaryType;
  }

  /**
   * Sends a message. The data is copied before the call returns; a `Blob` is read later, and what is sent after it
   * waits for it.
   * @param data - a string (lone surrogates become U+FFFD), or binary data.
   * @throws TypeError when the message is larger than `RTCSctpTransport.maxMessageSize` bytes.
   * @throws DOMException `InvalidStateError` unless the channel is `open`; `OperationError` when the buffer, of 16 MiB,
   * has no room for the message: wait for `bufferedamountlow`.
   */
  send(data: ArrayBuffer | ArrayBufferView | Blob | string): void {
    sending.requireArguments(arguments.length, 1);
    this.#isTransferable = false;
    // The overload for strings takes all that is not binary.
    const payload = typeof data === 'string' ? data : (binaryData(data, sendingData) ?? USVString(data, sendingData));

    // 1. to 2. Unless [[ReadyState]] is open, throw an InvalidStateError.
    if (this.#readyState !== 'open') {
      throw new DOMException(`${sending.prefix}: RTCDataChannel.readyState is not 'open'`, 'InvalidStateError');
    }
    // 3. The number of bytes of the data.
    const size = byteSize(payload);
    // 4. If it exceeds [[MaxMessageSize]], throw a TypeError.
    if (size > this.#owner.maxMessageSize()) {
      throw new TypeError(`${sending.prefix}: the message of ${size} bytes is larger than the remote peer takes.`);
    }
    // 5. Queue data for transmission; if there is not enough buffer space, throw an OperationError.
    if (this.#bufferedAmount + size > SEND_BUFFER_SIZE) {
      throw new DOMException(`${sending.prefix}: RTCDataChannel send queue is full`, 'OperationError');
    }
    if (payload instanceof Blob) this.#enqueue(payload);
    else if (this.#sendQueue?.busy === true) this.#sendQueue.push(payload);
    else this.#transmit(payload);
    // 6. Increase [[BufferedAmount]] by the number of bytes.
    this.#bufferedAmount += size;
  }

  /**
   * Closes the channel: what has been sent still reaches the remote peer. Does nothing on a channel that is closing or
   * closed. Fires `close` when the remote peer has agreed.
   */
  close(): void {
    // 1. to 2. If [[ReadyState]] is closing or closed, abort.
    if (this.#readyState === 'closing' || this.#readyState === 'closed') return;
    // 3. Set [[ReadyState]] to closing.
    this.#readyState = 'closing';
    // 4. Start the closing procedure, which finishes sending first.
    if (this.#sendQueue === undefined) this.#handle.close();
    else this.#sendQueue.afterwards(() => this.#handle.close());
  }

  /** Closes the channel at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the channel at the end of an `await using` block, which waits until it is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (this.readyState === 'closed') return;
    await new Promise<void>((resolve) => {
      this.addEventListener(
        'close',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  }

  #transmit(data: ArrayBuffer | ArrayBufferView | string): void {
    try {
      this.#handle.send(data);
    } catch (error) {
      throw exceptionFrom(error);
    }
  }

  #enqueue(blob: Blob): void {
    this.#sendQueue ??= new SendQueue(
      (data) => this.#transmit(data),
      (error) => this.#failSending(error),
    );
    this.#sendQueue.push(blob);
  }

  /** A `Blob` could not be read: no later message may overtake it, so the channel ends here. */
  #failSending(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const error = new RTCError(
      { errorDetail: 'data-channel-failure' },
      `A Blob given to send() could not be read: ${reason}`,
    );
    if (this.#readyState === 'closed') return;
    this.dispatchEvent(new RTCErrorEvent('error', { error }));
    this.#readyState = 'closing';
    this.#handle.close();
  }

  /**
   * It can be transferred in the task in which it was made (WebRTC, section 6.2, creating a data channel, steps 6 and 7).
   * Whatever comes first of what a later task can be ends that.
   */
  #allowTransfer(): void {
    this.#isTransferable = true;
    const end = (): void => {
      this.#isTransferable = false;
    };
    setImmediate(end).unref();
    setTimeout(end, 0).unref();
  }

  #release(): ReleasedDataChannel | null {
    // 1. If [[IsTransferable]] is false, throw a DataCloneError.
    if (!this.#isTransferable) return null;
    const readyState = this.#readyState;
    const token = this.#handle.release();
    if (token === null) return null;
    let isDone = false;
    return {
      token,
      readyState,
      commit: () => {
        isDone = true;
        // Set [[IsTransferable]] to false, and [[ReadyState]] to closed.
        this.#isTransferable = false;
        this.#handle.sink = undefined;
        this.#readyState = 'closed';
        this.#owner.dataChannelReleased(this, this.#handle);
      },
      rollback: () => {
        if (isDone) native.dropDataChannel(token);
        else this.#handle.restore(token);
      },
    };
  }

  #makeSink(): NativeDataChannelSink {
    const inOrder = (step: () => void): void => {
      if (this.#backlog.busy) this.#backlog.push(step);
      else step();
    };
    return {
      open: () => inOrder(() => this.#announceOpen()),
      closing: () => inOrder(() => this.#announceClosing()),
      closed: (error) => inOrder(() => this.#announceClosed(error)),
      messages: (batch) => {
        if (this.#backlog.busy) this.#backlog.push(() => this.#receive(batch));
        else this.#receive(batch);
      },
      sent: (bytes) => inOrder(() => this.#sent(bytes)),
    };
  }

  /** "Announce a data channel as open" (WebRTC, section 6.2). */
  #announceOpen(beforeOpen?: () => void): void {
    // 1. to 3. If [[ReadyState]] is closing or closed, abort; a channel that is open has been announced.
    if (this.#readyState !== 'connecting') return;
    // 4. Set [[ReadyState]] to open.
    this.#readyState = 'open';
    this.#id ??= this.#handle.id;
    this.#owner.dataChannelOpened();
    try {
      beforeOpen?.();
      // What a listener of datachannel has awaited goes on before open, as it does in a browser.
      if (beforeOpen !== undefined) drainMicrotasks?.();
    } finally {
      // 5. Fire open.
      if (this.readyState === 'open') this.dispatchEvent(new Event('open'));
    }
  }

  /** The remote peer has begun the closing procedure (WebRTC, section 6.2, "closing procedure"). */
  #announceClosing(): void {
    // 1. to 2. If [[ReadyState]] is closing or closed, abort.
    if (this.#readyState === 'closing' || this.#readyState === 'closed') return;
    // 3. Set [[ReadyState]] to closing. 4. Fire closing.
    this.#readyState = 'closing';
    this.dispatchEvent(new Event('closing'));
  }

  /** "Announce a data channel as closed" (WebRTC, section 6.2). */
  #announceClosed(error: NativeError | null): void {
    // 1. to 2. If [[ReadyState]] is closed, abort.
    if (this.#readyState === 'closed') return;
    // 3. to 4. Set [[ReadyState]] to closed; remove the channel from [[DataChannels]].
    this.#finish();
    // 5. If the transport was closed with an error, fire error.
    if (error !== null) {
      this.dispatchEvent(new RTCErrorEvent('error', { error: rtcErrorFrom(error, 'data-channel-failure') }));
    }
    // 6. Fire close.
    this.dispatchEvent(new Event('close'));
  }

  #finish(): void {
    this.#id ??= this.#handle.id;
    this.#readyState = 'closed';
    this.#sendQueue?.clear();
    this.#backlog.clear();
    this.#handle.sink = undefined;
    this.#owner.dataChannelClosed(this);
  }

  /** "When data has been sent" (WebRTC, section 6.2). */
  #sent(bytes: number): void {
    const before = this.#bufferedAmount;
    // 1. Decrease [[BufferedAmount]].
    this.#bufferedAmount = Math.max(0, before - bytes);
    // 2. If that has taken it to the threshold or below, fire bufferedamountlow.
    const threshold = this.#bufferedAmountLowThreshold;
    if (before > threshold && this.#bufferedAmount <= threshold) this.dispatchEvent(new Event('bufferedamountlow'));
  }

  /** "When a message has been received" (WebRTC, section 6.2), for each message of a batch. */
  #receive(batch: (ArrayBuffer | string)[]): void {
    // Nobody can begin to listen before a script runs, and none does if nobody listens.
    if (!hasListeners(this, 'message')) return;
    let delivered = 0;
    for (const data of batch) {
      // 1. to 2. Unless [[ReadyState]] is open, abort.
      if (this.#readyState !== 'open') return;
      // 3. to 4. Make data of the type that binaryType asks for.
      const payload = typeof data !== 'string' && this.#binaryType === 'blob' ? new Blob([data]) : data;
      // 5. Fire message.
      this.dispatchEvent(createMessageEvent(payload));
      delivered++;
      if (delivered < batch.length && !this.#betweenMessages(batch, delivered)) return;
    }
  }

  /** Ends the task of one message; false if the rest of the batch goes on in a later task. */
  #betweenMessages(batch: (ArrayBuffer | string)[], delivered: number): boolean {
    if (drainMicrotasks === undefined) {
      this.#resume(batch, delivered);
      return false;
    }
    try {
      drainMicrotasks();
      return true;
    } catch (error) {
      // A listener threw: the exception is the process's, the messages behind it are not lost if that goes on.
      this.#resume(batch, delivered);
      throw error;
    }
  }

  #resume(batch: (ArrayBuffer | string)[], delivered: number): void {
    const rest = batch.slice(delivered);
    this.#backlog.resume(() => this.#receive(rest));
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['open', 'bufferedamountlow', 'error', 'closing', 'close', 'message'],
      is: (value) => #handle in value,
    });
    isDataChannel = (value): value is RTCDataChannel => #handle in value;
    createDataChannel = (handle, owner) => {
      const channel = new RTCDataChannel(internal, handle, owner);
      channel.#allowTransfer();
      return channel;
    };
    releaseDataChannel = (channel) => channel.#release();
    receiveDataChannel = (handle, owner, readyState) => {
      const channel = new RTCDataChannel(internal, handle, owner);
      channel.#readyState = readyState;
      if (readyState === 'open') {
        // What has been announced on the other thread had no event there yet; nothing comes before it here.
        owner.dataChannelOpened();
        channel.#backlog.push(() => {
          if (channel.#readyState === 'open') channel.dispatchEvent(new Event('open'));
        });
      }
      return channel;
    };
    announceOpen = (channel, beforeOpen) => channel.#announceOpen(beforeOpen);
    closeAbruptly = (channel) => {
      if (channel.#readyState !== 'closed') channel.#finish();
    };
  }
}
