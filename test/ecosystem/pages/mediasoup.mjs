import { judge, knownStream } from './media.mjs';
import { bytes, digest } from '../support/bytes.mjs';
import { joinRoom } from '../support/mediasoup_peer.mjs';

let peer;
let outgoing;
let incoming;
let layered;

/** Joins, and sends known media and a channel for messages; gives the producers' names. */
export async function start({ url, media }) {
  peer = await joinRoom(url);
  const stream = await knownStream(media);
  const audio = await peer.produce({ track: stream.getAudioTracks()[0] });
  const codecOptions = { videoGoogleStartBitrate: 1000 };
  const video = await peer.produce({ track: stream.getVideoTracks()[0], codecOptions });
  outgoing = await peer.produceData({ label: 'to-node', ordered: true });
  return { audio: audio.id, video: video.id, data: outgoing.id };
}

/** Waits until what that producer sends is what is expected. */
export async function judgeProducer(producerId, kind, expected) {
  const { track } = await peer.consume(producerId);
  return judge(track, kind, expected);
}

/** Listens to another's channel. */
export async function listen(dataProducerId, count) {
  const consumer = await peer.consumeData(dataProducerId);
  const seen = [];
  incoming = new Promise((resolve) => {
    consumer.on('message', (message) => {
      seen.push(typeof message === 'string' ? message : digest(message));
      if (seen.length === count) resolve(Promise.all(seen));
    });
  });
}

/** What has come: texts as they are, bytes as their digest. */
export const heard = () => incoming;

export async function say(text, length, seed) {
  const sent = bytes(length, seed);
  outgoing.send(text);
  outgoing.send(sent);
  return digest(sent);
}

/** Consumes one layer of a producer. */
export async function consumeLayer(producerId, spatialLayer) {
  layered = await peer.consume(producerId, { spatialLayer });
}

/** Asks the server for another layer of it. */
export const prefer = (spatialLayer) => peer.request('prefer', { consumerId: layered.id, spatialLayer });

/** Waits for pictures of that width; gives their size. */
export async function pictureOfWidth(width) {
  const reader = new MediaStreamTrackProcessor({ track: layered.track.clone() }).readable.getReader();
  for (;;) {
    const { value: frame } = await reader.read();
    const { displayWidth, displayHeight } = frame;
    frame.close();
    if (displayWidth !== width) continue;
    await reader.cancel();
    return [displayWidth, displayHeight];
  }
}
