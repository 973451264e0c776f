import { defineInterface, internal, requireInternal } from '../webidl';
import type { RTCRtpScriptTransformer } from './RTCRtpScriptTransformer';

/** Makes the event; not part of the public interface. */
export let createTransformEvent: (transformer: RTCRtpScriptTransformer) => RTCTransformEvent;

/**
 * `rtctransform`: somebody has made an `RTCRtpScriptTransform` with this worker.
 *
 * Implements WebRTC Encoded Transform, section 5.3 (RTCTransformEvent interface).
 */
export class RTCTransformEvent extends Event {
  readonly #transformer: RTCRtpScriptTransformer;

  private constructor(key: symbol, transformer: RTCRtpScriptTransformer) {
    requireInternal(key);
    super('rtctransform');
    this.#transformer = transformer;
  }

  /** The worker's side of the transform. */
  get transformer(): RTCRtpScriptTransformer {
    return this.#transformer;
  }

  static {
    defineInterface(this, { length: 0 });
    createTransformEvent = (transformer) => new RTCTransformEvent(internal, transformer);
  }
}
