/**
 * `node-libwebrtc/recording-server`: what `node-libwebrtc record` runs, for programs.
 *
 * @packageDocumentation
 */
export { startRecordingServer, type RecordingServer } from './RecordingServer';
export type { EndReason, RecordedTrack, RecordingInfo, SessionStatistics } from './recording_info';
export {
  SettingError,
  type RecordingServerOptions,
  type RecordingServerSettings,
  type ServerLogLevel,
  type VideoCodecName,
} from './settings';
