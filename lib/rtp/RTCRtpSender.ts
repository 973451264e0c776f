import { randomUUID } from 'node:crypto';
import { createEncodedStreams, type RTCInsertableStreams } from '../encoded/encoded_streams';
import { isRid } from '../encoded/RTCRtpScriptTransformer';
import { transformAttribute, type RTCRtpTransform } from '../encoded/rtp_transform';
import { exceptionFrom, withExceptions } from '../errors/native_error';
import { isMediaStreamTrack, nativeTrack, type MediaStreamTrack } from '../media/MediaStreamTrack';
import type { MediaStream } from '../media/MediaStream';
import type { NativeRtpSender } from '../native_media';
import { promiseOperation } from '../peerconnection/promise_operation';
import type { RTCStatsReport } from '../stats/RTCStatsReport';
import type { RTCDtlsTransport } from '../transport/RTCDtlsTransport';
import {
  DOMString,
  attributeContext,
  defineInterface,
  interfaceType,
  internal,
  nullable,
  operation,
  requireInternal,
  sequence,
} from '../webidl';
import { senderCapabilities } from './capabilities';
import { checkLimits, completeScaling, toNativeEncoding } from './encodings';
import {
  mediaStreamType,
  sendParameters,
  setParameterOptions,
  type ConvertedSendParameters,
  type RTCRtpCapabilities,
  type RTCRtpSendParameters,
  type RTCSetParameterOptions,
} from './parameters';
import { createDtmfSender, type RTCDTMFSender } from './RTCDTMFSender';
import type { TransceiverState } from './transceiver_state';

const NAME = 'RTCRtpSender';
const GET_CAPABILITIES = operation(NAME, 'getCapabilities');
const SET_PARAMETERS = operation(NAME, 'setParameters');
const REPLACE_TRACK = operation(NAME, 'replaceTrack');
const SET_STREAMS = operation(NAME, 'setStreams');
const GENERATE_KEY_FRAME = operation(NAME, 'generateKeyFrame');
const CREATE_STREAMS = operation(NAME, 'createEncodedStreams');
const TRANSFORM = attributeContext(NAME, 'transform');
const strings = sequence(DOMString);

const nullableTrack = nullable(
  interfaceType<MediaStreamTrack>('MediaStreamTrack', (value) => isMediaStreamTrack(value)),
);

/** Makes the sender of a transceiver. Not part of the public interface. */
export let createSender: (state: TransceiverState) => RTCRtpSender;
/** Brand check for {@link RTCRtpSender}. Not part of the public interface. */
export let isSender: (value: object) => value is RTCRtpSender;
/** The slots of a sender's transceiver. Not part of the public interface. */
export let senderState: (sender: RTCRtpSender) => TransceiverState;

function invalidState(message: string): DOMException {
  return new DOMException(`${SET_PARAMETERS.prefix}: ${message}`, 'InvalidStateError');
}

function invalidModification(message: string): DOMException {
  return new DOMException(`${SET_PARAMETERS.prefix}: ${message}`, 'InvalidModificationError');
}

/**
 * Sends a track.
 *
 * Implements webrtc-pc, section 5.2 (RTCRtpSender interface), with WebRTC-SVC and WebRTC Priority Control.
 */
export class RTCRtpSender {
  readonly #state: TransceiverState;
  readonly #handle: NativeRtpSender;
  readonly #dtmf: RTCDTMFSender | null;
  readonly #transform;
  #lastReturnedParameters: RTCRtpSendParameters | null = null;

  private constructor(key: symbol, state: TransceiverState) {
    requireInternal(key);
    this.#state = state;
    this.#handle = state.handle.sender;
    const { dtmf } = this.#handle;
    this.#dtmf = dtmf === null ? null : createDtmfSender(dtmf, state);
    this.#transform = transformAttribute({ side: 'sender', state });
  }

  /** The track that is sent; `null` when nothing is. */
  get track(): MediaStreamTrack | null {
    return this.#state.senderTrack;
  }

  /** The transport of the track; `null` before it has been negotiated. */
  get transport(): RTCDtlsTransport | null {
    return this.#state.senderTransport;
  }

  /** Sends telephone tones; `null` for video. */
  get dtmf(): RTCDTMFSender | null {
    return this.#dtmf;
  }

  /**
   * What works on the encoded frames before they are sent; `null` when nothing does.
   *
   * Setting it throws a `DOMException` `InvalidStateError` for a transform that is, or has been, set elsewhere.
   */
  get transform(): RTCRtpTransform | null {
    return this.#transform.value;
  }

  set transform(value: RTCRtpTransform | null) {
    this.#transform.set(value, TRANSFORM);
  }

