/** What an `RTCIceTransport` asks of the agent behind it, and the agent of a transport that a connection has made. */
import type { NativeIceCandidatePair, NativeIceTransport } from '../native';
import { createIceCandidate, type RTCIceCandidate, type RTCIceComponent } from '../peerconnection/RTCIceCandidate';
import type { RTCIceParameters } from './ice_parameters';
import { createIceCandidatePair, type RTCIceCandidatePair } from './RTCIceCandidatePair';

/** Role in ICE (WebRTC, section 5.6.5). */
export type RTCIceRole = 'controlled' | 'controlling' | 'unknown';

/** An agent, as far as scripts can ask it. */
export interface IceAgent {
  readonly role: RTCIceRole | null;
  readonly component: RTCIceComponent;
  localCandidates(): RTCIceCandidate[];
  remoteCandidates(): RTCIceCandidate[];
  localParameters(): RTCIceParameters | null;
  remoteParameters(): RTCIceParameters | null;
  /** What is known of a selected pair now whose remote candidate was peer-reflexive. */
  latestPair(pair: RTCIceCandidatePair): RTCIceCandidatePair;
}

/** The pair that the addon tells of. */
export function pairFrom(pair: NativeIceCandidatePair | null): RTCIceCandidatePair | null {
  return pair && createIceCandidatePair(createIceCandidate(pair.local), createIceCandidate(pair.remote));
}

/** The agent of a connection's transport: libwebrtc knows everything. */
export class ConnectionIceAgent implements IceAgent {
  readonly #handle: NativeIceTransport;

  constructor(handle: NativeIceTransport) {
    this.#handle = handle;
  }

  get role(): RTCIceRole {
    return this.#handle.role;
  }

  get component(): RTCIceComponent {
    return this.#handle.component;
  }

  localCandidates(): RTCIceCandidate[] {
    return this.#handle.localCandidates().map(createIceCandidate);
  }

  remoteCandidates(): RTCIceCandidate[] {
    return this.#handle.remoteCandidates().map(createIceCandidate);
  }

  localParameters(): RTCIceParameters | null {
    return this.#handle.localParameters();
  }

  remoteParameters(): RTCIceParameters | null {
    return this.#handle.remoteParameters();
  }

  latestPair(pair: RTCIceCandidatePair): RTCIceCandidatePair {
    const latest = pairFrom(this.#handle.selectedCandidatePair());
    const isKnown = latest?.local.candidate === pair.local.candidate && latest.remote.type !== 'prflx';
    return isKnown ? latest : pair;
  }
}
