/**
 * Offers, answers and candidates: the operations that go through the operations chain, and what they change.
 * Implements webrtc-pc, sections 4.4.1.5 (set a session description), 4.4.2 and 4.5 as far as they concern signaling.
 */
import { exceptionFrom } from '../errors/native_error';
import { withIdentity } from '../identity/assertion';
import { IdentityLines } from '../identity/identity_lines';
import type { NativeError, NativeOfferOptions, NativePeerConnection, NativeSdpType } from '../native';
import { CreatedDescription } from './created_description';
import { Descriptions } from './descriptions';
import type { IceCandidateInit } from './RTCIceCandidate';
import type { RTCSdpType } from './RTCSessionDescription';
import { sectionOf } from './media_sections';
import { splitSections } from './sdp';
import { implicitType, isApplicable, type RTCSignalingState } from './signaling_state';

/** What the connection does when a description has been applied. */
export interface SignalingOwner {
  /**
   * Transports, transceivers and the like change, in the task that ends the operation. The result fires the events of
   * media, which follow `signalingstatechange`.
   */
  descriptionApplied(side: 'local' | 'remote', type: NativeSdpType, sdp: string): () => void;
  /** A task has begun that ends an operation. */
  taskBegins(): void;
  /** Fires `signalingstatechange`. */
  signalingStateChanged(): void;
  /** The remote peer has said that its candidates are at an end. */
  remoteCandidatesEnded(): void;
  /** Whether descriptions carry an identity assertion. */
  assertsIdentity(): boolean;
  /** The identity assertion for a description that is to be created. */
  identityAssertion(): Promise<string>;
  /** What a remote description has to wait for: the validation of its identity; `null` where there is nothing. */
  requiredIdentity(sdp: string): Promise<void> | null;
}

/** A description whose members are all there. */
export interface Description {
  type: RTCSdpType;
  sdp: string;
}

/** Has libwebrtc create a description. */
type Creation = (callback: (error: NativeError | null, description: { sdp: string }) => void) => void;

function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError');
}

function operationError(message: string): DOMException {
  return new DOMException(message, 'OperationError');
}

export class Signaling {
  readonly #native: NativePeerConnection;
  readonly #owner: SignalingOwner;
  readonly #lastOffer = new CreatedDescription();
  readonly #lastAnswer = new CreatedDescription();
  readonly #identities = new IdentityLines();
  #version = 0;
  #closed = false;

  readonly descriptions = new Descriptions();
  state: RTCSignalingState = 'stable';
  /** Whether a local description has ever been given to libwebrtc. */
  hasAppliedLocal = false;
  canTrickleIceCandidates: boolean | null = null;

  constructor(native: NativePeerConnection, owner: SignalingOwner) {
    this.#native = native;
    this.#owner = owner;
  }

  /** Something has changed that a description created before does not represent. */
  invalidateCreated(): void {
    this.#version++;
  }

  close(): void {
    this.#closed = true;
    this.state = 'closed';
  }

  /**
   * Whether no more remote candidates will come for the section of this `mid`: the peer has said so, or takes part in no
   * trickling, so that its description has all of them.
   */
  hasAllRemoteCandidates(mid: string): boolean {
    const { remote } = this.descriptions;
    if (remote === null) return false;
    if (this.canTrickleIceCandidates !== true) return true;
    return [splitSections(remote.sdp)[0], sectionOf(remote.sdp, mid)].some((part) =>
      /^a=end-of-candidates\s*$/m.test(part ?? ''),
    );
  }

