// What the recording server makes of publishers that mean no good, of a full disk, and of its own sudden end.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { cameraAndMicrophone } from './support/media_sides.mjs';
import {
  decodeErrors,
  eventually,
  live,
  pictures,
  probe,
  recorded,
  sideCar,
  spawnServer,
  startServer,
  temporaryDirectory,
} from './support/recording_server.mjs';
import { publish, request, SDP, WhipClient } from './support/whip_client.mjs';
import { until, within } from './support/wait.mjs';

const { video, audio } = cameraAndMicrophone();

/** An offer that nobody stands behind. */
async function idleOffer() {
  const client = new WhipClient('http://127.0.0.1/');
  client.pc.addTransceiver(audio.track, { direction: 'sendonly' });
  client.pc.addTransceiver(video.track, { direction: 'sendonly' });
  const { sdp } = await client.pc.createOffer();
  client.pc.close();
  return sdp;
}
const post = (server, body) => request(`${server.url}whip`, 'POST', { headers: { 'content-type': SDP }, body });

/** Numbers that are the same in every run. */
function* numbers(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('who never finishes ICE leaves nothing, and a thousand of them no more', async (t) => {
  const server = await startServer(t, { maxSessions: 20, iceTimeout: 1 });
  const offer = await idleOffer();
  const statuses = {};
  for (let round = 0; round < 50; round++) {
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(server, offer)));
    for (const response of responses) {
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      if (response.status === 503) assert.ok(Number(response.headers.get('retry-after')) > 0);
    }
    assert.ok(server.publishers <= 20);
  }
  assert.equal(statuses[201] + statuses[503], 1000, JSON.stringify(statuses));
  assert.ok(statuses[201] >= 20 && statuses[503] > 0);
  await eventually(
    () => server.publishers,
    (count) => count === 0,
    'all of them to be gone',
  );
  assert.deepEqual(server.recordings(), []);
  assert.deepEqual(await readdir(server.directory), []);
  const client = await publish(server, [video.track]);
  await recorded(server, 1);
  await client.end();
});

test('one address begins only so many sessions a minute, and asks only so often', async (t) => {
  const server = await startServer(t, { sessionRate: 5, requestRate: 2 });
  const statuses = [];
  for (let count = 0; count < 7; count++) statuses.push((await post(server, 'nonsense')).status);
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429]);
  const all = await Promise.all(Array.from({ length: 30 }, () => fetch(`${server.url}health`)));
  const refused = all.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0);
  assert.ok(Number(refused[0].headers.get('retry-after')) >= 1);
});

test('offers with errors in any place are refused or answered, and nothing breaks', async (t) => {
  const server = await startServer(t, { maxSessions: 1000 });
  const offer = await idleOffer();
  const random = numbers(7);
  const next = (below) => Math.floor(random.next().value * below);
  for (let round = 0; round < 150; round++) {
    const lines = offer.split('\r\n');
    for (let change = 0; change <= next(3); change++) {
      const at = next(lines.length);
      const line = lines[at];
      const cut = next(line.length + 1);
      const bytes = Array.from({ length: next(12) }, () => String.fromCharCode(next(94) + 33)).join('');
      const changes = [
        () => lines.splice(at, 1),
        () => lines.splice(at, 0, lines[next(lines.length)]),
        () => (lines[at] = line.slice(0, cut) + bytes + line.slice(cut)),
        () => (lines[at] = line.slice(0, cut)),
        () => (lines[at] = line.replace(/\d+/, String(next(2 ** 31)))),
        () => (lines[at] = line + 'x'.repeat(next(2000))),
      ];
      changes[next(changes.length)]();
    }
    const response = await post(server, lines.join('\r\n'));
    assert.ok([201, 400, 413, 422].includes(response.status), `${response.status}: ${await response.text()}`);
    if (response.status === 201) {
      const url = new URL(response.headers.get('location'), server.url);
      assert.equal((await request(url, 'DELETE')).status, 200);
    }
  }
  assert.equal(server.publishers, 0);
  assert.ok(!server.log.some(({ message }) => message === 'request failed'));
});

