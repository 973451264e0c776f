import { rtcErrorFrom } from '../errors/native_error';
import { RTCErrorEvent } from '../errors/RTCErrorEvent';
import type { NativeDtlsTransport, NativeDtlsTransportSink } from '../native';
import {
  TypedEventTarget,
  defineInterface,
  internal,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { fireWithHook, type TransportHook } from './hook';
import { iceTransportOf, type RTCIceTransport } from './RTCIceTransport';

/** State of a DTLS transport (WebRTC, section 5.5.1). */
export type RTCDtlsTransportState = 'closed' | 'connected' | 'connecting' | 'failed' | 'new';

/** Events of {@link RTCDtlsTransport}. */
export interface RTCDtlsTransportEventMap {
  /** The transport has failed. */
  error: RTCErrorEvent;
  /** `state` has changed. */
  statechange: Event;
}

/** The event-handler attributes of {@link RTCDtlsTransport}. */
export interface RTCDtlsTransportEventHandlers {
  /** Fired when `state` has changed. */
  get onstatechange(): EventHandlerValue;
  set onstatechange(handler: EventHandler<RTCDtlsTransport, Event>);
  /** Fired before `statechange` when the connection fails. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<RTCDtlsTransport, RTCErrorEvent>);
}

/** The transport of a native handle: the same object each time. Not part of the public interface. */
export let dtlsTransportOf: (handle: NativeDtlsTransport) => RTCDtlsTransport;
/** Sets the peer connection's hook for changes of the state. Not part of the public interface. */
export let observeDtlsTransport: (transport: RTCDtlsTransport, hook: TransportHook) => void;
/** What closing the connection does: `closed`, and no event then or later. Not part of the public interface. */
export let closeDtlsTransport: (transport: RTCDtlsTransport) => void;

/**
 * The DTLS transport over which the packets of one or more media sections go.
 *
 * Implements WebRTC, section 5.5 (RTCDtlsTransport interface).
 */
export class RTCDtlsTransport extends TypedEventTarget<
  RTCDtlsTransport,
  RTCDtlsTransportEventMap,
  RTCDtlsTransportEventHandlers
> {
  readonly #handle: NativeDtlsTransport;
  readonly #iceTransport: RTCIceTransport;
  // What libwebrtc's transport has been through when it is first shown comes as events: no state is skipped.
  #state: RTCDtlsTransportState = 'new';
  #remoteCertificates: readonly ArrayBuffer[] = [];
  #hook: TransportHook | undefined;

  private constructor(key: symbol, handle: NativeDtlsTransport) {
    requireInternal(key);
    super();
    this.#handle = handle;
    this.#iceTransport = iceTransportOf(handle.iceTransport);
    handle.sink = this.#makeSink();
  }

  /** The ICE transport below, always the same object. */
  get iceTransport(): RTCIceTransport {
    return this.#iceTransport;
  }

  /** The state of the DTLS connection. */
  get state(): RTCDtlsTransportState {
    return this.#state;
  }

  /** The remote peer's certificate chain in DER, its own certificate first; empty before `connected`. */
  getRemoteCertificates(): ArrayBuffer[] {
    return [...this.#remoteCertificates];
  }

  #makeSink(): NativeDtlsTransportSink {
    return {
      // WebRTC, section 5.5: the steps for a change of the state.
      statechange: (state, remoteCertificates) => {
        if (this.#state === state || this.#state === 'closed') return;
        // 1. Set [[DtlsTransportState]].
        this.#state = state;
        // 2. If the new state is connected, set [[RemoteCertificates]].
        if (state === 'connected') this.#remoteCertificates = remoteCertificates;
        // 3. Fire statechange.
        fireWithHook(this, 'statechange', this.#hook);
      },
      // WebRTC, section 5.5: the steps for an error of the DTLS transport.
      error: (error) => {
        // 1. If the state is already failed, abort.
        if (this.#state === 'failed' || this.#state === 'closed') return;
        // 2. Set [[DtlsTransportState]] to failed.
        this.#state = 'failed';
        const afterwards = this.#hook?.();
        // 3. Fire error.
        this.dispatchEvent(new RTCErrorEvent('error', { error: rtcErrorFrom(error, 'dtls-failure') }));
        // 4. Fire statechange.
        this.dispatchEvent(new Event('statechange'));
        afterwards?.();
      },
    };
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['statechange', 'error'],
      is: (value) => #handle in value,
    });

    const transports = new WeakMap<NativeDtlsTransport, RTCDtlsTransport>();
    dtlsTransportOf = (handle) => {
      let transport = transports.get(handle);
      if (transport === undefined) {
        transport = new RTCDtlsTransport(internal, handle);
        transports.set(handle, transport);
      }
      return transport;
    };
    observeDtlsTransport = (transport, hook) => {
      transport.#hook = hook;
    };
    closeDtlsTransport = (transport) => {
      transport.#state = 'closed';
      transport.#hook = undefined;
      transport.#handle.sink = undefined;
    };
  }
}
