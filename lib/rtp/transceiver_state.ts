/**
 * The internal slots of a transceiver, its sender and its receiver, and the steps that work on them.
 *
 * libwebrtc changes inside a call; scripts see the change in the task that ends the operation. So what scripts see is
 * kept here. Implements webrtc-pc, section 5.4 (RTCRtpTransceiver interface).
 */
import { withExceptions } from '../errors/native_error';
import type { MediaStream } from '../media/MediaStream';
import { endTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { NativeRtpReceiver, NativeRtpSender, NativeRtpTransceiver } from '../native_media';
import type { RTCStatsReport } from '../stats/RTCStatsReport';
import { dtlsTransportOf, type RTCDtlsTransport } from '../transport/RTCDtlsTransport';
import { negotiatedParameters, type NegotiatedParameters, type NegotiatedSections } from './negotiated_parameters';
import type { RTCRtpTransceiverDirection } from './parameters';

/** What senders, receivers and transceivers need of their connection. */
export interface RtpConnection {
  /** `[[IsClosed]]`. */
  isClosed(): boolean;
  /** "Chain an asynchronous operation". @throws DOMException `InvalidStateError` when the connection is closed */
  chain<T>(prefix: string, run: () => Promise<T>): Promise<T>;
  /** "Queue a task". */
  queueTask(run: () => void): void;
  /** Something has changed that descriptions created before do not represent. */
  changed(): void;
  /** The media section of this `mid`, as negotiated last. */
  negotiated(mid: string): NegotiatedSections | null;
  getStats(selector: NativeRtpSender | NativeRtpReceiver): Promise<RTCStatsReport>;
}

/** Something that a sender sends instead of its track. */
export interface SenderForwarding {
  /** The sender gets something else to send. */
  replace(): void;
  /** What has been sent so far. */
  counts(): ForwardedCounts;
}

/** Frames that a sender has sent without encoding them. */
export interface ForwardedCounts {
  frames: number;
  keyFrames: number;
}

export class TransceiverState {
  readonly handle: NativeRtpTransceiver;
  readonly connection: RtpConnection;
  /** `[[Mid]]`. */
  mid: string | null;
  /** `[[Direction]]`. */
  direction: RTCRtpTransceiverDirection;
  /** `[[CurrentDirection]]`. */
  currentDirection: RTCRtpTransceiverDirection | null = null;
  /** `[[FiredDirection]]`. */
  firedDirection: RTCRtpTransceiverDirection | null = null;
  /** `[[Receptive]]`. */
  receptive = false;
  /** `[[Stopping]]`. */
  stopping = false;
  /** `[[Stopped]]`. */
  stopped = false;
  /** `[[SenderTrack]]`. */
  senderTrack: MediaStreamTrack | null = null;
  /** Whether Chromium's encoded streams have been made. */
  readonly encodedStreams: Record<'sender' | 'receiver', boolean> = { sender: false, receiver: false };
  /** What is sent instead of the track, if anything is. */
  forwarding: SenderForwarding | null = null;
  #forwarded: ForwardedCounts = { frames: 0, keyFrames: 0 };
  /** Called once, when sending and receiving stop. */
  readonly stopListeners = new Set<() => void>();
  /** Ids of the streams that are sent with the track, `[[AssociatedMediaStreamIds]]`. */
  senderStreams: readonly MediaStream[] = [];
  /** `[[SenderTransport]]`. */
  senderTransport: RTCDtlsTransport | null = null;
  /** `[[ReceiverTrack]]`. */
  receiverTrack!: MediaStreamTrack;
  /** `[[ReceiverTransport]]`. */
  receiverTransport: RTCDtlsTransport | null = null;
  /** `[[AssociatedRemoteMediaStreams]]`. */
  remoteStreams: readonly MediaStream[] = [];

  constructor(handle: NativeRtpTransceiver, connection: RtpConnection) {
    this.handle = handle;
    this.connection = connection;
    this.mid = handle.mid;
    this.direction = handle.direction;
  }

  /** Codecs and header extensions as libwebrtc has them, else as the descriptions have them. */
  negotiated(side: 'send' | 'receive', known: NegotiatedParameters): NegotiatedParameters {
    const { codecs, headerExtensions } = known;
    if (this.mid === null || this.stopped || (codecs.length > 0 && headerExtensions.length > 0)) return known;
    const sections = this.connection.negotiated(this.mid);
    if (sections === null) return known;
    const { local, remote } = sections;
    const [decides, other] = side === 'send' ? [remote, local] : [local, remote];
    const negotiated = negotiatedParameters(decides, other, this.handle.kind);
    return {
      codecs: codecs.length > 0 ? codecs : negotiated.codecs,
      headerExtensions: headerExtensions.length > 0 ? headerExtensions : negotiated.headerExtensions,
    };
  }

  /** Takes over what a description has changed, apart from stopping. */
  update(): void {
    const { handle } = this;
    this.mid = handle.mid;
    if (this.stopped) return;
    this.currentDirection = handle.currentDirection;
    const { dtlsTransport: senderTransport } = handle.sender;
    const { dtlsTransport: receiverTransport } = handle.receiver;
    this.senderTransport = senderTransport === null ? null : dtlsTransportOf(senderTransport);
    this.receiverTransport = receiverTransport === null ? null : dtlsTransportOf(receiverTransport);
  }

  /** What has been sent instead of tracks, of all times. */
  get forwarded(): ForwardedCounts {
    const { frames, keyFrames } = this.forwarding?.counts() ?? { frames: 0, keyFrames: 0 };
    return { frames: this.#forwarded.frames + frames, keyFrames: this.#forwarded.keyFrames + keyFrames };
  }

  /** Nothing is sent instead of the track any more. */
  endForwarding(): void {
    this.#forwarded = this.forwarded;
    this.forwarding = null;
  }

  /**
   * Has the encoder of video make key frames, of all encodings if there are no `rids`.
   *
   * @throws DOMException `InvalidStateError` when nothing is sent, `NotFoundError` for an encoding that there is not
   */
  generateKeyFrame(rids: string[]): void {
    const { handle, currentDirection } = this;
    const sends = currentDirection === 'sendrecv' || currentDirection === 'sendonly';
    if (this.stopping || !sends || (this.senderTrack === null && this.forwarding === null)) {
      throw new DOMException('The sender sends nothing.', 'InvalidStateError');
    }
    const { encodings } = handle.sender.getParameters();
    for (const rid of rids) {
      if (!encodings.some((encoding) => encoding.rid === rid)) {
        throw new DOMException(`No encoding has the rid '${rid}'.`, 'NotFoundError');
      }
    }
    withExceptions(() => handle.sender.generateKeyFrame(rids));
  }

  /** Changes `[[Direction]]`, here and in libwebrtc. */
  setDirection(direction: Exclude<RTCRtpTransceiverDirection, 'stopped'>): void {
    this.handle.setDirection(direction);
    this.direction = direction;
    this.connection.changed();
  }

  /** "Stop sending and receiving": the receiver's track ends in a task of its own. */
  stopSendingAndReceiving(): void {
    if (this.stopping) return;
    this.direction = 'inactive';
    this.stopping = true;
    for (const listener of [...this.stopListeners]) listener();
    this.connection.queueTask(() => endTrack(this.receiverTrack));
  }

  /** "Stop the RTCRtpTransceiver". */
  stop(): void {
    if (this.stopped) return;
    this.stopSendingAndReceiving();
    this.stopped = true;
    this.receptive = false;
    this.currentDirection = null;
  }
}
