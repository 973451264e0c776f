import type { RTCIceCandidate } from '../peerconnection/RTCIceCandidate';
import { defineInterface, internal, requireInternal } from '../webidl';

/** Makes a pair; not part of the public interface. */
export let createIceCandidatePair: (local: RTCIceCandidate, remote: RTCIceCandidate) => RTCIceCandidatePair;

/**
 * The two candidates that an ICE transport sends and receives on.
 *
 * Implements WebRTC, section 5.6.2 (RTCIceCandidatePair).
 */
export class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  private constructor(key: symbol, local: RTCIceCandidate, remote: RTCIceCandidate) {
    requireInternal(key);
    this.#local = local;
    this.#remote = remote;
  }

  /** The local candidate. */
  get local(): RTCIceCandidate {
    return this.#local;
  }

  /** The remote candidate. */
  get remote(): RTCIceCandidate {
    return this.#remote;
  }

  static {
    defineInterface(this, { length: 0 });
    createIceCandidatePair = (local, remote) => new RTCIceCandidatePair(internal, local, remote);
  }
}
