/**
 * The transceivers of a connection: what scripts add and remove, and what descriptions change. Implements webrtc-pc,
 * sections 4.4.1.5 (set a session description, as far as it concerns media), 5.1 (RTP Media API) and 5.1.1 (processing
 * remote MediaStreamTracks).
 */
import { withExceptions } from '../errors/native_error';
import { addTrackToStream, removeTrackFromStream, type MediaStream } from '../media/MediaStream';
import { nativeTrack, setMuted, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { NativePeerConnection, NativeSdpType } from '../native';
import type {
  NativeMediaKind,
  NativeRtpReceiver,
  NativeRtpSender,
  NativeRtpTransceiver,
  NativeRtpTransceiverInit,
} from '../native_media';
import { isMediaKind } from '../rtp/capabilities';
import { toNativeEncoding, validateSendEncodings } from '../rtp/encodings';
import { MediaStreamEvent } from '../rtp/MediaStreamEvent';
import { directionOf, hasReceive, hasSend, type ConvertedTransceiverInit } from '../rtp/parameters';
import type { RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
import { senderState, type RTCRtpSender } from '../rtp/RTCRtpSender';
import { createTransceiver, transceiverState, type RTCRtpTransceiver } from '../rtp/RTCRtpTransceiver';
import { RTCTrackEvent, type RTCTrackEventInit } from '../rtp/RTCTrackEvent';
import { TransceiverState, type RtpConnection } from '../rtp/transceiver_state';
import type { RTCStats } from '../stats/RTCStatsReport';
import { reversed, sectionDirections, type SectionDirection } from './media_sections';
import { RemoteStreams } from './remote_streams';

/** What a description has changed and scripts have not been told of yet. */
class Changes {
  readonly mute = new Set<MediaStreamTrack>();
  readonly remove: [MediaStream, MediaStreamTrack][] = [];
  readonly add: [MediaStream, MediaStreamTrack][] = [];
  readonly tracks: RTCTrackEventInit[] = [];
}

/** What the media of a connection needs of it. */
export interface MediaOwner extends RtpConnection {
  /** A negotiation is needed that was not before. */
  negotiationNeeded(): void;
  /** Fires an event at the connection. */
  dispatch(event: Event): void;
}

export class ConnectionMedia {
  readonly #native: NativePeerConnection;
  readonly #owner: MediaOwner;
  readonly #known = new WeakMap<NativeRtpTransceiver, RTCRtpTransceiver>();
  readonly #streams = new RemoteStreams();
  /** The set of transceivers, in the order in which they came. */
  #transceivers: RTCRtpTransceiver[] = [];

  constructor(native: NativePeerConnection, owner: MediaOwner) {
    this.#native = native;
    this.#owner = owner;
  }

  // What scripts see.

  /** "CollectTransceivers". */
  get transceivers(): RTCRtpTransceiver[] {
    return [...this.#transceivers];
  }

  /** "CollectSenders". */
  get senders(): RTCRtpSender[] {
    return this.#running().map(({ sender }) => sender);
  }

  /** "CollectReceivers". */
  get receivers(): RTCRtpReceiver[] {
    return this.#running().map(({ receiver }) => receiver);
  }

  #running(): RTCRtpTransceiver[] {
    return this.#transceivers.filter((transceiver) => !transceiverState(transceiver).stopped);
  }

  /** The streams that the remote peer sends, each once. */
  get remoteStreams(): MediaStream[] {
    return [...new Set(this.#running().flatMap((transceiver) => transceiverState(transceiver).remoteStreams))];
  }

  /** The streams of the tracks that are sent, each once. */
  get localStreams(): MediaStream[] {
    const sending = this.#running()
      .map(transceiverState)
      .filter(({ senderTrack }) => senderTrack !== null);
    return [...new Set(sending.flatMap(({ senderStreams }) => senderStreams))];
  }

  // What scripts add and remove.

  /** The steps of `addTrack` after the check for a closed connection. */
  addTrack(track: MediaStreamTrack, streams: MediaStream[], prefix: string): RTCRtpSender {
    // 4. If an RTCRtpSender for track already exists in senders, throw an InvalidAccessError.
    if (this.senders.some((sender) => sender.track === track)) {
      throw new DOMException(`${prefix}: The track is being sent already.`, 'InvalidAccessError');
    }
    const unique = [...new Set(streams)];
    this.#owner.changed();
    // 5. to 7. A sender that has never sent is taken, or a new transceiver is made.
    const handle = withExceptions(() =>
      this.#native.addTrack(
        nativeTrack(track),
        unique.map(({ id }) => id),
      ),
    );
    const transceiver = this.#known.get(handle) ?? this.#append(handle);
    const state = transceiverState(transceiver);
    state.senderTrack = track;
    state.senderStreams = unique;
    state.direction = handle.direction;
    this.#owner.negotiationNeeded();
    return transceiver.sender;
  }

  /** The steps of `removeTrack` after the check for a closed connection. */
  removeTrack(sender: RTCRtpSender, prefix: string): void {
    const state = senderState(sender);
    // 4. If sender was not created by connection, throw an InvalidAccessError.
    if (state.connection !== this.#owner) {
      throw new DOMException(`${prefix}: The sender belongs to another connection.`, 'InvalidAccessError');
    }
    // 5. to 8. Nothing is to be done for a sender that is gone or sends nothing.
    if (state.stopping || state.senderTrack === null) return;
    // 9., 10. Set [[SenderTrack]] to null; [[Direction]] loses its sending half. 11. Update the flag.
    this.#owner.changed();
    withExceptions(() => this.#native.removeTrack(state.handle.sender));
    state.senderTrack = null;
    if (hasSend(state.direction)) state.direction = directionOf(false, hasReceive(state.direction));
  }

  /** The steps of `addTransceiver`. */
  addTransceiver(
    trackOrKind: MediaStreamTrack | string,
    init: ConvertedTransceiverInit,
    prefix: string,
  ): RTCRtpTransceiver {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    // 5.2. If kind is not a legal MediaStreamTrack kind, throw a TypeError.
    if (!isMediaKind(kind)) throw new TypeError(`${prefix}: '${kind}' is no kind of media.`);
    const { direction, streams, sendEncodings } = init;
    if (direction === 'stopped') throw new TypeError(`${prefix}: A transceiver cannot begin stopped.`);
    // 7. If connection.[[IsClosed]] is true, throw an InvalidStateError.
    if (this.#owner.isClosed()) throw new DOMException(`${prefix}: The connection is closed.`, 'InvalidStateError');
    // 8. Validate sendEncodings.
    validateSendEncodings(kind, sendEncodings, prefix);
    const unique = [...new Set(streams)];
    // 9. to 12. Create the sender, the receiver and the transceiver. 13. Update the negotiation-needed flag.
    const transceiver = this.#create(track ?? kind, {
      direction,
      streamIds: unique.map(({ id }) => id),
      sendEncodings: sendEncodings.map((encoding) => toNativeEncoding(encoding)),
    });
    const state = transceiverState(transceiver);
    state.senderTrack = track;
    state.senderStreams = unique;
    return transceiver;
  }

  #create(trackOrKind: MediaStreamTrack | NativeMediaKind, init: NativeRtpTransceiverInit): RTCRtpTransceiver {
    this.#owner.changed();
    const handle = withExceptions(() =>
      this.#native.addTransceiver(typeof trackOrKind === 'string' ? trackOrKind : nativeTrack(trackOrKind), init),
    );
    this.#owner.negotiationNeeded();
    return this.#append(handle);
  }

  #append(handle: NativeRtpTransceiver): RTCRtpTransceiver {
    const transceiver = this.#wrap(handle);
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #wrap(handle: NativeRtpTransceiver): RTCRtpTransceiver {
    const transceiver = createTransceiver(new TransceiverState(handle, this.#owner));
    this.#known.set(handle, transceiver);
    return transceiver;
  }

  /** `offerToReceiveAudio` and `offerToReceiveVideo` (webrtc-pc, section 4.4.3.2, legacy configuration extensions). */
  offerToReceive(kind: NativeMediaKind, wanted: boolean | undefined): void {
    if (wanted === undefined) return;
    const receiving = this.#transceivers
      .map(transceiverState)
      .filter(({ handle, stopping, direction }) => handle.kind === kind && !stopping && hasReceive(direction));
    if (!wanted) {
      for (const state of receiving) state.setDirection(directionOf(hasSend(state.direction), false));
    } else if (receiving.length === 0) {
      this.#create(kind, { direction: 'recvonly', streamIds: [], sendEncodings: [] });
    }
  }

  /** The sender or receiver that `getStats(track)` is about; `null` unless there is exactly one. */
  selector(track: MediaStreamTrack): NativeRtpSender | NativeRtpReceiver | null {
    const states = this.#transceivers.map(transceiverState);
    const senders = states.filter(({ senderTrack }) => senderTrack === track).map(({ handle }) => handle.sender);
    const receivers = states.filter(({ receiverTrack }) => receiverTrack === track);
    const found = [...senders, ...receivers.map(({ handle }) => handle.receiver)];
    return found.length === 1 ? (found[0] ?? null) : null;
  }

  /**
   * Takes forwarded frames out of what senders have encoded (webrtc-stats, section 7.10: frames that were "encoded"):
   * libwebrtc counts what comes out of an encoder, also out of one that hands on what was encoded elsewhere.
   */
  leaveOutForwarded(stats: RTCStats[]): RTCStats[] {
    for (const entry of stats) {
      if (entry.type !== 'outbound-rtp' || typeof entry['framesEncoded'] !== 'number') continue;
      const sent = this.#transceivers.map(transceiverState).find(({ mid }) => mid !== null && mid === entry['mid']);
      if (sent === undefined) continue;
      const { frames, keyFrames } = sent.forwarded;
      entry['framesEncoded'] = Math.max(0, entry['framesEncoded'] - frames);
      if (typeof entry['keyFramesEncoded'] === 'number') {
        entry['keyFramesEncoded'] = Math.max(0, entry['keyFramesEncoded'] - keyFrames);
      }
    }
    return stats;
  }

  // What descriptions change.

  /**
   * Takes over what a description has changed, in the task that ends its operation. The result fires the events that
   * follow `signalingstatechange`.
   */
  descriptionApplied(side: 'local' | 'remote', type: NativeSdpType, sdp: string): () => void {
    const before = this.#transceivers;
    // What scripts have added while the description was on its way comes before what the description has made.
    const handles = new Set(this.#native.transceivers());
    // A connection of data channels.
    if (before.length === 0 && handles.size === 0) return () => undefined;
    const changes = new Changes();
    const streamsBefore = this.remoteStreams;
    this.#transceivers = before.filter((transceiver) => handles.has(transceiverState(transceiver).handle));
    for (const handle of handles) {
      if (!this.#known.has(handle)) this.#append(handle);
    }
    const affected = new Set([...this.#transceivers, ...before]);
    const byMid = new Map<string, RTCRtpTransceiver>();
    for (const transceiver of affected) {
      const { handle, mid } = transceiverState(transceiver);
      const current = handle.mid ?? mid;
      if (current !== null) byMid.set(current, transceiver);
    }
    if (type === 'rollback') {
      for (const transceiver of affected) this.#rollBack(transceiver, changes);
    } else {
      for (const [mid, direction] of sectionDirections(sdp)) {
        const transceiver = byMid.get(mid);
        if (transceiver === undefined) continue;
        if (side === 'local') this.#processLocal(transceiver, type, direction, changes);
        else this.#processRemote(transceiver, reversed(direction), changes);
      }
    }
    for (const transceiver of affected) {
      const state = transceiverState(transceiver);
      if (state.handle.stopped || !this.#transceivers.includes(transceiver)) state.stop();
      state.update();
    }
    this.#streams.sweep();
    return () => this.#fire(changes, streamsBefore);
  }

  #processLocal(
    transceiver: RTCRtpTransceiver,
    type: NativeSdpType,
    direction: SectionDirection,
    changes: Changes,
  ): void {
    const state = transceiverState(transceiver);
    if (state.stopped) return;
    state.receptive = hasReceive(direction);
    if (type === 'offer') return;
    if (!hasReceive(direction) && hasReceive(state.firedDirection)) this.#processRemoval(state, changes);
    state.firedDirection = direction;
  }

  #processRemote(transceiver: RTCRtpTransceiver, direction: SectionDirection, changes: Changes): void {
    const state = transceiverState(transceiver);
    if (state.stopped) return;
    const associated = this.#associate(state, hasReceive(direction), changes);
    if (hasReceive(direction)) {
      if (!hasReceive(state.firedDirection) || associated) this.#processAddition(transceiver, changes);
      // Media may come as soon as the local description lets them; what is on its way counts.
      if (hasReceive(state.direction)) state.receptive = true;
    } else {
      state.receptive = false;
      if (hasReceive(state.firedDirection)) this.#processRemoval(state, changes);
    }
    state.firedDirection = direction;
  }

  #rollBack(transceiver: RTCRtpTransceiver, changes: Changes): void {
    const state = transceiverState(transceiver);
    const direction = state.currentDirection;
    const remains = this.#transceivers.includes(transceiver);
    const associated = this.#associate(state, remains && hasReceive(direction), changes);
    if (hasReceive(direction) && (!hasReceive(state.firedDirection) || associated)) {
      this.#processAddition(transceiver, changes);
    }
    if (!hasReceive(direction) && hasReceive(state.firedDirection)) this.#processRemoval(state, changes);
    state.firedDirection = direction;
    state.receptive = hasReceive(direction);
  }

  /** "Set the associated remote streams"; whether there are streams that were not associated before. */
  #associate(state: TransceiverState, receives: boolean, changes: Changes): boolean {
    const { receiverTrack: track, remoteStreams: before } = state;
    const ids = receives ? state.handle.receiver.streamIds : [];
    const streams = [...new Set(ids)].map((id) => this.#streams.get(id));
    const added = streams.filter((stream) => !before.includes(stream));
    for (const stream of before) {
      if (!streams.includes(stream)) changes.remove.push([stream, track]);
    }
    for (const stream of added) changes.add.push([stream, track]);
    state.remoteStreams = streams;
    return added.length > 0;
  }

  /** "Process the addition of a remote track". */
  #processAddition(transceiver: RTCRtpTransceiver, changes: Changes): void {
    const { receiver } = transceiver;
    const { remoteStreams } = transceiverState(transceiver);
    changes.tracks.push({ receiver, track: receiver.track, streams: [...remoteStreams], transceiver });
  }

  /** "Process the removal of a remote track". */
  #processRemoval(state: TransceiverState, changes: Changes): void {
    this.#associate(state, false, changes);
    if (!state.receiverTrack.muted) changes.mute.add(state.receiverTrack);
  }

  #fire(changes: Changes, streamsBefore: MediaStream[]): void {
    const owner = this.#owner;
    const streams = this.remoteStreams;
    for (const track of changes.mute) setMuted(track, true);
    for (const [stream, track] of changes.remove) removeTrackFromStream(stream, track);
    for (const [stream, track] of changes.add) addTrackToStream(stream, track);
    // The events of the first drafts come where browsers have them: before those of the tracks.
    for (const stream of streams) {
      if (!streamsBefore.includes(stream)) owner.dispatch(new MediaStreamEvent('addstream', { stream }));
    }
    for (const stream of streamsBefore) {
      if (!streams.includes(stream)) owner.dispatch(new MediaStreamEvent('removestream', { stream }));
    }
    for (const init of changes.tracks) owner.dispatch(new RTCTrackEvent('track', init));
  }

  /** "Close the connection": stops every transceiver, which ends the received tracks. */
  close(): void {
    for (const transceiver of this.#transceivers) transceiverState(transceiver).stop();
  }
}
