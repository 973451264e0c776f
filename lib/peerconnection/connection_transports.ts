/**
 * The transports of a connection, and the three states that follow from theirs. Implements webrtc-pc, section 5.6 (the
 * steps for changes of an ICE transport) as far as they concern the connection.
 *
 * A transport tells of a change in the task of the change, before its own event; the connection's states change with
 * it, and the connection's events follow the transport's.
 */
import { drainMicrotasks } from '../datachannel/microtasks';
import type { NativeTransports } from '../native';
import {
  closeDtlsTransport,
  dtlsTransportOf,
  observeDtlsTransport,
  type RTCDtlsTransport,
} from '../transport/RTCDtlsTransport';
import {
  closeIceTransport,
  endRemoteCandidates,
  isGivenUp,
  observeIceTransport,
  releaseIceTransport,
  type RTCIceTransport,
} from '../transport/RTCIceTransport';
import { sectionOf } from './media_sections';
import {
  deriveIceConnectionState,
  deriveIceGatheringState,
  derivePeerConnectionState,
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
} from './states';

/** What the connection does about changes. */
export interface TransportsOwner {
  /** Fires an event of this type at the connection. */
  fire(type: 'iceconnectionstatechange' | 'icegatheringstatechange' | 'connectionstatechange'): void;
  /** A transport has gathered the last candidate of a generation, for the section of this `mid`. */
  endOfCandidates(mid: string): void;
  /** Whether no more remote candidates will come for the section of this `mid`. */
  hasAllRemoteCandidates(mid: string): boolean;
  /** Gathering is complete on every transport. */
  gatheringComplete(): void;
  /** Runs something in a task of its own. */
  queueTask(task: () => void): void;
  /** Some state has changed: whether the connection keeps the process alive may change too. */
  stateChanged(): void;
}

type FireEvents = () => void;

export class ConnectionTransports {
  readonly #owner: TransportsOwner;
  /** What {@link update} was given last. */
  #sections: NativeTransports['dtls'] = [];
  /** Each transport with the `mid` of the first section that uses it: bundled sections share one. */
  #transports = new Map<RTCDtlsTransport, string>();
  #ice: readonly RTCIceTransport[] = [];
  #dtls: readonly RTCDtlsTransport[] = [];
  /** What waits for a transport's first `gathering`. */
  readonly #beforeGathering = new Map<RTCIceTransport, (() => void)[]>();
  /** Those that a remote description has been applied for: the state of the others stays `new`. */
  readonly #negotiated = new WeakSet<RTCIceTransport>();
  #closed = false;

  iceGatheringState: RTCIceGatheringState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  connectionState: RTCPeerConnectionState = 'new';

  constructor(owner: TransportsOwner) {
    this.#owner = owner;
  }

  /**
   * Takes over the transports that a description has left; runs in the task that applies it. `remoteSdp` is the remote
   * description, empty while there is none.
   */
  update(sections: NativeTransports['dtls'], remoteSdp: string): void {
    const old = this.#sections;
    const isSame = ({ mid, transport }: (typeof old)[number], index: number) =>
      mid === old[index]?.mid && transport === old[index].transport;
    if (sections.length !== old.length || !sections.every(isSame)) this.#replace(sections);
    for (const [{ iceTransport }, mid] of this.#transports) {
      if (this.#negotiated.has(iceTransport) || sectionOf(remoteSdp, mid) === undefined) continue;
      this.#negotiated.add(iceTransport);
      releaseIceTransport(iceTransport);
    }
  }

  #replace(sections: NativeTransports['dtls']): void {
    const before = this.#transports;
    const after = new Map<RTCDtlsTransport, string>();
    for (const { mid, transport } of sections) {
      const dtls = dtlsTransportOf(transport);
      if (!after.has(dtls)) after.set(dtls, mid);
    }
    this.#sections = sections;
    this.#transports = after;
    this.#dtls = [...after.keys()];
    this.#ice = this.#dtls.map((dtls) => dtls.iceTransport);
    for (const dtls of before.keys()) {
      if (after.has(dtls)) continue;
      observeDtlsTransport(dtls, () => undefined);
      observeIceTransport(dtls.iceTransport, {});
    }
    for (const [dtls, mid] of after) {
      if (before.get(dtls) !== mid) this.#observe(dtls, mid);
    }
    const changed = before.size !== after.size || this.#dtls.some((dtls) => !before.has(dtls));
    // The states follow from the set of transports, too. They change in a task after the description's.
    if (changed) this.#owner.queueTask(() => this.#transportsChanged());
  }

