/**
 * The one typed description of the native surface, and the loader of the addon.
 *
 * The surface is thin on purpose: a handle owns one libwebrtc object, a method is one call into libwebrtc, and all the
 * specification's steps live in the TypeScript classes above it.
 *
 * Rules that hold for every handle:
 * - What libwebrtc reports goes to the handle's `sink`, an object of callbacks. A sink is called in a task of its own,
 *   never inside a call from JS, and microtasks are drained between two calls. The addon keeps no strong reference to a
 *   sink: the handle holds it, and whoever wants events keeps the handle alive.
 * - A method that fails throws a {@link NativeError}; an operation with a callback passes it as the first argument.
 * - A callback is called exactly once, in a task of its own, or never when the peer connection has been closed first.
 */
import { join } from 'node:path';
import type { NativeAddonEncoded } from './native_encoded';
import type { NativeAddonIce } from './native_ice';
import type { NativeAddonMedia, NativePeerConnectionMedia } from './native_media';
import nodeGypBuild from 'node-gyp-build';

/** libwebrtc's error types (`RTCErrorType`). */
export type NativeErrorType =
  | 'UNSUPPORTED_OPERATION'
  | 'UNSUPPORTED_PARAMETER'
  | 'INVALID_PARAMETER'
  | 'INVALID_RANGE'
  | 'SYNTAX_ERROR'
  | 'INVALID_STATE'
  | 'INVALID_MODIFICATION'
  | 'NETWORK_ERROR'
  | 'RESOURCE_EXHAUSTED'
  | 'INTERNAL_ERROR'
  | 'OPERATION_ERROR_WITH_DATA';

/** libwebrtc's error details (`RTCErrorDetailType`), as the strings of the specification's `RTCErrorDetailType`. */
export type NativeErrorDetail =
  | 'none'
  | 'data-channel-failure'
  | 'dtls-failure'
  | 'fingerprint-failure'
  | 'sctp-failure'
  | 'sdp-syntax-error'
  | 'hardware-encoder-not-available'
  | 'hardware-encoder-error';

/** What the addon throws and what it passes to callbacks. */
export interface NativeError extends Error {
  readonly type: NativeErrorType;
  readonly detail: NativeErrorDetail;
  /** SCTP cause code, where `detail` is `sctp-failure`. */
  readonly sctpCauseCode?: number;
  /** One-based line of the SDP at fault, where the parser knows it. */
  readonly sdpLineNumber?: number;
}

/** Passed to the callback of an operation: the error, or `null`. */
export type NativeCallback<T extends unknown[] = []> = (error: NativeError | null, ...values: T) => void;

export interface NativeIceServer {
  urls: string[];
  username: string;
  password: string;
}

/** Settings outside the specification, from `RTCConfiguration.node`. All are optional; absent means libwebrtc's default. */
export interface NativeNodeSettings {
  portMin?: number;
  portMax?: number;
  /** Only interfaces that own this IP address give candidates. */
  bindAddress?: string;
  includeLoopback?: boolean;
  /** Bit mask of libwebrtc's `AdapterType`s that give no candidates. */
  networkIgnoreMask?: number;
}

export interface NativeConfiguration {
  iceServers: NativeIceServer[];
  iceTransportPolicy: 'all' | 'relay';
  bundlePolicy: 'balanced' | 'max-compat' | 'max-bundle';
  rtcpMuxPolicy: 'require';
  iceCandidatePoolSize: number;
  certificates: NativeCertificate[];
  /** `RTCConfiguration.alwaysNegotiateDataChannels`. */
  alwaysNegotiateDataChannels: boolean;
  node: NativeNodeSettings;
}

export type NativeSdpType = 'offer' | 'pranswer' | 'answer' | 'rollback';

export interface NativeSessionDescription {
  type: NativeSdpType;
  sdp: string;
}

export interface NativeDescriptions {
  currentLocal: NativeSessionDescription | null;
  pendingLocal: NativeSessionDescription | null;
  currentRemote: NativeSessionDescription | null;
  pendingRemote: NativeSessionDescription | null;
}

export interface NativeOfferOptions {
  iceRestart?: boolean;
  /** Legacy options of createOffer; absent means unset. */
  offerToReceiveAudio?: boolean;
  offerToReceiveVideo?: boolean;
}

/** A candidate as libwebrtc reports it: the attribute line (`candidate:…`) and what the line does not say. */
export interface NativeIceCandidate {
  candidate: string;
  sdpMid: string;
  sdpMLineIndex: number;
  usernameFragment: string;
  /** URL of the server that gave it; empty for host and peer-reflexive candidates. */
  url: string;
  /** `udp`, `tcp` or `tls` for a local relay candidate, empty otherwise. */
  relayProtocol: string;
}

export interface NativeIceCandidateInit {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
  usernameFragment: string | null;
}

export type NativeSignalingState =
  'stable' | 'have-local-offer' | 'have-remote-offer' | 'have-local-pranswer' | 'have-remote-pranswer' | 'closed';

