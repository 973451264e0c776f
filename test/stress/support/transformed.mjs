/** A connection whose pictures pass through a worker, and whose sound is encrypted and decrypted on the way. */
import { Worker } from 'node:worker_threads';
import { RTCRtpScriptTransform, SFrameTransform, mediaDevices } from 'node-libwebrtc';
import { negotiate, newPeer } from './peers.mjs';

export const startWorker = () => new Worker(new URL('../../unit/support/transform_worker.mjs', import.meta.url));

export async function sframe() {
  const transform = new SFrameTransform();
  const key = await crypto.subtle.importKey('raw', new Uint8Array(16), 'HKDF', false, ['deriveBits']);
  await transform.setEncryptionKey(key);
  return transform;
}

/** Waits until a receiver has got frames beyond those that it has now. */
export async function flowing(receiver) {
  const count = async () => {
    for (const entry of (await receiver.getStats()).values()) {
      if (entry.type === 'inbound-rtp') return entry.framesDecoded ?? entry.packetsReceived;
    }
    return 0;
  };
  const before = await count();
  while ((await count()) <= before + 3) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A function of its own, so that no other closure keeps the transforms. */
function transformTracks(connection, transforms) {
  connection.ontrack = ({ receiver, track }) => (receiver.transform = transforms[track.kind]);
}

export async function transformedPair(worker = startWorker()) {
  const [one, other] = [newPeer(), newPeer()];
  const source = await mediaDevices.getUserMedia({ audio: true, video: { width: 160, height: 120, frameRate: 30 } });
  const [audio, video] = ['Audio', 'Video'].map((kind) => one.addTrack(source[`get${kind}Tracks`]()[0], source));
  const mode = { mode: 'pass' };
  const [sending, receiving, encryption, decryption] = [
    new RTCRtpScriptTransform(worker, mode),
    new RTCRtpScriptTransform(worker, mode),
    await sframe(),
    await sframe(),
  ];
  video.transform = sending;
  audio.transform = encryption;
  transformTracks(other, { video: receiving, audio: decryption });
  await negotiate(one, other);
  other.ontrack = null;
  const [heard, seen] = other.getReceivers();
  await flowing(seen);
  await flowing(heard);
  const stop = () => {
    for (const track of source.getTracks()) track.stop();
    void worker.terminate();
  };
  return { one, other, audio, video, heard, seen, sending, receiving, encryption, decryption, worker, stop };
}
