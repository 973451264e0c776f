/** The attribute `transform` of senders and receivers (WebRTC Encoded Transform, section 3.1). */
import type { NativeFrameTransform } from '../native_encoded';
import type { TransceiverState } from '../rtp/transceiver_state';

/** A sender or a receiver, as its transform sees it. */
export interface TransformHost {
  readonly side: 'sender' | 'receiver';
  readonly state: TransceiverState;
}

/** What every kind of transform has. */
export interface AttachableTransform {
  /** What libwebrtc's frames go through. */
  readonly native: NativeFrameTransform;
  /** Whether it has been the transform of anything. */
  readonly used: boolean;
  attach(host: TransformHost): void;
  /** It is the transform of nothing any more, and never will be. */
  end(): void;
}

/** The transform of one sender or receiver. */
export class TransformAttribute<T extends object> {
  readonly #host: TransformHost;
  readonly #convert: (value: unknown, context: string) => T | null;
  readonly #slot: (transform: T) => AttachableTransform;
  #value: T | null = null;
  /** Ends what the value does, once. */
  #end: () => void = () => undefined;

  constructor(
    host: TransformHost,
    convert: (value: unknown, context: string) => T | null,
    slot: (transform: T) => AttachableTransform,
  ) {
    this.#host = host;
    this.#convert = convert;
    this.#slot = slot;
  }

  get value(): T | null {
    return this.#value;
  }

  /** @throws DOMException `InvalidStateError` when the transform is, or has been, that of something else */
  set(value: unknown, context: string): void {
    const transform = this.#convert(value, context);
    if (transform === this.#value) return;
    const { state, side } = this.#host;
    const slot = transform === null ? null : this.#slot(transform);
    if (slot?.used === true) {
      throw new DOMException(`${context} has been used already.`, 'InvalidStateError');
    }
    if (state.encodedStreams[side]) {
      throw new DOMException(`${context} cannot be set: there are encoded streams.`, 'InvalidStateError');
    }
    const endFormer = this.#end;
    this.#value = transform;
    slot?.attach(this.#host);
    state.handle[side].setTransform(slot?.native ?? null);
    endFormer();
    const end = (): void => {
      state.stopListeners.delete(end);
      slot?.end();
    };
    this.#end = end;
    if (state.stopping) end();
    else if (slot !== null) state.stopListeners.add(end);
  }
}
