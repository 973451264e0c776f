/**
 * The agent of an `RTCIceTransport` that a script has made. It knows the parameters and the candidates of both sides, and
 * hands them to libwebrtc, which begins with `gather()`: what is given before that waits for it, and candidates wait for
 * `start()`, without which nobody knows whose they are.
 */
import { native, type NativeConfiguration } from '../native';
import type { NativeStandaloneIceTransport, NativeStandaloneIceTransportSink } from '../native_ice';
import { provideMulticastDnsResolver } from '../peerconnection/multicast_dns';
import { createIceCandidate, type RTCIceCandidate } from '../peerconnection/RTCIceCandidate';
import { withExceptions } from '../errors/native_error';
import { pairFrom, type IceAgent, type RTCIceRole } from './ice_agent';
import {
  generateIceParameters,
  sameIceParameters,
  type CompleteIceParameters,
  type RTCIceParameters,
} from './ice_parameters';
import { createIceCandidatePair, type RTCIceCandidatePair } from './RTCIceCandidatePair';
import type { RTCIceTransportState } from './RTCIceTransport';

/** Hears what the agent has to tell, each in a task of its own. */
export interface StandaloneIceOwner {
  candidate(candidate: RTCIceCandidate): void;
  candidateError(address: string, port: number, url: string, errorCode: number, errorText: string): void;
  gathered(): void;
  stateChanged(state: RTCIceTransportState): void;
  selectedPairChanged(pair: RTCIceCandidatePair | null): void;
}

/** The roles in which a transport can be started. */
export type StartRole = Exclude<RTCIceRole, 'unknown'>;

/** The attribute as libwebrtc reads it. */
function attributeOf(candidate: RTCIceCandidate): string {
  return candidate.candidate.replace(/^a=/, '').trimEnd();
}

function isSameCandidate(a: RTCIceCandidate, b: RTCIceCandidate): boolean {
  return (
    a.foundation === b.foundation &&
    a.component === b.component &&
    a.protocol === b.protocol &&
    a.address === b.address &&
    a.port === b.port &&
    a.type === b.type
  );
}

export class StandaloneIce implements IceAgent {
  readonly component = 'rtp';
  readonly #owner: StandaloneIceOwner;
  readonly #local = generateIceParameters();
  #remote: CompleteIceParameters | null = null;
  #role: StartRole | null = null;
  #startedAs: StartRole | null = null;
  /** How often libwebrtc has been told to start. */
  #starts = 0;
  readonly #localCandidates: RTCIceCandidate[] = [];
  #remoteCandidates: RTCIceCandidate[] = [];
  /** Where a peer-reflexive remote candidate of the selected pair is. */
  #reflexive: { address: string; port: number } | null = null;
  #handle: NativeStandaloneIceTransport | undefined;

  constructor(owner: StandaloneIceOwner) {
    this.#owner = owner;
  }

  get role(): StartRole | null {
    return this.#role;
  }

  /** Whether `start()` has been called. */
  get started(): boolean {
    return this.#remote !== null;
  }

  /** Whether `gather()` has been called, and `stop()` has not. */
  get running(): boolean {
    return this.#handle !== undefined;
  }

  localCandidates(): RTCIceCandidate[] {
    return [...this.#localCandidates];
  }

  remoteCandidates(): RTCIceCandidate[] {
    return [...this.#remoteCandidates];
  }

  localParameters(): RTCIceParameters {
    return { ...this.#local };
  }

  remoteParameters(): RTCIceParameters | null {
    return this.#remote && { ...this.#remote };
  }

  /** Begins to gather. */
  gather(configuration: NativeConfiguration): void {
    provideMulticastDnsResolver();
    const handle = withExceptions(() => new native.StandaloneIceTransport(configuration, this.#local));
    handle.sink = this.#makeSink();
    this.#handle = handle;
    if (this.#remote !== null && this.#role !== null) this.#hand(this.#remote, this.#role);
  }

  /** Whether a start in this role contradicts the one before. */
  contradicts(role: StartRole): boolean {
    return this.#startedAs !== null && this.#startedAs !== role;
  }

  /** Begins checks. False when nothing is new; otherwise there are no remote candidates now but those of a first start. */
  start(remote: CompleteIceParameters, role: StartRole): boolean {
    if (this.#remote !== null) {
      if (sameIceParameters(this.#remote, remote)) return false;
      this.#remoteCandidates = [];
    }
    this.#remote = remote;
    this.#startedAs = role;
    // Another role that the peer has made it take stays.
    this.#role ??= role;
    this.#hand(remote, this.#role);
    return true;
  }

  #hand(remote: CompleteIceParameters, role: StartRole): void {
    if (this.#handle === undefined) return;
    this.#starts++;
    this.#handle.start(remote, role);
    for (const candidate of this.#remoteCandidates) this.#handCandidate(candidate);
  }

  /** @throws DOMException `OperationError` for a candidate that libwebrtc cannot use */
  addRemoteCandidate(candidate: RTCIceCandidate, context: string): void {
    try {
      native.checkIceCandidate(attributeOf(candidate));
    } catch (error) {
      throw new DOMException(`${context}: ${(error as Error).message}`, 'OperationError');
    }
    this.#remoteCandidates.push(candidate);
    if (this.started) this.#handCandidate(candidate);
  }

  #handCandidate(candidate: RTCIceCandidate): void {
    this.#handle?.addRemoteCandidate(attributeOf(candidate), candidate.usernameFragment);
  }

  /** Ends for good. */
  stop(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle === undefined) return;
    handle.sink = undefined;
    handle.stop();
  }

  latestPair(pair: RTCIceCandidatePair): RTCIceCandidatePair {
    const remote = this.#signalled(pair.remote);
    return remote === pair.remote ? pair : createIceCandidatePair(pair.local, remote);
  }

  /** The candidate that the remote peer has signalled, if this is one of those. */
  #signalled(remote: RTCIceCandidate): RTCIceCandidate {
    const same = (candidate: RTCIceCandidate): boolean => {
      if (remote.type !== 'prflx') return isSameCandidate(candidate, remote);
      const { address, port } = this.#reflexive ?? {};
      return candidate.protocol === remote.protocol && candidate.address === address && candidate.port === port;
    };
    return this.#remoteCandidates.find(same) ?? remote;
  }

  #makeSink(): NativeStandaloneIceTransportSink {
    return {
      icecandidate: (description) => {
        const candidate = createIceCandidate(description);
        this.#localCandidates.push(candidate);
        this.#owner.candidate(candidate);
      },
      icecandidateerror: (...error) => this.#owner.candidateError(...error),
      gatheringcomplete: () => this.#owner.gathered(),
      statechange: (state, starts) => {
        if (this.started && starts === this.#starts) this.#owner.stateChanged(state);
      },
      rolechange: (role) => {
        this.#role = role;
      },
      selectedcandidatepairchange: (description, address, port) => {
        this.#reflexive = { address, port };
        const pair = pairFrom(description);
        if (pair === null) {
          this.#owner.selectedPairChanged(null);
          return;
        }
        const local = this.#localCandidates.find((candidate) => isSameCandidate(candidate, pair.local)) ?? pair.local;
        this.#owner.selectedPairChanged(createIceCandidatePair(local, this.#signalled(pair.remote)));
      },
    };
  }
}
