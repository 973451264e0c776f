/** The recording of a session: a file, and what is known of it. */
import type { MediaStream } from '../media/MediaStream';
import type { Recording } from '../recording/Recording';
import { recordToFile } from '../recording/recordToFile';
import type { RecordedTrack, RecordingInfo } from './recording_info';

/** Names as people write them. */
const NAMES: Record<string, string> = { vp8: 'VP8', vp9: 'VP9', av1: 'AV1', h264: 'H.264', opus: 'Opus' };

/** Writes the tracks of a stream into a file, as they come: nothing is decoded. */
export class SessionRecorder {
  readonly #recording: Recording;

  /**
   * @param stream the publisher's tracks
   * @param path the file, which is made
   * @param onerror called when it cannot go on; what was written is readable
   */
  constructor(stream: MediaStream, path: string, container: 'webm' | 'mp4', onerror: (error: Error) => void) {
    this.#recording = recordToFile(stream, path, { mimeType: `video/${container}`, flags: 'wx' });
    this.#recording.addEventListener('error', ({ error }) => {
      onerror(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Bytes in the file. */
  get bytes(): number {
    return this.#recording.bytesWritten;
  }

  /** Seconds in the file. */
  get duration(): number {
    return this.#recording.duration;
  }

  /** Whether no media have come at all. */
  get isEmpty(): boolean {
    return this.#recording.statistics.tracks.every(({ frames }) => frames === 0);
  }

  /** The codecs, and the size of the picture. */
  picture(): { mimes: { audio?: string; video?: string }; width: number; height: number } {
    const { tracks } = this.#recording.statistics;
    const mimes: { audio?: string; video?: string } = {};
    let [width, height] = [0, 0];
    for (const { kind, codec, width: w, height: h } of tracks) {
      if (codec !== null) mimes[kind] = NAMES[codec] ?? codec;
      if (kind === 'video') [width, height] = [w, h];
    }
    return { mimes, width, height };
  }

  /** Writes what is known into the content of a side-car. */
  report(info: RecordingInfo): void {
    const { mimeType, duration, bytes, tracks } = this.#recording.statistics;
    Object.assign(info, { mimeType, duration, size: bytes });
    info.tracks = tracks.map(({ kind, codec, mode, frames, keyFrames, gaps, dropped, resolutions }): RecordedTrack => ({
      kind,
      codec,
      mode,
      frames,
      gaps,
      dropped,
      ...(kind === 'video' ? { keyFrames, resolutions: [...resolutions] } : {}),
    }));
  }

  /**
   * Finishes the file. Idempotent.
   *
   * @returns what went wrong, if anything did
   */
  async stop(): Promise<Error | null> {
    return (await this.#recording.stop()).error;
  }
}
