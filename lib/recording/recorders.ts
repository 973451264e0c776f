/** The public names of recording. */
export { BlobEvent, type BlobEventInit } from './BlobEvent';
export {
  MediaRecorder,
  type MediaRecorderEventHandlers,
  type MediaRecorderEventMap,
  type RecordingState,
} from './MediaRecorder';
export type { BitrateMode, MediaRecorderOptions } from './options';
export { recordToFile, type RecordToFileOptions } from './recordToFile';
export { RecordingReadable, recordToReadable } from './recordToReadable';
export {
  Recording,
  type RecordingEventHandlers,
  type RecordingEventMap,
  type RecordingOptions,
  type RecordingResult,
} from './Recording';
export type {
  RecordedCodec,
  RecordedResolution,
  RecordedTrackMode,
  RecordedTrackStatistics,
  RecordedVideoCodec,
  RecordingStatistics,
} from './statistics';
