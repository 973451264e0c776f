// The recording server as HTTP clients see it: recordings, tokens, limits. Publishers are node-libwebrtc.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loudness, share } from './support/media_content.mjs';
import { cameraAndMicrophone } from './support/media_sides.mjs';
import { decodeErrors, eventually, probe, recorded, sideCar, sound, startServer } from './support/recording_server.mjs';
import { publish, request } from './support/whip_client.mjs';

const { video, audio } = cameraAndMicrophone();

test('a publisher is recorded into a file with a side-car, without being decoded', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track, video.track], { name: 'first' });
  assert.match(client.response.headers.get('location'), /^\/session\/[\w-]{32}$/);
  assert.match(client.etag, /^"[\w-]+"$/);
  const [session] = await recorded(server, 3);
  assert.deepEqual([session.name, session.state, session.codecs], ['first', 'live', { audio: 'Opus', video: 'VP8' }]);
  const during = await sideCar(server.directory, session.id);
  assert.equal(during.state, 'recording');

  assert.equal((await client.end()).status, 200);
  assert.equal(server.publishers, 0);
  const info = await sideCar(server.directory, session.id);
  assert.equal(info.state, 'finished');
  assert.equal(info.reason, 'publisher-left');
  assert.deepEqual(
    info.tracks.map(({ kind, codec }) => [kind, codec]),
    [
      ['audio', 'opus'],
      ['video', 'vp8'],
    ],
  );
  assert.equal(info.tracks[1].mode, 'passthrough');
  assert.deepEqual(info.tracks[1].resolutions.map(({ width, height }) => [width, height])[0], [320, 180]);
  assert.equal(info.statistics.framesDecoded, 0);
  assert.ok(info.statistics.packetsReceived > 100);
  const file = join(server.directory, info.file);
  assert.equal(info.size, (await stat(file)).size);
  const { duration, video: v, audio: a } = await probe(file);
  assert.ok(Math.abs(duration - info.duration) < 0.5 && duration >= 3, `${duration} s, ${info.duration} s`);
  assert.deepEqual([v.codec_name, v.width, v.height, a.codec_name], ['vp8', 320, 180, 'opus']);
  assert.equal(await decodeErrors(file), '');
  const samples = await sound(file);
  const middle = samples.subarray(48_000, 96_000);
  assert.ok(loudness(middle) > 0.1 && share(middle, 48_000, 440) > 0.9);
});

test('tokens guard publishing, watching and deleting', async (t) => {
  const server = await startServer(t, { publishTokens: ['in'], viewTokens: ['out'], adminTokens: ['root'] });
  await assert.rejects(publish(server, [video.track]), /401/);
  await assert.rejects(publish(server, [video.track], { token: 'guess' }), /401/);
  await assert.rejects(publish(server, [video.track], { token: 'out' }), /403/);
  const client = await publish(server, [video.track], { token: 'in' });
  assert.equal((await request(client.url, 'DELETE')).status, 401);
  const as = (token) => ({ headers: { authorization: `Bearer ${token}` } });
  const status = async (path, method, token) => (await request(server.url + path, method, as(token))).status;
  assert.equal((await fetch(`${server.url}api/live`)).status, 401);
  assert.equal(await status('api/live', 'GET', 'in'), 403);
  const ask = async () => (await (await request(`${server.url}api/live`, 'GET', as('out'))).json()).sessions;
  const [{ id }] = await eventually(ask, ([session]) => session?.duration >= 1, 'a second');
  assert.equal(await status(`api/recordings/${id}`, 'DELETE', 'root'), 409);
  assert.equal(await status(`api/live/${id}`, 'DELETE', 'out'), 403);
  assert.equal(await status(`api/live/${id}`, 'DELETE', 'root'), 204);
  client.pc.close();
  assert.equal(server.recordings()[0].reason, 'ended-by-administrator');
  assert.equal(await status(`api/recordings/${id}`, 'DELETE', 'in'), 403);

  const login = await request(`${server.url}api/access`, 'POST', {
    headers: { 'content-type': 'text/plain' },
    body: 'out',
  });
  const cookie = login.headers.get('set-cookie').split(';')[0];
  const file = server.recordings()[0].file;
  assert.equal((await request(`${server.url}recordings/${file}`, 'GET', { headers: { cookie } })).status, 200);
  assert.equal((await request(`${server.url}recordings/${file}`, 'GET')).status, 401);
  assert.equal(await status(`api/recordings/${id}`, 'DELETE', 'root'), 204);
  assert.deepEqual(server.recordings(), []);
  await assert.rejects(stat(join(server.directory, file)), { code: 'ENOENT' });
});

