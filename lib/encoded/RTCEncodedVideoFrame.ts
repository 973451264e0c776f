import type { NativeEncodedFrame, NativeEncodedFrameMetadata } from '../native_encoded';
import {
  DOMString,
  attributeContext,
  constructorOperation,
  defineInterface,
  dictionary,
  double,
  interfaceType,
  internal,
  longLong,
  octet,
  operation,
  sequence,
  unsignedLong,
  unsignedLongLong,
  unsignedShort,
} from '../webidl';
import { arrayBufferType } from './array_buffer';
import { EncodedFrameState, type FrameOrigin } from './encoded_frame';

/** Whether a frame can be decoded by itself. `empty` frames have no data; libwebrtc gives none to transforms. */
export type RTCEncodedVideoFrameType = 'empty' | 'key' | 'delta';

/** What is known of an encoded picture (WebRTC Encoded Transform, section 4.1.2). */
export interface RTCEncodedVideoFrameMetadata {
  /** Counts frames, where the dependency descriptor is negotiated. */
  frameId?: number;
  /** The frames that this one needs. */
  dependencies?: number[];
  /** In pixels; 0 where the payload format does not tell it, as in delta frames. */
  width?: number;
  height?: number;
  spatialIndex?: number;
  temporalIndex?: number;
  /** SSRC. */
  synchronizationSource?: number;
  payloadType?: number;
  /** CSRCs. */
  contributingSources?: number[];
  /** When the picture is to be shown, in microseconds; of frames to be sent. */
  timestamp?: number;
  rtpTimestamp?: number;
  /** When the last packet of a received frame came, on the scale of `performance.now()`. */
  receiveTime?: number;
  /** When the picture was taken, where that is known, on the scale of `performance.now()`. */
  captureTime?: number;
  /** Milliseconds by which the capturer's clock differs from the sender's. */
  senderCaptureTimeOffset?: number;
  /** For instance `video/VP8`. */
  mimeType?: string;
}

/** Argument of the constructor of {@link RTCEncodedVideoFrame}. */
export interface RTCEncodedVideoFrameOptions {
  /** What is different in the new frame. */
  metadata?: RTCEncodedVideoFrameMetadata;
}

const NAME = 'RTCEncodedVideoFrame';
const CONSTRUCT = constructorOperation(NAME);
const SET_METADATA = operation(NAME, 'setMetadata');
const DATA = attributeContext(NAME, 'data');

const metadataDictionary = dictionary<RTCEncodedVideoFrameMetadata>('RTCEncodedVideoFrameMetadata', {
  frameId: { type: unsignedLongLong },
  dependencies: { type: sequence(unsignedLongLong) },
  width: { type: unsignedShort },
  height: { type: unsignedShort },
  spatialIndex: { type: unsignedLong },
  temporalIndex: { type: unsignedLong },
  synchronizationSource: { type: unsignedLong },
  payloadType: { type: octet },
  contributingSources: { type: sequence(unsignedLong) },
  timestamp: { type: longLong },
  rtpTimestamp: { type: unsignedLong },
  receiveTime: { type: double },
  captureTime: { type: double },
  senderCaptureTimeOffset: { type: double },
  mimeType: { type: DOMString },
});
const optionsDictionary = dictionary<RTCEncodedVideoFrameOptions>('RTCEncodedVideoFrameOptions', {
  metadata: { type: metadataDictionary },
});

type VideoExtra = Pick<
  RTCEncodedVideoFrameMetadata,
  'frameId' | 'dependencies' | 'width' | 'height' | 'spatialIndex' | 'temporalIndex' | 'timestamp'
>;