  /** What can be sent of a kind of media, `'audio'` or `'video'`; `null` for any other. */
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    GET_CAPABILITIES.requireArguments(arguments.length, 1);
    return senderCapabilities(DOMString(kind, GET_CAPABILITIES.parameter(1)));
  }

  /** How the track is sent; to be changed and given to {@link setParameters}. */
  getParameters(): RTCRtpSendParameters {
    // 2. Within one task, the same parameters.
    let parameters = this.#lastReturnedParameters;
    if (parameters === null) {
      parameters = this.#readParameters();
      this.#lastReturnedParameters = parameters;
      // Queue a task that sets [[LastReturnedParameters]] to null.
      this.#state.connection.queueTask(() => {
        this.#lastReturnedParameters = null;
      });
    }
    return structuredClone(parameters);
  }

  #readParameters(): RTCRtpSendParameters {
    const { codecs, headerExtensions, rtcp, encodings, degradationPreference } = this.#handle.getParameters();
    // A picture that nobody scales has the scale 1.
    const scaled = this.#state.handle.kind === 'video' ? { scaleResolutionDownBy: 1 } : {};
    return {
      transactionId: randomUUID(),
      encodings: encodings.map(({ adaptivePtime, ...encoding }) => ({
        ...scaled,
        ...encoding,
        ...(adaptivePtime ? { adaptivePtime } : {}),
      })),
      ...this.#state.negotiated('send', { codecs, headerExtensions }),
      rtcp,
      ...(degradationPreference === undefined ? {} : { degradationPreference }),
    };
  }

  /**
   * Changes how the track is sent.
   *
   * @param parameters what {@link getParameters} has given in this task, with other `encodings` or
   *   `degradationPreference`
   * @throws DOMException `InvalidStateError` without a `getParameters()` before it or after the transceiver has been
   *   stopped, `InvalidModificationError` when something else has been changed, `OperationError` for what the encoder
   *   cannot do
   * @throws RangeError for `scaleResolutionDownBy` below 1 and negative `maxFramerate`
   */
  setParameters(parameters: RTCRtpSendParameters, setParameterOptionsDict: RTCSetParameterOptions = {}): Promise<void> {
    const present = arguments.length;
    return promiseOperation(async () => {
      const state = this.#state;
      SET_PARAMETERS.requireArguments(present, 1);
      const converted = sendParameters(parameters, SET_PARAMETERS.parameter(1));
      const { encodingOptions } = setParameterOptions(setParameterOptionsDict, SET_PARAMETERS.parameter(2));
      // 3. If transceiver.[[Stopping]] is true, reject with an InvalidStateError.
      if (state.stopping) throw invalidState('The transceiver has been stopped.');
      // 4. If [[LastReturnedParameters]] is null, reject with an InvalidStateError.
      const last = this.#lastReturnedParameters;
      if (last === null) throw invalidState('getParameters() has not been called in this task.');
      // 5. Validate parameters.
      this.#validate(converted, last);
      if (encodingOptions.length !== 0 && encodingOptions.length !== converted.encodings.length) {
        throw invalidModification('There must be as many encodingOptions as encodings.');
      }
      await this.#apply(converted);
      const keyFrames = encodingOptions.flatMap(({ keyFrame }, index) => (keyFrame === true ? [index] : []));
      if (keyFrames.length > 0) {
        const rids = keyFrames.flatMap((index) => converted.encodings[index]?.rid ?? []);
        withExceptions(() => this.#handle.generateKeyFrame(rids));
      }
    });
  }

  #validate(parameters: ConvertedSendParameters, last: RTCRtpSendParameters): void {
    const { encodings } = parameters;
    if (parameters.transactionId !== last.transactionId) throw invalidModification('transactionId has changed.');
    if (encodings.length !== last.encodings.length) throw invalidModification('The number of encodings has changed.');
    if (encodings.some(({ rid }, index) => rid !== last.encodings[index]?.rid)) {
      throw invalidModification('A rid has changed.');
    }
    const fixed = ({ codecs, headerExtensions, rtcp }: RTCRtpSendParameters) =>
      sendParameters({ codecs, headerExtensions, rtcp, encodings: [], transactionId: '' }, SET_PARAMETERS.parameter(1));
    if (JSON.stringify(fixed(parameters)) !== JSON.stringify(fixed(last))) {
      throw invalidModification('codecs, headerExtensions and rtcp cannot be changed.');
    }
    const { kind } = this.#state.handle;
    checkLimits(kind, encodings, 'InvalidModificationError', SET_PARAMETERS.prefix);
    if (kind === 'video') completeScaling(encodings);
  }

  #apply(parameters: ConvertedSendParameters): Promise<void> {
    const { encodings, degradationPreference } = parameters;
    return new Promise((resolve, reject) => {
      const { transactionId, codecs, headerExtensions, rtcp, encodings: current } = this.#handle.getParameters();
      // A description on its way may have left fewer encodings than scripts have seen.
      const kept =
        current.length === encodings.length
          ? encodings
          : current.map(({ rid }, index) => encodings.find((encoding) => encoding.rid === rid) ?? encodings[index]);
      const changed = {
        transactionId,
        codecs,
        headerExtensions,
        rtcp,
        encodings: kept.flatMap((encoding) => (encoding === undefined ? [] : toNativeEncoding(encoding))),
        ...(degradationPreference === undefined ? {} : { degradationPreference }),
      };
      this.#handle.setParameters(changed, (error) => {
        if (error !== null) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a DOMException
          reject(exceptionFrom(error));
          return;
        }
        this.#lastReturnedParameters = null;
        resolve();
      });
    });
  }

  /**
   * Sends another track of the same kind, or nothing, without a negotiation.
   *
   * @throws TypeError for a track of another kind
   * @throws DOMException `InvalidStateError` when the connection is closed or the transceiver stopped
   */
  replaceTrack(withTrack: MediaStreamTrack | null): Promise<void> {
    const present = arguments.length;
    return promiseOperation(() => {
      const state = this.#state;
      REPLACE_TRACK.requireArguments(present, 1);
      const track = nullableTrack(withTrack, REPLACE_TRACK.parameter(1));
      // 4. If the track's kind differs from the transceiver's, reject with a TypeError.
      if (track !== null && track.kind !== state.handle.kind) {
        throw new TypeError(`${REPLACE_TRACK.prefix}: The track is not of kind '${state.handle.kind}'.`);
      }
      // 5. Chain the following steps to connection's operations chain.
      return state.connection.chain(REPLACE_TRACK.prefix, () => this.#replace(track));
    });
  }

  #replace(track: MediaStreamTrack | null): Promise<void> {
    const state = this.#state;
    // 5.1. If transceiver.[[Stopping]] is true, reject with an InvalidStateError.
    if (state.stopping) {
      return Promise.reject(
        new DOMException(`${REPLACE_TRACK.prefix}: The transceiver has been stopped.`, 'InvalidStateError'),
      );
    }
    state.forwarding?.replace();
    if (!this.#handle.setTrack(track === null ? null : nativeTrack(track))) {
      return Promise.reject(
        new DOMException(`${REPLACE_TRACK.prefix}: The track cannot be sent.`, 'InvalidModificationError'),
      );
    }
    // 5.5.4. Queue a task that sets [[SenderTrack]] and resolves.
    return new Promise((resolve) => {
      state.connection.queueTask(() => {
        if (state.connection.isClosed()) return;
        state.senderTrack = track;
        resolve();
      });
    });
  }

  /**
   * Names the streams that the remote peer finds the track in; takes effect with the next negotiation.
   *
   * @throws DOMException `InvalidStateError` when the connection is closed
   */
  setStreams(...streams: MediaStream[]): void {
    const state = this.#state;
    const converted = streams.map((stream, index) => mediaStreamType(stream, SET_STREAMS.parameter(index + 1)));
    if (state.connection.isClosed()) {
      throw new DOMException(`${SET_STREAMS.prefix}: The connection is closed.`, 'InvalidStateError');
    }
    state.senderStreams = [...new Set(converted)];
    state.connection.changed();
    withExceptions(() => this.#handle.setStreams(state.senderStreams.map(({ id }) => id)));
  }

  /**
   * Has the encoder make key frames (WebRTC Encoded Transform, section 3.3).
   *
   * @param rids - of the encodings; all without it.
   * @throws DOMException `InvalidStateError` unless video is sent, `NotAllowedError` for a string that is no rid,
   *   `NotFoundError` for one that no encoding has
   */
  generateKeyFrame(rids: string[] = []): Promise<void> {
    return promiseOperation(() => {
      const state = this.#state;
      const converted = strings(rids, GENERATE_KEY_FRAME.parameter(1));
      const wrong = converted.find((rid) => !isRid(rid));
      if (wrong !== undefined) {
        throw new DOMException(`${GENERATE_KEY_FRAME.prefix}: '${wrong}' is no rid.`, 'NotAllowedError');
      }
      if (state.handle.kind !== 'video') {
        throw new DOMException(`${GENERATE_KEY_FRAME.prefix}: The sender is none of video.`, 'InvalidStateError');
      }
      state.generateKeyFrame(converted);
      return Promise.resolve();
    });
  }

  /**
   * The encoded frames as streams on this thread (Chromium's; the specification has {@link transform}). To be called before
   * frames come: those that have come are gone.
   *
   * @throws DOMException `InvalidStateError` for the second time, and with a transform
   */
  createEncodedStreams(): RTCInsertableStreams {
    const host = { side: 'sender', state: this.#state } as const;
    return createEncodedStreams(host, this.#transform.value !== null, CREATE_STREAMS.prefix);
  }

  /** Statistics of this sender and what they refer to. */
  getStats(): Promise<RTCStatsReport> {
    return promiseOperation(() => this.#state.connection.getStats(this.#handle));
  }

  static {
    defineInterface(this, { length: 0 });
    createSender = (state) => new RTCRtpSender(internal, state);
    isSender = (value): value is RTCRtpSender => #state in value;
    senderState = (sender) => sender.#state;
  }
}