  #observe(dtls: RTCDtlsTransport, mid: string): void {
    const { iceTransport } = dtls;
    observeDtlsTransport(dtls, () => this.#updateConnectionStates());
    observeIceTransport(iceTransport, {
      state: () => this.#updateConnectionStates(),
      gathering: () => this.#gatheringChanged(iceTransport, mid),
      isNegotiated: () => this.#negotiated.has(iceTransport),
      hasAllRemoteCandidates: () => this.#owner.hasAllRemoteCandidates(mid),
    });
  }

  #transportsChanged(): void {
    if (this.#closed) return;
    const fireConnectionEvents = this.#updateConnectionStates();
    const fireGatheringEvents = this.#updateGatheringState();
    fireConnectionEvents();
    fireGatheringEvents();
  }

  /** Remote candidates have come to their end, of one section or of all. */
  remoteCandidatesEnded(): void {
    if (!this.#closed) for (const transport of this.#ice) endRemoteCandidates(transport);
  }

  /**
   * Runs `surface`, which shows a candidate for the section of this `mid`, but not before its transport is known to
   * gather: libwebrtc tells of a transport that has just been made a little later than of its candidates.
   */
  whenGathering(mid: string, surface: () => void): void {
    const transport = [...this.#transports].find(([, known]) => known === mid)?.[0].iceTransport;
    if (transport?.gatheringState !== 'new') {
      surface();
      return;
    }
    const waiting = this.#beforeGathering.get(transport);
    if (waiting === undefined) this.#beforeGathering.set(transport, [surface]);
    else waiting.push(surface);
  }

  #gatheringChanged(transport: RTCIceTransport, mid: string): FireEvents {
    const waiting = this.#beforeGathering.get(transport) ?? [];
    this.#beforeGathering.delete(transport);
    // The ICE agent has finished gathering a generation of candidates for an RTCIceTransport: steps 2 to 5.
    if (transport.gatheringState === 'complete') this.#owner.endOfCandidates(mid);
    const fire = this.#updateGatheringState();
    if (waiting.length === 0) return fire;
    return () => {
      fire();
      for (const surface of waiting) {
        drainMicrotasks?.();
        surface();
      }
    };
  }

  /** Derives `[[IceGatheringState]]`; the result fires the events that follow. */
  #updateGatheringState(): FireEvents {
    const state = deriveIceGatheringState(this.#ice.map((transport) => transport.gatheringState));
    if (this.#closed || state === this.iceGatheringState) return () => undefined;
    this.iceGatheringState = state;
    return () => {
      this.#fire('icegatheringstatechange');
      if (state === 'complete' && !this.#closed) this.#owner.gatheringComplete();
    };
  }

  /** Derives `[[IceConnectionState]]` and `[[ConnectionState]]`; the result fires the events that follow. */
  #updateConnectionStates(): FireEvents {
    if (this.#closed) return () => undefined;
    const ice = this.#ice.map((transport) => transport.state);
    const dtls = this.#dtls.map((transport) => transport.state);
    const iceConnectionState = deriveIceConnectionState(ice);
    // As Chromium has it: peers that never say that their candidates are at an end are given up, too.
    const connectionState = this.#ice.some(isGivenUp) ? 'failed' : derivePeerConnectionState(ice, dtls);
    const iceChanged = iceConnectionState !== this.iceConnectionState;
    const connectionChanged = connectionState !== this.connectionState;
    this.iceConnectionState = iceConnectionState;
    this.connectionState = connectionState;
    if (iceChanged || connectionChanged) this.#owner.stateChanged();
    return () => {
      if (iceChanged) this.#fire('iceconnectionstatechange');
      if (iceChanged && connectionChanged) drainMicrotasks?.();
      if (connectionChanged) this.#fire('connectionstatechange');
    };
  }

  /** A listener of an earlier event may have closed the connection: nothing is fired after that. */
  #fire(type: Parameters<TransportsOwner['fire']>[0]): void {
    if (!this.#closed) this.#owner.fire(type);
  }

  /** "Close the connection", steps for transports and states; no event is fired. */
  close(): void {
    this.#closed = true;
    for (const dtls of this.#dtls) {
      closeDtlsTransport(dtls);
      closeIceTransport(dtls.iceTransport);
    }
    this.iceConnectionState = 'closed';
    this.connectionState = 'closed';
  }
}
