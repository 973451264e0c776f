import type { webcrypto } from 'node:crypto';
import { TransformStream, type ReadableStream, type WritableStream } from 'node:stream/web';
import { types } from 'node:util';
import { native } from '../native';
import type { NativeSframeFailure, NativeSframeTransform } from '../native_encoded';
import { promiseOperation } from '../peerconnection/promise_operation';
import {
  TypedEventTarget,
  constructorOperation,
  defineInterface,
  dictionary,
  enumeration,
  isObject,
  operation,
  type EventHandler,
  type EventHandlerValue,
} from '../webidl';
import { cryptoKeyId, fromKeyId, type CryptoKeyID } from './crypto_key_id';
import { encodedFrameOf, encodedFrameState, isEncodedFrame, type RTCEncodedFrame } from './frame_kinds';
import { MAX_WAITING } from './frame_streams';
import { cipherSuite, cryptoKey, deriveKeyMaterial, suiteNumber, type SFrameCipherSuite } from './sframe_keys';
import { SFrameTransformErrorEvent } from './SFrameTransformErrorEvent';
import type { AttachableTransform } from './transform_attribute';

/** What an {@link SFrameTransform} does with the chunks of its streams. */
export type SFrameTransformRole = 'encrypt' | 'decrypt';

/** Argument of the constructor of {@link SFrameTransform}. */
export interface SFrameTransformOptions {
  /** What its streams do; a sender's transform encrypts and a receiver's decrypts in any case. `'encrypt'` where absent. */
  role?: SFrameTransformRole;
  /**
   * How (of a later edition of the specification than {@link role}). Both ends need the same, which SFrame itself does not
   * tell. `'AES_128_CTR_HMAC_SHA256_80'` where absent.
   */
  cipherSuite?: SFrameCipherSuite;
}

/** What goes through the streams of an {@link SFrameTransform}: encoded frames, or bytes, which come out as buffers. */
export type SFrameChunk = RTCEncodedFrame | ArrayBuffer | ArrayBufferView;

/** Events of {@link SFrameTransform}. */
export interface SFrameTransformEventMap {
  /** A frame could not be encrypted or decrypted. */
  error: SFrameTransformErrorEvent;
}

/** The event-handler attributes of {@link SFrameTransform}. */
export interface SFrameTransformEventHandlers {
  /** A frame could not be decrypted. */
  get onerror(): EventHandlerValue;
  set onerror(handler: EventHandler<SFrameTransform, SFrameTransformErrorEvent>);
}

const NAME = 'SFrameTransform';
const CONSTRUCT = constructorOperation(NAME);
const SET_KEY = operation(NAME, 'setEncryptionKey');

const optionsDictionary = dictionary<Required<SFrameTransformOptions>>('SFrameTransformOptions', {
  role: { type: enumeration('SFrameTransformRole', ['encrypt', 'decrypt']), default: 'encrypt' },
  cipherSuite: { type: cipherSuite, default: 'AES_128_CTR_HMAC_SHA256_80' },
});

/** Brand check for {@link SFrameTransform}. Not part of the public interface. */
export let isSFrameTransform: (value: object) => value is SFrameTransform;
/** The inner side of a transform. Not part of the public interface. */
export let sframeTransformSlot: (transform: SFrameTransform) => AttachableTransform;

function isBytes(chunk: unknown): chunk is ArrayBuffer | ArrayBufferView {
  return types.isArrayBuffer(chunk) || (ArrayBuffer.isView(chunk) && types.isArrayBuffer(chunk.buffer));
}

/**
 * Encrypts frames end to end, or decrypts them, as SFrame (RFC 9605) has it: each frame by itself, with a header that
 * names the key and a tag that no server between the ends can forge.
 *
 * As the `transform` of a sender or receiver it works on libwebrtc's threads: no frame passes through JavaScript. As a
 * pair of streams (in a worker, `transformer.readable.pipeThrough(sframe).pipeTo(transformer.writable)`) it works on the
 * thread of the streams. Nothing leaves it before a key is set, and nothing that cannot be decrypted: a frame is dropped,
 * a chunk of bytes becomes an empty buffer.
 *
 * Counters begin at 0 in each transform, so that two transforms that encrypt need different keys, or different key ids.
 * libwebrtc has no payload format for encrypted H.264, H.265 and AV1: of those a sender sends nothing, VP8, VP9 and all
 * sound go.
 *
 * Implements WebRTC Encoded Transform, section 4 (SFrameTransform).
 */
export class SFrameTransform extends TypedEventTarget<
  SFrameTransform,
  SFrameTransformEventMap,
  SFrameTransformEventHandlers
