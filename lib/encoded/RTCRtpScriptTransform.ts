import { native } from '../native';
import type { NativeScriptTransform } from '../native_encoded';
import { constructorOperation, defineInterface, isObject, object, sequence } from '../webidl';
import { MAX_WAITING } from './frame_streams';
import type { AttachableTransform, TransformHost } from './transform_attribute';
import { WorkerLink, threadOf } from './worker_link';
import type { FromWorker } from './worker_messages';

/** What a transform is made with: a `Worker` of `node:worker_threads`, or of a package with the browsers' interface. */
export interface TransformWorker {
  /** Posts a message, with what is transferred with it. */
  postMessage(message: unknown, transfer: never[]): void;
}

const CONSTRUCT = constructorOperation('RTCRtpScriptTransform');
const objects = sequence(object);

/** Brand check for {@link RTCRtpScriptTransform}. Not part of the public interface. */
export let isScriptTransform: (value: object) => value is RTCRtpScriptTransform;
/** The inner side of a transform. Not part of the public interface. */
export let scriptTransformSlot: (transform: RTCRtpScriptTransform) => AttachableTransform;

function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError');
}

/**
 * Has a worker transform the encoded frames of one sender or receiver, whose attribute `transform` it is set to. The
 * frames go from libwebrtc's threads to that of the worker, not through this one.
 *
 * The worker gets an event `rtctransform` with the other side, an `RTCRtpScriptTransformer`, on its `workerScope`, or on
 * its global object with `node-libwebrtc/polyfill`. It must load this package for that; until it has, the transform waits.
 * Without a worker that reads, frames are dropped as soon as some wait; when the worker has ended, at once.
 *
 * Implements WebRTC Encoded Transform, section 5.1 (RTCRtpScriptTransform interface).
 */
export class RTCRtpScriptTransform {
  readonly #slot: Slot;

  /**
   * @param worker - a `Worker` of `node:worker_threads`, or one of the `web-worker` package.
   * @param options - a copy of it becomes `transformer.options`.
   * @param transfer - what in `options` is moved instead of copied.
   * @throws TypeError when `worker` is none
   * @throws DOMException `DataCloneError` for options that cannot be copied, `NotSupportedError` in a Node.js that cannot
   *   (before 20.19 and 22.5)
   */
  constructor(worker: TransformWorker, options?: unknown, transfer: object[] = []) {
    CONSTRUCT.requireArguments(arguments.length, 1);
    const thread = isObject(worker) ? threadOf(worker) : null;
    if (thread === null) throw new TypeError(`${CONSTRUCT.parameter(1)} is not of type 'Worker'.`);
    const objectsToMove = objects(transfer, CONSTRUCT.parameter(3));
    this.#slot = new Slot(WorkerLink.to(thread), options, objectsToMove);
  }

  static {
    defineInterface(this, { length: 1 });
    isScriptTransform = (value): value is RTCRtpScriptTransform => #slot in value;
    scriptTransformSlot = (transform) => transform.#slot;
  }
}

class Slot implements AttachableTransform {
  readonly native: NativeScriptTransform = native.createScriptTransform({ maxQueueLength: MAX_WAITING });
  readonly #link: WorkerLink;
  readonly #id: number;
  #host: TransformHost | null = null;
  #used = false;

  constructor(link: WorkerLink, options: unknown, transfer: object[]) {
    this.#link = link;
    this.#id = link.begin(this, this.native.release(), options, transfer);
  }

  get used(): boolean {
    return this.#used;
  }

  attach(host: TransformHost): void {
    this.#used = true;
    this.#host = host;
  }

  end(): void {
    if (this.#host === null) return;
    this.#host = null;
    this.#link.end(this.#id);
  }

  /** What the transformer asks of the sender or receiver. */
  ask(message: FromWorker): void {
    const host = this.#host;
    if (host?.state.handle.kind !== 'video') throw invalidState('The transform is none of video.');
    const { state, side } = host;
    if (message.type === 'sendKeyFrameRequest') {
      if (side !== 'receiver') throw invalidState('The transform is none of a receiver.');
      state.handle.receiver.requestKeyFrame();
      return;
    }
    if (side !== 'sender') throw invalidState('The transform is none of a sender.');
    state.generateKeyFrame(message.rid === null ? [] : [message.rid]);
  }
}
