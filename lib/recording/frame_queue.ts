/** Frames of one track that wait until a piece of the file is full, and a count of those that went into it. */

export interface QueuedFrame {
  /** Microseconds of the recording's timeline. */
  time: number;
  /** Microseconds; 0 where it is not known. */
  readonly duration: number;
  /** As it came. */
  readonly raw: Uint8Array;
  /** As files hold it. */
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly width: number;
  readonly height: number;
  readonly rotation: 0 | 90 | 180 | 270;
}

/** What a picture lasts if nothing follows it, in microseconds. */
const USUAL_DURATION = 33_333;

export class FrameQueue {
  #frames: QueuedFrame[] = [];
  /** Of the last frame that was put in, or taken out: nothing earlier can follow. */
  #newest = -Infinity;
  #taken = -Infinity;
  #usual = USUAL_DURATION;

  /** Frames that came after their piece had been written. */
  late = 0;

  /** What was taken. */
  readonly written = {
    frames: 0,
    keyFrames: 0,
    bytes: 0,
    width: 0,
    height: 0,
    firstTime: undefined as number | undefined,
    lastTime: undefined as number | undefined,
    /** The end of the last frame. */
    end: undefined as number | undefined,
    resolutions: [] as { time: number; width: number; height: number }[],
  };

  get first(): QueuedFrame | undefined {
    return this.#frames[0];
  }

  get last(): QueuedFrame | undefined {
    return this.#frames.at(-1);
  }

  /** The first frame behind `time` that decoding can begin at. */
  keyAfter(time: number): QueuedFrame | undefined {
    return this.#frames.find((frame) => frame.key && frame.time > time);
  }

  /** Puts a picture at the end: decoders want them in their order, and each a little later than the one before. */
  append(frame: QueuedFrame): void {
    if (frame.time <= this.#newest) frame.time = this.#newest + 1;
    this.#newest = frame.time;
    this.#frames.push(frame);
  }

  /** Puts a packet of sound where it belongs. The network may bring packets in another order, or twice. */
  insert(frame: QueuedFrame): void {
    const { time } = frame;
    if (time <= this.#taken) {
      this.late++;
      return;
    }
    let at = this.#frames.length;
    // Two packets are never nearer to each other than the shortest that Opus has, 2.5 ms.
    while (at > 0 && this.#frames[at - 1]!.time >= time + 1000) at--;
    if (at > 0 && this.#frames[at - 1]!.time > time - 1000) {
      this.late++;
      return;
    }
    if (at === this.#frames.length) this.#frames.push(frame);
    else this.#frames.splice(at, 0, frame);
  }

  /** Takes out the frames before `end`, each with the duration that it has if that can be told. */
  take(end: number): (QueuedFrame & { lasts: number })[] {
    const frames = this.#frames;
    let count = 0;
    while (count < frames.length && frames[count]!.time < end) count++;
    if (count === 0) return [];
    const taken = frames.slice(0, count);
    this.#frames = frames.slice(count);
    this.#taken = taken[count - 1]!.time;
    return taken.map((frame, index) => {
      const next = frames[index + 1]?.time;
      let lasts = frame.duration;
      if (lasts === 0) {
        lasts = next === undefined ? this.#usual : next - frame.time;
        if (next !== undefined) this.#usual = lasts;
      }
      return Object.assign(frame, { lasts });
    });
  }

  /** Takes note of a frame that is in the file. */
  count(frame: QueuedFrame & { lasts: number }): void {
    const { written } = this;
    written.frames++;
    if (frame.key) written.keyFrames++;
    written.bytes += frame.data.byteLength;
    written.firstTime ??= frame.time;
    written.lastTime = frame.time;
    written.end = frame.time + frame.lasts;
    if (frame.width !== 0 && (frame.width !== written.width || frame.height !== written.height)) {
      const { time, width, height } = frame;
      written.resolutions.push({ time, width, height });
      Object.assign(written, { width, height });
    }
  }
}