  /** "Create an offer"; to be run as an operation of the chain. */
  createOffer(options: NativeOfferOptions): Promise<Description> {
    // 1. If [[SignalingState]] is neither "stable" nor "have-local-offer", reject with an InvalidStateError.
    if (this.state !== 'stable' && this.state !== 'have-local-offer') {
      return Promise.reject(invalidState(`An offer cannot be created in the state '${this.state}'.`));
    }
    return this.#createWithIdentity('offer', this.#lastOffer, (callback) => {
      this.#native.createOffer(options, callback);
    });
  }

  /** "Create an answer"; to be run as an operation of the chain. */
  createAnswer(): Promise<Description> {
    // 1. If [[SignalingState]] is neither "have-remote-offer" nor "have-local-pranswer", reject.
    if (this.state !== 'have-remote-offer' && this.state !== 'have-local-pranswer') {
      return Promise.reject(invalidState(`An answer cannot be created in the state '${this.state}'.`));
    }
    return this.#createWithIdentity('answer', this.#lastAnswer, (callback) => this.#native.createAnswer(callback));
  }

  /** "Create an offer" ("an answer"); the identity is asked for first, if there is a provider of it. */
  #createWithIdentity(type: 'offer' | 'answer', last: CreatedDescription, start: Creation): Promise<Description> {
    if (!this.#owner.assertsIdentity()) return this.#create(type, last, start, null);
    return this.#owner.identityAssertion().then((assertion) =>
      // A connection that has been closed meanwhile settles nothing.
      this.#closed ? new Promise<never>(() => undefined) : this.#create(type, last, start, assertion),
    );
  }

  #create(
    type: 'offer' | 'answer',
    last: CreatedDescription,
    start: Creation,
    identity: string | null,
  ): Promise<Description> {
    return new Promise((resolve, reject) => {
      const attempt = () => {
        const version = this.#version;
        start((error, description) => {
          this.#owner.taskBegins();
          // Final steps to create an offer (an answer): 1. If connection.[[IsClosed]] is true, abort these steps.
          if (this.#closed) return;
          if (error !== null) {
            // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
            reject(exceptionFrom(error));
            return;
          }
          // 2. If connection was modified in such a way that additional inspection is necessary, begin again.
          if (version !== this.#version) {
            attempt();
            return;
          }
          // 3. to 6. Set [[LastCreatedOffer]] ([[LastCreatedAnswer]]) and resolve.
          const sdp = withIdentity(description.sdp, identity);
          last.set(sdp, version);
          resolve({ type, sdp });
        });
      };
      attempt();
    });
  }

  /** The steps of `setLocalDescription`; to be run as an operation of the chain. */
  setLocal(given: { type?: RTCSdpType; sdp: string }): Promise<void> {
    // 4.1. Let type be description.type if present, else what fits the signaling state.
    const type = given.type ?? implicitType(this.state);
    const last = type === 'offer' ? this.#lastOffer : this.#lastAnswer;
    // 4.2., 4.3. If sdp is not what was created last, reject with an InvalidModificationError.
    if (type !== 'rollback' && last.refuses(given.sdp)) {
      return Promise.reject(
        new DOMException(`The ${type} is not one that this connection has created last.`, 'InvalidModificationError'),
      );
    }
    const refusal = this.#refusal('local', type);
    if (refusal !== null) return Promise.reject(refusal);
    if (type === 'rollback') return this.#apply('local', type, '');
    if (given.sdp !== '') return this.#apply('local', type, given.sdp);
    // 4.4., 4.5. If sdp is empty, take what was created last if it still represents the connection, else create it.
    if (last.isCurrent(this.#version)) return this.#apply('local', type, last.sdp);
    if (type === 'pranswer') return this.createAnswer().then(({ sdp }) => this.#apply('local', type, sdp));
    if (!this.#owner.assertsIdentity()) return this.#apply('local', type);
    const creation = type === 'offer' ? this.createOffer({}) : this.createAnswer();
    return creation.then(({ sdp }) => this.#apply('local', type, sdp));
  }

  /** The steps of `setRemoteDescription`; to be run as an operation of the chain. */
  async setRemote(description: Description): Promise<void> {
    // If there is a target peer identity, the description's identity comes first: nothing of an impostor is applied.
    const replacesOffer = description.type === 'offer' && this.state === 'have-local-offer';
    if (description.type !== 'rollback' && (replacesOffer || this.#refusal('remote', description.type) === null)) {
      const identity = this.#owner.requiredIdentity(description.sdp);
      if (identity !== null) await identity;
      if (this.#closed) return;
    }
    // 3.1. If description is an offer that the signaling state has no room for, roll back first.
    if (replacesOffer) await this.#apply('local', 'rollback', '');
    const refusal = this.#refusal('remote', description.type);
    if (refusal !== null) throw refusal;
    const sdp = description.type === 'rollback' ? '' : description.sdp;
    await this.#apply('remote', description.type, sdp);
  }

  /** If description.type is invalid for the current signaling state, the InvalidStateError to reject with. */
  #refusal(side: 'local' | 'remote', type: RTCSdpType): DOMException | null {
    if (isApplicable(side, type, this.state)) return null;
    return invalidState(`A ${side} description of type '${type}' cannot be applied in the state '${this.state}'.`);
  }

  /**
   * "Set a session description". Without `sdp`, libwebrtc creates the local description in the same step.
   */
  #apply(side: 'local' | 'remote', type: RTCSdpType, sdp?: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: NativeError | null) => {
        this.#owner.taskBegins();
        // This is the task that both outcomes are queued for. If connection.[[IsClosed]] is true, abort these steps.
        if (this.#closed) return;
        if (error !== null) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
          reject(exceptionFrom(error));
          return;
        }
        this.#applied(side, type, sdp);
        resolve();
      };
      if (side === 'local') {
        this.hasAppliedLocal = true;
        this.#native.setLocalDescription(sdp === undefined ? null : { type, sdp }, done);
      } else {
        this.#native.setRemoteDescription({ type, sdp: sdp ?? '' }, done);
      }
    });
  }

  /** "Set a session description": what changes together, and the event. */
  #applied(side: 'local' | 'remote', type: NativeSdpType, sdp: string | undefined): void {
    // The four descriptions, and [[SignalingState]].
    this.#identities.applied(side, type, sdp ?? '');
    this.descriptions.update(this.#identities.restore(this.#native.descriptions()));
    const { signalingState } = this.#native;
    const changed = signalingState !== this.state;
    this.state = signalingState;
    if (side === 'remote') this.canTrickleIceCandidates = this.#native.canTrickleIceCandidates;
    if (type === 'answer') {
      // Set both connection.[[LastCreatedOffer]] and connection.[[LastCreatedAnswer]] to "".
      this.#lastOffer.clear();
      this.#lastAnswer.clear();
    }
    // A local offer leaves what it is made of as it was; everything else asks for new descriptions.
    if (side === 'remote' || type !== 'offer') this.#version++;
    else if (sdp === undefined) this.#lastOffer.set(this.descriptions.pendingLocal?.sdp ?? '', this.#version);
    // [[SctpTransport]], transports, transceivers.
    const fireMediaEvents = this.#owner.descriptionApplied(side, type, sdp ?? this.descriptions.local?.sdp ?? '');
    // If connection.[[SignalingState]] changed above, fire an event named signalingstatechange.
    if (changed) this.#owner.signalingStateChanged();
    // Mute tracks, remove and add tracks of streams, and fire track.
    if (!this.#closed) fireMediaEvents();
  }

  /** The steps of `addIceCandidate`; to be run as an operation of the chain. */
  addIceCandidate(candidate: IceCandidateInit): Promise<void> {
    // 4.1. If remoteDescription is null, reject with an InvalidStateError.
    if (!this.descriptions.isRemoteDescribed) {
      return Promise.reject(invalidState('There is no remote description that the candidate could belong to.'));
    }
    const sections = this.descriptions.remoteSections;
    let section = null;
    if (candidate.sdpMid !== null) {
      // 4.2. If sdpMid is not the mid of any media description in remoteDescription, reject with an OperationError.
      section = sections.find(({ mid }) => mid === candidate.sdpMid);
      if (section === undefined) {
        return Promise.reject(operationError(`No media section has the mid '${candidate.sdpMid}'.`));
      }
    } else if (candidate.sdpMLineIndex !== null) {
      // 4.3. Else, if sdpMLineIndex is not below the number of media descriptions, reject with an OperationError.
      section = sections[candidate.sdpMLineIndex];
      if (section === undefined) {
        return Promise.reject(operationError(`There is no media section ${candidate.sdpMLineIndex}.`));
      }
    }
    // 4.5. If usernameFragment is not present in the corresponding media description of an applied remote description,
    // reject with an OperationError.
    if (candidate.usernameFragment !== null) {
      const known = this.descriptions.appliedRemoteSections.some(
        ({ mid, index, usernameFragment }) =>
          usernameFragment === candidate.usernameFragment &&
          (section === null || (mid === section.mid && index === section.index)),
      );
      if (!known) {
        return Promise.reject(operationError(`'${candidate.usernameFragment}' is no known user name fragment.`));
      }
    }
    // 4.4. If the media section has been rejected, its transceiver is stopped: resolve with undefined.
    if (section?.rejected === true) return Promise.resolve();

    const resolved: IceCandidateInit =
      section === null ? candidate : { ...candidate, sdpMid: section.mid, sdpMLineIndex: section.index };
    return candidate.candidate === '' ? this.#endOfCandidates(resolved) : this.#addCandidate(resolved);
  }

  #addCandidate(candidate: IceCandidateInit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#native.addIceCandidate(candidate, (error) => {
        if (this.#closed) return;
        if (error !== null) {
          // 4.7.1. The candidate could not be added: reject with an OperationError.
          reject(operationError(error.message));
          return;
        }
        // 4.7.2. Add the candidate to the remote descriptions of its generation; resolve.
        this.descriptions.addRemote(candidate);
        resolve();
      });
    });
  }

  /** libwebrtc has no use for the end of candidates; the remote descriptions show it. */
  #endOfCandidates(candidate: IceCandidateInit): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        if (this.#closed) return;
        this.descriptions.endRemote(candidate);
        resolve();
        this.#owner.remoteCandidatesEnded();
      });
    });
  }
}