export interface NativePeerConnectionSink {
  /** A local candidate was gathered. */
  icecandidate(candidate: NativeIceCandidate): void;
  icecandidateerror(address: string, port: number, url: string, errorCode: number, errorText: string): void;
  /** libwebrtc wants a negotiation; ask `shouldFireNegotiationNeeded(id)` when the operations chain is empty. */
  negotiationneeded(id: number): void;
  /** The remote peer opened a channel in-band. Set the channel's sink before returning. */
  datachannel(channel: NativeDataChannel): void;
}

export interface NativePeerConnection extends NativePeerConnectionMedia {
  sink: NativePeerConnectionSink | undefined;
  setConfiguration(configuration: NativeConfiguration): void;
  createOffer(options: NativeOfferOptions, callback: NativeCallback<[description: NativeSessionDescription]>): void;
  createAnswer(callback: NativeCallback<[description: NativeSessionDescription]>): void;
  /** `null` lets libwebrtc make the description (the parameterless form). */
  setLocalDescription(description: NativeSessionDescription | null, callback: NativeCallback): void;
  setRemoteDescription(description: NativeSessionDescription, callback: NativeCallback): void;
  addIceCandidate(candidate: NativeIceCandidateInit, callback: NativeCallback): void;
  restartIce(): void;
  shouldFireNegotiationNeeded(id: number): boolean;
  /** Throws `INVALID_PARAMETER`, `RESOURCE_EXHAUSTED` and the like. */
  createDataChannel(label: string, init: NativeDataChannelInit): NativeDataChannel;
  readonly signalingState: NativeSignalingState;
  readonly canTrickleIceCandidates: boolean | null;
  /** The four descriptions as they are now, local candidates gathered so far included. */
  descriptions(): NativeDescriptions;
  /**
   * The DTLS transport of each media section that has one, in the order of the sections, and the SCTP transport, with
   * what is known of it now. Handles keep their identity.
   */
  transports(): NativeTransports;
  /** The certificate that libwebrtc has made because the configuration has none; waits until it is there. */
  certificate(callback: NativeCallback<[certificate: NativeCertificate]>): void;
  /** One plain object for each `RTCStats` dictionary, members under their standard names. */
  getStats(callback: (stats: Record<string, unknown>[]) => void): void;
  /**
   * Writes the event log to an open file, which is the log's from then on, unless the result is false. `maxSize` in
   * bytes, 0 for no limit; `outputPeriod` in milliseconds.
   */
  startEventLog(descriptor: number, maxSize: number, outputPeriod: number): boolean;
  /** Returns when the file is complete. */
  stopEventLog(): void;
  /** Idempotent. No sink call and no callback follows, apart from data channels closing. */
  close(): void;
}

export interface NativeTransports {
  dtls: { mid: string; transport: NativeDtlsTransport }[];
  sctp: NativeSctpTransport | null;
}

export interface NativeDataChannelInit {
  ordered: boolean;
  maxPacketLifeTime: number | null;
  maxRetransmits: number | null;
  protocol: string;
  negotiated: boolean;
  id: number | null;
  priority: 'very-low' | 'low' | 'medium' | 'high';
}

export interface NativeDataChannelSink {
  open(): void;
  /** The closing procedure has begun (by either side). */
  closing(): void;
  /** The channel is closed; the error is what made it close, if anything did. Nothing follows. */
  closed(error: NativeError | null): void;
  /** Messages in the order of arrival: strings for text, `ArrayBuffer`s for binary. Many to a call. */
  messages(batch: (string | ArrayBuffer)[]): void;
  /** So many bytes of payload have left the send buffer since the last call. */
  sent(bytes: number): void;
}

export interface NativeDataChannel {
  sink: NativeDataChannelSink | undefined;
  readonly label: string;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxPacketLifeTime: number | null;
  readonly maxRetransmits: number | null;
  readonly negotiated: boolean;
  /** `null` until the DTLS role has settled it. */
  readonly id: number | null;
  readonly priority: 'very-low' | 'low' | 'medium' | 'high';
  /** libwebrtc's own view; scripts see the state that the sink's calls make. */
  readonly state: 'connecting' | 'open' | 'closing' | 'closed';
  /** Copies the data and hands it over; never blocks. The caller has checked state, size and buffer space. */
  send(data: string | ArrayBuffer | ArrayBufferView): void;
  close(): void;
  /**
   * Takes the channel from this handle, for another thread: the token is good for one `adoptDataChannel` or `restore`.
   * `null` when that is too late, and for a channel that comes from another thread itself. Nothing reaches the sink any
   * more.
   */
  release(): bigint | null;
  /** Undoes `release`. */
  restore(token: bigint): void;
  /** The largest message that the remote peer takes, in bytes. It can be set after `release`, for whoever has adopted it. */
  maxMessageSize: number;
}

export type NativeDtlsTransportState = 'new' | 'connecting' | 'connected' | 'closed' | 'failed';

