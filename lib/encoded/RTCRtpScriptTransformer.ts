import type { ReadableStream, WritableStream } from 'node:stream/web';
import type { MessagePort } from 'node:worker_threads';
import type { NativeTransformer } from '../native_encoded';
import {
  DOMString,
  TypedEventTarget,
  defineInterface,
  internal,
  operation,
  requireInternal,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import type { RTCEncodedFrame } from './frame_kinds';
import { FrameStreams } from './frame_streams';
import { KeyFrameRequestEvent } from './KeyFrameRequestEvent';
import type { FromWorker, ToWorker } from './worker_messages';

/** Events of {@link RTCRtpScriptTransformer}. */
export interface RTCRtpScriptTransformerEventMap {
  /** The remote peer wants a key frame of what the sender sends (RTCP PLI or FIR). */
  keyframerequest: KeyFrameRequestEvent;
}

/** The event-handler attributes of {@link RTCRtpScriptTransformer}. */
export interface RTCRtpScriptTransformerEventHandlers {
  /** The remote peer wants a key frame of what the sender sends. */
  get onkeyframerequest(): EventHandlerValue;
  set onkeyframerequest(handler: EventHandler<RTCRtpScriptTransformer, KeyFrameRequestEvent>);
}

interface Pending {
  rid: string | null;
  readonly resolve: (rtpTimestamp: number) => void;
  readonly reject: (error: DOMException) => void;
}

const GENERATE = operation('RTCRtpScriptTransformer', 'generateKeyFrame');

/** What RFC 8851, section 10, calls a rid-id. */
const RID = /^[A-Za-z0-9]{1,255}$/;

/** Whether a string may name an encoding. */
export const isRid = (rid: string): boolean => RID.test(rid);

/** What a worker knows of one of its transforms. Not part of the public interface. */
export interface TransformerLink {
  readonly transformer: RTCRtpScriptTransformer;
  settle(message: Extract<ToWorker, { type: 'settle' }>): void;
  end(): void;
}
/** Makes the transformer of a native one; requests go to `port`. Not part of the public interface. */
export let createTransformer: (
  id: number,
  native: NativeTransformer,
  options: unknown,
  port: MessagePort,
) => TransformerLink;

let lastRequest = 0;

/**
 * The worker's side of an `RTCRtpScriptTransform`: reads frames, and writes them so that they go on.
 *
 * What nobody reads waits, up to some number of frames; what comes then is dropped (see `droppedFrames`).
 *
 * Implements WebRTC Encoded Transform, section 5.2 (RTCRtpScriptTransformer interface).
 */
export class RTCRtpScriptTransformer extends TypedEventTarget<
  RTCRtpScriptTransformer,
  RTCRtpScriptTransformerEventMap,
  RTCRtpScriptTransformerEventHandlers
> {
  readonly #id: number;
  readonly #streams: FrameStreams;
  readonly #options: unknown;
  readonly #port: MessagePort;
  /** Requests that the other thread has not answered. */
  readonly #requests = new Map<
    number,
    { readonly resolve: () => void; readonly reject: (error: DOMException) => void }
  >();
  /** Key frames that the encoder has been asked for. */
  #pending: Pending[] = [];
  #ended = false;

  private constructor(key: symbol, id: number, native: NativeTransformer, options: unknown, port: MessagePort) {
    requireInternal(key);
    super();
    this.#id = id;
    this.#options = options;
    this.#port = port;
    this.#streams = new FrameStreams(
      native,
      true,
      (rtpTimestamp, rid) => this.#keyFrame(rtpTimestamp, rid),
      (rid) => this.dispatchEvent(new KeyFrameRequestEvent('keyframerequest', rid ?? undefined)),
    );
  }

  /** The frames, as they come. */
  get readable(): ReadableStream<RTCEncodedFrame> {
    return this.#streams.readable;
  }

  /** Takes frames that `readable` has given, in the same order; another frame, or one for the second time, is ignored. */
  get writable(): WritableStream<RTCEncodedFrame> {
    return this.#streams.writable;
  }

  /** A copy of what the transform was made with. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the DOM library types it
  get options(): any {
    return this.#options;
  }

  /** Frames that were dropped because too many waited to be read (an addition of this package). */
  get droppedFrames(): number {
    return this.#streams.dropped;
  }

  /**
   * Has the encoder make a key frame, of the encoding `rid` or, without one, of the first that comes.
   *
   * @returns the frame's RTP time stamp, when it is about to come
   * @throws DOMException `InvalidStateError` unless the transform is that of a sender of video that sends,
   *   `NotAllowedError` for a string that is no rid, `NotFoundError` if no encoding has it
   */
  async generateKeyFrame(...[rid]: [rid?: string]): Promise<number> {
    const id = this.#id;
    const wanted = rid === undefined ? null : DOMString(rid, GENERATE.parameter(1));
    if (wanted !== null && !isRid(wanted)) {
      throw new DOMException(`${GENERATE.prefix}: '${wanted}' is no rid.`, 'NotAllowedError');
    }
    // What comes between the request and its answer may be the frame already.
    let pending!: Pending;
    const frame = new Promise<number>((resolve, reject) => (pending = { rid: wanted, resolve, reject }));
    this.#pending.push(pending);
    try {
      await this.#request({ type: 'generateKeyFrame', id, request: ++lastRequest, rid: wanted });
    } catch (error) {
      this.#pending = this.#pending.filter((other) => other !== pending);
      throw error;
    }
    return frame;
  }

  /**
   * Asks the remote sender for a key frame.
   *
   * @throws DOMException `InvalidStateError` unless the transform is that of a receiver of video
   */
  async sendKeyFrameRequest(): Promise<void> {
    await this.#request({ type: 'sendKeyFrameRequest', id: this.#id, request: ++lastRequest });
  }

  #request(message: FromWorker): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(new DOMException('The transform has no sender or receiver any more.', 'InvalidStateError'));
        return;
      }
      this.#requests.set(message.request, { resolve, reject });
      this.#port.postMessage(message);
    });
  }

  #keyFrame(rtpTimestamp: number, rid: string | null): void {
    const [due, rest]: [Pending[], Pending[]] = [[], []];
    for (const pending of this.#pending) (pending.rid === null || pending.rid === rid ? due : rest).push(pending);
    this.#pending = rest;
    for (const { resolve } of due) resolve(rtpTimestamp);
  }

  #settle({ request, error }: Extract<ToWorker, { type: 'settle' }>): void {
    const settled = this.#requests.get(request);
    if (settled === undefined) return;
    this.#requests.delete(request);
    if (error === null) settled.resolve();
    else settled.reject(new DOMException(error.message, error.name));
  }

  #end(): void {
    this.#ended = true;
    const error = new DOMException('The transform has no sender or receiver any more.', 'InvalidStateError');
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    for (const { reject } of this.#pending.splice(0)) reject(error);
    this.#streams.close();
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['keyframerequest'], is: (value) => #id in value });
    createTransformer = (id, native, options, port) => {
      const transformer = new RTCRtpScriptTransformer(internal, id, native, options, port);
      return {
        transformer,
        settle: (message) => transformer.#settle(message),
        end: () => transformer.#end(),
      };
    };
  }
}
