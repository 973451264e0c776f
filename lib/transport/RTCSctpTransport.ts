import type { NativeSctpTransport, NativeSctpTransportInformation } from '../native';
import {
  TypedEventTarget,
  defineInterface,
  internal,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { fireWithHook, type TransportHook } from './hook';
import { dtlsTransportOf, type RTCDtlsTransport } from './RTCDtlsTransport';

/** State of an SCTP transport (WebRTC, section 6.1.2). */
export type RTCSctpTransportState = 'closed' | 'connected' | 'connecting';

/** Events of {@link RTCSctpTransport}. */
export interface RTCSctpTransportEventMap {
  /** `state` has changed. */
  statechange: Event;
}

/** The event-handler attributes of {@link RTCSctpTransport}. */
export interface RTCSctpTransportEventHandlers {
  /** Fired when `state` has changed. */
  get onstatechange(): EventHandlerValue;
  set onstatechange(handler: EventHandler<RTCSctpTransport, Event>);
}

/** What a remote peer takes that says nothing about it (RFC 8841, section 6.1), in bytes. */
const DEFAULT_MAX_MESSAGE_SIZE = 65_536;

/**
 * The transport of a native handle: the same object each time; `null` while the handle has no DTLS transport. Not part
 * of the public interface.
 */
export let sctpTransportOf: (handle: NativeSctpTransport) => RTCSctpTransport | null;
/** Sets the peer connection's hook for changes of the state. Not part of the public interface. */
export let observeSctpTransport: (transport: RTCSctpTransport, hook: TransportHook) => void;
/**
 * "Update the data max message size" (WebRTC, section 6.1.1.2): asks libwebrtc again; to be called after each
 * description has been applied. Not part of the public interface.
 */
export let updateSctpTransport: (transport: RTCSctpTransport) => void;
/** What closing the connection does: `closed`, and no event then or later. Not part of the public interface. */
export let closeSctpTransport: (transport: RTCSctpTransport) => void;

/**
 * The SCTP association over which all data channels of a connection go.
 *
 * Implements WebRTC, section 6.1 (RTCSctpTransport interface).
 */
export class RTCSctpTransport extends TypedEventTarget<
  RTCSctpTransport,
  RTCSctpTransportEventMap,
  RTCSctpTransportEventHandlers
> {
  readonly #handle: NativeSctpTransport;
  readonly #transport: RTCDtlsTransport;
  #state: RTCSctpTransportState = 'connecting';
  #maxMessageSize = DEFAULT_MAX_MESSAGE_SIZE;
  #maxChannels: number | null = null;
  #hook: TransportHook | undefined;

  private constructor(key: symbol, handle: NativeSctpTransport, transport: RTCDtlsTransport) {
    requireInternal(key);
    super();
    this.#handle = handle;
    this.#transport = transport;
    this.#update(handle.information);
    handle.sink = {
      statechange: (latest) => {
        this.#update(latest);
        if (this.#state === latest.state || this.#state === 'closed') return;
        this.#state = latest.state;
        fireWithHook(this, 'statechange', this.#hook);
      },
    };
  }

  /** The DTLS transport below. */
  get transport(): RTCDtlsTransport {
    return this.#transport;
  }

  /** The state of the association. */
  get state(): RTCSctpTransportState {
    return this.#state;
  }

  /** The largest message that `RTCDataChannel.send()` takes, in bytes; `Infinity` where there is no limit. */
  get maxMessageSize(): number {
    return this.#maxMessageSize;
  }

  /** How many data channels can be open at once; `null` until `connected`. */
  get maxChannels(): number | null {
    return this.#maxChannels;
  }

  #update({ state, maxMessageSize, maxChannels }: NativeSctpTransportInformation): void {
    if (maxMessageSize !== null) this.#maxMessageSize = maxMessageSize;
    // [[MaxChannels]] is null until the association is there, and is never updated after that.
    if (state === 'connected') this.#maxChannels ??= maxChannels;
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['statechange'], is: (value) => #handle in value });

    const transports = new WeakMap<NativeSctpTransport, RTCSctpTransport>();
    sctpTransportOf = (handle) => {
      let transport = transports.get(handle);
      if (transport === undefined) {
        const { dtlsTransport } = handle;
        if (dtlsTransport === null) return null;
        transport = new RTCSctpTransport(internal, handle, dtlsTransportOf(dtlsTransport));
        transports.set(handle, transport);
      }
      return transport;
    };
    observeSctpTransport = (transport, hook) => {
      transport.#hook = hook;
    };
    updateSctpTransport = (transport) => {
      transport.#update(transport.#handle.information);
    };
    closeSctpTransport = (transport) => {
      transport.#state = 'closed';
      transport.#hook = undefined;
      transport.#handle.sink = undefined;
    };
  }
}
