import { drainMicrotasks } from '../datachannel/microtasks';
import { activate, deactivate } from '../lifetime';
import type { NativeIceTransport, NativeIceTransportSink } from '../native';
import {
  iceCandidateInit,
  isIceCandidate,
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceComponent,
} from '../peerconnection/RTCIceCandidate';
import { RTCPeerConnectionIceErrorEvent } from '../peerconnection/RTCPeerConnectionIceErrorEvent';
import { RTCPeerConnectionIceEvent } from '../peerconnection/RTCPeerConnectionIceEvent';
import {
  TypedEventTarget,
  defineInterface,
  enumeration,
  internal,
  isObject,
  operation,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { fireWithHook, type TransportHook } from './hook';
import { ConnectionIceAgent, pairFrom, type IceAgent, type RTCIceRole } from './ice_agent';
import { gatheringConfiguration, iceGatherOptions, type RTCIceGatherOptions } from './ice_gathering';
import { completeIceParameters, iceParameters, type RTCIceParameters } from './ice_parameters';
import type { RTCIceCandidatePair } from './RTCIceCandidatePair';
import { StandaloneIce, type StandaloneIceOwner } from './standalone_ice';

export type { RTCIceRole } from './ice_agent';
export type { RTCIceGatherOptions } from './ice_gathering';
export type { RTCIceParameters } from './ice_parameters';

/** State of an ICE transport (WebRTC, section 5.6.4). */
export type RTCIceTransportState =
  'checking' | 'closed' | 'completed' | 'connected' | 'disconnected' | 'failed' | 'new';
/** State of gathering (WebRTC, section 5.6.3). */
export type RTCIceGathererState = 'complete' | 'gathering' | 'new';
/** Events of {@link RTCIceTransport}. */
export interface RTCIceTransportEventMap {
  /** A STUN or TURN server gave no candidate; of a transport that a script has made. */
  error: RTCPeerConnectionIceErrorEvent;
  /** A local candidate, or `null` after the last; of a transport that a script has made. */
  icecandidate: RTCPeerConnectionIceEvent;
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
  /** Fired for each local candidate of a transport that a script has made, and with `null` after the last. */
  get onicecandidate(): EventHandlerValue;
  set onicecandidate(handler: EventHandler<RTCIceTransport, RTCPeerConnectionIceEvent>);
  /** Fired when a STUN or TURN server gave no candidate, on a transport that a script has made. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<RTCIceTransport, RTCPeerConnectionIceErrorEvent>);
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
  /**
   * Whether the remote peer has said that no more candidates will come. libwebrtc gives a transport up whose pairs have all
   * failed; until there can be no other pair the specification calls it `disconnected`.
   */
  hasAllRemoteCandidates?: () => boolean;
}

/** The transport of a native handle: the same object each time. Not part of the public interface. */
export let iceTransportOf: (handle: NativeIceTransport) => RTCIceTransport;
/** Lets the changes of the state happen that have waited, in a task of their own. Not part of the public interface. */
export let releaseIceTransport: (transport: RTCIceTransport) => void;
/** All remote candidates are known now, which may be all that a transport has not failed for. Not part of the public interface. */
export let endRemoteCandidates: (transport: RTCIceTransport) => void;
/** Whether libwebrtc has given the transport up, `failed` or not. Not part of the public interface. */
export let isGivenUp: (transport: RTCIceTransport) => boolean;
/** Sets the peer connection's hooks. Not part of the public interface. */
export let observeIceTransport: (transport: RTCIceTransport, hooks: IceTransportHooks) => void;
/**
 * What closing the connection does: the state becomes `closed`, no event is fired then or later, and the gathering
 * state stays what it was. Not part of the public interface.
 */
export let closeIceTransport: (transport: RTCIceTransport) => void;

const roles = enumeration('RTCIceRole', ['unknown', 'controlling', 'controlled']);
const gathering = operation('RTCIceTransport', 'gather');
const starting = operation('RTCIceTransport', 'start');
const stopping = operation('RTCIceTransport', 'stop');
const adding = operation('RTCIceTransport', 'addRemoteCandidate');

/**
 * The ICE transport over which a DTLS transport's packets go, or one that a script has made for itself: it gathers
 * candidates, exchanges checks with another one of whatever kind, and tells which pair of candidates works.
 *
 * Implements WebRTC, section 5.6 (RTCIceTransport interface), and IceTransport Extensions for WebRTC, section 3.
 */
export class RTCIceTransport extends TypedEventTarget<
  RTCIceTransport,
  RTCIceTransportEventMap,
  RTCIceTransportEventHandlers
> {
  readonly #agent: IceAgent;
  /** Of a transport that a connection has made. */
  readonly #handle: NativeIceTransport | undefined;
  // A new handle reports all that has happened before, each change in its own task.
  #state: RTCIceTransportState = 'new';
  /** As libwebrtc has it. */
  #agentState: RTCIceTransportState = 'new';
  #gatheringState: RTCIceGathererState = 'new';
  #selectedCandidatePair: RTCIceCandidatePair | null = null;
  /** Changes of the state that wait, in their order. */
  readonly #held: RTCIceTransportState[] = [];
  #hooks: IceTransportHooks = {};

  /** A transport that has nothing to do with any connection. Nothing happens before `gather()`. */
  constructor();
  constructor(...internals: [] | [key: symbol, handle: NativeIceTransport]) {
    super();
    const [key, handle] = internals;
    if (key === internal && handle !== undefined) {
      this.#agent = new ConnectionIceAgent(handle);
      this.#handle = handle;
      handle.sink = this.#makeSink();
    } else {
      this.#agent = new StandaloneIce(this.#makeOwner());
    }
  }

  /**
   * The role in ICE. Of a connection's transport it is settled by the first exchange of descriptions; of another one by
   * `start()`, `null` before that.
   */
  get role(): RTCIceRole | null {
    return this.#agent.role;
  }

  /** Which component of the media section the transport serves: `rtp`, which covers RTCP where that is multiplexed. */
  get component(): RTCIceComponent {
    return this.#agent.component;
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
    return this.#agent.localCandidates();
  }

  /** The remote candidates that this transport has been given. */
  getRemoteCandidates(): RTCIceCandidate[] {
    return this.#agent.remoteCandidates();
  }

  /** The pair that packets are sent on, the same object until it changes; `null` while there is none. */
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    const pair = this.#selectedCandidatePair;
    // A remote candidate is seen by its packets before it is signalled; then it is known for what it is.
    if (pair?.remote.type === 'prflx') this.#selectedCandidatePair = this.#agent.latestPair(pair);
    return this.#selectedCandidatePair;
  }

  /**
   * The local user name fragment and password; of a connection's transport `null` before the local description has been
   * set.
   */
  getLocalParameters(): RTCIceParameters | null {
    return this.#agent.localParameters();
  }

  /** The remote user name fragment and password, or `null` while they are not known. */
  getRemoteParameters(): RTCIceParameters | null {
    return this.#agent.remoteParameters();
  }

  /**
   * Begins to gather candidates, once. Each is fired as `icecandidate`.
   *
   * @throws DOMException `InvalidStateError` for the second call, after `stop()`, and on a connection's transport;
   *   `SyntaxError` for a malformed URL, `InvalidAccessError` for a TURN server without credentials
   */
  gather(options: RTCIceGatherOptions = {}): void {
    const converted = iceGatherOptions(options, gathering.parameter(1));
    const agent = this.#standalone(gathering.prefix);
    this.#requireOpen(gathering.prefix);
    if (this.#gatheringState !== 'new') {
      throw new DOMException(`${gathering.prefix}: the transport has gathered already.`, 'InvalidStateError');
    }
    agent.gather(gatheringConfiguration(converted, gathering.prefix));
    this.#gatheringState = 'gathering';
    this.#holdWhileNeeded();
  }

  /**
   * Begins checks with a remote peer, as soon as `gather()` has been called too. Called again with other parameters it
   * begins anew: the remote candidates given so far are forgotten.
   *
   * @throws TypeError when the user name fragment or the password is missing
   * @throws DOMException `SyntaxError` when they are malformed; `InvalidStateError` for another role than before, after
   *   `stop()`, and on a connection's transport
   */
  start(remoteParameters: RTCIceParameters = {}, role: Exclude<RTCIceRole, 'unknown'> = 'controlled'): void {
    const converted = iceParameters(remoteParameters, starting.parameter(1));
    const given = roles(role, starting.parameter(2));
    const agent = this.#standalone(starting.prefix);
    this.#requireOpen(starting.prefix);
    const remote = completeIceParameters(converted, starting.prefix);
    if (given === 'unknown') throw new TypeError(`${starting.prefix}: 'unknown' is no role to play.`);
    if (agent.contradicts(given)) {
      throw new DOMException(`${starting.prefix}: the transport has another role already.`, 'InvalidStateError');
    }
    if (!agent.start(remote, given)) return;
    this.#state = 'new';
    this.#beginChecking(agent);
    this.#holdWhileNeeded();
  }

  /** Ends checks and gathering for good; no event is fired then or later. */
  stop(): void {
    const agent = this.#standalone(stopping.prefix);
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#selectedCandidatePair = null;
    agent.stop();
    deactivate(this);
  }

  /**
   * Adds a candidate of the remote peer. An empty one, which says that no more will come, changes nothing.
   *
   * @throws DOMException `OperationError` for a malformed candidate; `InvalidStateError` after `stop()`, and on a
   *   connection's transport
   */
  addRemoteCandidate(remoteCandidate: RTCIceCandidateInit = {}): void {
    const init = iceCandidateInit(remoteCandidate, adding.parameter(1));
    const agent = this.#standalone(adding.prefix);
    this.#requireOpen(adding.prefix);
    if (init.candidate === '') return;
    const isCandidate = isObject(remoteCandidate) && isIceCandidate(remoteCandidate);
    const candidate = isCandidate ? remoteCandidate : new RTCIceCandidate({ ...init, sdpMid: init.sdpMid ?? '' });
    agent.addRemoteCandidate(candidate, adding.prefix);
    this.#beginChecking(agent);
  }

  /** Stops the transport at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** Stops the transport at the end of an `await using` block. */
  // eslint-disable-next-line @typescript-eslint/require-await -- stopping is done at once; the protocol wants a promise
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
  }

  #standalone(prefix: string): StandaloneIce {
    if (this.#agent instanceof StandaloneIce) return this.#agent;
    throw new DOMException(`${prefix}: the transport belongs to a connection.`, 'InvalidStateError');
  }

  #requireOpen(prefix: string): void {
    if (this.#state === 'closed') {
      throw new DOMException(`${prefix}: the transport is stopped.`, 'InvalidStateError');
    }
  }

  /** With parameters and a candidate there is something to check. */
  #beginChecking(agent: StandaloneIce): void {
    if (this.#state === 'new' && agent.started && agent.remoteCandidates().length > 0) this.#state = 'checking';
  }

  /** A transport that gathers, checks or is connected stays alive and holds the event loop, as a connection does. */
  #holdWhileNeeded(): void {
    const agent = this.#agent;
    if (!(agent instanceof StandaloneIce) || !agent.running) return;
    const failed = this.#state === 'failed';
    if (this.#gatheringState === 'gathering' || agent.started) activate(this, !failed);
    else deactivate(this);
  }

  /** What a standalone agent tells. */
  #makeOwner(): StandaloneIceOwner {
    return {
      candidate: (candidate) => {
        this.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', { candidate, url: candidate.url }));
      },
      candidateError: (address, port, url, errorCode, errorText) => {
        const isKnown = address !== '';
        this.dispatchEvent(
          new RTCPeerConnectionIceErrorEvent('error', {
            address: isKnown ? address : null,
            port: isKnown ? port : null,
            url,
            errorCode,
            errorText,
          }),
        );
      },
      gathered: () => {
        this.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', { candidate: null }));
        // What a listener has awaited goes on before the state changes, as if that had a task of its own.
        drainMicrotasks?.();
        if (this.#state === 'closed') return;
        this.#gatheringState = 'complete';
        this.#holdWhileNeeded();
        this.dispatchEvent(new Event('gatheringstatechange'));
      },
      stateChanged: (state) => {
        this.#changeState(state);
        this.#holdWhileNeeded();
      },
      selectedPairChanged: (pair) => {
        this.#selectedCandidatePair = pair;
        this.dispatchEvent(new Event('selectedcandidatepairchange'));
      },
    };
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
        this.#reconsider();
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

  /** A state as libwebrtc has it. */
  #takeState(agentState: RTCIceTransportState): void {
    if (this.#state === 'closed') return;
    this.#agentState = agentState;
    const state = agentState === 'failed' && !this.#mayFail() ? 'disconnected' : agentState;
    if (this.#state === state) {
      // The connection has failed all the same.
      if (agentState === 'failed') this.#hooks.state?.()?.();
    } else {
      this.#changeState(state);
    }
  }

  /** What a transport needs to fail may be there now. */
  #reconsider(): void {
    if (this.#agentState === 'failed' && this.#state === 'disconnected' && this.#mayFail()) this.#takeState('failed');
  }

  #mayFail(): boolean {
    return this.#gatheringState === 'complete' && this.#hooks.hasAllRemoteCandidates?.() !== false;
  }

  /** Makes the changes that have waited, as if each had a task of its own. */
  #release(): void {
    for (let state = this.#held.shift(); state !== undefined; state = this.#held.shift()) {
      this.#takeState(state);
      if (this.#held.length > 0) drainMicrotasks?.();
    }
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: ['statechange', 'gatheringstatechange', 'selectedcandidatepairchange', 'error', 'icecandidate'],
      is: (value) => #handle in value,
    });

    // The compiler knows the public constructor alone.
    const Constructor = this as unknown as new (key: symbol, handle: NativeIceTransport) => RTCIceTransport;
    const transports = new WeakMap<NativeIceTransport, RTCIceTransport>();
    iceTransportOf = (handle) => {
      let transport = transports.get(handle);
      if (transport === undefined) {
        transport = new Constructor(internal, handle);
        transports.set(handle, transport);
      }
      return transport;
    };
    releaseIceTransport = (transport) => {
      if (transport.#held.length > 0) setImmediate(() => transport.#release());
    };
    endRemoteCandidates = (transport) => transport.#reconsider();
    isGivenUp = (transport) => transport.#agentState === 'failed' && transport.#state !== 'closed';
    observeIceTransport = (transport, hooks) => {
      transport.#hooks = hooks;
    };
    closeIceTransport = (transport) => {
      transport.#state = 'closed';
      transport.#held.length = 0;
      transport.#hooks = {};
      if (transport.#handle !== undefined) transport.#handle.sink = undefined;
    };
  }
}
