import type { TrackSource } from '../media/MediaStreamTrack';
import type { NativeMediaKind } from '../native_media';

/**
 * The source of a receiver's track: what comes is what there is; constraints ask for at most that. `peer` stands for who
 * sends it.
 */
export function remoteSource(kind: NativeMediaKind, peer: object): TrackSource {
  return {
    label: `remote ${kind}`,
    peer,
    capabilities: () => ({}),
    settings: (track) => {
      if (kind === 'video') return track.videoStatus() ?? {};
      return track.audioStatus() ?? {};
    },
    apply: () => undefined,
  };
}
