/**
 * A publisher that shares no code with libwebrtc or a browser: FFmpeg encodes, sends RTP, and werift brings it over WHIP.
 */
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MediaStreamTrack, RTCPeerConnection, useOPUS, useVP8 } from 'werift';
import { BEEP_SECONDS, FRAME_RATE, flash } from './flash_beep.mjs';
import { paint } from './media_content.mjs';
import { temporaryDirectory } from './recording_server.mjs';
import { within } from './wait.mjs';

const run = promisify(execFile);
const [WIDTH, HEIGHT] = [320, 180];

/** A file of so many seconds with the pictures, and beeps of a frequency; a key frame every second. */
async function makeFile(path, seconds, frequency) {
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(FRAME_RATE)],
      ...['-i', '-', '-f', 'lavfi', '-i'],
      `aevalsrc='if(lt(mod(t,1),${BEEP_SECONDS}),0.5*sin(2*PI*${frequency}*t),0)':s=48000:d=${seconds}`,
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '800k', '-g', String(FRAME_RATE)],
      ...['-auto-alt-ref', '0', '-pix_fmt', 'yuv420p', '-c:a', 'libopus', '-b:a', '64k', '-y', path],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(child, 'close');
  for (let counter = 0; counter < seconds * FRAME_RATE; counter++) {
    const pixels = paint(counter, WIDTH, HEIGHT);
    flash(pixels, counter, WIDTH, HEIGHT);
    if (!child.stdin.write(pixels)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg has ended with ${code}`);
}

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
  await makeFile(file, seconds, frequency);

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
