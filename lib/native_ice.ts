/** The part of the native surface that is about ICE transports outside of peer connections. */
import type {
  NativeConfiguration,
  NativeIceCandidate,
  NativeIceCandidatePair,
  NativeIceTransportState,
} from './native';

/** What one end of ICE is known by. */
export interface NativeIceCredentials {
  usernameFragment: string;
  password: string;
  /** Of a remote end: that it makes no checks of its own. */
  iceLite?: boolean;
}

export interface NativeStandaloneIceTransportSink {
  icecandidate(candidate: NativeIceCandidate): void;
  icecandidateerror(address: string, port: number, url: string, errorCode: number, errorText: string): void;
  /** The last candidate has been reported. */
  gatheringcomplete(): void;
  /** `starts` is how often `start()` had been called then. */
  statechange(state: NativeIceTransportState, starts: number): void;
  /** The role given to `start()` has lost against the remote peer's. */
  rolechange(role: 'controlling' | 'controlled'): void;
  /** `address` and `port` are the remote candidate's, which the pair leaves out where it is peer-reflexive. */
  selectedcandidatepairchange(pair: NativeIceCandidatePair | null, address: string, port: number): void;
}

/** An ICE transport of its own. It begins to gather when it is made. */
export interface NativeStandaloneIceTransport {
  sink: NativeStandaloneIceTransportSink | undefined;
  /** Begins checks; once more, with other parameters, forgets the candidates of the ones before. */
  start(remote: NativeIceCredentials, role: 'controlling' | 'controlled'): void;
  /** `candidate` as the attribute says it, without `a=`; the fragment where the attribute does not say it. */
  addRemoteCandidate(candidate: string, usernameFragment: string | null): void;
  /** Idempotent. No sink call follows, apart from those that are on their way. */
  stop(): void;
}

export interface NativeAddonIce {
  StandaloneIceTransport: new (
    configuration: NativeConfiguration,
    local: NativeIceCredentials,
  ) => NativeStandaloneIceTransport;
  /** Throws when an agent could not use the candidate. */
  checkIceCandidate(candidate: string): void;
}
