import type { NativeEncodedFrame } from '../native_encoded';
import {
  attributeContext,
  constructorOperation,
  defineInterface,
  dictionary,
  interfaceType,
  internal,
  longLong,
  operation,
  sequence,
  unsignedLong,
  unsignedLongLong,
  unsignedShort,
} from '../webidl';
import { arrayBufferType } from './array_buffer';
import {
  EncodedFrameState,
  present,
  sharedMembers,
  type FrameKind,
  type FrameOrigin,
  type InheritedMetadata,
  type RTCEncodedFrameMetadata,
} from './encoded_frame';

/** Whether a frame can be decoded by itself. `empty` frames have no data; libwebrtc gives none to transforms. */
export type RTCEncodedVideoFrameType = 'empty' | 'key' | 'delta';

/** What is known of an encoded picture (WebRTC Encoded Transform, section 5.1). */
export interface RTCEncodedVideoFrameMetadata extends RTCEncodedFrameMetadata {
  /** Counts frames, where the dependency descriptor is negotiated. */
  frameId?: number;
  /** The frames that this one needs. */
  dependencies?: number[];
  /** In pixels; 0 where the payload format does not tell it, as in delta frames. */
  width?: number;
  /** In pixels; 0 where the payload format does not tell it. */
  height?: number;
  /** Its layer of SVC. */
  spatialIndex?: number;
  /** Its layer of SVC in time. */
  temporalIndex?: number;
  /** When the picture is to be shown, in microseconds; of frames to be sent. */
  timestamp?: number;
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
  ...sharedMembers,
  frameId: { type: unsignedLongLong },
  dependencies: { type: sequence(unsignedLongLong) },
  width: { type: unsignedShort },
  height: { type: unsignedShort },
  spatialIndex: { type: unsignedLong },
  temporalIndex: { type: unsignedLong },
  timestamp: { type: longLong },
});

const VIDEO: FrameKind<RTCEncodedVideoFrameMetadata> = {
  options: dictionary<RTCEncodedVideoFrameOptions>('RTCEncodedVideoFrameOptions', {
    metadata: { type: metadataDictionary },
  }),
  extra: ({ frameId, dependencies, width = 0, height = 0, spatialIndex = 0, temporalIndex = 0, timestamp }) => ({
    width,
    height,
    spatialIndex,
    temporalIndex,
    ...present({ frameId, dependencies, timestamp }),
  }),
  fixed: ({ isReceived }) => [
    ...(['synchronizationSource', 'payloadType', 'mimeType', 'timestamp'] as const),
    ...(isReceived ? (['width', 'height', 'spatialIndex', 'temporalIndex', 'contributingSources'] as const) : []),
  ],
  changes(metadata, known, prefix) {
    if (metadata.dependencies !== undefined && (metadata.frameId ?? known.frameId) === undefined) {
      throw new DOMException(`${prefix}: Dependencies need a frame id.`, 'InvalidModificationError');
    }
    const { rtpTimestamp, frameId, dependencies, width, height, spatialIndex, temporalIndex, contributingSources } =
      metadata;
    return present({
      ...{ rtpTimestamp, frameId, dependencies, width, height },
      ...{ spatialIndex, temporalIndex, contributingSources },
    });
  },
};

/** Brand check for {@link RTCEncodedVideoFrame}. Not part of the public interface. */
export let isEncodedVideoFrame: (value: object) => value is RTCEncodedVideoFrame;
/** Makes the frame of a native handle. Not part of the public interface. */
export let encodedVideoFrameOf: (
  handle: NativeEncodedFrame,
  origin: FrameOrigin | null,
  inherited?: InheritedMetadata,
) => RTCEncodedVideoFrame;
/** The inner state of a frame. Not part of the public interface. */
export let encodedVideoFrameState: (frame: RTCEncodedVideoFrame) => EncodedFrameState<RTCEncodedVideoFrameMetadata>;

const frameType = interfaceType<RTCEncodedVideoFrame>(NAME, (value) => isEncodedVideoFrame(value));

/**
 * An encoded picture on its way through a sender or receiver.
 *
 * Implements WebRTC Encoded Transform, section 5.2 (RTCEncodedVideoFrame interface), with `timestamp` and
 * `setMetadata()` as Chromium has them.
 */
export class RTCEncodedVideoFrame {
  readonly #state: EncodedFrameState<RTCEncodedVideoFrameMetadata>;

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
    inherited: InheritedMetadata = {},
  ) {
    if (originalFrame === internal) {
      this.#state = new EncodedFrameState(VIDEO, options as NativeEncodedFrame, origin, inherited);
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const original = frameType(originalFrame, CONSTRUCT.parameter(1));
    this.#state = original.#state.copy(options, CONSTRUCT.prefix, CONSTRUCT.parameter(2));
  }

  /** Whether it is a key frame. */
  get type(): RTCEncodedVideoFrameType {
    return this.#state.type ?? 'empty';
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
    this.#state.setMetadata(metadataDictionary(metadata, SET_METADATA.parameter(1)), SET_METADATA.prefix);
  }

  /** A line for people. */
  toString(): string {
    return `${NAME}{rtpTimestamp: ${this.timestamp}, size: ${this.data.byteLength} bytes, type: ${this.type}}`;
  }

  static {
    defineInterface(this, { length: 1 });
    isEncodedVideoFrame = (value): value is RTCEncodedVideoFrame => #state in value;
    encodedVideoFrameOf = (...args) =>
      Reflect.construct(RTCEncodedVideoFrame, [internal, ...args]) as RTCEncodedVideoFrame;
    encodedVideoFrameState = (frame) => frame.#state;
  }
}
