import { createEncodedStreams, type RTCInsertableStreams } from '../encoded/encoded_streams';
import { transformAttribute, type RTCRtpTransform } from '../encoded/rtp_transform';
import { createTrack, setMuted, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { NativeRtpReceiver } from '../native_media';
import { promiseOperation } from '../peerconnection/promise_operation';
import type { RTCStatsReport } from '../stats/RTCStatsReport';
import type { RTCDtlsTransport } from '../transport/RTCDtlsTransport';
import {
  DOMString,
  attributeContext,
  defineInterface,
  double,
  internal,
  nullable,
  operation,
  requireInternal,
} from '../webidl';
import { receiverCapabilities } from './capabilities';
import type { RTCRtpCapabilities, RTCRtpReceiveParameters } from './parameters';
import { remoteSource } from './remote_source';
import type { TransceiverState } from './transceiver_state';

/** Who has contributed to what was played last. */
export interface RTCRtpContributingSource {
  /** When that was played, in milliseconds since the epoch. */
  timestamp: number;
  /** The CSRC or SSRC. */
  source: number;
  /** Its level, from 0 to 1; audio only. */
  audioLevel?: number;
  /** The RTP time stamp. */
  rtpTimestamp: number;
  /**
   * When that was captured, in milliseconds on the capturing system's NTP clock; where the header extension for absolute
   * capture time has been negotiated.
   */
  captureTimestamp?: number;
  /** By how much that clock is ahead of the sender's, in milliseconds, as the sender estimates it. */
  senderCaptureTimeOffset?: number;
}

/** Who has sent what was played last. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a dictionary without members of its own
export interface RTCRtpSynchronizationSource extends RTCRtpContributingSource {}

const NAME = 'RTCRtpReceiver';
const GET_CAPABILITIES = operation(NAME, 'getCapabilities');
const CREATE_STREAMS = operation(NAME, 'createEncodedStreams');
const TARGET = attributeContext(NAME, 'jitterBufferTarget');
const TRANSFORM = attributeContext(NAME, 'transform');
const nullableDouble = nullable(double);

/** Most that `jitterBufferTarget` takes, in milliseconds. */
const MAX_TARGET = 4000;

/** Makes the receiver of a transceiver. Not part of the public interface. */
export let createReceiver: (state: TransceiverState) => RTCRtpReceiver;
/** Brand check for {@link RTCRtpReceiver}. Not part of the public interface. */
export let isReceiver: (value: object) => value is RTCRtpReceiver;
/** The slots of a receiver's transceiver. Not part of the public interface. */
export let receiverState: (receiver: RTCRtpReceiver) => TransceiverState;

/**
 * Receives a track.
 *
 * Implements webrtc-pc, section 5.3 (RTCRtpReceiver interface), and WebRTC Extensions (jitterBufferTarget, capture
 * timestamps).
 */
export class RTCRtpReceiver {
  readonly #state: TransceiverState;
  readonly #handle: NativeRtpReceiver;
  readonly #transform;
  #jitterBufferTarget: number | null = null;

  private constructor(key: symbol, state: TransceiverState) {
    requireInternal(key);
    const handle = state.handle.receiver;
    this.#state = state;
    this.#handle = handle;
    this.#transform = transformAttribute({ side: 'receiver', state });
    const track = createTrack(handle.track, remoteSource(state.handle.kind, state.connection), { muted: true });
    state.receiverTrack = track;
    // It ends with the transceiver, when scripts see that one stopped: libwebrtc stops it earlier.
    handle.track.sink = undefined;
    handle.sink = {
      firstpacket: () => {
        if (state.receptive) setMuted(track, false);
      },
    };
  }

  /** The received track: muted until its first packet has come; always the same object. */
  get track(): MediaStreamTrack {
    return this.#state.receiverTrack;
  }

  /** The transport of the track; `null` before it has been negotiated. */
  get transport(): RTCDtlsTransport | null {
    return this.#state.receiverTransport;
  }

  /** How long media wait before they are played, in milliseconds, 0 to 4000; `null` leaves it to libwebrtc. */
  get jitterBufferTarget(): number | null {
    return this.#jitterBufferTarget;
  }

  set jitterBufferTarget(value: number | null) {
    const handle = this.#handle;
    const target = nullableDouble(value, TARGET);
    if (target !== null && (target < 0 || target > MAX_TARGET)) {
      throw new RangeError(`${TARGET} is not between 0 and ${MAX_TARGET}.`);
    }
    this.#jitterBufferTarget = target;
    handle.setJitterBufferMinimumDelay(target === null ? null : target / 1000);
  }

  /**
   * What works on the encoded frames before they are decoded; `null` when nothing does.
   *
   * Setting it throws a `DOMException` `InvalidStateError` for a transform that is, or has been, set elsewhere.
   */
  get transform(): RTCRtpTransform | null {
    return this.#transform.value;
  }

  set transform(value: RTCRtpTransform | null) {
    this.#transform.set(value, TRANSFORM);
  }

  /** What can be received of a kind of media, `'audio'` or `'video'`; `null` for any other. */
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    GET_CAPABILITIES.requireArguments(arguments.length, 1);
    return receiverCapabilities(DOMString(kind, GET_CAPABILITIES.parameter(1)));
  }

  /** What has been negotiated. */
  getParameters(): RTCRtpReceiveParameters {
    const { rtcp, ...known } = this.#handle.getParameters();
    return { ...this.#state.negotiated('receive', known), rtcp: { reducedSize: rtcp.reducedSize } };
  }

  /** The contributors to what was played in the last ten seconds, the latest first. */
  getContributingSources(): RTCRtpContributingSource[] {
    return this.#sources('csrc');
  }

  /** The senders of what was played in the last ten seconds, the latest first. */
  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return this.#sources('ssrc');
  }

  /**
   * The encoded frames as streams on this thread (Chromium's; the specification has {@link transform}). To be called before
   * frames come: those that have come are gone.
   *
   * @throws DOMException `InvalidStateError` for the second time, and with a transform
   */
  createEncodedStreams(): RTCInsertableStreams {
    const host = { side: 'receiver', state: this.#state } as const;
    return createEncodedStreams(host, this.#transform.value !== null, CREATE_STREAMS.prefix);
  }

  /** Statistics of this receiver and what they refer to. */
  getStats(): Promise<RTCStatsReport> {
    return promiseOperation(() => this.#state.connection.getStats(this.#handle));
  }

  #sources(wanted: 'csrc' | 'ssrc'): RTCRtpContributingSource[] {
    return this.#handle
      .sources()
      .filter(({ type }) => type === wanted)
      .sort((a, b) => b.timestamp - a.timestamp)
      .map(({ timestamp, source, audioLevel, rtpTimestamp, captureTimestamp, senderCaptureTimeOffset }) => ({
        timestamp,
        source,
        ...(audioLevel === undefined ? {} : { audioLevel }),
        rtpTimestamp,
        ...(captureTimestamp === undefined ? {} : { captureTimestamp }),
        ...(senderCaptureTimeOffset === undefined ? {} : { senderCaptureTimeOffset }),
      }));
  }

  static {
    defineInterface(this, { length: 0 });
    createReceiver = (state) => new RTCRtpReceiver(internal, state);
    isReceiver = (value): value is RTCRtpReceiver => #state in value;
    receiverState = (receiver) => receiver.#state;
  }
}