test('garbage on the wires disturbs nobody', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track, video.track]);
  const random = numbers(11);
  const noise = (length) => Buffer.from(Array.from({ length }, () => Math.floor(random.next().value * 256)));
  const port = Number(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/m.exec(client.pc.remoteDescription.sdp)[1]);
  const socket = createSocket('udp4');
  // STUN, DTLS, RTP and RTCP by their first bytes, and none of them behind these.
  for (let count = 0; count < 500; count++) {
    const packet = noise(1 + Math.floor(random.next().value * 1400));
    packet[0] = [0x00, 0x01, 0x16, 0x17, 0x80, 0x90, 0xff][count % 7];
    await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
  }
  socket.close();
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const tcp = connect(server.address.port, '127.0.0.1');
      const closed = new Promise((resolve) => tcp.on('close', resolve));
      tcp.on('error', () => {});
      tcp.on('data', () => {});
      if (index % 2 === 0) tcp.end(noise(2000));
      else
        tcp.write(
          'POST /whip HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 99\r\n\r\nv=0',
          () => tcp.destroy(),
        );
      await within(closed, 'the connection to close');
    }),
  );
  const [{ duration }] = await live(server);
  await recorded(server, duration + 1);
  await client.end();
  const [info] = server.recordings();
  assert.equal(info.reason, 'publisher-left');
  assert.equal(await decodeErrors(join(server.directory, info.file)), '');
});

test('a publisher that sends another codec than it says harms only itself', async (t) => {
  const server = await startServer(t, { videoCodecs: ['VP8'] });
  const honest = await publish(server, [audio.track, video.track], { name: 'honest' });
  const liar = new WhipClient(`${server.url}whip/liar`);
  const transceiver = liar.pc.addTransceiver(video.track, { direction: 'sendonly' });
  const { RTCRtpSender } = await import('node-libwebrtc');
  const [h264] = RTCRtpSender.getCapabilities('video').codecs.filter(
    ({ mimeType, sdpFmtpLine = '' }) => mimeType === 'video/H264' && sdpFmtpLine.includes('packetization-mode=1'),
  );
  transceiver.setCodecPreferences([h264]);
  await liar.pc.setLocalDescription();
  await until(liar.pc, 'icegatheringstatechange', () => liar.pc.iceGatheringState === 'complete', 'candidates');
  const { sdp } = liar.pc.localDescription;
  const format = /^a=fmtp:.*\r\n/m.exec(sdp)[0];
  const response = await post(server, sdp.replace(format, '').replace('H264/90000', 'VP8/90000'));
  assert.equal(response.status, 201);
  const answer = (await response.text())
    .replace('VP8/90000', 'H264/90000')
    .replace(/^a=rtpmap:.*\r\n/m, (line) => line + format);
  await liar.pc.setRemoteDescription({ type: 'answer', sdp: answer });
  await liar.connected();
  await eventually(
    async () => [...(await liar.pc.getStats()).values()],
    (entries) => entries.some(({ type, framesSent }) => type === 'outbound-rtp' && framesSent >= 30),
    'the lie to be sent',
  );
  const sessions = await live(server);
  const told = sessions.find(({ name }) => name === 'honest');
  await eventually(
    async () => (await live(server)).find(({ name }) => name === 'honest').duration,
    (duration) => duration >= told.duration + 1,
    'the honest one to be recorded',
  );
  assert.equal((await request(new URL(response.headers.get('location'), server.url), 'DELETE')).status, 200);
  liar.pc.close();
  await honest.end();
  const info = server.recordings().find(({ name }) => name === 'honest');
  assert.equal(await decodeErrors(join(server.directory, info.file)), '');
  assert.ok(!server.log.some(({ level }) => level === 'error'));
});

test('a server that is killed leaves files that play, and its successor says that they were interrupted', async (t) => {
  const directory = await temporaryDirectory(t);
  const server = await spawnServer(t, directory);
  const client = await publish(server, [audio.track, video.track], { name: 'cut-off' });
  const [{ id }] = await recorded(server, 4);
  server.child.kill('SIGKILL');
  assert.equal(await server.ended, 'SIGKILL');
  client.pc.close();
  const { file, state } = await sideCar(directory, id);
  assert.equal(state, 'recording');
  const path = join(directory, file);
  const shown = await pictures(path);
  assert.ok(shown.length >= 30, `${shown.length} pictures`);
  assert.equal((await probe(path)).video.codec_name, 'vp8');

  const successor = await startServer(t, { directory });
  const [info] = successor.recordings();
  assert.deepEqual([info.id, info.state, info.reason], [id, 'interrupted', 'interrupted']);
  assert.equal(info.size, (await readFile(path)).length);
});

