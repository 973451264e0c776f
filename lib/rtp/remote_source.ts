import type { TrackSource } from '../media/MediaStreamTrack';
import type { NativeMediaKind } from '../native_media';

/** The source of a receiver's track: what comes is what there is; constraints ask for at most that. */
export function remoteSource(kind: NativeMediaKind): TrackSource {
  return {
    label: `remote ${kind}`,
    capabilities: () => ({}),
    settings: (track) => {
      if (kind === 'video') return track.videoStatus() ?? {};
      return track.audioStatus() ?? {};
    },
    apply: () => undefined,
  };
}
