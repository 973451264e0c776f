/** The WebRTC side of a WHIP or WHEP session: an offer, its answer, trickled candidates, ICE restarts. */
import { randomBytes } from 'node:crypto';
import type { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import {
  fragmentOf,
  FragmentError,
  iceCredentials,
  parseFragment,
  restartedOffer,
  type SdpFragment,
} from './sdp_fragment';
import { Problem } from './problem';

/** Gathering may wait for servers that do not answer; clients must not. */
const GATHERING_SECONDS = 3;

/** What a PATCH request is answered with. */
export type PatchResult =
  /** Candidates were added. */
  | { status: 204 }
  /** ICE was restarted. */
  | { status: 200; etag: string; fragment: string };

const newTag = () => `"${randomBytes(12).toString('base64url')}"`;

/** Runs an answerer whose client speaks HTTP. */
export class IceSession {
  readonly connection: RTCPeerConnection;
  #offer = '';
  #etag = newTag();
  /** Requests may overlap; what they do must not. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: RTCPeerConnection) {
    this.connection = connection;
  }

  /** Identifies the ICE session: changes with each restart. */
  get etag(): string {
    return this.#etag;
  }

  /**
   * Takes the offer and gives the answer, with all candidates in it.
   *
   * @param prepare looks at the transceivers that the offer has made and sets them up
   * @throws Problem 400 when the offer cannot be used
   */
  async accept(offer: string, prepare: () => void): Promise<string> {
    return this.#inTurn(async () => {
      const { connection } = this;
      try {
        await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      } catch (error) {
        throw new Problem(400, `The offer cannot be used: ${(error as Error).message}`);
      }
      this.#offer = offer;
      prepare();
      return this.#answer();
    });
  }

  /**
   * Does what a PATCH request wants (RFC 9725, section 4.3).
   *
   * @param condition the `If-Match` header field
   * @param body the fragment
   * @throws Problem 428 without a condition, 412 when it does not hold, 400 for a malformed fragment, 422 when ICE
   * cannot be restarted
   */
  async patch(condition: string | undefined, body: string): Promise<PatchResult> {
    let fragment: SdpFragment;
    try {
      fragment = parseFragment(body);
    } catch (error) {
      if (error instanceof FragmentError) throw new Problem(400, error.message);
      throw error;
    }
    if (condition === undefined)
      throw new Problem(428, 'An If-Match header field must say which ICE session is meant.');
    return this.#inTurn(async () => {
      const tags = condition.split(',').map((tag) => tag.trim());
      if (!tags.includes('*') && !tags.includes(this.#etag)) {
        throw new Problem(412, 'That ICE session is over; there is another one.');
      }
      const { usernameFragment, password } = fragment;
      const restarts = usernameFragment !== null && usernameFragment !== iceCredentials(this.#offer)?.usernameFragment;
      if (!restarts) {
        await this.#addCandidates(fragment);
        return { status: 204 };
      }
      const answer = await this.#restart(usernameFragment, password ?? '');
      await this.#addCandidates(fragment);
      this.#etag = newTag();
      return { status: 200, etag: this.#etag, fragment: fragmentOf(answer) };
    });
  }

  /** Ends the connection. Idempotent. */
  close(): void {
    this.connection.close();
  }

  async #restart(usernameFragment: string, password: string): Promise<string> {
    const offer = restartedOffer(this.#offer, usernameFragment, password);
    try {
      await this.connection.setRemoteDescription({ type: 'offer', sdp: offer });
      const answer = await this.#answer();
      this.#offer = offer;
      return answer;
    } catch (error) {
      // The session that there is goes on.
      if (this.connection.signalingState === 'have-remote-offer') {
        await this.connection.setRemoteDescription({ type: 'rollback', sdp: '' });
      }
      throw new Problem(422, `ICE cannot be restarted: ${(error as Error).message}`);
    }
  }

  /** Answers, and waits for the candidates: there is no way to send them later. */
  async #answer(): Promise<string> {
    const { connection } = this;
    let done: () => void = () => undefined;
    const gathered = new Promise<void>((resolve) => {
      done = resolve;
    });
    const oncandidate = ({ candidate }: { candidate: unknown }) => {
      if (candidate === null) done();
    };
    connection.addEventListener('icecandidate', oncandidate);
    const timer = setTimeout(done, GATHERING_SECONDS * 1000);
    try {
      await connection.setLocalDescription();
      await gathered;
    } finally {
      clearTimeout(timer);
      connection.removeEventListener('icecandidate', oncandidate);
    }
    const description = connection.localDescription;
    if (connection.signalingState === 'closed' || description === null) {
      throw new Problem(409, 'The session has ended meanwhile.');
    }
    return description.sdp;
  }

  async #addCandidates({ usernameFragment, candidates, endOfCandidates }: SdpFragment): Promise<void> {
    const own = usernameFragment ?? iceCredentials(this.#offer)?.usernameFragment ?? null;
    for (const { candidate, sdpMid } of candidates) {
      // One that cannot be used is passed over silently (RFC 9725, section 4.3.1).
      await this.connection.addIceCandidate({ candidate, sdpMid, usernameFragment: own }).catch(() => undefined);
    }
    if (endOfCandidates) {
      await this.connection.addIceCandidate({ candidate: '', usernameFragment: own }).catch(() => undefined);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
