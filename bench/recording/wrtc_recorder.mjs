// What people do without a recorder: @roamhq/wrtc decodes, its sinks give raw pictures and samples, ffmpeg encodes them
// again. It speaks as much WHIP as the load needs.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import wrtc from '@roamhq/wrtc';

const { directory, bitrate } = JSON.parse(process.argv[2]);
const { RTCPeerConnection, nonstandard } = wrtc;
const sessions = new Map();
let count = 0;

function record(tracks, id) {
  let encoder;
  const samples = [];
  const video = new nonstandard.RTCVideoSink(tracks.video);
  const audio = new nonstandard.RTCAudioSink(tracks.audio);
  const begin = (width, height) => {
    encoder = spawn(
      'ffmpeg',
      [
        ...['-v', 'error', '-nostdin', '-y'],
        ...['-use_wallclock_as_timestamps', '1', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`],
        ...['-i', 'pipe:0', '-f', 's16le', '-ar', '48000', '-ac', '1', '-i', 'pipe:3'],
        ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', String(bitrate), '-c:a', 'libopus'],
        join(directory, `${id}.webm`),
      ],
      { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] },
    );
    for (const pipe of [encoder.stdin, encoder.stdio[3]]) pipe.on('error', () => {});
  };
  video.onframe = ({ frame: { width, height, data } }) => {
    if (encoder === undefined) begin(width, height);
    encoder.stdin.write(Buffer.from(data));
  };
  audio.ondata = ({ samples: block }) => {
    if (encoder === undefined) return void samples.push(block);
    encoder.stdio[3].write(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
  };
  return () => {
    video.stop();
    audio.stop();
    encoder?.stdin.end();
    encoder?.stdio[3].end();
  };
}

async function accept(offer) {
  const connection = new RTCPeerConnection();
  const tracks = {};
  connection.ontrack = ({ track }) => (tracks[track.kind] = track);
  const gathered = new Promise((resolve) => {
    connection.onicecandidate = ({ candidate }) => candidate === null && resolve();
  });
  await connection.setRemoteDescription({ type: 'offer', sdp: offer });
  await connection.setLocalDescription(await connection.createAnswer());
  await gathered;
  const id = String(++count);
  const stop = record(tracks, id);
  sessions.set(id, () => {
    stop();
    connection.close();
  });
  return { id, answer: connection.localDescription.sdp };
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method === 'POST') {
    const { id, answer } = await accept(body);
    response.writeHead(201, { 'content-type': 'application/sdp', location: `/session/${id}` }).end(answer);
  } else {
    sessions.get(request.url.split('/').at(-1))?.();
    response.writeHead(200).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(`Page http://127.0.0.1:${server.address().port}/`));
