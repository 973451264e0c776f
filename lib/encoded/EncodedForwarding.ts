/** Encoded media from a receiver to senders of other connections, without decoding and encoding it. */
import { withExceptions } from '../errors/native_error';
import { nativeTrack } from '../media/MediaStreamTrack';
import type { NativeForwarding } from '../native_encoded';
import type { RTCRtpCodecParameters } from '../rtp/parameters';
import { isReceiver, receiverState, type RTCRtpReceiver } from '../rtp/RTCRtpReceiver';
import { isSender, senderState, type RTCRtpSender } from '../rtp/RTCRtpSender';
import type { SenderForwarding, TransceiverState } from '../rtp/transceiver_state';
import { defineInterface, interfaceType, internal, requireInternal } from '../webidl';
import { isMediaCodec, matchingCodec } from './codec_match';

/** What {@link EncodedForwarding.statistics} counts since the forwarding began. */
export interface EncodedForwardingStatistics {
  /** Frames of video or packets of audio that were handed to the sender. */
  readonly frames: number;
  /** Bytes of payload in them. */
  readonly bytes: number;
  /**
   * What came and was not sent: before the first key frame, after a loss up to the next key frame, and what the viewer's
   * bandwidth did not take.
   */
  readonly dropped: number;
  /** Key frames that this viewer has made the receiver ask the publisher for; others' requests serve it too. */
  readonly keyFramesRequested: number;
}

/**
 * Why nothing is forwarded any more: `stop()` was called; the receiver's track has ended, or its connection is closed;
 * the sender has stopped, or its connection is closed; the sender was given something else to send (another forwarding,
 * or a track by `replaceTrack()`); or the publisher sends a codec that the sender has not negotiated.
 */
export type EncodedForwardingEnd = 'stopped' | 'receiver-ended' | 'sender-ended' | 'replaced' | 'codec-mismatch';

const FORWARD = {
  prefix: "Failed to execute 'forwardEncoded'",
  parameter: (index: number) => `Failed to execute 'forwardEncoded': parameter ${index}`,
};
const receiverType = interfaceType<RTCRtpReceiver>('RTCRtpReceiver', isReceiver);
const senderType = interfaceType<RTCRtpSender>('RTCRtpSender', isSender);

/** The codecs of media that a receiver gets, or a sender may send. */
function mediaCodecs({ codecs }: { codecs: RTCRtpCodecParameters[] }): RTCRtpCodecParameters[] {
  return codecs.filter(isMediaCodec);
}

/**
 * Sends on what a receiver gets: the frames go from the network to the network as they are, natively and without
 * JavaScript for any of them. Nothing is decoded for it, and nothing encoded.
 *
 * Any number of senders, each in another connection, can have the frames of one receiver, and one sender those of one
 * receiver at a time: a second forwarding, as well as `sender.replaceTrack()`, takes the place of the first, and the
 * viewer sees the stream go on with the next key frame. The sender needs no track; one that it has is not sent meanwhile,
 * and is again when the forwarding has stopped. Only the first of a sender's encodings is used.
 *
 * A viewer gets what follows a key frame. Its requests for one (when it joins, when it has lost something) become
 * requests to the publisher, for all viewers together no more than two in a second. When more comes than its bandwidth
 * takes, frames are dropped up to a key frame instead of waiting. RTP time goes on evenly when the source changes.
 * `sender.transform` works on forwarded frames as on others, and `receiver.transform` has worked on them before.
 *
 * @param receiver of a connection that has negotiated receiving
 * @param sender of another connection, of the same kind, that has negotiated sending
 * @throws TypeError when they are of different kinds, or no receiver and sender
 * @throws DOMException `InvalidStateError` when one has stopped, or has not negotiated any codec yet
 * @throws DOMException `NotSupportedError` when the sender has negotiated none of the receiver's codecs (see
 *   `RTCRtpTransceiver.setCodecPreferences()`); nothing has been sent then
 */
export function forwardEncoded(receiver: RTCRtpReceiver, sender: RTCRtpSender): EncodedForwarding {
  const from = receiverState(receiverType(receiver, FORWARD.parameter(1)));
  const to = senderState(senderType(sender, FORWARD.parameter(2)));
  if (from.handle.kind !== to.handle.kind) {
    throw new TypeError(`${FORWARD.prefix}: The receiver is of kind '${from.handle.kind}', the sender is not.`);
  }
  if (from.stopping || from.connection.isClosed() || to.stopping || to.connection.isClosed()) {
    throw new DOMException(`${FORWARD.prefix}: The receiver or the sender has stopped.`, 'InvalidStateError');
  }
  return createForwarding(receiver, sender, from, to);
}

let createForwarding: (
  receiver: RTCRtpReceiver,
  sender: RTCRtpSender,
  from: TransceiverState,
  to: TransceiverState,
) => EncodedForwarding;

