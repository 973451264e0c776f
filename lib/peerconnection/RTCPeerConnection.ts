import { channel as diagnosticsChannel } from 'node:diagnostics_channel';
import {
  announceOpen,
  closeAbruptly,
  createDataChannel,
  type DataChannelOwner,
  type RTCDataChannel,
} from '../datachannel/RTCDataChannel';
import { RTCDataChannelEvent } from '../datachannel/RTCDataChannelEvent';
import { dataChannelInit, type RTCDataChannelInit } from '../datachannel/RTCDataChannelInit';
import { exceptionFrom, withExceptions } from '../errors/native_error';
import { ConnectionIdentity } from '../identity/connection_identity';
import {
  identityProviderOptions,
  isForbiddenProtocol,
  type RTCIdentityProviderOptions,
} from '../identity/identity_provider';
import type { RTCIdentityAssertion } from '../identity/RTCIdentityAssertion';
import {
  native,
  type NativeDataChannel,
  type NativeIceCandidate,
  type NativePeerConnection,
  type NativePeerConnectionSink,
  type NativeSctpTransport,
} from '../native';
import type { MediaStream } from '../media/MediaStream';
import { isMediaStreamTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { MediaStreamEvent } from '../rtp/MediaStreamEvent';
import { mediaStreamType, transceiverInit, type RTCRtpTransceiverInit } from '../rtp/parameters';
import type { RTCDTMFSender } from '../rtp/RTCDTMFSender';
import type { RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
import { isSender, type RTCRtpSender } from '../rtp/RTCRtpSender';
import type { RTCRtpTransceiver } from '../rtp/RTCRtpTransceiver';
import type { RTCTrackEvent } from '../rtp/RTCTrackEvent';
import type { RTCStatsReport } from '../stats/RTCStatsReport';
import {
  closeSctpTransport,
  sctpTransportOf,
  updateSctpTransport,
  type RTCSctpTransport,
} from '../transport/RTCSctpTransport';
import {
  constructorOperation,
  defineInterface,
  DOMString,
  interfaceType,
  isObject,
  nullable,
  operation,
  TypedEventTarget,
  union,
  USVString,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import {
  configurationDictionary,
  copyConfiguration,
  needsRootCertificates,
  toNativeConfiguration,
  validateConfiguration,
  type Configuration,
  type RTCConfiguration,
} from './configuration';
import { ConnectionStatistics } from './connection_statistics';
import { ConnectionTransports } from './connection_transports';
import { dataChannelSettings } from './data_channel_settings';
import { generateCertificate, type RTCCertificateAlgorithm } from './generate_certificate';
import {
  callbacksAt,
  settleByCallbacks,
  type RTCPeerConnectionErrorCallback,
  type RTCSessionDescriptionCallback,
  type VoidFunction,
} from './legacy_callbacks';
import { LifetimeHolder } from './lifetime_holder';
import { ConnectionMedia, type MediaOwner } from './media';
import { provideMulticastDnsResolver } from './multicast_dns';
import { NegotiationNeeded } from './negotiation_needed';
import { answerOptions, offerOptions, type RTCAnswerOptions, type RTCOfferOptions } from './offer_options';
import { OperationsChain } from './operations';
import { promiseOperation } from './promise_operation';
import { provideRootCertificates } from './root_certificates';
import type { RTCCertificate, RTCDtlsFingerprint } from './RTCCertificate';
import { createIceCandidate, iceCandidateInit, RTCIceCandidate, type RTCIceCandidateInit } from './RTCIceCandidate';
import { RTCPeerConnectionIceErrorEvent } from './RTCPeerConnectionIceErrorEvent';
import { RTCPeerConnectionIceEvent } from './RTCPeerConnectionIceEvent';
import {
  localSessionDescriptionInit,
  sessionDescriptionInit,
  type RTCLocalSessionDescriptionInit,
  type RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from './RTCSessionDescription';
import { sectionOf } from './media_sections';
import { Signaling } from './signaling';
import type { RTCSignalingState } from './signaling_state';
import type { RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState } from './states';
import { TaskQueue } from './task_queue';

/** Events of {@link RTCPeerConnection}. */
export interface RTCPeerConnectionEventMap {
  /** `connectionState` has changed. */
  connectionstatechange: Event;
  /** @deprecated `track` says it better. */
  addstream: MediaStreamEvent;
  /** The remote peer has opened a data channel. */
  datachannel: RTCDataChannelEvent;
  /** A local candidate is there. */
  icecandidate: RTCPeerConnectionIceEvent;
  /** A STUN or TURN server could not be used. */
  icecandidateerror: RTCPeerConnectionIceErrorEvent;
  /** `iceConnectionState` has changed. */
  iceconnectionstatechange: Event;
  /** `iceGatheringState` has changed. */
  icegatheringstatechange: Event;
  /** An offer should be made. */
  negotiationneeded: Event;
  /** @deprecated `removetrack` of the stream says it better. */
  removestream: MediaStreamEvent;
  /** `signalingState` has changed. */
  signalingstatechange: Event;
  /** The remote peer sends a track. */
  track: RTCTrackEvent;
}

/** The event-handler attributes of {@link RTCPeerConnection}. */
export interface RTCPeerConnectionEventHandlers {
  /** A negotiation is needed: an offer should be made. */
  get onnegotiationneeded(): EventHandlerValue;
  set onnegotiationneeded(handler: EventHandler<RTCPeerConnection, Event>);
  /** A local candidate is there; an empty one ends a generation, `null` says that gathering is complete. */
  get onicecandidate(): EventHandlerValue;
  set onicecandidate(handler: EventHandler<RTCPeerConnection, RTCPeerConnectionIceEvent>);
  /** A STUN or TURN server could not be used. */
  get onicecandidateerror(): EventHandlerValue;
  set onicecandidateerror(handler: EventHandler<RTCPeerConnection, RTCPeerConnectionIceErrorEvent>);
  /** `signalingState` has changed. */
  get onsignalingstatechange(): EventHandlerValue;
  set onsignalingstatechange(handler: EventHandler<RTCPeerConnection, Event>);
  /** `iceConnectionState` has changed. */
  get oniceconnectionstatechange(): EventHandlerValue;
  set oniceconnectionstatechange(handler: EventHandler<RTCPeerConnection, Event>);
  /** `iceGatheringState` has changed. */
  get onicegatheringstatechange(): EventHandlerValue;
  set onicegatheringstatechange(handler: EventHandler<RTCPeerConnection, Event>);
  /** `connectionState` has changed. */
  get onconnectionstatechange(): EventHandlerValue;
  set onconnectionstatechange(handler: EventHandler<RTCPeerConnection, Event>);
  /** The remote peer has opened a data channel. */
  get ondatachannel(): EventHandlerValue;
  set ondatachannel(handler: EventHandler<RTCPeerConnection, RTCDataChannelEvent>);
  /** The remote peer sends a track. */
  get ontrack(): EventHandlerValue;
  set ontrack(handler: EventHandler<RTCPeerConnection, RTCTrackEvent>);
  /** The remote peer sends a stream. @deprecated `ontrack` says it better. */
  get onaddstream(): EventHandlerValue;
  set onaddstream(handler: EventHandler<RTCPeerConnection, MediaStreamEvent>);
  /** The remote peer no longer sends a stream. @deprecated `onremovetrack` of the stream says it better. */
  get onremovestream(): EventHandlerValue;
  set onremovestream(handler: EventHandler<RTCPeerConnection, MediaStreamEvent>);
}

const NAME = 'RTCPeerConnection';
const CONSTRUCT = constructorOperation(NAME);
const CREATE_OFFER = operation(NAME, 'createOffer');
const CREATE_ANSWER = operation(NAME, 'createAnswer');
const SET_LOCAL = operation(NAME, 'setLocalDescription');
const SET_REMOTE = operation(NAME, 'setRemoteDescription');
const ADD_CANDIDATE = operation(NAME, 'addIceCandidate');
const SET_CONFIGURATION = operation(NAME, 'setConfiguration');
const CREATE_CHANNEL = operation(NAME, 'createDataChannel');
const GET_STATS = operation(NAME, 'getStats');
const GENERATE_CERTIFICATE = operation(NAME, 'generateCertificate');
const ADD_TRACK = operation(NAME, 'addTrack');
const REMOVE_TRACK = operation(NAME, 'removeTrack');
const ADD_TRANSCEIVER = operation(NAME, 'addTransceiver');
const ADD_STREAM = operation(NAME, 'addStream');
const REMOVE_STREAM = operation(NAME, 'removeStream');
const CREATE_DTMF_SENDER = operation(NAME, 'createDTMFSender');
const SET_IDENTITY_PROVIDER = operation(NAME, 'setIdentityProvider');
const GET_IDENTITY_ASSERTION = operation(NAME, 'getIdentityAssertion');

const trackType = interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value));
const nullableTrackType = nullable(trackType);
const senderType = interfaceType<RTCRtpSender>('RTCRtpSender', (value) => isSender(value));
const trackOrKindType = union<MediaStreamTrack | string>('(MediaStreamTrack or DOMString)', (value) =>
  isObject(value) && isMediaStreamTrack(value) ? trackType : DOMString,
);

/** Brand check for {@link RTCPeerConnection}. Not part of the public interface. */
export let isConnection: (value: object) => value is RTCPeerConnection;
/** The native connection. Not part of the public interface. */
export let nativeConnection: (connection: RTCPeerConnection) => NativePeerConnection;

/** Tells who listens, as the live statistics page does, of each new connection. */
const created = diagnosticsChannel('node-libwebrtc:RTCPeerConnection');

/**
 * A connection to a remote peer.
 *
 * A connection that negotiates or is connected stays alive and keeps the process running, as a `net.Socket` does, until
 * it is closed; see {@link RTCPeerConnection.unref}.
 *
 * Implements webrtc-pc, section 4.4 (RTCPeerConnection interface).
 */
export class RTCPeerConnection extends TypedEventTarget<
  RTCPeerConnection,
  RTCPeerConnectionEventMap,
  RTCPeerConnectionEventHandlers
> {
  readonly #native: NativePeerConnection;
  readonly #chain: OperationsChain;
  readonly #signaling: Signaling;
  readonly #media: ConnectionMedia;
  readonly #identity: ConnectionIdentity;
  readonly #statistics: ConnectionStatistics;
  readonly #transports: ConnectionTransports;
  readonly #negotiationNeeded: NegotiationNeeded;
  readonly #lifetime: LifetimeHolder;
  readonly #channels = new Set<RTCDataChannel>();
  /** Those that have gone to other threads. */
  readonly #releasedChannels = new Set<NativeDataChannel>();
  readonly #channelOwner: DataChannelOwner;
  #configuration: Configuration;
  #sctp: RTCSctpTransport | null = null;
  #isClosed = false;
  readonly #tasks = new TaskQueue();
  #hasCreatedChannels = false;
  /** What a `negotiationneeded` that is on its way is owed; see {@link LifetimeHolder}. */
  #announced: (() => void) | null = null;

  /**
   * @param configuration servers, policies, certificates, and settings of this library under `node`
   * @throws TypeError when a member does not convert
   * @throws DOMException `SyntaxError` for a malformed URL, `InvalidAccessError` for missing TURN credentials or an
   *   expired certificate, `NotSupportedError` for `rtcpMuxPolicy: 'negotiate'`
   */
  constructor(configuration: RTCConfiguration = {}) {
    super();
    // 1. to 3. Convert, check the certificates, and set the configuration.
    const converted = configurationDictionary(configuration, CONSTRUCT.parameter(1));
    this.#configuration = validateConfiguration(converted, null, false, CONSTRUCT.prefix);
    provideMulticastDnsResolver();
    if (needsRootCertificates(this.#configuration)) provideRootCertificates();
    this.#native = withExceptions(() => new native.PeerConnection(toNativeConfiguration(this.#configuration)));
    this.#native.sink = this.#makeSink();

    // 4. to 20. The slots have their initial values.
    this.#lifetime = new LifetimeHolder(this);
    this.#chain = new OperationsChain(() => {
      this.#negotiationNeeded.chainEmptied();
      this.#updateLifetime();
    });
    this.#negotiationNeeded = new NegotiationNeeded(
      () => this.#chain.isEmpty,
      (id) => this.#fireNegotiationNeeded(id),
    );
    this.#media = new ConnectionMedia(this.#native, this.#makeMediaOwner());
    this.#statistics = new ConnectionStatistics(this.#native, {
      owe: () => this.#lifetime.owe(),
      shown: (stats) => this.#media.leaveOutForwarded(stats),
    });
    this.#identity = new ConnectionIdentity(
      { fingerprints: () => this.#fingerprints(), owe: () => this.#lifetime.owe() },
      this.#configuration.peerIdentity,
    );
    this.#signaling = new Signaling(this.#native, {
      assertsIdentity: () => this.#identity.hasProvider,
      identityAssertion: () => this.#identity.assertionForDescription(),
      requiredIdentity: (sdp) => this.#identity.required(sdp),
      descriptionApplied: (side, type, sdp) => {
        if (side === 'remote') this.#identity.applied(sdp);
        this.#negotiationNeeded.descriptionApplied();
        const { dtls, sctp } = this.#native.transports();
        this.#updateSctp(sctp);
        this.#transports.update(dtls, this.#signaling.descriptions.remote?.sdp ?? '');
        const fireMediaEvents = this.#media.descriptionApplied(side, type, sdp);
        this.#updateLifetime();
        return fireMediaEvents;
      },
      taskBegins: () => this.#tasks.flush(),
      signalingStateChanged: () => this.#fire('signalingstatechange'),
      remoteCandidatesEnded: () => this.#transports.remoteCandidatesEnded(),
    });
    this.#transports = new ConnectionTransports({
      fire: (type) => this.#fire(type),
      endOfCandidates: (mid) => this.#surfaceEndOfCandidates(mid),
      hasAllRemoteCandidates: (mid) => this.#signaling.hasAllRemoteCandidates(mid),
      gatheringComplete: () => this.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', { candidate: null })),
      queueTask: (task) => this.#tasks.queue(task),
      stateChanged: () => this.#updateLifetime(),
    });
    this.#channelOwner = {
      maxMessageSize: () => this.#sctp?.maxMessageSize ?? Infinity,
      dataChannelOpened: () => this.#statistics.channelOpened(),
      dataChannelClosed: (channel) => this.#channels.delete(channel),
      dataChannelReleased: (channel, handle) => {
        this.#channels.delete(channel);
        this.#releasedChannels.add(handle);
        handle.maxMessageSize = this.#channelOwner.maxMessageSize();
      },
    };
    if (created.hasSubscribers) created.publish({ connection: this });
  }

  // Offers and answers.

  /**
   * Creates an offer: the connection as it is, as a description to be applied here and signalled.
   *
   * @param options `{ iceRestart = false }`
   * @returns `{ type: 'offer', sdp }`
   * @throws DOMException `InvalidStateError` when the connection is closed or has a remote offer to answer
   */
  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
  /** @deprecated Callbacks in place of the promise. */
  createOffer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
    options?: RTCOfferOptions,
  ): Promise<void>;
  createOffer(...args: unknown[]): Promise<unknown> {
    return promiseOperation(() => {
      this.#brand();
      const legacy = args.length >= 2;
      const callbacks = legacy ? callbacksAt(args, 0, CREATE_OFFER) : null;
      const at = legacy ? 2 : 0;
      const { iceRestart, ...receive } = offerOptions(args[at], CREATE_OFFER.parameter(at + 1));
      if (!this.#isClosed) {
        this.#media.offerToReceive('audio', receive.offerToReceiveAudio);
        this.#media.offerToReceive('video', receive.offerToReceiveVideo);
      }
      const p = this.#chainOperation(CREATE_OFFER.prefix, () => this.#signaling.createOffer({ iceRestart }));
      return callbacks === null ? p : settleByCallbacks(p, callbacks);
    });
  }

  /**
   * Creates the answer to the remote offer.
   *
   * @returns `{ type: 'answer', sdp }`
   * @throws DOMException `InvalidStateError` when the connection is closed or there is no remote offer
   */
  createAnswer(options?: RTCAnswerOptions): Promise<RTCSessionDescriptionInit>;
  /** @deprecated Callbacks in place of the promise. */
  createAnswer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  createAnswer(...args: unknown[]): Promise<unknown> {
    return promiseOperation(() => {
      this.#brand();
      const callbacks = args.length >= 2 ? callbacksAt(args, 0, CREATE_ANSWER) : null;
      if (callbacks === null) answerOptions(args[0], CREATE_ANSWER.parameter(1));
      const p = this.#chainOperation(CREATE_ANSWER.prefix, () => this.#signaling.createAnswer());
      return callbacks === null ? p : settleByCallbacks(p, callbacks);
    });
  }

  /**
   * Applies a local description: what this end proposes or agrees to. Gathering of candidates begins with it.
   *
   * @param description what `createOffer` or `createAnswer` has made; without it, or without its members, the
   *   connection makes what fits its state. `{ type: 'rollback' }` takes the local offer back.
   * @throws DOMException `InvalidModificationError` for a text that this connection has not created last,
   *   `InvalidStateError` when the type does not fit the state; `RTCError` `sdp-syntax-error` for malformed SDP
   */
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  /** @deprecated Callbacks in place of the promise. */
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setLocalDescription(...args: unknown[]): Promise<void> {
    return promiseOperation(() => {
      this.#brand();
      requireOverload(SET_LOCAL.prefix, args.length);
      const description = localSessionDescriptionInit(args[0], SET_LOCAL.parameter(1));
      const callbacks = args.length >= 3 ? callbacksAt(args, 1, SET_LOCAL) : null;
      const p = this.#chainOperation(SET_LOCAL.prefix, () => this.#signaling.setLocal(description));
      return callbacks === null ? p : settleByCallbacks(p, callbacks);
    });
  }

  /**
   * Applies a remote description: what the other end proposes or agrees to. A local offer gives way to a remote one.
   *
   * @param description what has been signalled; `{ type: 'rollback' }` takes the remote offer back
   * @throws DOMException `InvalidStateError` when the type does not fit the state, `InvalidAccessError` for a
   *   description that cannot be applied; `RTCError` `sdp-syntax-error` for malformed SDP
   */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  /** @deprecated Callbacks in place of the promise. */
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  setRemoteDescription(_description: RTCSessionDescriptionInit, ..._callbacks: unknown[]): Promise<void> {
    // eslint-disable-next-line prefer-rest-params -- counts what is there, undefined included
    const args: unknown[] = Array.from(arguments);
    return promiseOperation(() => {
      this.#brand();
      SET_REMOTE.requireArguments(args.length, 1);
      requireOverload(SET_REMOTE.prefix, args.length);
      const description = sessionDescriptionInit(args[0], SET_REMOTE.parameter(1));
      const callbacks = args.length >= 3 ? callbacksAt(args, 1, SET_REMOTE) : null;
      const p = this.#chainOperation(SET_REMOTE.prefix, () => this.#signaling.setRemote(description));
      // The connection of somebody else than the one it is for is closed, once that has been said.
      p.catch((error: unknown) => {
        if (ConnectionIdentity.mustClose(error)) this.#tasks.queue(() => this.close());
      });
      return callbacks === null ? p : settleByCallbacks(p, callbacks);
    });
  }

  /**
   * Gives the connection a candidate of the remote peer.
   *
   * @param candidate the candidate with its media section; `null`, nothing or an empty `candidate` say that no more
   *   candidates follow, for the named media section or for all of them
   * @throws TypeError for a candidate that names no media section
   * @throws DOMException `InvalidStateError` without a remote description or after `close()`, `OperationError` when the
   *   candidate is malformed or its media section or generation is unknown
   */
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  /** @deprecated Callbacks in place of the promise. */
  addIceCandidate(
    candidate: RTCIceCandidateInit,
    successCallback: VoidFunction,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  addIceCandidate(...args: unknown[]): Promise<void> {
    return promiseOperation(() => {
      this.#brand();
      requireOverload(ADD_CANDIDATE.prefix, args.length);
      const candidate = iceCandidateInit(args[0], ADD_CANDIDATE.parameter(1));
      const callbacks = args.length >= 3 ? callbacksAt(args, 1, ADD_CANDIDATE) : null;
      const p = promiseOperation(() => {
        // 3. If candidate is not empty and both sdpMid and sdpMLineIndex are null, reject with a TypeError.
        if (candidate.candidate !== '' && candidate.sdpMid === null && candidate.sdpMLineIndex === null) {
          throw new TypeError(`${ADD_CANDIDATE.prefix}: sdpMid and sdpMLineIndex are both null.`);
        }
        return this.#chainOperation(ADD_CANDIDATE.prefix, () => this.#signaling.addIceCandidate(candidate));
      });
      return callbacks === null ? p : settleByCallbacks(p, callbacks);
    });
  }

  /** The local description: the pending one where there is one, else the current one, else `null`. */
  get localDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.local;
  }

  /** The local description negotiated last, with the candidates gathered since. */
  get currentLocalDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.currentLocal;
  }

  /** The local description that is being negotiated, with the candidates gathered so far. */
  get pendingLocalDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.pendingLocal;
  }

  /** The remote description: the pending one where there is one, else the current one, else `null`. */
  get remoteDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.remote;
  }

  /** The remote description negotiated last, with the candidates added since. */
  get currentRemoteDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.currentRemote;
  }

  /** The remote description that is being negotiated, with the candidates added so far. */
  get pendingRemoteDescription(): RTCSessionDescription | null {
    return this.#signaling.descriptions.pendingRemote;
  }

  // States.

  /** State of the exchange of offers and answers. */
  get signalingState(): RTCSignalingState {
    return this.#signaling.state;
  }

  /** How far gathering of local candidates is, on all transports together. */
  get iceGatheringState(): RTCIceGatheringState {
    return this.#transports.iceGatheringState;
  }

  /** State of all ICE transports together. */
  get iceConnectionState(): RTCIceConnectionState {
    return this.#transports.iceConnectionState;
  }

  /** State of all ICE and DTLS transports together. */
  get connectionState(): RTCPeerConnectionState {
    return this.#transports.connectionState;
  }

  /** Whether the remote peer takes candidates after its description; `null` before the first one. */
  get canTrickleIceCandidates(): boolean | null {
    return this.#signaling.canTrickleIceCandidates;
  }

  // Configuration.

  /** A copy of the configuration in force. */
  getConfiguration(): RTCConfiguration {
    return copyConfiguration(this.#configuration);
  }

  /**
   * Replaces the configuration. New servers and a new transport policy take effect with the next gathering.
   *
   * @throws TypeError when a member does not convert
   * @throws DOMException `InvalidStateError` after `close()`; `InvalidModificationError` for what is settled
   *   (certificates, policies of bundling, the pool size once a local description is there, `node`), else as the
   *   constructor; nothing is applied then
   */
  setConfiguration(configuration: RTCConfiguration = {}): void {
    this.#brand();
    const converted = configurationDictionary(configuration, SET_CONFIGURATION.parameter(1));
    // 2. If connection.[[IsClosed]] is true, throw an InvalidStateError.
    this.#requireOpen(SET_CONFIGURATION.prefix);
    // 3. Set the configuration specified by configuration.
    const old = this.#configuration;
    const { hasAppliedLocal } = this.#signaling;
    const validated = validateConfiguration(converted, old, hasAppliedLocal, SET_CONFIGURATION.prefix);
    if (needsRootCertificates(validated)) provideRootCertificates();
    withExceptions(() => this.#native.setConfiguration(toNativeConfiguration(validated)));
    this.#configuration = validated;
    this.#signaling.invalidateCreated();
  }

  /** Asks for new ICE credentials: the next offer has them, and `negotiationneeded` is fired. */
  restartIce(): void {
    this.#brand();
    // 1. to 3. Empty [[LocalIceCredentialsToReplace]] and fill it with those of the local descriptions.
    // Without any there is nothing to replace, and nothing becomes needed by it.
    if (this.#isClosed || this.localDescription === null) return;
    this.#signaling.invalidateCreated();
    this.#awaitNegotiationNeeded();
    this.#native.restartIce();
  }

  /** Closes the connection, its transports and its data channels, at once and without an event. */
  close(): void {
    // 1., 2. If connection.[[IsClosed]] is true, abort these steps; set it to true.
    if (this.#isClosed) return;
    this.#isClosed = true;
    // 3. Set [[SignalingState]] to "closed". No event is fired, and no pending promise settles any more.
    this.#chain.close();
    this.#signaling.close();
    this.#identity.close();
    // 5. Stop each transceiver.
    this.#media.close();
    // 6. Set [[ReadyState]] of each channel to "closed".
    for (const channel of [...this.#channels]) closeAbruptly(channel);
    this.#channels.clear();
    this.#releasedChannels.clear();
    // 7. to 11. Transports and states.
    if (this.#sctp !== null) closeSctpTransport(this.#sctp);
    this.#transports.close();
    this.#native.close();
    this.#statistics.close();
    this.#announced?.();
    this.#announced = null;
    this.#updateLifetime();
  }

  // Data channels.

  /** The SCTP transport of the data channels; `null` until data has been negotiated. */
  get sctp(): RTCSctpTransport | null {
    return this.#sctp;
  }

  /**
   * Makes a data channel. The first one makes a negotiation needed.
   *
   * @param label the channel's name, at most 65,535 bytes in UTF-8
   * @param dataChannelDict order, reliability, protocol, priority, and the id of a channel made at both ends
   * @throws TypeError for what the specification refuses (label or protocol too long, both limits of reliability, a
   *   negotiated channel without id, id 65,535)
   * @throws DOMException `InvalidStateError` after `close()`, `OperationError` when the id is in use or too high
   */
  createDataChannel(label: string, dataChannelDict: RTCDataChannelInit = {}): RTCDataChannel {
    this.#brand();
    CREATE_CHANNEL.requireArguments(arguments.length, 1);
    const name = USVString(label, CREATE_CHANNEL.parameter(1));
    const init = dataChannelInit(dataChannelDict, CREATE_CHANNEL.parameter(2));
    // 2. If connection.[[IsClosed]] is true, throw an InvalidStateError.
    this.#requireOpen(CREATE_CHANNEL.prefix);
    // 3. to 17. The channel's slots.
    const settings = dataChannelSettings(name, init, CREATE_CHANNEL.prefix);
    const failed = (message: string): never => {
      throw new DOMException(`${CREATE_CHANNEL.prefix}: ${message}`, 'OperationError');
    };
    // 19. If the id is not below [[MaxChannels]] of a connected transport, throw an OperationError.
    const { maxChannels = null } = this.#sctp ?? {};
    if (settings.id !== null && maxChannels !== null && settings.id >= maxChannels) {
      failed(`the id ${settings.id} is above what the peers have agreed on.`);
    }
    // 20. If channel is the first one created on connection, update the negotiation-needed flag.
    if (!this.#hasCreatedChannels) {
      this.#hasCreatedChannels = true;
      this.#signaling.invalidateCreated();
      if (this.#sctp === null && this.signalingState === 'stable') this.#awaitNegotiationNeeded();
    }
    // 18. If no id is available, or it is in use, throw an OperationError.
    let handle;
    try {
      handle = this.#native.createDataChannel(name, settings);
    } catch (error) {
      // libwebrtc has no words for running out of ids.
      const message = error instanceof Error ? error.message : '';
      return failed(message === '' ? 'no id is left.' : message);
    }
    const channel = createDataChannel(handle, this.#channelOwner);
    // 21. Append channel to connection.[[DataChannels]].
    this.#channels.add(channel);
    return channel;
  }

  // Media.

  /** The senders, those of stopped transceivers left out. */
  getSenders(): RTCRtpSender[] {
    return this.#media.senders;
  }

  /** The receivers, those of stopped transceivers left out. */
  getReceivers(): RTCRtpReceiver[] {
    return this.#media.receivers;
  }

  /** The transceivers, in the order in which they came. */
  getTransceivers(): RTCRtpTransceiver[] {
    return this.#media.transceivers;
  }

  /**
   * Sends a track, on a transceiver that has never sent or on a new one.
   *
   * @param track what is sent
   * @param streams the streams that the remote peer finds the track in
   * @throws DOMException `InvalidStateError` after `close()`, `InvalidAccessError` for a track that is being sent
   */
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
    this.#brand();
    ADD_TRACK.requireArguments(arguments.length, 1);
    const converted = trackType(track, ADD_TRACK.parameter(1));
    const convertedStreams = streams.map((stream, index) => mediaStreamType(stream, ADD_TRACK.parameter(index + 2)));
    this.#requireOpen(ADD_TRACK.prefix);
    return this.#media.addTrack(converted, convertedStreams, ADD_TRACK.prefix);
  }

  /**
   * Stops sending a sender's track; its transceiver stays.
   *
   * @throws DOMException `InvalidStateError` after `close()`, `InvalidAccessError` for another connection's sender
   */
  removeTrack(sender: RTCRtpSender): void {
    this.#brand();
    REMOVE_TRACK.requireArguments(arguments.length, 1);
    const converted = senderType(sender, REMOVE_TRACK.parameter(1));
    this.#requireOpen(REMOVE_TRACK.prefix);
    this.#media.removeTrack(converted, REMOVE_TRACK.prefix);
  }

  /**
   * Makes a transceiver: a sender and a receiver of one kind of media.
   *
   * @param trackOrKind the track to be sent, or `'audio'` or `'video'`
   * @param init direction, streams, and the layers of simulcast
   * @throws TypeError for another kind, for `direction: 'stopped'` and for malformed `rid`s
   * @throws RangeError for `scaleResolutionDownBy` below 1 and negative `maxFramerate`
   * @throws DOMException `InvalidStateError` after `close()`, `OperationError` for an encoding that is not supported
   */
  addTransceiver(trackOrKind: MediaStreamTrack | string, init: RTCRtpTransceiverInit = {}): RTCRtpTransceiver {
    this.#brand();
    ADD_TRANSCEIVER.requireArguments(arguments.length, 1);
    const converted = trackOrKindType(trackOrKind, ADD_TRANSCEIVER.parameter(1));
    const convertedInit = transceiverInit(init, ADD_TRANSCEIVER.parameter(2));
    return this.#media.addTransceiver(converted, convertedInit, ADD_TRANSCEIVER.prefix);
  }

  /** Sends all tracks of a stream. @deprecated {@link addTrack} says it better. */
  addStream(stream: MediaStream): void {
    this.#brand();
    ADD_STREAM.requireArguments(arguments.length, 1);
    const converted = mediaStreamType(stream, ADD_STREAM.parameter(1));
    this.#requireOpen(ADD_STREAM.prefix);
    const sent = new Set(this.#media.senders.map((sender) => sender.track));
    for (const track of converted.getTracks()) {
      if (!sent.has(track)) this.#media.addTrack(track, [converted], ADD_STREAM.prefix);
    }
  }

  /** Stops sending the tracks of a stream. @deprecated {@link removeTrack} says it better. */
  removeStream(stream: MediaStream): void {
    this.#brand();
    REMOVE_STREAM.requireArguments(arguments.length, 1);
    const tracks = new Set<MediaStreamTrack | null>(mediaStreamType(stream, REMOVE_STREAM.parameter(1)).getTracks());
    this.#requireOpen(REMOVE_STREAM.prefix);
    for (const sender of this.#media.senders) {
      if (tracks.has(sender.track)) this.#media.removeTrack(sender, REMOVE_STREAM.prefix);
    }
  }

  /** The streams of the tracks that are sent. @deprecated */
  getLocalStreams(): MediaStream[] {
    return this.#media.localStreams;
  }

  /** The streams that the remote peer sends. @deprecated */
  getRemoteStreams(): MediaStream[] {
    return this.#media.remoteStreams;
  }

  /**
   * Sends telephone tones with a track that is being sent. @deprecated `RTCRtpSender.dtmf` says it better.
   *
   * @throws DOMException `InvalidStateError` after `close()`, `InvalidAccessError` for what is no sent audio track
   */
  createDTMFSender(track: MediaStreamTrack): RTCDTMFSender {
    this.#brand();
    CREATE_DTMF_SENDER.requireArguments(arguments.length, 1);
    const converted = trackType(track, CREATE_DTMF_SENDER.parameter(1));
    this.#requireOpen(CREATE_DTMF_SENDER.prefix);
    const dtmf = this.#media.senders.find((sender) => sender.track === converted)?.dtmf ?? null;
    if (dtmf === null) {
      throw new DOMException(`${CREATE_DTMF_SENDER.prefix}: This is no sent audio track.`, 'InvalidAccessError');
    }
    return dtmf;
  }

  // Identity.

  /**
   * Has an identity provider (IdP) vouch for this end: offers and answers carry its assertion from now on. Its script,
   * `https://<provider>/.well-known/idp-proxy/<protocol>`, runs in a thread of its own that reaches nothing of this one.
   *
   * @param provider the provider's domain, with its port if that is not HTTPS's
   * @param options `{ protocol = 'default', usernameHint, peerIdentity }`
   * @throws DOMException `InvalidStateError` after `close()`, `SyntaxError` for a protocol with `/` or `\`
   */
  setIdentityProvider(provider: string, options: RTCIdentityProviderOptions = {}): void {
    this.#brand();
    SET_IDENTITY_PROVIDER.requireArguments(arguments.length, 1);
    const domain = DOMString(provider, SET_IDENTITY_PROVIDER.parameter(1));
    const converted = identityProviderOptions(options, SET_IDENTITY_PROVIDER.parameter(2));
    // 1. If [[IsClosed]] is true, throw an InvalidStateError.
    this.#requireOpen(SET_IDENTITY_PROVIDER.prefix);
    // 2. If options.protocol includes the the character '/' or '\', throw a SyntaxError.
    if (isForbiddenProtocol(converted.protocol)) {
      throw new DOMException(`${SET_IDENTITY_PROVIDER.prefix}: a protocol has no '/' and no '\\'.`, 'SyntaxError');
    }
    // 3., 4. Set the current identity provider values; discard a stored assertion if any has changed.
    this.#identity.setProvider(domain, converted);
    this.#signaling.invalidateCreated();
  }

  /**
   * Asks the identity provider for the assertion that the next offer or answer carries; they ask by themselves otherwise.
   *
   * @returns the value of `a=identity`: base64 of JSON
   * @throws DOMException `InvalidStateError` without a provider or after `close()`, `OperationError` for a result that is
   *   none; `RTCError` when the provider fails, see {@link RTCError.errorDetail}
   */
  getIdentityAssertion(): Promise<string> {
    return promiseOperation(() => {
      this.#brand();
      return new Promise<string>((resolve, reject) => {
        this.#tasks.queue(() => {
          try {
            this.#requireOpen(GET_IDENTITY_ASSERTION.prefix);
            resolve(this.#identity.requestAssertion());
          } catch (error) {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
            reject(error);
          }
        });
      });
    });
  }

  /**
   * Who the peer is, once a remote description has said it and the identity provider has vouched for it. A description
   * whose identity does not hold rejects it; a new promise takes its place, unless the connection is for a certain peer
   * (`RTCConfiguration.peerIdentity`, or the first identity that held).
   */
  get peerIdentity(): Promise<RTCIdentityAssertion> {
    return promiseOperation(() => this.#identity.peerIdentity);
  }

  /** Where the user can log in, if that is what the identity provider has asked for last; or `null`. */
  get idpLoginUrl(): string | null {
    return this.#identity.loginUrl;
  }

  /** What the identity provider has said about its last failure; or `null`. */
  get idpErrorInfo(): string | null {
    return this.#identity.errorInfo;
  }

  /** The fingerprints of the certificate in use; the first is waited for until it has been made. */
  #fingerprints(): Promise<RTCDtlsFingerprint[]> {
    const [configured] = this.#configuration.certificates;
    if (configured !== undefined) return Promise.resolve(configured.getFingerprints());
    return new Promise((resolve, reject) => {
      this.#native.certificate((error, certificate) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
        if (error !== null) reject(exceptionFrom(error));
        else resolve(certificate.fingerprints);
      });
    });
  }

  // Statistics.

  /**
   * Statistics of the connection.
   *
   * @param selector `null` for the whole connection, or a track for what sends or receives it
   * @throws TypeError for a selector that is no track
   * @throws DOMException `InvalidAccessError` unless exactly one sender or receiver has the track
   */
  getStats(selector: MediaStreamTrack | null = null): Promise<RTCStatsReport> {
    return promiseOperation(() => {
      this.#brand();
      const track = nullableTrackType(selector, GET_STATS.parameter(1));
      if (track === null) return this.#statistics.get(null);
      const selected = this.#media.selector(track);
      if (selected === null) {
        throw new DOMException(`${GET_STATS.prefix}: Not exactly one of us has the track.`, 'InvalidAccessError');
      }
      return this.#statistics.get(selected);
    });
  }

  /**
   * Makes a certificate to be given to connections.
   *
   * @param keygenAlgorithm `{ name: 'ECDSA', namedCurve: 'P-256' }` or `{ name: 'RSASSA-PKCS1-v1_5', modulusLength,
   *   publicExponent, hash: 'SHA-256' }`, with `expires` in milliseconds from now
   * @throws TypeError when a member does not convert
   * @throws DOMException `NotSupportedError` for any other algorithm
   */
  static generateCertificate(keygenAlgorithm: RTCCertificateAlgorithm): Promise<RTCCertificate> {
    const present = arguments.length;
    return promiseOperation(() => {
      GENERATE_CERTIFICATE.requireArguments(present, 1);
      return generateCertificate(keygenAlgorithm, GENERATE_CERTIFICATE.parameter(1));
    });
  }

  // What Node programs need.

  /** Lets the connection hold the event loop again while it negotiates or is connected, as it does from the start. */
  ref(): this {
    this.#lifetime.setReferenced(true);
    return this;
  }

  /** Keeps the connection from holding the event loop: the process may exit while it is connected. */
  unref(): this {
    this.#lifetime.setReferenced(false);
    return this;
  }

  /** Closes the connection at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the connection at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return promiseOperation(() => {
      this.close();
      return Promise.resolve();
    });
  }

  /** Throws a TypeError when `this` is no connection. */
  #brand(): void {
    // Reading a private field checks.
    // eslint-disable-next-line @typescript-eslint/no-unused-expressions -- see above
    this.#isClosed;
  }

  #requireOpen(prefix: string): void {
    if (this.#isClosed) throw new DOMException(`${prefix}: The connection is closed.`, 'InvalidStateError');
  }

  /** "Chain an asynchronous operation". */
  #chainOperation<T>(prefix: string, run: () => Promise<T>): Promise<T> {
    // 2. If connection.[[IsClosed]] is true, reject with an InvalidStateError.
    this.#requireOpen(prefix);
    const p = this.#chain.chain(run);
    this.#updateLifetime();
    return p;
  }

  #updateLifetime(): void {
    this.#lifetime.update({
      busy: !this.#chain.isEmpty,
      negotiated: this.#signaling.descriptions.isDescribed,
      failed: this.connectionState === 'failed',
      closed: this.#isClosed,
    });
  }

  /** A `negotiationneeded` is on its way: the process waits for it, although the connection is new. */
  #awaitNegotiationNeeded(): void {
    this.#announced ??= this.#lifetime.owe();
  }

  #makeMediaOwner(): MediaOwner {
    return {
      isClosed: () => this.#isClosed,
      chain: (prefix, run) => this.#chainOperation(prefix, run),
      queueTask: (run) => this.#tasks.queue(run),
      changed: () => this.#signaling.invalidateCreated(),
      negotiationNeeded: () => {
        if (this.signalingState === 'stable' && !this.#negotiationNeeded.isReported) this.#awaitNegotiationNeeded();
      },
      dispatch: (event) => void this.dispatchEvent(event),
      negotiated: (mid) => {
        const { currentLocal, currentRemote } = this.#signaling.descriptions;
        const local = sectionOf(currentLocal?.sdp ?? '', mid);
        const remote = sectionOf(currentRemote?.sdp ?? '', mid);
        return local === undefined || remote === undefined ? null : { local, remote };
      },
      getStats: (selector) => this.#statistics.get(selector),
    };
  }

  #updateSctp(handle: NativeSctpTransport | null): void {
    this.#sctp = handle === null ? null : sctpTransportOf(handle);
    if (this.#sctp !== null) updateSctpTransport(this.#sctp);
    for (const channel of this.#releasedChannels) channel.maxMessageSize = this.#channelOwner.maxMessageSize();
  }

  #fire(type: string): void {
    this.dispatchEvent(new Event(type));
  }

  #fireNegotiationNeeded(id: number): void {
    if (!this.#isClosed && this.#native.shouldFireNegotiationNeeded(id)) this.#fire('negotiationneeded');
  }

  /** "Surface the candidate" and the steps around it, in the task that libwebrtc's report is. */
  #surfaceCandidate(candidate: NativeIceCandidate): void {
    if (this.#isClosed) return;
    this.#signaling.descriptions.surface(candidate);
    const url = candidate.url === '' ? null : candidate.url;
    this.dispatchEvent(
      new RTCPeerConnectionIceEvent('icecandidate', { candidate: createIceCandidate(candidate), url }),
    );
  }

  #surfaceEndOfCandidates(mid: string): void {
    if (this.#isClosed) return;
    const { descriptions } = this.#signaling;
    const section = descriptions.localSections.find((candidate) => candidate.mid === mid);
    if (section === undefined) return;
    const { index: sdpMLineIndex, usernameFragment } = section;
    descriptions.endLocal(mid, usernameFragment ?? '');
    const candidate = new RTCIceCandidate({ candidate: '', sdpMid: mid, sdpMLineIndex, usernameFragment });
    this.dispatchEvent(new RTCPeerConnectionIceEvent('icecandidate', { candidate }));
  }

  #makeSink(): NativePeerConnectionSink {
    return {
      icecandidate: (candidate) => {
        this.#transports.whenGathering(candidate.sdpMid, () => this.#surfaceCandidate(candidate));
      },
      icecandidateerror: (address, port, url, errorCode, errorText) => {
        if (this.#isClosed) return;
        const exposed = address === '' ? { address: null, port: null } : { address, port };
        this.dispatchEvent(
          new RTCPeerConnectionIceErrorEvent('icecandidateerror', { ...exposed, url, errorCode, errorText }),
        );
      },
      negotiationneeded: (id) => {
        if (this.#isClosed) return;
        this.#negotiationNeeded.report(id);
        this.#announced?.();
        this.#announced = null;
      },
      datachannel: (handle) => {
        if (this.#isClosed) return;
        // "Announcing a data channel instance": [[ReadyState]] is "open" when datachannel is fired; open follows.
        const channel = createDataChannel(handle, this.#channelOwner);
        this.#channels.add(channel);
        announceOpen(channel, () => this.dispatchEvent(new RTCDataChannelEvent('datachannel', { channel })));
      },
    };
  }

  static {
    defineInterface(this, {
      length: 0,
      eventHandlers: [
        'negotiationneeded',
        'icecandidate',
        'icecandidateerror',
        'signalingstatechange',
        'iceconnectionstatechange',
        'icegatheringstatechange',
        'connectionstatechange',
        'datachannel',
        'track',
        'addstream',
        'removestream',
      ],
      is: (value) => #isClosed in value,
    });
    isConnection = (value): value is RTCPeerConnection => #isClosed in value;
    nativeConnection = (connection) => connection.#native;
  }
}

/** Two arguments are too many for the promise and too few for the callbacks. */
function requireOverload(prefix: string, present: number): void {
  if (present === 2) throw new TypeError(`${prefix}: the failure callback is missing.`);
}
