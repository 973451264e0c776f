/** A connection that carries sound and pictures, which are seen, recorded as they come, and recorded anew. */
import { MediaStream, MediaStreamTrackProcessor, mediaDevices, MediaRecorder } from 'node-libwebrtc';
import { negotiate, newPeer } from './peers.mjs';

export async function recordingPair() {
  const [one, other] = [newPeer(), newPeer()];
  const source = await mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120, frameRate: 15 } });
  for (const track of source.getTracks()) one.addTrack(track, source);
  const tracks = [];
  other.ontrack = ({ track }) => tracks.push(track);
  await negotiate(one, other);
  const remote = new MediaStream(tracks);
  const recorders = [
    new MediaRecorder(remote, { mimeType: 'video/webm;codecs=vp8,opus' }),
    new MediaRecorder(remote, { mimeType: 'video/webm;codecs=vp9,opus' }),
  ];
  const recorded = recorders.map(
    (recorder) => new Promise((resolve) => (recorder.ondataavailable = ({ data }) => data.size > 0 && resolve())),
  );
  for (const recorder of recorders) recorder.start(100);
  const video = tracks.find(({ kind }) => kind === 'video');
  const reader = new MediaStreamTrackProcessor({ track: video }).readable.getReader();
  const { value } = await reader.read();
  value.close();
  await Promise.all(recorded);
  const stop = () => {
    for (const recorder of recorders) if (recorder.state !== 'inactive') recorder.stop();
    reader.cancel();
    for (const track of [...tracks, ...source.getTracks()]) track.stop();
  };
  return { one, other, stop };
}
