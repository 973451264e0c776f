// Many publishers that cost little, in a process of their own: one encoder makes the media, a connection to itself brings
// them back encoded, and from there each publisher forwards them to its WHIP session. What the server gets from each is
// a complete publisher: its own ICE, DTLS, SRTP, RTCP.
//
// Started by fork; the parent sends { add: N } and { end: true }, and gets what has been done.
import {
  AudioData,
  AudioSource,
  forwardEncoded,
  RTCPeerConnection,
  VideoFrame,
  VideoSource,
} from '../../dist/index.mjs';
import { makePictures, stamp } from './pictures.mjs';

const { endpoint, width, height, frameRate, bitrate } = JSON.parse(process.argv[2]);
const NODE = { includeLoopback: true, bindAddress: '127.0.0.1' };
/** So many sessions begin at once. */
const AT_ONCE = 5;

/** When each picture was pushed, in milliseconds since the epoch. */
const pushed = [];

function startCamera() {
  const pictures = makePictures(width, height);
  const source = new VideoSource({ label: 'load' });
  const started = performance.now();
  setInterval(() => {
    if (pushed.length >= ((performance.now() - started) / 1000) * frameRate) return;
    const data = pictures[pushed.length % pictures.length];
    stamp(data, width, height, pushed.length & 0xffff);
    const timestamp = Math.round(performance.now() * 1000);
    const frame = new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp });
    pushed.push(performance.timeOrigin + performance.now());
    source.push(frame);
    frame.close();
  }, 4);
  return source.createTrack();
}

function startMicrophone() {
  const source = new AudioSource({ label: 'load' });
  const started = performance.now();
  let position = 0;
  setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * 48_000);
    const samples = Float32Array.from({ length: due - position }, (_, at) => {
      const time = (position + at) / 48_000;
      return 0.2 * Math.sin(2 * Math.PI * 440 * time) + 0.1 * Math.sin(2 * Math.PI * 313 * time);
    });
    if (samples.length === 0) return;
    const data = new AudioData({
      ...{ format: 'f32-planar', sampleRate: 48_000, numberOfFrames: samples.length, numberOfChannels: 1 },
      timestamp: Math.round((position / 48_000) * 1e6),
      data: samples,
    });
    position = due;
    source.push(data);
    data.close();
  }, 20);
  return source.createTrack();
}

const connected = (connection) =>
  new Promise((resolve, reject) => {
    const look = () => {
      if (connection.connectionState === 'connected') resolve();
      if (connection.connectionState === 'failed') reject(new Error('a connection has failed'));
    };
    connection.addEventListener('connectionstatechange', look);
    look();
  });

/** Encodes once: gives receivers whose frames are to be forwarded. */
async function startSource() {
  const [out, back] = [new RTCPeerConnection({ node: NODE }), new RTCPeerConnection({ node: NODE })];
  out.onicecandidate = ({ candidate }) => candidate && back.addIceCandidate(candidate);
  back.onicecandidate = ({ candidate }) => candidate && out.addIceCandidate(candidate);
  const sending = out.addTransceiver(startCamera(), {
    direction: 'sendonly',
    sendEncodings: [{ maxBitrate: bitrate }],
  });
  out.addTransceiver(startMicrophone(), { direction: 'sendonly' });
  await out.setLocalDescription();
  await back.setRemoteDescription(out.localDescription);
  await back.setLocalDescription();
  await out.setRemoteDescription(back.localDescription);
  await connected(out);
  const parameters = sending.sender.getParameters();
  parameters.degradationPreference = 'maintain-resolution';
  await sending.sender.setParameters(parameters);
  return back.getReceivers();
}

const publishers = [];

async function publish(receivers) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle', node: NODE });
  const senders = receivers.map(({ track: { kind } }) => {
    const transceiver = connection.addTransceiver(kind, { direction: 'sendonly' });
    return { sender: transceiver.sender, receiver: receivers.find(({ track }) => track.kind === kind) };
  });
  const gathered = new Promise((resolve) => {
    connection.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve());
  });
  await connection.setLocalDescription();
  await gathered;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  const url = new URL(response.headers.get('location'), endpoint);
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  await connected(connection);
  publishers.push({
    connection,
    url,
    forwardings: senders.map(({ sender, receiver }) => forwardEncoded(receiver, sender)),
  });
}

async function end({ connection, url }) {
  await fetch(url, { method: 'DELETE' });
  connection.close();
}

const receivers = await startSource();
process.on('message', async ({ add, end: ending }) => {
  try {
    if (add !== undefined) {
      for (let left = add; left > 0; left -= AT_ONCE) {
        await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => publish(receivers)));
      }
      process.send({ publishers: publishers.length });
    } else if (ending) {
      const dropped = publishers.map(({ forwardings }) => forwardings.map(({ statistics }) => statistics.dropped));
      for (let at = 0; at < publishers.length; at += AT_ONCE) {
        await Promise.all(publishers.slice(at, at + AT_ONCE).map(end));
      }
      process.send({ ended: true, pushed, dropped }, () => process.exit(0));
    }
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.send({ ready: true });
