/**
 * `node-libwebrtc/recording-server`: what `node-libwebrtc record` runs, for programs.
 *
 * @module node-libwebrtc/recording-server
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
