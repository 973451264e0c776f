/**
 * A publisher that shares no code with libwebrtc or a browser: FFmpeg encodes, sends RTP, and werift brings it over WHIP.
 */
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { temporaryDirectory } from './recording_server.mjs';
import { makeSourceFile } from './source_file.mjs';
import { within } from './wait.mjs';

const run = promisify(execFile);

/** A socket on loopback that hands the RTP packets that it gets to a track. */
async function rtpInput(t, track) {
  const socket = createSocket('udp4');
  socket.on('message', (packet) => {
    const type = packet[1] & 0x7f;
    // RTCP goes to the port beside, which may be this one.
    if (type < 72 || type > 76) track.writeRtp(packet);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return `rtp://127.0.0.1:${socket.address().port}?pkt_size=1200`;
}

/**
 * Publishes so many seconds.
 *
 * @returns `finished`, which resolves when all has been sent, and `end()`
 */
export async function publishFromWerift(t, endpoint, { frequency, seconds }) {
  const file = join(await temporaryDirectory(t), 'source.webm');
  await makeSourceFile(file, seconds, frequency);

  const connection = new RTCPeerConnection({
    codecs: { audio: [useOPUS()], video: [useVP8()] },
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  t.after(() => connection.close());
  const tracks = ['audio', 'video'].map((kind) => new MediaStreamTrack({ kind }));
  for (const track of tracks) connection.addTransceiver(track, { direction: 'sendonly' });
  await connection.setLocalDescription(await connection.createOffer());
  if (connection.iceGatheringState !== 'complete') {
    await within(
      connection.iceGatheringStateChange.watch((state) => state === 'complete'),
      'candidates',
    );
  }
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body: connection.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  const session = new URL(response.headers.get('location'), endpoint);
  const connected = connection.connectionStateChange.watch((state) => state === 'connected');
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  if (connection.connectionState !== 'connected') await within(connected, 'werift to be connected');

  const [audio, video] = await Promise.all(tracks.map((track) => rtpInput(t, track)));
  const sending = run('ffmpeg', [
    ...['-v', 'error', '-nostdin', '-re', '-i', file],
    ...['-map', '0:v', '-c', 'copy', '-f', 'rtp', video, '-map', '0:a', '-c', 'copy', '-f', 'rtp', audio],
  ]);
  return {
    finished: sending,
    async end() {
      await fetch(session, { method: 'DELETE' });
      await connection.close();
    },
  };
}
