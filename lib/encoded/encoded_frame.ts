/** What encoded frames of video and of audio have in common: their bytes, their metadata, and who may write them. */
import type { NativeEncodedFrame, NativeEncodedFrameMetadata } from '../native_encoded';

/** Microseconds of the process's monotonic clock as a `DOMHighResTimeStamp`. */
function toHighResolution(micros: number, now: number): number {
  return performance.now() + (micros - now) / 1000;
}

/** The members that both kinds of metadata have, in the units of the specification. */
export interface SharedMetadata {
  synchronizationSource: number;
  payloadType: number;
  contributingSources: number[];
  rtpTimestamp: number;
  mimeType: string;
  receiveTime?: number;
  captureTime?: number;
  senderCaptureTimeOffset?: number;
}

function sharedMetadata(known: NativeEncodedFrameMetadata): SharedMetadata {
  const { synchronizationSource, payloadType, contributingSources, rtpTimestamp, mimeType, now } = known;
  const { receiveTime, captureTime, senderCaptureTimeOffset } = known;
  return {
    synchronizationSource,
    payloadType,
    contributingSources,
    rtpTimestamp,
    mimeType,
    ...(receiveTime === undefined ? {} : { receiveTime: toHighResolution(receiveTime, now) }),
    ...(captureTime === undefined
      ? {}
      : {
          captureTime: known.isReceived
            ? captureTime / 1000 - performance.timeOrigin
            : toHighResolution(captureTime, now),
        }),
    ...(senderCaptureTimeOffset === undefined ? {} : { senderCaptureTimeOffset: senderCaptureTimeOffset / 1000 }),
  };
}

/** The transformer that a frame comes from, and its place among that one's frames. */
export interface FrameOrigin {
  readonly owner: object;
  readonly counter: number;
}

/** The inner state of a frame. `Extra` is what its kind of metadata has beside {@link SharedMetadata}. */
export class EncodedFrameState<Extra extends object> {
  readonly handle: NativeEncodedFrame;
  readonly origin: FrameOrigin | null;
  readonly #extra: (known: NativeEncodedFrameMetadata) => Extra;
  /** Bytes that scripts have seen or given; the others are in the addon. */
  #data: ArrayBuffer | null = null;
  /** What is left when the frame has been written. */
  #last: (Partial<SharedMetadata> & Extra) | null = null;

  constructor(
    handle: NativeEncodedFrame,
    origin: FrameOrigin | null,
    extra: (known: NativeEncodedFrameMetadata) => Extra,
  ) {
    this.handle = handle;
    this.origin = origin;
    this.#extra = extra;
  }

  get data(): ArrayBuffer {
    this.#data ??= this.handle.data() ?? new ArrayBuffer(0);
    return this.#data;
  }

  set data(data: ArrayBuffer) {
    this.#data = data;
  }

  get rtpTimestamp(): number {
    return this.handle.metadata()?.rtpTimestamp ?? 0;
  }

  metadata(): Partial<SharedMetadata> & Extra {
    const known = this.handle.metadata();
    if (known !== null) return { ...sharedMetadata(known), ...this.#extra(known) };
    return structuredClone(this.#last ?? ({} as Partial<SharedMetadata> & Extra));
  }

  /** Another frame with the same content; `null` when this one has been written. */
  cloneHandle(): NativeEncodedFrame | null {
    const clone = this.handle.clone();
    if (clone !== null && this.#data !== null) clone.setData(this.#data);
    return clone;
  }

  /**
   * Gives the frame away by `take`, with the bytes that scripts have given it. Then the bytes are gone, as when a buffer
   * is transferred, and so is the RTP time, which belongs to what is sent now.
   */
  takeBy<T>(take: (handle: NativeEncodedFrame) => T): T {
    const { handle } = this;
    const data = this.#data;
    if (data !== null) {
      handle.setData(data);
      if (data.byteLength > 0) structuredClone(data, { transfer: [data] });
    }
    const { rtpTimestamp: _, ...rest } = this.metadata();
    this.#last = rest as Partial<SharedMetadata> & Extra;
    return take(handle);
  }
}
