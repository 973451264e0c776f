/**
 * The two ends of a transform as streams: frames come out of a readable, and go on when they are written to a writable.
 *
 * Implements WebRTC Encoded Transform, section 3.2 (operations: "read from", "write to").
 */
import { ReadableStream, WritableStream, type ReadableStreamDefaultController } from 'node:stream/web';
import type { NativeEncodedFrame, NativeTransformer } from '../native_encoded';
import { isObject } from '../webidl';
import { encodedFrameOf, encodedFrameState, isEncodedFrame, type RTCEncodedFrame } from './frame_kinds';

/** Frames that wait at most between libwebrtc and the thread of the streams, and again in the readable. */
export const MAX_WAITING = 60;

export class FrameStreams {
  readonly readable: ReadableStream<RTCEncodedFrame>;
  readonly writable: WritableStream<RTCEncodedFrame>;
  readonly #transformer: NativeTransformer;
  readonly #strict: boolean;
  readonly #onKeyFrame: (rtpTimestamp: number, rid: string | null) => void;
  #controller!: ReadableStreamDefaultController<RTCEncodedFrame>;
  #counter = 0;
  #lastWritten = 0;
  #dropped = 0;
  #open = true;

  /**
   * @param strict whether frames can be written only by who has read them, and in their order, and are empty then, as the
   *   specification wants of transformers; the streams of Chromium's `createEncodedStreams()` take any frame, and leave
   *   scripts what they have seen of it
   * @param onKeyFrame is called before a key frame is handed out
   * @param onKeyFrameRequest is called when the peer wants a key frame of the encoding with this rid
   */
  constructor(
    transformer: NativeTransformer,
    strict: boolean,
    onKeyFrame: (rtpTimestamp: number, rid: string | null) => void = () => undefined,
    onKeyFrameRequest: (rid: string | null) => void = () => undefined,
  ) {
    this.#transformer = transformer;
    this.#strict = strict;
    this.#onKeyFrame = onKeyFrame;
    this.readable = new ReadableStream<RTCEncodedFrame>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        // Nobody reads any more: what comes is dropped.
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream<RTCEncodedFrame>({ write: (chunk) => this.#write(chunk) });
    // Messages that were sent to the thread before the frames came are due first, as in a browser's one queue of tasks.
    transformer.sink = {
      frames: (batch) => void setImmediate(() => this.#enqueue(batch)),
      keyframerequest: (rids) => rids.forEach(onKeyFrameRequest),
    };
  }

  /** Frames that were thrown away because too many waited for a reader. */
  get dropped(): number {
    return this.#dropped + this.#transformer.dropped;
  }

  /** Nothing comes any more: readers see the end. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#stop();
    this.#controller.close();
  }

  #stop(): void {
    this.#open = false;
    this.#transformer.sink = undefined;
    this.#transformer.close();
  }

  #enqueue(batch: NativeEncodedFrame[]): void {
    for (const handle of batch) {
      if (!this.#open) return;
      if ((this.#controller.desiredSize ?? 0) <= -MAX_WAITING) {
        this.#dropped++;
        continue;
      }
      if (handle.type === 'key') {
        const metadata = handle.metadata();
        this.#onKeyFrame(metadata?.rtpTimestamp ?? 0, metadata?.rid ?? null);
      }
      this.#controller.enqueue(encodedFrameOf(handle, { owner: this, counter: ++this.#counter }));
    }
  }

  /** "writeEncodedData". */
  #write(chunk: unknown): void {
    if (!isObject(chunk) || !isEncodedFrame(chunk)) {
      throw new TypeError('The chunk is no RTCEncodedVideoFrame and no RTCEncodedAudioFrame.');
    }
    const state = encodedFrameState(chunk);
    const { origin, handle } = state;
    if (handle.taken) return;
    if (this.#strict) {
      // If frame.[[owner]] is not transformer, or frame.[[counter]] has been passed, drop it.
      if (origin?.owner !== this || origin.counter <= this.#lastWritten) return;
      this.#lastWritten = origin.counter;
    }
    state.takeBy((taken) => this.#transformer.write(taken), this.#strict);
  }
}