/** Encoded media on its way from a receiver to a sender; made by {@link forwardEncoded}. */
export class EncodedForwarding {
  readonly #receiver: RTCRtpReceiver;
  readonly #sender: RTCRtpSender;
  readonly #from: TransceiverState;
  readonly #to: TransceiverState;
  readonly #native: NativeForwarding;
  readonly #ended: Promise<EncodedForwardingEnd>;
  readonly #place: SenderForwarding = {
    replace: () => this.#end('replaced'),
    counts: () => this.#native.statistics(),
  };
  readonly #receiverStopped = () => this.#end('receiver-ended');
  readonly #senderStopped = () => this.#end('sender-ended');
  #resolve!: (reason: EncodedForwardingEnd) => void;
  #finished = false;

  private constructor(
    key: symbol,
    receiver: RTCRtpReceiver,
    sender: RTCRtpSender,
    from: TransceiverState,
    to: TransceiverState,
  ) {
    requireInternal(key);
    this.#receiver = receiver;
    this.#sender = sender;
    this.#from = from;
    this.#to = to;
    this.#ended = new Promise((resolve) => (this.#resolve = resolve));

    const incoming = mediaCodecs(receiver.getParameters());
    const outgoing = mediaCodecs(sender.getParameters());
    if (incoming.length === 0 || outgoing.length === 0) {
      throw new DOMException(`${FORWARD.prefix}: No codec has been negotiated yet.`, 'InvalidStateError');
    }
    // Publishers send the first codec that was negotiated, as long as nobody changes that.
    const received = incoming.find((codec) => matchingCodec(codec, outgoing) !== undefined);
    const sent = received && matchingCodec(received, outgoing);
    if (received === undefined || sent === undefined) {
      const list = (codecs: RTCRtpCodecParameters[]) => codecs.map(({ mimeType }) => mimeType).join(', ');
      throw new DOMException(
        `${FORWARD.prefix}: The sender has negotiated ${list(outgoing)}, the receiver ${list(incoming)}.`,
        'NotSupportedError',
      );
    }
    const payloadTypes = incoming.flatMap((codec) => {
      const match = matchingCodec(codec, outgoing);
      return match === undefined ? [] : [{ from: codec.payloadType, to: match.payloadType }];
    });
    to.forwarding?.replace();
    this.#native = withExceptions(() =>
      from.handle.receiver.forward(to.handle.sender, { payloadTypes, clockRate: received.clockRate }),
    );
    this.#native.sink = { mismatch: (payloadType) => this.#mismatch(payloadType) };
    to.forwarding = this.#place;
    if (to.handle.kind === 'video') this.#chooseCodec(sent);
    from.stopListeners.add(this.#receiverStopped);
    to.stopListeners.add(this.#senderStopped);
  }

  /** Where the media come from. */
  get receiver(): RTCRtpReceiver {
    return this.#receiver;
  }

  /** Where they go. */
  get sender(): RTCRtpSender {
    return this.#sender;
  }

  /** Resolves when nothing is forwarded any more, with the reason; never rejects. */
  get ended(): Promise<EncodedForwardingEnd> {
    return this.#ended;
  }

  /** What has been forwarded so far, also after the end. */
  get statistics(): EncodedForwardingStatistics {
    const { frames, bytes, dropped, keyFramesRequested } = this.#native.statistics();
    return { frames, bytes, dropped, keyFramesRequested };
  }

  /** Stops forwarding; the sender's own track is sent again, if it has one. Idempotent. */
  stop(): void {
    this.#end('stopped');
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** Has the sender send `codec`, whatever it has sent before. */
  #chooseCodec({ mimeType, clockRate, sdpFmtpLine }: RTCRtpCodecParameters): void {
    const { sender: handle } = this.#to.handle;
    const parameters = handle.getParameters();
    const [encoding] = parameters.encodings;
    const [first] = mediaCodecs(parameters);
    const current = encoding?.codec ?? first;
    if (encoding === undefined || current === undefined) return;
    if (current.mimeType.toLowerCase() === mimeType.toLowerCase() && current.sdpFmtpLine === sdpFmtpLine) return;
    encoding.codec = { mimeType, clockRate, ...(sdpFmtpLine === undefined ? {} : { sdpFmtpLine }) };
    handle.setParameters(parameters, (error) => {
      if (error !== null) this.#end('codec-mismatch');
    });
  }

  /** The publisher sends another codec than expected. */
  #mismatch(payloadType: number): void {
    if (this.#finished) return;
    const received = this.#receiver.getParameters().codecs.find((codec) => codec.payloadType === payloadType);
    // Comfort noise, tones and the like are left out.
    if (received !== undefined && !isMediaCodec(received)) return;
    const sent = received && matchingCodec(received, mediaCodecs(this.#sender.getParameters()));
    if (sent === undefined || this.#to.handle.kind === 'audio') this.#end('codec-mismatch');
    else this.#chooseCodec(sent);
  }

  #end(reason: EncodedForwardingEnd): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#native.sink = undefined;
    this.#native.close();
    const to = this.#to;
    this.#from.stopListeners.delete(this.#receiverStopped);
    to.stopListeners.delete(this.#senderStopped);
    if (to.forwarding === this.#place) to.endForwarding();
    if (reason !== 'replaced' && reason !== 'sender-ended') {
      to.handle.sender.setTrack(to.senderTrack === null ? null : nativeTrack(to.senderTrack));
    }
    this.#resolve(reason);
  }

  static {
    defineInterface(this, { length: 0 });
    createForwarding = (receiver, sender, from, to) => new EncodedForwarding(internal, receiver, sender, from, to);
  }
}
