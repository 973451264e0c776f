import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MediaStream } from '../media/MediaStream';
import { FileOutput } from './file_output';
import type { Container } from './mime_type';
import { startRecording, type Recording, type RecordingOptions } from './Recording';

/** Options of {@link recordToFile}. */
export interface RecordToFileOptions extends RecordingOptions {
  /** How the file is opened, as `fs.open` has it: `'w'` (the default) writes over what is there, `'wx'` refuses. */
  flags?: 'w' | 'wx';
}

const containers: Readonly<Record<string, Container>> = {
  ...{ '.webm': 'webm', '.mkv': 'matroska', '.mka': 'matroska' },
  ...{ '.mp4': 'mp4', '.m4v': 'mp4', '.m4a': 'mp4' },
};

/**
 * Records a stream into a file, beginning at once.
 *
 * The file is written as it comes, a second at a time: a process that is killed leaves a file that plays up to its last
 * full second. One that ends well is seekable. Tracks of remote peers are recorded as they come, without decoding them,
 * if their codecs fit the file: where `mimeType` is absent, the file's extension says the container, and codecs are
 * chosen so that they do.
 *
 * An error (no such directory, a full disk, a removed file) is an `error` event, and `error` of the result. What was
 * written stays, and can be played.
 *
 * @example
 * const recording = recordToFile(stream, 'call.webm');
 * setTimeout(() => recording.stop(), 10_000);
 * const { duration, tracks, error } = await recording.finished;
 *
 * @throws TypeError when `stream` is no `MediaStream`
 * @throws DOMException `NotSupportedError` when no track is live, or `mimeType` cannot be recorded
 */
export function recordToFile(stream: MediaStream, path: string | URL, options: RecordToFileOptions = {}): Recording {
  const file = typeof path === 'string' ? path : fileURLToPath(path);
  const container = containers[extname(file).toLowerCase()];
  return startRecording(
    stream,
    options,
    container,
    (limit, failed) => new FileOutput(file, options.flags ?? 'w', limit, failed),
  );
}
