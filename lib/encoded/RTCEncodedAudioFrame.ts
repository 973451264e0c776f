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
  octet,
  operation,
  sequence,
  unsignedLong,
  unsignedShort,
} from '../webidl';
import { arrayBufferType } from './array_buffer';
import { EncodedFrameState, type FrameOrigin } from './encoded_frame';

/** What is known of encoded sound (WebRTC Encoded Transform, section 4.2.2). */
export interface RTCEncodedAudioFrameMetadata {
  /** SSRC. */
  synchronizationSource?: number;
  payloadType?: number;
  /** CSRCs. */
  contributingSources?: number[];
  /** Of the packet that it came in; received frames only. */
  sequenceNumber?: number;
  rtpTimestamp?: number;
  /** When a received packet came, on the scale of `performance.now()`. */
  receiveTime?: number;
  /** When the sound was taken, where that is known, on the scale of `performance.now()`. */
  captureTime?: number;
  /** Milliseconds by which the capturer's clock differs from the sender's. */
  senderCaptureTimeOffset?: number;
  /** For instance `audio/opus`. */
  mimeType?: string;
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
  synchronizationSource: { type: unsignedLong },
  payloadType: { type: octet },
  contributingSources: { type: sequence(unsignedLong) },
  sequenceNumber: { type: unsignedShort },
  rtpTimestamp: { type: unsignedLong },
  receiveTime: { type: double },
  captureTime: { type: double },
  senderCaptureTimeOffset: { type: double },
  mimeType: { type: DOMString },
  audioLevel: { type: double },
});
const optionsDictionary = dictionary<RTCEncodedAudioFrameOptions>('RTCEncodedAudioFrameOptions', {
  metadata: { type: metadataDictionary },
});

type AudioExtra = Pick<RTCEncodedAudioFrameMetadata, 'sequenceNumber' | 'audioLevel'>;

/** RFC 6464's -dBov and the linear scale of the specification. */
const fromDecibels = (level: number): number => (level >= 127 ? 0 : 10 ** (-level / 20));
const toDecibels = (level: number): number =>
  level <= 0 ? 127 : Math.min(127, Math.max(0, Math.round(-20 * Math.log10(level))));

function audioMetadata({ sequenceNumber, audioLevel }: NativeEncodedFrameMetadata): AudioExtra {
  return {
    ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
    ...(audioLevel === undefined ? {} : { audioLevel: fromDecibels(audioLevel) }),
  };
}

/** Brand check for {@link RTCEncodedAudioFrame}. Not part of the public interface. */
export let isEncodedAudioFrame: (value: object) => value is RTCEncodedAudioFrame;
/** Makes the frame of a native handle. Not part of the public interface. */
export let encodedAudioFrameOf: (handle: NativeEncodedFrame, origin: FrameOrigin | null) => RTCEncodedAudioFrame;
/** The inner state of a frame. Not part of the public interface. */
export let encodedAudioFrameState: (frame: RTCEncodedAudioFrame) => EncodedFrameState<AudioExtra>;

const frameType = interfaceType<RTCEncodedAudioFrame>(NAME, (value) => isEncodedAudioFrame(value));

/**
 * Encoded sound on its way through a sender or receiver: what one packet carries.
 *
 * Implements WebRTC Encoded Transform, section 4.2 (RTCEncodedAudioFrame interface), with `timestamp` and
 * `setMetadata()` as Chromium has them.
 */
export class RTCEncodedAudioFrame {
  readonly #state: EncodedFrameState<AudioExtra>;

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
  ) {
    if (originalFrame === internal) {
      this.#state = new EncodedFrameState(options as NativeEncodedFrame, origin, audioMetadata);
      return;
    }
    CONSTRUCT.requireArguments(arguments.length, 1);
    const original = frameType(originalFrame, CONSTRUCT.parameter(1));
    const { metadata } = optionsDictionary(options, CONSTRUCT.parameter(2));
    const clone = original.#state.cloneHandle();
    if (clone === null) {
      throw new DOMException(`${CONSTRUCT.prefix}: The frame has been written.`, 'DataCloneError');
    }
    this.#state = new EncodedFrameState(clone, original.#state.origin, audioMetadata);
    if (metadata !== undefined) this.#setMetadata(metadata, CONSTRUCT.prefix);
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
    this.#setMetadata(metadataDictionary(metadata, SET_METADATA.parameter(1)), SET_METADATA.prefix);
  }

  /** A line for people. */
  toString(): string {
    return `${NAME}{rtpTimestamp: ${this.timestamp}, size: ${this.data.byteLength} bytes}`;
  }

  #setMetadata(metadata: RTCEncodedAudioFrameMetadata, prefix: string): void {
    const { handle } = this.#state;
    if (handle.taken) throw new DOMException(`${prefix}: The frame has been written.`, 'InvalidStateError');
    const current: RTCEncodedAudioFrameMetadata = this.#state.metadata();
    for (const name of [
      'synchronizationSource',
      'contributingSources',
      'sequenceNumber',
      'mimeType',
      'senderCaptureTimeOffset',
    ] as const) {
      if (metadata[name] !== undefined && JSON.stringify(metadata[name]) !== JSON.stringify(current[name])) {
        throw new DOMException(`${prefix}: '${name}' cannot be changed.`, 'InvalidModificationError');
      }
    }
    const { rtpTimestamp, payloadType, audioLevel } = metadata;
    if (payloadType !== undefined && payloadType > 127) {
      throw new DOMException(`${prefix}: There is no payload type ${payloadType}.`, 'InvalidModificationError');
    }
    handle.setMetadata({
      ...(rtpTimestamp === undefined ? {} : { rtpTimestamp }),
      ...(payloadType === undefined ? {} : { payloadType }),
      ...(audioLevel === undefined ? {} : { audioLevel: toDecibels(audioLevel) }),
    });
  }

  static {
    defineInterface(this, { length: 1 });
    isEncodedAudioFrame = (value): value is RTCEncodedAudioFrame => #state in value;
    encodedAudioFrameOf = (handle, origin) =>
      Reflect.construct(RTCEncodedAudioFrame, [internal, handle, origin]) as RTCEncodedAudioFrame;
    encodedAudioFrameState = (frame) => frame.#state;
  }
}