function videoMetadata(known: NativeEncodedFrameMetadata): VideoExtra {
  const { frameId, dependencies, width, height, spatialIndex, temporalIndex, timestamp } = known;
  return {
    ...(frameId === undefined ? {} : { frameId }),
    ...(dependencies === undefined ? {} : { dependencies }),
    width: width ?? 0,
    height: height ?? 0,
    spatialIndex: spatialIndex ?? 0,
    temporalIndex: temporalIndex ?? 0,
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** Brand check for {@link RTCEncodedVideoFrame}. Not part of the public interface. */
export let isEncodedVideoFrame: (value: object) => value is RTCEncodedVideoFrame;
/** Makes the frame of a native handle. Not part of the public interface. */
export let encodedVideoFrameOf: (handle: NativeEncodedFrame, origin: FrameOrigin | null) => RTCEncodedVideoFrame;
/** The inner state of a frame. Not part of the public interface. */
export let encodedVideoFrameState: (frame: RTCEncodedVideoFrame) => EncodedFrameState<VideoExtra>;

const frameType = interfaceType<RTCEncodedVideoFrame>(NAME, (value) => isEncodedVideoFrame(value));

/**
 * An encoded picture on its way through a sender or receiver.
 *
 * Implements WebRTC Encoded Transform, section 4.1 (RTCEncodedVideoFrame interface), with `timestamp` and
 * `setMetadata()` as Chromium has them.
 */
export class RTCEncodedVideoFrame {
  readonly #state: EncodedFrameState<VideoExtra>;
  readonly #type: RTCEncodedVideoFrameType;

  /**
   * A copy of a frame.
   *
   * @param originalFrame - not yet written.
   * @param options - `metadata` that is different in the copy.
   * @throws DOMException `DataCloneError` when the frame has been written, `InvalidModificationError` for metadata that
   *   no frame can change (see {@link setMetadata})
   */
  constructor(originalFrame: RTCEncodedVideoFrame, options?: RTCEncodedVideoFrameOptions);
  constructor(
    originalFrame: RTCEncodedVideoFrame | typeof internal,
    options: RTCEncodedVideoFrameOptions | NativeEncodedFrame = {},
    origin: FrameOrigin | null = null,
  ) {
    if (originalFrame === internal) {
      const handle = options as NativeEncodedFrame;
      this.#state = new EncodedFrameState(handle, origin, videoMetadata);
      this.#type = handle.type ?? 'empty';
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const original = frameType(originalFrame, CONSTRUCT.parameter(1));
    const { metadata } = optionsDictionary(options, CONSTRUCT.parameter(2));
    const clone = original.#state.cloneHandle();
    if (clone === null) {
      throw new DOMException(`${CONSTRUCT.prefix}: The frame has been written.`, 'DataCloneError');
    }
    this.#state = new EncodedFrameState(clone, original.#state.origin, videoMetadata);
    this.#type = original.#type;
    if (metadata !== undefined) this.#setMetadata(metadata, CONSTRUCT.prefix);
  }

  /** Whether it is a key frame. */
  get type(): RTCEncodedVideoFrameType {
    return this.#type;
  }

  /** The RTP time stamp (Chromium's; the specification has it in the metadata). */
  get timestamp(): number {
    return this.#state.rtpTimestamp;
  }

  /** The encoded bytes: a buffer of the script's own, detached when the frame is written. */
  get data(): ArrayBuffer {
    return this.#state.data;
  }

  set data(value: ArrayBuffer) {
    this.#state.data = arrayBufferType(value, DATA);
  }

  /** What libwebrtc knows of the frame. */
  getMetadata(): RTCEncodedVideoFrameMetadata {
    return this.#state.metadata();
  }

  /**
   * Changes `rtpTimestamp`, `frameId`, `dependencies`, `width`, `height`, `spatialIndex`, `temporalIndex` and
   * `contributingSources` (of a received frame, the first three).
   *
   * @throws DOMException `InvalidModificationError` when another member is not as it is, `InvalidStateError` when the
   *   frame has been written
   */
  setMetadata(metadata: RTCEncodedVideoFrameMetadata): void {
    SET_METADATA.requireArguments(arguments.length, 1);
    this.#setMetadata(metadataDictionary(metadata, SET_METADATA.parameter(1)), SET_METADATA.prefix);
  }

  /** A line for people. */
  toString(): string {
    return `${NAME}{rtpTimestamp: ${this.timestamp}, size: ${this.data.byteLength} bytes, type: ${this.#type}}`;
  }

  #setMetadata(metadata: RTCEncodedVideoFrameMetadata, prefix: string): void {
    const { handle } = this.#state;
    const known = handle.metadata();
    if (known === null) throw new DOMException(`${prefix}: The frame has been written.`, 'InvalidStateError');
    const current: RTCEncodedVideoFrameMetadata = this.#state.metadata();
    const fixed = [
      'synchronizationSource',
      'payloadType',
      'mimeType',
      'timestamp',
      ...(known.isReceived
        ? (['width', 'height', 'spatialIndex', 'temporalIndex', 'contributingSources'] as const)
        : []),
    ] as const;
    for (const name of fixed) {
      if (metadata[name] !== undefined && JSON.stringify(metadata[name]) !== JSON.stringify(current[name])) {
        throw new DOMException(`${prefix}: '${name}' cannot be changed.`, 'InvalidModificationError');
      }
    }
    if (metadata.dependencies !== undefined && (metadata.frameId ?? known.frameId) === undefined) {
      throw new DOMException(`${prefix}: Dependencies need a frame id.`, 'InvalidModificationError');
    }
    const { rtpTimestamp, frameId, dependencies, width, height, spatialIndex, temporalIndex, contributingSources } =
      metadata;
    handle.setMetadata({
      ...(rtpTimestamp === undefined ? {} : { rtpTimestamp }),
      ...(frameId === undefined ? {} : { frameId }),
      ...(dependencies === undefined ? {} : { dependencies }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(spatialIndex === undefined ? {} : { spatialIndex }),
      ...(temporalIndex === undefined ? {} : { temporalIndex }),
      ...(contributingSources === undefined ? {} : { contributingSources }),
    });
  }

  static {
    defineInterface(this, { length: 1 });
    isEncodedVideoFrame = (value): value is RTCEncodedVideoFrame => #state in value;
    encodedVideoFrameOf = (handle, origin) =>
      Reflect.construct(RTCEncodedVideoFrame, [internal, handle, origin]) as RTCEncodedVideoFrame;
    encodedVideoFrameState = (frame) => frame.#state;
  }
}
