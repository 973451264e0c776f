/** What is known of a recording: the content of its side-car. */
import type { RecordedCodec, RecordedResolution, RecordedTrackMode } from '../recording/statistics';

/** Why a session has ended. */
export type EndReason =
  /** The publisher has said so. */
  | 'publisher-left'
  /** The publisher is gone without a word. */
  | 'connection-lost'
  /** The publisher never came. */
  | 'ice-timeout'
  | 'idle'
  | 'max-duration'
  | 'max-size'
  | 'max-bitrate'
  | 'disk-full'
  | 'write-error'
  | 'ended-by-administrator'
  | 'shutdown'
  /** The process ended without finishing the file. */
  | 'interrupted';

/** A track of a recording. */
export interface RecordedTrack {
  /** `audio` or `video`. */
  kind: 'audio' | 'video';
  /** `null` while nothing has come. */
  codec: RecordedCodec | null;
  /** Whether it was recorded as it came, without decoding it. */
  mode: RecordedTrackMode;
  /** Pictures, or packets of sound, in the file. */
  frames: number;
  /** Pictures that decoding can begin at. */
  keyFrames?: number;
  /** The first size of the picture and each change of it; times in seconds. */
  resolutions?: RecordedResolution[];
  /** Times that media was missing. */
  gaps: number;
  /** What came and is not in the file. */
  dropped: number;
}

/** Sums over the life of a session; times in seconds. */
export interface SessionStatistics {
  /** Bytes of media that have come. */
  bytesReceived: number;
  /** Packets that have come. */
  packetsReceived: number;
  /** Packets that have not. */
  packetsLost: number;
  /** Of the audio and the video, whichever is larger. */
  jitter: number;
  /** Pictures that have come. */
  framesReceived: number;
  /** Pictures that were decoded. */
  framesDecoded: number;
  /** Times that the publisher was asked for a key frame. */
  keyFrameRequests: number;
  /** Times that it was asked for packets again. */
  retransmissionRequests: number;
  /** Seconds to the publisher and back; `null` where it is not known. */
  roundTripTime: number | null;
  /** Bits a second, over the last interval. */
  bitrate: number;
}

/** A recording, as its side-car has it. */
export interface RecordingInfo {
  /** Of this format. */
  version: 1;
  /** Identifies the recording, as in its addresses. */
  id: string;
  /** What the publisher calls it. */
  name: string;
  /** The media file, in the same directory. */
  file: string;
  /** Whether it is still going on. */
  state: 'recording' | 'finished' | 'interrupted';
  /** ISO 8601. */
  startedAt: string;
  /** When it ended; `null` while it goes on. */
  endedAt: string | null;
  /** Seconds. */
  duration: number;
  /** Bytes. */
  size: number;
  /** Container and codecs. */
  mimeType: string;
  /** Why it has ended; `null` while it goes on. */
  reason: EndReason | null;
  /** What went wrong, if the reason is not enough. */
  error: string | null;
  /** Who has published. */
  client: { address: string; userAgent: string | null };
  /** The tracks in it. */
  tracks: RecordedTrack[];
  /** Of the connection. */
  statistics: SessionStatistics;
}

/** Nothing yet. */
export const noStatistics = (): SessionStatistics => ({
  bytesReceived: 0,
  packetsReceived: 0,
  packetsLost: 0,
  jitter: 0,
  framesReceived: 0,
  framesDecoded: 0,
  keyFrameRequests: 0,
  retransmissionRequests: 0,
  roundTripTime: null,
  bitrate: 0,
});

/** Ids are file names without an ending, and can never lead elsewhere. */
export const isRecordingId = (id: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id);

/** Whether a value that was read from a file is the content of a side-car. */
export function isRecordingInfo(value: unknown): value is RecordingInfo {
  if (typeof value !== 'object' || value === null) return false;
  const { version, id, file, state, startedAt, tracks, statistics } = value as Record<string, unknown>;
  return (
    version === 1 &&
    typeof id === 'string' &&
    isRecordingId(id) &&
    (file === `${id}.webm` || file === `${id}.mp4`) &&
    (state === 'recording' || state === 'finished' || state === 'interrupted') &&
    typeof startedAt === 'string' &&
    Array.isArray(tracks) &&
    typeof statistics === 'object'
  );
}
