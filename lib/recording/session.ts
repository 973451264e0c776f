/**
 * One recording of a stream, from its start to its end: what `MediaRecorder` and the recorders of this package have in
 * common. What it reports comes in tasks of their own, in order.
 */
import type { MediaStream } from '../media/MediaStream';
import type { MediaStreamTrack } from '../media/MediaStreamTrack';
import { encoderBitrate, type Bitrates } from './bitrates';
import { RecordingEngine, type EngineEvents, type RecordingOutput } from './engine';
import { fullMimeType, type WantedFormat } from './mime_type';
import type { ConvertedOptions } from './options';
import type { RecordingStatistics } from './statistics';
import { StreamWatch } from './stream_watch';

/** An output that counts. */
export interface CountingOutput extends RecordingOutput {
  /** Bytes so far. */
  readonly size: number;
}

export interface SessionInit<Output extends CountingOutput> {
  readonly stream: MediaStream;
  readonly tracks: readonly MediaStreamTrack[];
  readonly wanted: WantedFormat;
  readonly options: ConvertedOptions;
  readonly bitrates: Bitrates;
  /** A piece lasts a second at most, and less if this is less. */
  readonly pieceMilliseconds: number;
  readonly output: Output;
  readonly events: EngineEvents;
}

/** Milliseconds that pieces last at most, and are cut shorter to at most. */
const LONGEST_PIECE = 1000;
const SHORTEST_PIECE = 50;

export class RecordingSession<Output extends CountingOutput> {
  readonly output: Output;
  readonly #init: SessionInit<Output>;
  readonly #engine: RecordingEngine;
  readonly #watch: StreamWatch;
  #mimeType = '';
  #decided = false;
  readonly #tasks: (() => void)[] = [];
  #scheduled = false;
  #ending = false;

  constructor(init: SessionInit<Output>) {
    this.#init = init;
    this.output = init.output;
    const { stream, tracks, wanted, options, bitrates, pieceMilliseconds, output, events } = init;
    const kinds = {
      audio: tracks.some(({ kind }) => kind === 'audio'),
      video: tracks.some(({ kind }) => kind === 'video'),
    };
    this.#engine = new RecordingEngine({
      tracks,
      wanted,
      encoderSettings: {
        videoBitsPerSecond: encoderBitrate('video', bitrates.video),
        audioBitsPerSecond: encoderBitrate('audio', bitrates.audio),
        constantAudioBitrate: options.audioBitrateMode === 'constant',
        keyFrameIntervalDuration: options.videoKeyFrameIntervalDuration ?? null,
        keyFrameIntervalCount: options.videoKeyFrameIntervalCount ?? null,
      },
      pieceDuration: 1000 * Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, pieceMilliseconds)),
      output,
      events: {
        decided: (format) => {
          this.#mimeType = fullMimeType(wanted, format, kinds);
          this.#decided = true;
          // Before everything that was to happen meanwhile.
          this.#tasks.unshift(() => events.decided(format));
          this.#schedule();
        },
        failed: (error) => this.#end(() => events.failed(error)),
        ended: () => this.#end(() => events.ended()),
      },
    });
    this.#watch = new StreamWatch(stream, () => {
      const message = 'The tracks of the recorded stream have changed.';
      const error = new DOMException(message, 'InvalidModificationError');
      this.#end(() => events.failed(error));
    });
  }

  /** With codecs; empty until they are decided. */
  get mimeType(): string {
    return this.#mimeType;
  }

  get duration(): number {
    return this.#engine.duration;
  }

  statistics(): RecordingStatistics {
    const { output } = this;
    return {
      mimeType: this.#mimeType || this.#init.wanted.mimeType,
      duration: this.#engine.duration,
      bytes: output.size,
      droppedBytes: this.#engine.droppedBytes,
      tracks: this.#engine.statistics(),
    };
  }

  pause(): void {
    this.#engine.pause();
  }

  resume(): void {
    this.#engine.resume();
  }

  flush(): Promise<void> {
    return this.#engine.flush();
  }

  /** Takes nothing more; resolves when the output has everything. */
  async stop(): Promise<void> {
    this.#ending = true;
    this.#watch.close();
    await this.#engine.stop();
  }

  /** Runs a task after those that are queued, and not before what is recorded is decided. */
  queue(task: () => void): void {
    this.#tasks.push(task);
    this.#schedule();
  }

  #end(report: () => void): void {
    if (this.#ending) return;
    this.#ending = true;
    setImmediate(report);
  }

  /** One task for each: promises are settled between two of them. */
  #schedule(): void {
    if (!this.#decided || this.#scheduled || this.#tasks.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const task = this.#tasks.shift();
      this.#schedule();
      task?.();
    });
  }
}
