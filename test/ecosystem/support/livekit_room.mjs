/** A participant of a LiveKit room: the same here and in a page. */
import { RoomEvent, Track } from 'livekit-client';

/** Enters a room. What is published there is kept, by kind, and the first message. */
export async function enter(room, { url, token, rtcConfig = {} }) {
  const arrivals = new Map(
    ['audio', 'video'].map((kind) => {
      let arrived;
      return [kind, { track: new Promise((resolve) => (arrived = resolve)), arrived }];
    }),
  );
  room.on(RoomEvent.TrackSubscribed, ({ kind, mediaStreamTrack }) => arrivals.get(kind).arrived(mediaStreamTrack));
  const message = new Promise((resolve) =>
    room.on(RoomEvent.DataReceived, (payload, participant, kind, topic) =>
      resolve({ text: new TextDecoder().decode(payload), from: participant?.identity, topic }),
    ),
  );
  await room.connect(url, token, { rtcConfig, peerConnectionTimeout: 60_000 });
  return { track: (kind) => arrivals.get(kind).track, message };
}

/** Publishes a stream's tracks, each as it is. */
export async function publish(room, stream) {
  const options = { simulcast: false, red: false, dtx: false, videoCodec: 'vp8', stopMicTrackOnMute: false };
  await room.localParticipant.publishTrack(stream.getAudioTracks()[0], { ...options, source: Track.Source.Microphone });
  await room.localParticipant.publishTrack(stream.getVideoTracks()[0], { ...options, source: Track.Source.Camera });
}