/** What has happened before the sink is set is reported like the rest: a transport begins as `new`. */
export interface NativeDtlsTransportSink {
  /** Remote certificates (DER, leaf first) come with `connected`. */
  statechange(state: NativeDtlsTransportState, remoteCertificates: ArrayBuffer[]): void;
  error(error: NativeError): void;
}

export interface NativeDtlsTransport {
  sink: NativeDtlsTransportSink | undefined;
  readonly state: NativeDtlsTransportState;
  readonly iceTransport: NativeIceTransport;
  readonly remoteCertificates: ArrayBuffer[];
}

export type NativeIceTransportState =
  'new' | 'checking' | 'connected' | 'completed' | 'disconnected' | 'failed' | 'closed';
export type NativeIceGatheringState = 'new' | 'gathering' | 'complete';

/** What has happened before the sink is set is reported like the rest: a transport begins as `new`. */
export interface NativeIceTransportSink {
  statechange(state: NativeIceTransportState): void;
  gatheringstatechange(state: NativeIceGatheringState): void;
  selectedcandidatepairchange(pair: NativeIceCandidatePair | null): void;
}

export interface NativeIceCandidatePair {
  local: NativeIceCandidate;
  remote: NativeIceCandidate;
}

export interface NativeIceParameters {
  usernameFragment: string;
  password: string;
}

/** A new handle tells its sink what has happened before it was made, beginning from `new` and no pair. */
export interface NativeIceTransport {
  sink: NativeIceTransportSink | undefined;
  readonly role: 'controlling' | 'controlled' | 'unknown';
  readonly component: 'rtp' | 'rtcp';
  readonly state: NativeIceTransportState;
  readonly gatheringState: NativeIceGatheringState;
  localCandidates(): NativeIceCandidate[];
  remoteCandidates(): NativeIceCandidate[];
  selectedCandidatePair(): NativeIceCandidatePair | null;
  localParameters(): NativeIceParameters | null;
  remoteParameters(): NativeIceParameters | null;
}

export interface NativeSctpTransportInformation {
  state: 'connecting' | 'connected' | 'closed';
  /** `null` until negotiated. `Infinity` when the remote peer set no limit. */
  maxMessageSize: number | null;
  maxChannels: number | null;
}

export interface NativeSctpTransport {
  sink: { statechange(information: NativeSctpTransportInformation): void } | undefined;
  readonly information: NativeSctpTransportInformation;
  readonly dtlsTransport: NativeDtlsTransport | null;
}

export interface NativeCertificate {
  /** Milliseconds since the epoch. */
  readonly expires: number;
  readonly fingerprints: { algorithm: string; value: string }[];
  readonly pem: { certificate: string; privateKey: string };
}

export type NativeKeyParameters =
  { name: 'ECDSA'; namedCurve: 'P-256' } | { name: 'RSASSA-PKCS1-v1_5'; modulusLength: number; publicExponent: number };

export type NativeLogLevel = 'verbose' | 'info' | 'warning' | 'error' | 'none';

export interface NativeLogRecord {
  level: Exclude<NativeLogLevel, 'none'>;
  message: string;
  /** Source file and line inside libwebrtc, where known. */
  file?: string;
  line?: number;
}

export interface NativeAddon extends NativeAddonMedia, NativeAddonEncoded, NativeAddonIce {
  PeerConnection: new (configuration: NativeConfiguration) => NativePeerConnection;
  /** `expires` in milliseconds from now, or `null` for libwebrtc's default of 30 days. */
  generateCertificate(
    parameters: NativeKeyParameters,
    expires: number | null,
    callback: NativeCallback<[certificate: NativeCertificate]>,
  ): void;
  /** Rebuilds a certificate from `pem`; throws when it is malformed. */
  certificateFromPem(certificate: string, privateKey: string): NativeCertificate;
  /** Log records reach the handler in tasks of their own. `none` with `null` switches it off. Starts no thread. */
  setLogLevel(level: NativeLogLevel, handler: ((record: NativeLogRecord) => void) | null): void;
  /** PEM certificates that `turns:` servers are verified against. */
  setRootCertificates(pem: string[]): void;
  /**
   * Called with each `.local` name of a remote candidate. `done` takes the addresses, or `[]` when nobody answered.
   */
  setMulticastDnsResolver(resolve: (hostname: string, done: (addresses: string[]) => void) => void): void;
  /**
   * A channel that another handle has released, on any thread: its messages come straight to this one. `null` when the
   * token has been used, or the other thread has ended. The sink is to be set in this task.
   */
  adoptDataChannel(token: bigint): NativeDataChannel | null;
  /** Closes a channel that has been released and that nobody has adopted. */
  dropDataChannel(token: bigint): void;
  /** The clock that frames are stamped with, in microseconds. */
  monotonicTime(): number;
  /** Whether the environment holds the event loop: true while some peer connection is active and referenced. */
  holdEventLoop(hold: boolean): void;
}

/** The addon: a prebuild beside the package, or what a build from source has left. */
export const native = nodeGypBuild(join(__dirname, '..')) as NativeAddon;
