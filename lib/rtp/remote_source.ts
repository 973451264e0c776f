/** The sources of receivers' tracks: what comes is what there is, and constraints ask for at most that. */
import {
  anyChannelCount,
  anySampleRate,
  applyAudioSettings,
  audioCandidates,
  audioCapabilities,
} from '../media/audio_settings';
import type { MediaTrackConstraints, MediaTrackSettings } from '../media/constraints';
import type { TrackSource } from '../media/MediaStreamTrack';
import { HIGHEST_RATE, videoStatusOf } from '../media/raw_sources';
import { numbersNamed, selectSettings } from '../media/settings_selection';
import { selectedOrThrow } from '../media/track_sources';
import { videoCandidates } from '../media/video_settings';
import type { NativeMediaKind, NativeMediaStreamTrack } from '../native_media';

/** The settings that satisfy the constraints best. */
function selected(
  candidates: MediaTrackSettings[],
  constraints: MediaTrackConstraints,
  kind: NativeMediaKind,
): MediaTrackSettings {
  const from = candidates.map((settings) => ({ settings, from: undefined }));
  return selectedOrThrow(selectSettings(from, constraints, kind)).settings;
}

/** Before the first frame nobody knows what will come: pictures are to be no larger than what is named. */
function applyUnseen(track: NativeMediaStreamTrack, constraints: MediaTrackConstraints): void {
  const most = (name: 'width' | 'height' | 'frameRate'): number | null => {
    const numbers = numbersNamed(constraints, name).filter((number) => number > 0);
    return numbers.length === 0 ? null : Math.max(...numbers);
  };
  const [width, height] = [most('width'), most('height')];
  track.setVideoFormat({ width, height, frameRate: most('frameRate'), crop: width !== null && height !== null });
}

function remoteVideo(peer: object): TrackSource {
  return {
    label: 'remote video',
    peer,
    capabilities: (track) => {
      const status = track.videoStatus();
      return {
        ...(status === null
          ? {}
          : { width: { min: 1, max: status.sourceWidth }, height: { min: 1, max: status.sourceHeight } }),
        resizeMode: ['none', 'crop-and-scale'],
      };
    },
    settings: (track) => videoStatusOf(track),
    apply: (track, constraints) => {
      const status = track.videoStatus();
      if (status === null) {
        applyUnseen(track, constraints);
        return;
      }
      const own = { width: status.sourceWidth, height: status.sourceHeight, frameRate: HIGHEST_RATE };
      const settings = selected(videoCandidates({ formats: [own] }, constraints), constraints, 'video');
      const { width = null, height = null, frameRate = HIGHEST_RATE } = settings;
      // What is taken as it comes stays so when larger pictures come.
      const asItIs = settings.resizeMode === 'none' || (width === own.width && height === own.height);
      track.setVideoFormat({
        width: asItIs ? null : width,
        height: asItIs ? null : height,
        frameRate: frameRate === HIGHEST_RATE ? null : frameRate,
        crop: true,
      });
    },
  };
}

function remoteAudio(peer: object): TrackSource {
  const limits = { sampleRate: anySampleRate, channelCount: anyChannelCount };
  const chosen = new WeakMap<NativeMediaStreamTrack, MediaTrackSettings>();
  return {
    label: 'remote audio',
    peer,
    capabilities: () => audioCapabilities(limits),
    settings: (track) => ({ ...chosen.get(track), ...track.audioStatus() }),
    apply: (track, constraints) => {
      const settings = selected(audioCandidates({}, limits, constraints), constraints, 'audio');
      applyAudioSettings(track, settings);
      chosen.set(track, settings);
    },
    cloned: (from, to) => {
      const settings = chosen.get(from);
      if (settings !== undefined) chosen.set(to, settings);
    },
  };
}

/** The source of a receiver's track; `peer` stands for who sends it. */
export function remoteSource(kind: NativeMediaKind, peer: object): TrackSource {
  return kind === 'video' ? remoteVideo(peer) : remoteAudio(peer);
}
