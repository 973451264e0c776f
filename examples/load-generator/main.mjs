/**
 * Publishes many streams to a WHIP server (RFC 9725) and says once a second how it goes.
 *
 *     node examples/load-generator/main.mjs [url] [--connections 10] [--seconds 10] [--width 640 --height 360]
 *
 * Without an address it starts a server of its own, which receives and throws away.
 */
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { mediaDevices, RTCPeerConnection } from 'node-libwebrtc';
import { startSink } from './sink.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    width: { type: 'string', default: '640' },
    height: { type: 'string', default: '360' },
    token: { type: 'string' },
  },
});
const sink = positionals[0] === undefined ? await startSink() : null;
const url = positionals[0] ?? sink.url;

/** Resolves when all candidates are there: WHIP's request takes them along. */
async function gathered(connection) {
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
}

/** Publishes a stream. */
async function publish(stream) {
  const connection = new RTCPeerConnection({ node: { includeLoopback: sink !== null } });
  for (const track of stream.getTracks())
    connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
  await connection.setLocalDescription();
  await gathered(connection);
  const headers = { 'content-type': 'application/sdp' };
  if (values.token !== undefined) headers.authorization = `Bearer ${values.token}`;
  const response = await fetch(url, { method: 'POST', headers, body: connection.localDescription.sdp });
  if (response.status !== 201) throw new Error(`${url} answers ${response.status} ${await response.text()}`);
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  const location = response.headers.get('location');
  return { connection, end: () => fetch(new URL(location, url), { method: 'DELETE', headers }) };
}

/** What all connections together send now. */
async function measure(published) {
  const reports = await Promise.all(published.map(({ connection }) => connection.getStats()));
  const all = reports.flatMap((report) => [...report.values()]);
  const sum = (type, name) => all.reduce((total, stats) => total + (stats.type === type ? (stats[name] ?? 0) : 0), 0);
  const trips = all.map(({ currentRoundTripTime }) => currentRoundTripTime).filter((time) => time !== undefined);
  return {
    connected: published.filter(({ connection }) => connection.connectionState === 'connected').length,
    bytes: sum('outbound-rtp', 'bytesSent'),
    frames: sum('outbound-rtp', 'framesEncoded'),
    lost: sum('remote-inbound-rtp', 'packetsLost'),
    roundTrip: Math.max(0, ...trips) * 1000,
  };
}

const video = { width: Number(values.width), height: Number(values.height), frameRate: 15 };
// All send the same pictures, but each encodes them for itself.
const stream = await mediaDevices.getUserMedia({ audio: true, video });
const published = [];
try {
  for (let i = 0; i < Number(values.connections); i++) published.push(await publish(stream));
  console.log('   s  connected  Mbit/s  frames/s  lost  round trip  CPU');
  let [before, cpu] = [await measure(published), process.cpuUsage()];
  for (let second = 1; second <= Number(values.seconds); second++) {
    await pause(1000);
    const [now, used] = [await measure(published), process.cpuUsage(cpu)];
    const cells = [
      String(second).padStart(4),
      String(now.connected).padStart(9),
      (((now.bytes - before.bytes) * 8) / 1e6).toFixed(1).padStart(6),
      String(now.frames - before.frames).padStart(8),
      String(now.lost).padStart(4),
      `${now.roundTrip.toFixed(0)} ms`.padStart(10),
      `${((used.user + used.system) / 1e4).toFixed(0)} %`.padStart(6),
    ];
    console.log(cells.join('  '));
    [before, cpu] = [now, process.cpuUsage()];
  }
  await Promise.all(published.map(({ end }) => end()));
} catch (error) {
  console.error(`Failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const track of stream.getTracks()) track.stop();
  for (const { connection } of published) connection.close();
  await sink?.close();
}
