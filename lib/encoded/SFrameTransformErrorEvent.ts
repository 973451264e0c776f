import {
  DOMString,
  any,
  constructorOperation,
  defineInterface,
  dictionary,
  enumeration,
  eventInit,
  nullable,
  type ConvertedEventInit,
  type EventInit,
} from '../webidl';
import { cryptoKeyId, type CryptoKeyID } from './crypto_key_id';

/**
 * Why a frame could not be decrypted: its tag is wrong (it was changed, or another key has encrypted it), there is no key
 * of its id, or it is none of SFrame's.
 */
export type SFrameTransformErrorEventType = 'authentication' | 'keyID' | 'syntax';

/** Argument of the constructor of {@link SFrameTransformErrorEvent}. */
export interface SFrameTransformErrorEventInit extends EventInit {
  /** What was wrong. */
  errorType: SFrameTransformErrorEventType;
  /** The frame, as it was. */
  frame: unknown;
  /** The id of the key that is missing. */
  keyID?: CryptoKeyID | null;
}

interface Converted extends ConvertedEventInit {
  errorType: SFrameTransformErrorEventType;
  frame: unknown;
  keyID?: CryptoKeyID | null;
}

const errorEventInit = dictionary<Converted, ConvertedEventInit>(
  'SFrameTransformErrorEventInit',
  {
    errorType: {
      type: enumeration<SFrameTransformErrorEventType>('SFrameTransformErrorEventType', [
        'authentication',
        'keyID',
        'syntax',
      ]),
      required: true,
    },
    frame: { type: any, required: true },
    keyID: { type: nullable(cryptoKeyId) },
  },
  eventInit,
);

const CONSTRUCT = constructorOperation('SFrameTransformErrorEvent');

/**
 * `error`: an `SFrameTransform` could not decrypt a frame.
 *
 * Implements WebRTC Encoded Transform, section 4 (SFrameTransformErrorEvent interface).
 */
export class SFrameTransformErrorEvent extends Event {
  readonly #errorType: SFrameTransformErrorEventType;
  readonly #frame: unknown;
  readonly #keyID: CryptoKeyID | null;

  /**
   * @param type - the event's type.
   * @param eventInitDict - `EventInit`, the required `errorType` and `frame`, and `keyID`.
   * @throws TypeError when one of them is missing, or of a wrong type
   */
  constructor(type: string, eventInitDict: SFrameTransformErrorEventInit) {
    CONSTRUCT.requireArguments(arguments.length, 2);
    const eventType = DOMString(type, CONSTRUCT.parameter(1));
    const init = errorEventInit(eventInitDict, CONSTRUCT.parameter(2));
    super(eventType, init);
    this.#errorType = init.errorType;
    this.#frame = init.frame;
    this.#keyID = init.keyID ?? null;
  }

  /** What was wrong with the frame. */
  get errorType(): SFrameTransformErrorEventType {
    return this.#errorType;
  }

  /** The id of the missing key, if that was it; a `bigint` where a number is not exact. */
  get keyID(): CryptoKeyID | null {
    return this.#keyID;
  }

  /** The frame, as it was: an `RTCEncodedVideoFrame` or `RTCEncodedAudioFrame`, or the chunk that was written. */
  get frame(): unknown {
    return this.#frame;
  }

  static {
    defineInterface(this, { length: 2 });
  }
}