test('signals: the first finishes the files, the second does not wait', async (t) => {
  const server = await spawnServer(t, await temporaryDirectory(t));
  const client = await publish(server, [audio.track, video.track]);
  const [{ id }] = await recorded(server, 1);
  server.child.kill('SIGTERM');
  assert.equal(await within(server.ended, 'the server to end'), 0);
  client.pc.close();
  const info = await sideCar(server.directory, id);
  assert.deepEqual([info.state, info.reason], ['finished', 'shutdown']);
  assert.equal(await decodeErrors(join(server.directory, info.file)), '');
  assert.deepEqual(server.complaints, []);

  const other = await spawnServer(t, await temporaryDirectory(t));
  const late = await publish(other, [audio.track]);
  await recorded(other, 1);
  // Two signals that come together are one, unless the first has been seen.
  other.child.kill('SIGINT');
  await eventually(
    () => other.log,
    (log) => log.some(({ message }) => message === 'ending'),
    'the first signal to be seen',
  );
  other.child.kill('SIGINT');
  const end = await within(other.ended, 'the server to end');
  assert.ok(end === 130 || end === 0, String(end));
  late.pc.close();
});

/** A disk of a few megabytes, with so many kilobytes free. */
const smallDisk = (directory, free) =>
  `mount -t tmpfs -o size=4m tmpfs '${directory}' && head -c ${4096 - free}k /dev/zero > '${directory}/filler'`;

/** Publishes until the recording has ended, and gives the file as the server has it. */
async function fill(t, server) {
  const client = await publish(server, [audio.track, video.track], { name: 'long' });
  t.after(() => client.pc.close());
  const ask = async () => (await (await fetch(`${server.url}api/recordings`)).json()).recordings;
  const [info] = await eventually(ask, ([one]) => one?.state === 'finished', 'the recording to end');
  const file = join(await temporaryDirectory(t), info.file);
  await writeFile(file, Buffer.from(await (await fetch(`${server.url}recordings/${info.file}`)).arrayBuffer()));
  return { info, file };
}

test('a disk that fills up ends recordings while their ends still fit, and no new ones begin', async (t) => {
  const directory = await temporaryDirectory(t);
  const flags = ['--min-free', '700KiB', '--stop-free', '500KiB'];
  const server = await spawnServer(t, directory, flags, smallDisk(directory, 750));
  const { info, file } = await fill(t, server);
  assert.equal(info.reason, 'disk-full');
  assert.equal(info.error, null);
  assert.equal(await decodeErrors(file), '');
  assert.ok((await probe(file)).duration > 1);
  const refused = await post(server, await idleOffer());
  assert.equal(refused.status, 503);
  assert.ok(refused.headers.get('retry-after'));
  const health = await fetch(`${server.url}health`);
  assert.equal(health.status, 503);
  assert.equal((await health.json()).status, 'refusing');
});

test('a disk without any room left ends a recording, too, and what was written plays', async (t) => {
  const directory = await temporaryDirectory(t);
  const flags = ['--min-free', '0', '--stop-free', '0'];
  const server = await spawnServer(t, directory, flags, smallDisk(directory, 150));
  const { info, file } = await fill(t, server);
  assert.equal(info.reason, 'disk-full');
  assert.match(info.error, /ENOSPC/);
  assert.ok((await pictures(file)).length >= 10);
  assert.equal((await fetch(`${server.url}health`)).status, 200);
});

test('a directory that goes away ends recordings, and none begin before it is back', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track, video.track]);
  await recorded(server, 1);
  await rm(server.directory, { recursive: true });
  const ended = ([one]) => one.state === 'finished';
  const [info] = await eventually(() => server.recordings(), ended, 'the recording to end');
  assert.equal(info.reason, 'write-error');
  assert.match(info.error, /ENOENT/);
  client.pc.close();
  const health = async () => (await fetch(`${server.url}health`)).status;
  assert.equal((await post(server, await idleOffer())).status, 503);
  assert.equal(await health(), 503);
  await mkdir(server.directory);
  await eventually(health, (status) => status === 200, 'the directory to be found again');
  const again = await publish(server, [audio.track, video.track]);
  await recorded(server, 1);
  await again.end();
  const { file, reason } = server.recordings().find(({ id }) => id !== info.id);
  assert.equal(reason, 'publisher-left');
  assert.equal(await decodeErrors(join(server.directory, file)), '');
});