> {
  readonly #suite: SFrameCipherSuite;
  readonly #native: NativeSframeTransform;
  readonly #stream: TransformStream<SFrameChunk, SFrameChunk>;
  #attached = false;
  /** The keys that are still being derived: one after the other, for the last one counts. */
  #settingKeys: Promise<unknown> = Promise.resolve();

  /**
   * @param options - `role` and `cipherSuite`.
   * @throws TypeError for values that there are not
   */
  constructor(options: SFrameTransformOptions = {}) {
    super();
    const { role, cipherSuite: suite } = optionsDictionary(options, CONSTRUCT.parameter(1));
    this.#suite = suite;
    this.#native = native.createSframeTransform({ cipherSuite: suiteNumber(suite), maxQueueLength: MAX_WAITING });
    this.#native.sink = {
      failures: (batch) => {
        for (const failure of batch) this.#fail(failure, encodedFrameOf(failure.frame, null));
      },
    };
    this.#stream = new TransformStream<SFrameChunk, SFrameChunk>(
      {
        transform: async (chunk, controller) => {
          await this.#settingKeys;
          this.#transform(role, chunk, (result) => controller.enqueue(result));
        },
      },
      undefined,
      // What is written first need not wait for a reader.
      { highWaterMark: 1 },
    );
  }

  /** Where encrypted or decrypted chunks come out. */
  get readable(): ReadableStream<SFrameChunk> {
    return this.#stream.readable;
  }

  /** Takes the chunks; one that is neither a frame nor bytes ends the stream with a `TypeError`. */
  get writable(): WritableStream<SFrameChunk> {
    return this.#stream.writable;
  }

  /**
   * Sets the key of an id. From then on it encrypts, in the place of any other, and decrypts what names its id.
   *
   * @param key - a base key: of `HKDF`, for `deriveBits` or `deriveKey`.
   * @param keyID - names the key.
   * @throws TypeError when `key` is no `CryptoKey`, or `keyID` no number of 53 bits and no `bigint`
   * @throws RangeError for a `bigint` that does not fit into 64 bits
   * @throws DOMException `InvalidModificationError` when nothing can be derived from the key
   */
  setEncryptionKey(key: webcrypto.CryptoKey, keyID: CryptoKeyID = 0): Promise<void> {
    return promiseOperation(async () => {
      SET_KEY.requireArguments(arguments.length, 1);
      const baseKey = cryptoKey(key, SET_KEY.parameter(1));
      const id = BigInt(cryptoKeyId(keyID, SET_KEY.parameter(2)));
      if (BigInt.asUintN(64, id) !== id) throw new RangeError('Not a 64 bits integer');
      const former = this.#settingKeys;
      const derived = deriveKeyMaterial(this.#suite, baseKey, id);
      const set = (async () => {
        const [material] = await Promise.allSettled([derived, former]);
        if (material.status === 'rejected' || !this.#native.setKey(id, material.value.key, material.value.salt)) {
          throw new DOMException(`${SET_KEY.prefix}: No key can be derived.`, 'InvalidModificationError');
        }
      })();
      this.#settingKeys = set.catch(() => undefined);
      await set;
    });
  }

  /** The SFrame transform algorithm (section 4.1), on the chunks of the streams. */
  #transform(role: SFrameTransformRole, chunk: unknown, enqueue: (result: SFrameChunk) => void): void {
    if (isBytes(chunk)) {
      enqueue(this.#process(role, chunk, chunk, null) ?? new ArrayBuffer(0));
      return;
    }
    if (!isObject(chunk) || !isEncodedFrame(chunk)) {
      throw new TypeError('The chunk is no encoded frame, and no BufferSource.');
    }
    const { kind, type } = encodedFrameState(chunk).handle;
    const data = this.#process(role, chunk.data, chunk, kind === 'video' ? type : null);
    if (data === null) return;
    chunk.data = data;
    enqueue(chunk);
  }

  #process(
    role: SFrameTransformRole,
    data: ArrayBuffer | ArrayBufferView,
    frame: SFrameChunk,
    type: 'key' | 'delta' | null,
  ): ArrayBuffer | null {
    if (role === 'encrypt') return this.#native.encrypt(data, type);
    const decrypted = this.#native.decrypt(data);
    if (types.isArrayBuffer(decrypted)) return decrypted;
    setImmediate(() => this.#fail(decrypted, frame));
    return null;
  }

  #fail({ reason, keyId }: Omit<NativeSframeFailure, 'frame'>, frame: unknown): void {
    const keyID = reason === 'keyID' && keyId !== null ? fromKeyId(keyId) : null;
    this.dispatchEvent(new SFrameTransformErrorEvent('error', { errorType: reason, frame, keyID }));
  }

  #slot(): AttachableTransform {
    const { readable, writable } = this.#stream;
    return {
      native: this.#native,
      used: this.#attached || readable.locked || writable.locked,
      attach: () => {
        this.#attached = true;
        // They are the sender's or receiver's from now on, and nobody else's.
        readable.getReader();
        writable.getWriter();
      },
      end: () => undefined,
    };
  }

  static {
    defineInterface(this, { length: 0, eventHandlers: ['error'], is: (value) => #suite in value });
    isSFrameTransform = (value): value is SFrameTransform => #suite in value;
    sframeTransformSlot = (transform) => transform.#slot();
  }
}
