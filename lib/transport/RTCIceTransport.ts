import { drainMicrotasks } from '../datachannel/microtasks';
import type { NativeIceCandidatePair, NativeIceTransport, NativeIceTransportSink } from '../native';
import { createIceCandidate, type RTCIceCandidate, type RTCIceComponent } from '../peerconnection/RTCIceCandidate';
import {
  TypedEventTarget,
  defineInterface,
  internal,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { fireWithHook, type TransportHook } from './hook';
import { createIceCandidatePair, type RTCIceCandidatePair } from './RTCIceCandidatePair';

/** State of an ICE transport (WebRTC, section 5.6.4). */
export type RTCIceTransportState =
  'checking' | 'closed' | 'completed' | 'connected' | 'disconnected' | 'failed' | 'new';
/** State of gathering (WebRTC, section 5.6.3). */
export type RTCIceGathererState = 'complete' | 'gathering' | 'new';
/** Role in ICE (WebRTC, section 5.6.5). */
export type RTCIceRole = 'controlled' | 'controlling' | 'unknown';

/** User name fragment and password of one side (WebRTC, section 5.6.1). */
export interface RTCIceParameters {
  /** The user name. */
  usernameFragment?: string;
  /** The password. */
  password?: string;
}

/** Events of {@link RTCIceTransport}. */
export interface RTCIceTransportEventMap {
  /** `gatheringState` has changed. */
  gatheringstatechange: Event;
  /** Another pair of candidates is in use. */
  selectedcandidatepairchange: Event;
  /** `state` has changed. */
  statechange: Event;
}

/** The event-handler attributes of {@link RTCIceTransport}. */
export interface RTCIceTransportEventHandlers {
  /** Fired when `state` has changed. */
  get onstatechange(): EventHandlerValue;
  set onstatechange(handler: EventHandler<RTCIceTransport, Event>);
  /** Fired when `gatheringState` has changed. */
  get ongatheringstatechange(): EventHandlerValue;
  set ongatheringstatechange(handler: EventHandler<RTCIceTransport, Event>);
  /** Fired when the selected candidate pair has changed. */
  get onselectedcandidatepairchange(): EventHandlerValue;
  set onselectedcandidatepairchange(handler: EventHandler<RTCIceTransport, Event>);
}

/** What a peer connection wants to hear of its ICE transports. */
export interface IceTransportHooks {
  /** The state has changed. */
  state?: TransportHook;
  /** The gathering state has changed. */
  gathering?: TransportHook;
  /**
   * Whether a remote description for this transport has been applied. The peer's checks can arrive before that; changes
   * of the state wait for {@link releaseIceTransport} then.
   */
  isNegotiated?: () => boolean;
}

/** The transport of a native handle: the same object each time. Not part of the public interface. */
export let iceTransportOf: (handle: NativeIceTransport) => RTCIceTransport;
/** Lets the changes of the state happen that have waited, in a task of their own. Not part of the public interface. */
export let releaseIceTransport: (transport: RTCIceTransport) => void;
/** Sets the peer connection's hooks. Not part of the public interface. */
export let observeIceTransport: (transport: RTCIceTransport, hooks: IceTransportHooks) => void;
/**
 * What closing the connection does: the state becomes `closed`, no event is fired then or later, and the gathering
 * state stays what it was. Not part of the public interface.
 */
export let closeIceTransport: (transport: RTCIceTransport) => void;

/**
 * The ICE transport over which a DTLS transport's packets go.
 *
 * Implements WebRTC, section 5.6 (RTCIceTransport interface).
 */
export class RTCIceTransport extends TypedEventTarget<
  RTCIceTransport,
  RTCIceTransportEventMap,
  RTCIceTransportEventHandlers
> {
  readonly #handle: NativeIceTransport;
  // A new handle reports all that has happened before, each change in its own task.
  #state: RTCIceTransportState = 'new';
  #gatheringState: RTCIceGathererState = 'new';
  #selectedCandidatePair: RTCIceCandidatePair | null = null;
  /** Changes of the state that wait, in their order. */
  readonly #held: RTCIceTransportState[] = [];
  #hooks: IceTransportHooks = {};

  private constructor(key: symbol, handle: NativeIceTransport) {
    requireInternal(key);
    super();
    this.#handle = handle;
    handle.sink = this.#makeSink();
  }

  /** The role in ICE, settled by the first exchange of descriptions. */
  get role(): RTCIceRole {
    return this.#handle.role;
  }

  /** Which component of the media section the transport serves: `rtp`, which covers RTCP where that is multiplexed. */
  get component(): RTCIceComponent {
    return this.#handle.component;
  }

  /** The state of connectivity checks. */
  get state(): RTCIceTransportState {
    return this.#state;
  }

  /** How far gathering of local candidates is. */
  get gatheringState(): RTCIceGathererState {
    return this.#gatheringState;
  }

  /** The local candidates gathered for this transport so far. */
  getLocalCandidates(): RTCIceCandidate[] {
    return this.#handle.localCandidates().map(createIceCandidate);
  }

  /** The remote candidates that this transport has been given. */
  getRemoteCandidates(): RTCIceCandidate[] {
    return this.#handle.remoteCandidates().map(createIceCandidate);
  }

  /** The pair that packets are sent on, the same object until it changes; `null` while there is none. */
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    const pair = this.#selectedCandidatePair;
    if (pair?.remote.type !== 'prflx') return pair;
    // The remote candidate is seen by its packets before it is signalled; then it is known for what it is.
    const latest = pairFrom(this.#handle.selectedCandidatePair());
    if (latest?.local.candidate === pair.local.candidate && latest.remote.type !== 'prflx') {
      this.#selectedCandidatePair = latest;
    }
    return this.#selectedCandidatePair;
  }

  /** The local user name fragment and password, or `null` before the local description has been set. */
  getLocalParameters(): RTCIceParameters | null {
    return this.#handle.localParameters();
  }

  /** The remote user name fragment and password, or `null` before the remote description has been set. */
  getRemoteParameters(): RTCIceParameters | null {
    return this.#handle.remoteParameters();
  }

  /** The steps for changes of an ICE transport (WebRTC, section 5.6). */
  #makeSink(): NativeIceTransportSink {
    return {
      statechange: (state) => {
        this.#held.push(state);
        if (this.#hooks.isNegotiated?.() !== false) this.#release();
      },
      gatheringstatechange: (state) => {
        if (this.#gatheringState === state) return;
        this.#gatheringState = state;
        fireWithHook(this, 'gatheringstatechange', this.#hooks.gathering);
      },
      selectedcandidatepairchange: (pair) => {
        this.#selectedCandidatePair = pairFrom(pair);
        this.dispatchEvent(new Event('selectedcandidatepairchange'));
      },
    };
  }

  #changeState(state: RTCIceTransportState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    fireWithHook(this, 'statechange', this.#hooks.state);
  }

  /** Makes the changes that have waited, as if each had a task of its own. */
  #release(): void {
    for (let state = this.#held.shift(); state !== undefined; state = this.#held.shift()) {
      this.#changeState(state);
      if (this.#held.length > 0) drainMicrotasks?.();
    }
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['statechange', 'gatheringstatechange', 'selectedcandidatepairchange'],
      is: (value) => #handle in value,
    });

    const transports = new WeakMap<NativeIceTransport, RTCIceTransport>();
    iceTransportOf = (handle) => {
      let transport = transports.get(handle);
      if (transport === undefined) {
        transport = new RTCIceTransport(internal, handle);
        transports.set(handle, transport);
      }
      return transport;
    };
    releaseIceTransport = (transport) => {
      if (transport.#held.length > 0) setImmediate(() => transport.#release());
    };
    observeIceTransport = (transport, hooks) => {
      transport.#hooks = hooks;
    };
    closeIceTransport = (transport) => {
      transport.#state = 'closed';
      transport.#held.length = 0;
      transport.#hooks = {};
      transport.#handle.sink = undefined;
    };
  }
}

function pairFrom(pair: NativeIceCandidatePair | null): RTCIceCandidatePair | null {
  return pair && createIceCandidatePair(createIceCandidate(pair.local), createIceCandidate(pair.remote));
}