test('recordings are listed, played in parts and downloaded; nothing else can be had', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track], { name: 'sound' });
  await recorded(server, 1);
  await client.end();
  const { total, recordings } = await (await fetch(`${server.url}api/recordings?limit=1`)).json();
  const [{ id, file, size, client: who }] = recordings;
  assert.equal(total, 1);
  assert.equal(who, undefined);
  const url = `${server.url}recordings/${file}`;
  const content = await readFile(join(server.directory, file));
  const get = (headers = {}, method = 'GET') => request(url, method, { headers });

  const whole = await get();
  assert.equal(whole.headers.get('content-type'), 'video/webm');
  assert.equal(whole.headers.get('accept-ranges'), 'bytes');
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), content);
  const part = await get({ range: 'bytes=100-199' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 100-199/${size}`);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), content.subarray(100, 200));
  const tail = await get({ range: 'bytes=-10', 'if-range': whole.headers.get('etag') });
  assert.deepEqual(Buffer.from(await tail.arrayBuffer()), content.subarray(-10));
  assert.equal((await get({ range: 'bytes=5-9', 'if-range': '"old"' })).status, 200);
  assert.equal((await get({ range: `bytes=${size}-` })).status, 416);
  assert.equal((await get({ 'if-none-match': whole.headers.get('etag') })).status, 304);
  const head = await get({}, 'HEAD');
  assert.equal(head.headers.get('content-length'), String(size));
  assert.match((await request(`${url}?download`, 'GET')).headers.get('content-disposition'), /^attachment; filename="/);

  for (const path of [
    ...[`${id}.json`, `..%2f${file}`, '..%2f..%2f..%2fetc%2fpasswd', '%2e%2e/%2e%2e/etc/passwd', `${file}%00`],
    ...[id, `${id}.mp4`, '.', '..%5c..%5cwindows'],
  ]) {
    const response = await fetch(`${server.url}recordings/${path}`);
    assert.equal(response.status, 404, path);
  }
  assert.equal((await request(`${server.url}api/recordings/${id}`, 'DELETE')).status, 401);
  assert.equal((await fetch(`${server.url}api/recordings?limit=x`)).status, 400);
});

test('limits end sessions, and say why', async (t) => {
  for (const [settings, reason] of [
    [{ maxDuration: 2 }, 'max-duration'],
    [{ maxSize: 20_000 }, 'max-size'],
    [{ maxBitrate: 20_000 }, 'max-bitrate'],
  ]) {
    const server = await startServer(t, settings);
    const client = await publish(server, [audio.track, video.track]);
    await eventually(
      () => server.recordings(),
      ([info]) => info?.state === 'finished',
      reason,
    );
    client.pc.close();
    const [info] = server.recordings();
    assert.equal(info.reason, reason);
    const file = join(server.directory, info.file);
    assert.equal(await decodeErrors(file), '');
    if (reason === 'max-size') assert.ok(info.size < 500_000);
    if (reason === 'max-duration') assert.ok(Math.abs((await probe(file)).duration - 2) < 1.5);
    await server.close();
  }
});

test('a publisher that falls silent, goes without a word, or closes its connection', async (t) => {
  const server = await startServer(t, { idleTimeout: 1.5 });
  const ended = (count) =>
    eventually(
      () => server.recordings(),
      (all) => all.length === count && all.every(({ state }) => state === 'finished'),
      'the end',
    );
  const silent = await publish(server, [video.track], { name: 'silent' });
  await recorded(server, 1);
  await silent.pc.getSenders()[0].replaceTrack(null);
  await ended(1);
  silent.pc.close();
  const closed = await publish(server, [video.track], { name: 'closed' });
  await recorded(server, 1);
  closed.pc.close();
  await ended(2);
  assert.deepEqual(
    server.recordings().map(({ name, reason }) => [name, reason]),
    [
      ['closed', 'publisher-left'],
      ['silent', 'idle'],
    ],
  );
});

test('health, metrics and logs tell what happens', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [audio.track]);
  await recorded(server, 1);
  const health = await fetch(`${server.url}health`);
  assert.deepEqual(await health.json(), { status: 'ok', publishers: 1, viewers: 0 });
  const metrics = async () => (await fetch(`${server.url}metrics`)).text();
  assert.match(await metrics(), /^recording_server_publishers\{state="live"\} 1$/m);
  await client.end();
  const text = await metrics();
  for (const line of [
    'recording_server_sessions_total{kind="publisher"} 1',
    'recording_server_sessions_ended_total{reason="publisher-left"} 1',
    'recording_server_http_requests_total{route="/whip",method="POST",status="201"} 1',
    'recording_server_recordings 1',
    'recording_server_live_decoded_frames 0',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  const messages = server.log.map(({ message }) => message);
  for (const message of ['listening', 'publishing', 'connected', 'ended'])
    assert.ok(messages.includes(message), message);
  const end = server.log.find(({ message }) => message === 'ended');
  assert.ok(end.session && end.file && end.reason === 'publisher-left' && end.size > 0);
});

test('metrics are for scrapers with a token, where the server has tokens', async (t) => {
  for (const [settings, statuses] of [
    [{}, { none: 200, in: 200 }],
    [{ publishTokens: ['in'] }, { none: 401, in: 403 }],
    [{ viewTokens: ['out'] }, { none: 401, out: 200 }],
    [{ metricsTokens: ['count'] }, { none: 401, count: 200, guess: 401 }],
    [
      { publishTokens: ['in'], viewTokens: ['out'], metricsTokens: ['count'], adminTokens: ['root'] },
      { none: 401, in: 403, out: 200, count: 200, root: 200 },
    ],
  ]) {
    const server = await startServer(t, settings);
    for (const [token, status] of Object.entries(statuses)) {
      const headers = token === 'none' ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`${server.url}metrics`, { headers });
      assert.equal(response.status, status, `${JSON.stringify(settings)}, ${token}`);
      const text = await response.text();
      if (status === 200) assert.match(text, /^recording_server_viewers 0$/m);
    }
    // A scraper's token opens nothing else.
    if (settings.viewTokens && settings.metricsTokens) {
      const headers = { authorization: 'Bearer count' };
      for (const path of ['api/live', 'api/recordings']) {
        assert.equal((await fetch(server.url + path, { headers })).status, 403);
      }
      assert.equal((await fetch(`${server.url}health`)).status, 200);
    }
    await server.close();
  }
});

test('a name that has been made to lead here is not this server', async (t) => {
  const server = await startServer(t);
  const { connect } = await import('node:net');
  const ask = (host) =>
    new Promise((resolve, reject) => {
      const socket = connect(server.address.port, '127.0.0.1', () => {
        socket.end(`GET /api/live HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      });
      let text = '';
      socket.on('data', (data) => (text += data));
      socket.on('end', () => resolve(Number(text.split(' ')[1])));
      socket.on('error', reject);
    });
  assert.equal(await ask('evil.example'), 421);
  assert.equal(await ask(`localhost:${server.address.port}`), 200);
});

test('closing finishes the files of all sessions', async (t) => {
  const server = await startServer(t);
  const clients = [await publish(server, [audio.track, video.track]), await publish(server, [audio.track])];
  await recorded(server, 1, 2);
  await server.close();
  for (const { pc } of clients) pc.close();
  const all = server.recordings();
  assert.deepEqual(
    all.map(({ state, reason }) => [state, reason]),
    [
      ['finished', 'shutdown'],
      ['finished', 'shutdown'],
    ],
  );
  for (const { file } of all) assert.equal(await decodeErrors(join(server.directory, file)), '');
});
