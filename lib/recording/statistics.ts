/** What a recording says of itself while it runs and when it has ended. Outside the specifications. */

/** How a track gets into a recording. */
export type RecordedTrackMode =
  /** Nothing has come yet, or it is not decided. */
  | 'pending'
  /** The remote peer's own encoded frames are written: no decoder and no encoder runs. */
  | 'passthrough'
  /** What the track gives is encoded for the recording. */
  | 'encoded';

/** Codecs that recordings hold. */
export type RecordedVideoCodec = 'vp8' | 'vp9' | 'av1' | 'h264';
/** Codecs that recordings hold. */
export type RecordedCodec = RecordedVideoCodec | 'opus';

/** The size of the picture from some moment on. */
export interface RecordedResolution {
  /** Seconds in the recording. */
  readonly time: number;
  /** Pixels, as coded: before rotation. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** Statistics of one track of a recording. */
export interface RecordedTrackStatistics {
  /** `MediaStreamTrack.id`. */
  readonly trackId: string;
  /** `audio` or `video`. */
  readonly kind: 'audio' | 'video';
  /** How it gets into the recording now. */
  readonly mode: RecordedTrackMode;
  /** How often `mode` changed after the first media: the peer changed its codec, or the track was disabled. */
  readonly modeChanges: number;
  /** `null` until it is decided. */
  readonly codec: RecordedCodec | null;
  /** Pictures, or packets of sound, in the recording. */
  readonly frames: number;
  /** Pictures that decoding can begin at. */
  readonly keyFrames: number;
  /** Bytes of encoded media, without the container. */
  readonly bytes: number;
  /** Seconds in the recording of the first frame; `null` before one is there. */
  readonly firstTime: number | null;
  /** Seconds in the recording of the last frame; `null` before one is there. */
  readonly lastTime: number | null;
  /** Times that media was missing: lost on the network, or not sent. The recording is silent, or stands still, there. */
  readonly gaps: number;
  /** Frames that came and were thrown away: they were late, could not be decoded, or the output was too slow. */
  readonly dropped: number;
  /** Video: the size of the last picture, as coded; 0 before the first and for sound. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Video: the first size and each change of it. */
  readonly resolutions: readonly RecordedResolution[];
}

/** Statistics of a recording. */
export interface RecordingStatistics {
  /** With codecs, once they are decided; the wanted one before. */
  readonly mimeType: string;
  /** Seconds that the recording lasts so far, pauses not counted. */
  readonly duration: number;
  /** Bytes of the container that were handed to the output and taken by it. */
  readonly bytes: number;
  /** Bytes of media that were thrown away because the output was too slow. */
  readonly droppedBytes: number;
  /** Of each track. */
  readonly tracks: readonly RecordedTrackStatistics[];
}
