import type { NativeEncodedFrame } from '../native_encoded';
import {
  attributeContext,
  constructorOperation,
  defineInterface,
  dictionary,
  double,
  interfaceType,
  internal,
  operation,
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

/** What is known of encoded sound (WebRTC Encoded Transform, section 5.3). */
export interface RTCEncodedAudioFrameMetadata extends RTCEncodedFrameMetadata {
  /** Of the packet that it came in; received frames only. */
  sequenceNumber?: number;
  /** From 0 to 1, where the audio-level header extension is there (Chromium's). */
  audioLevel?: number;
}

/** Argument of the constructor of {@link RTCEncodedAudioFrame}. */
export interface RTCEncodedAudioFrameOptions {
  /** What is different in the new frame. */
  metadata?: RTCEncodedAudioFrameMetadata;
}

const NAME = 'RTCEncodedAudioFrame';
const CONSTRUCT = constructorOperation(NAME);
const SET_METADATA = operation(NAME, 'setMetadata');
const DATA = attributeContext(NAME, 'data');

const metadataDictionary = dictionary<RTCEncodedAudioFrameMetadata>('RTCEncodedAudioFrameMetadata', {
  ...sharedMembers,
  sequenceNumber: { type: unsignedShort },
  audioLevel: { type: double },
});

/** RFC 6464's -dBov and the linear scale of the specification. */
const fromDecibels = (level: number): number => (level === 127 ? 0 : 10 ** (-level / 20));
const toDecibels = (level: number): number =>
  level <= 0 ? 127 : Math.min(127, Math.max(0, Math.round(-20 * Math.log10(level))));

const AUDIO: FrameKind<RTCEncodedAudioFrameMetadata> = {
  options: dictionary<RTCEncodedAudioFrameOptions>('RTCEncodedAudioFrameOptions', {
    metadata: { type: metadataDictionary },
  }),
  extra: ({ sequenceNumber, audioLevel }) =>
    present({ sequenceNumber, audioLevel: audioLevel === undefined ? undefined : fromDecibels(audioLevel) }),
  fixed: () => [
    'synchronizationSource',
    'contributingSources',
    'sequenceNumber',
    'mimeType',
    'senderCaptureTimeOffset',
  ],
  changes({ rtpTimestamp, payloadType, audioLevel }, _known, prefix) {
    if (payloadType !== undefined && payloadType > 127) {
      throw new DOMException(`${prefix}: There is no payload type ${payloadType}.`, 'InvalidModificationError');
    }
    const level = audioLevel === undefined ? undefined : toDecibels(audioLevel);
    return present({ rtpTimestamp, payloadType, audioLevel: level });
  },
};

/** Brand check for {@link RTCEncodedAudioFrame}. Not part of the public interface. */
export let isEncodedAudioFrame: (value: object) => value is RTCEncodedAudioFrame;
/** Makes the frame of a native handle. Not part of the public interface. */
export let encodedAudioFrameOf: (
  handle: NativeEncodedFrame,
  origin: FrameOrigin | null,
  inherited?: InheritedMetadata,
) => RTCEncodedAudioFrame;
/** The inner state of a frame. Not part of the public interface. */
export let encodedAudioFrameState: (frame: RTCEncodedAudioFrame) => EncodedFrameState<RTCEncodedAudioFrameMetadata>;

const frameType = interfaceType<RTCEncodedAudioFrame>(NAME, (value) => isEncodedAudioFrame(value));

/**
 * Encoded sound on its way through a sender or receiver: what one packet carries.
 *
 * Implements WebRTC Encoded Transform, section 5.4 (RTCEncodedAudioFrame interface), with `timestamp` and
 * `setMetadata()` as Chromium has them.
 */
export class RTCEncodedAudioFrame {
  readonly #state: EncodedFrameState<RTCEncodedAudioFrameMetadata>;

  /**
   * A copy of a frame.
   *
   * @param originalFrame - not yet written.
   * @param options - `metadata` that is different in the copy.
   * @throws DOMException `DataCloneError` when the frame has been written, `InvalidModificationError` for metadata that
   *   no frame can change (see {@link setMetadata})
   */
  constructor(originalFrame: RTCEncodedAudioFrame, options?: RTCEncodedAudioFrameOptions);
  constructor(
    originalFrame: RTCEncodedAudioFrame | typeof internal,
    options: RTCEncodedAudioFrameOptions | NativeEncodedFrame = {},
    origin: FrameOrigin | null = null,
    inherited: InheritedMetadata = {},
  ) {
    if (originalFrame === internal) {
      this.#state = new EncodedFrameState(AUDIO, options as NativeEncodedFrame, origin, inherited);
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const original = frameType(originalFrame, CONSTRUCT.parameter(1));
    this.#state = original.#state.copy(options, CONSTRUCT.prefix, CONSTRUCT.parameter(2));
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
  getMetadata(): RTCEncodedAudioFrameMetadata {
    return this.#state.metadata();
  }

  /**
   * Changes `rtpTimestamp`, and `payloadType` and `audioLevel` where libwebrtc lets it.
   *
   * @throws DOMException `InvalidModificationError` when another member is not as it is, `InvalidStateError` when the
   *   frame has been written
   */
  setMetadata(metadata: RTCEncodedAudioFrameMetadata): void {
    SET_METADATA.requireArguments(arguments.length, 1);
    this.#state.setMetadata(metadataDictionary(metadata, SET_METADATA.parameter(1)), SET_METADATA.prefix);
  }

  /** A line for people. */
  toString(): string {
    return `${NAME}{rtpTimestamp: ${this.timestamp}, size: ${this.data.byteLength} bytes}`;
  }

  static {
    defineInterface(this, { length: 1 });
    isEncodedAudioFrame = (value): value is RTCEncodedAudioFrame => #state in value;
    encodedAudioFrameOf = (...args) =>
      Reflect.construct(RTCEncodedAudioFrame, [internal, ...args]) as RTCEncodedAudioFrame;
    encodedAudioFrameState = (frame) => frame.#state;
  }
}
