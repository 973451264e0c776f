// WHIP (RFC 9725), line by line: what the server answers, refuses and lets pass. Publishers are node-libwebrtc.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { cameraAndMicrophone } from './support/media_sides.mjs';
import { decodeErrors, eventually, live, probe, recorded, startServer } from './support/recording_server.mjs';
import { within } from './support/wait.mjs';
import { publish, request, FRAGMENT, SDP, WhipClient } from './support/whip_client.mjs';

const { video, audio } = cameraAndMicrophone();

/** A publisher whose candidates are there, and have not been sent. */
async function trickle(server) {
  const client = new WhipClient(`${server.url}whip`);
  client.pc.addTransceiver(video.track, { direction: 'sendonly' });
  await client.begin({ trickle: true });
  await eventually(
    () => client.pc.iceGatheringState,
    (state) => state === 'complete',
    'candidates',
  );
  return client;
}

test('what WHIP says about requests that are wrong', async (t) => {
  const server = await startServer(t, { maxDescription: 8192 });
  const whip = `${server.url}whip`;
  const post = (body, type = SDP) => request(whip, 'POST', { headers: { 'content-type': type }, body });
  const section = (media, ...more) =>
    [`m=${media} 9 UDP/TLS/RTP/SAVPF 96`, 'c=IN IP4 0.0.0.0', 'a=mid:0', ...more, ''].join('\r\n');
  const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ''].join('\r\n');
  for (const [status, answer] of [
    [415, post('{}', 'application/json')],
    [400, post('hello')],
    [400, post('')],
    [400, post(head)],
    [400, post(head + section('audio', 'a=sendonly'))],
    [400, post(head + section('video', 'a=recvonly'))],
    [422, post(head + section('audio') + section('audio'))],
    [422, post(head + section('audio', 'a=msid:one a') + section('video', 'a=msid:two b'))],
    [422, post(head + section('application'))],
    [400, post(Buffer.from([0xff, 0xfe, 0x00]))],
    [413, post('x'.repeat(10_000))],
    [405, request(whip, 'PUT', { body: 'x' })],
    [204, request(whip, 'GET')],
    [404, request(`${server.url}nothing`, 'GET')],
    [400, request(`${server.url}whip/..%2f..%2fetc`, 'POST', { headers: { 'content-type': SDP }, body: 'x' })],
    [400, request(`${server.url}whip/%E0%A4%A`, 'POST', { headers: { 'content-type': SDP }, body: 'x' })],
    [404, request(`${server.url}session/guess`, 'DELETE')],
    [409, request(`${server.url}whep/nobody`, 'POST', { headers: { 'content-type': SDP }, body: 'x' })],
  ]) {
    const response = await answer;
    assert.equal(response.status, status, await response.clone().text());
    if (status < 400) continue;
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const { title, detail } = await response.json();
    assert.ok(title && detail);
  }
  assert.equal(server.publishers, 0);
  assert.deepEqual(server.recordings(), []);
});

test('only what can be recorded is answered', async (t) => {
  const server = await startServer(t, { videoCodecs: ['H264', 'VP9'] });
  const client = new WhipClient(`${server.url}whip`);
  client.pc.addTransceiver(video.track, { direction: 'sendonly' });
  await client.begin();
  const codecs = client.pc
    .getSenders()[0]
    .getParameters()
    .codecs.map(({ mimeType }) => mimeType);
  assert.equal(codecs[0], 'video/H264');
  assert.ok(codecs.includes('video/VP9') && !codecs.includes('video/VP8'));
  await client.end();

  const other = new WhipClient(`${server.url}whip`);
  const transceiver = other.pc.addTransceiver(video.track, { direction: 'sendonly' });
  const { codecs: all } = (await import('node-libwebrtc')).RTCRtpSender.getCapabilities('video');
  transceiver.setCodecPreferences(all.filter(({ mimeType }) => mimeType === 'video/VP8'));
  await assert.rejects(other.begin(), /422/);
});

test('candidates can be trickled, ICE restarted; each under its condition', async (t) => {
  const server = await startServer(t);
  const client = await trickle(server);
  assert.equal((await client.patch('nonsense')).status, 400);
  assert.equal((await client.patch(client.fragment(), null)).status, 412);
  assert.equal(
    (await request(client.url, 'PATCH', { headers: { 'content-type': FRAGMENT }, body: client.fragment() })).status,
    428,
  );
  assert.equal(
    (await request(client.url, 'PATCH', { headers: { 'content-type': SDP, 'if-match': client.etag }, body: 'x' }))
      .status,
    415,
  );
  assert.equal((await client.patch(client.fragment(), '"other"')).status, 412);
  const trickled = await client.patch(client.fragment());
  assert.equal(trickled.status, 204);
  assert.equal(trickled.headers.get('etag'), null);
  await client.connected();
  await recorded(server, 1);

  const { etag } = client;
  const before = client.credentials();
  const restarted = await client.restart();
  assert.notEqual(client.credentials(), before);
  assert.equal(restarted.status, 200);
  assert.equal(restarted.headers.get('content-type'), FRAGMENT);
  assert.notEqual(client.etag, etag);
  const { body } = restarted;
  for (const line of ['a=group:BUNDLE 0', 'a=ice-options:trickle', 'm=video ', 'a=mid:0', 'a=candidate:']) {
    assert.ok(body.includes(line), `${line} in ${body}`);
  }
  assert.equal((await client.patch(client.fragment(), etag)).status, 412, 'the tag before the restart');
  assert.equal((await client.patch(client.fragment())).status, 204);
  const [{ duration }] = await live(server);
  await recorded(server, duration + 1);
  assert.equal(client.pc.connectionState, 'connected');
  await client.end();
  const [info] = server.recordings();
  assert.equal(await decodeErrors(join(server.directory, info.file)), '');
});

test('pages of other origins may publish; servers for ICE are told', async (t) => {
  const server = await startServer(t, {
    allowOrigins: ['https://studio.example'],
    iceServers: [{ urls: ['stun:127.0.0.1:9', 'turn:127.0.0.1:9?transport=udp'], username: 'u"s', credential: 'c' }],
  });
  const options = (path, headers) => request(`${server.url}${path}`, 'OPTIONS', { headers });
  const preflight = await options('whip', {
    origin: 'https://studio.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  });
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://studio.example');
  assert.match(preflight.headers.get('access-control-allow-headers'), /Authorization/);
  assert.match(preflight.headers.get('access-control-allow-methods'), /PATCH/);
  assert.equal(preflight.headers.get('accept-post'), SDP);
  assert.equal(preflight.headers.get('link'), null);
  const plain = await options('whip');
  assert.equal(
    plain.headers.get('link'),
    '<stun:127.0.0.1:9>; rel="ice-server", <turn:127.0.0.1:9?transport=udp>; rel="ice-server"; ' +
      'username="u\\"s"; credential="c"; credential-type="password"',
  );
  assert.equal((await options('session/x')).headers.get('accept-patch'), FRAGMENT);
  const foreign = await options('whip', { origin: 'https://evil.example' });
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  const api = await request(`${server.url}api/live`, 'GET', { headers: { origin: 'https://studio.example' } });
  assert.equal(api.headers.get('access-control-allow-origin'), null);
});

test('what is asked for by POST and PATCH is conditional, what ends a session is not (section 4.3.1)', async (t) => {
  const server = await startServer(t);
  const client = await publish(server, [video.track]);
  assert.match(client.etag, /^"/, 'a strong tag');
  for (const [status, condition] of [
    [412, `W/${client.etag}`],
    [412, '"other", "another"'],
    [412, ''],
    [204, `"other", ${client.etag}`],
    [204, client.etag],
    [204, '*'],
  ]) {
    assert.equal((await client.patch(client.fragment(), condition)).status, status, condition);
  }
  // Two restarts that overlap happen one after the other, and each has a tag of its own.
  const fresh = (name) => [`a=ice-ufrag:${name}`, `a=ice-pwd:${name.padEnd(24, 'x')}`, ''].join('\r\n');
  const [one, two] = await Promise.all([client.patch(fresh('first'), '*'), client.patch(fresh('second'), '*')]);
  assert.deepEqual([one.status, two.status], [200, 200]);
  const [first, second] = [one.headers.get('etag'), two.headers.get('etag')];
  assert.equal(new Set([client.etag, first, second]).size, 3);
  assert.equal((await client.patch(client.fragment(), client.etag)).status, 412);
  const ended = await request(client.url, 'DELETE', { headers: { 'if-match': '"an old one"' } });
  assert.equal(ended.status, 200);
  assert.equal((await request(client.url, 'DELETE')).status, 404);
  assert.equal((await client.patch(client.fragment(), '*')).status, 404);
  client.pc.close();
});

test('candidates that cannot be used are passed over silently (section 4.3.2)', async (t) => {
  const server = await startServer(t);
  const client = await trickle(server);
  const lines = client.fragment().split('\n');
  const at = lines.findIndex((line) => line.startsWith('a=candidate'));
  lines.splice(
    at,
    0,
    'a=candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0',
    'a=candidate:2 1 udp 2122260223 nowhere.invalid 61764 typ host generation 0',
    'a=candidate:3 1 udp 2122260223 00000000-0000-4000-8000-000000000000.local 61764 typ host generation 0',
    'a=candidate:4 1 sctp 2122260223 127.0.0.1 61764 typ host generation 0',
    'a=candidate:5 2 udp 2122260223 127.0.0.1 61764 typ host generation 0',
  );
  const response = await client.patch(lines.join('\n'));
  assert.equal(response.status, 204, await response.text());
  await client.connected();
  await recorded(server, 1);
  await client.end();
});

test('an offer may say that its side begins DTLS, or that it waits (section 4.4.4)', async (t) => {
  const server = await startServer(t);
  for (const [offered, answered] of [
    ['active', 'passive'],
    ['passive', 'active'],
  ]) {
    const client = new WhipClient(`${server.url}whip/${offered}`);
    client.pc.addTransceiver(video.track, { direction: 'sendonly' });
    await client.begin({ change: (sdp) => sdp.replace('a=setup:actpass', `a=setup:${offered}`) });
    assert.match(client.pc.remoteDescription.sdp, RegExp(`^a=setup:${answered}\\r$`, 'm'));
    await client.connected();
    await recorded(server, 1);
    await client.end();
  }
});

test('all sections of an answer are received, bundled and multiplexed (sections 4.2 and 4.4.1)', async (t) => {
  const server = await startServer(t);
  for (const direction of ['sendonly', 'sendrecv']) {
    const client = new WhipClient(`${server.url}whip`);
    for (const track of [audio.track, video.track]) client.pc.addTransceiver(track, { direction });
    await client.begin();
    const { answer: sdp } = client;
    assert.match(sdp, /^a=group:BUNDLE 0 1\r$/m);
    for (const section of sdp.split(/^(?=m=)/m).slice(1)) {
      for (const line of ['a=recvonly', 'a=rtcp-mux', 'a=rtcp-mux-only']) {
        assert.ok(section.includes(`${line}\r\n`), line);
      }
    }
    // The server's candidates are all there: it cannot send any later.
    assert.match(sdp, /^a=candidate:/m);
    await client.end();
  }
});

test('of a publisher that offers several sizes the first is taken (section 4.7)', async (t) => {
  const server = await startServer(t);
  const client = new WhipClient(`${server.url}whip`);
  client.pc.addTransceiver(video.track, {
    direction: 'sendonly',
    sendEncodings: [{ rid: 'f' }, { rid: 'h', scaleResolutionDownBy: 2 }],
  });
  await client.begin();
  assert.match(client.pc.localDescription.sdp, /^a=simulcast:send f;h/m);
  assert.doesNotMatch(client.pc.remoteDescription.sdp, /^a=simulcast:/m);
  await client.connected();
  await recorded(server, 2);
  await client.end();
  const [info] = server.recordings();
  const file = join(server.directory, info.file);
  assert.equal(await decodeErrors(file), '');
  const { video: stream } = await probe(file);
  assert.deepEqual([stream.width, stream.height], [320, 180]);
});

test('bodies that are too large, late or cut off end with their request', async (t) => {
  const server = await startServer(t, { maxDescription: 4096 });
  const speak = async (text, { end = true } = {}) => {
    const socket = connect(server.address.port, '127.0.0.1');
    await once(socket, 'connect');
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (data) => (answer += data));
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.write(text);
    if (end) socket.end();
    await within(closed, 'the connection to close');
    return Number(answer.split(' ')[1]);
  };
  const head = (...more) =>
    ['POST /whip HTTP/1.1', 'Host: localhost', `Content-Type: ${SDP}`, ...more, '', ''].join('\r\n');
  // It says so at once, and the connection ends: nobody reads the rest.
  assert.equal(await speak(head('Content-Length: 100000000'), { end: false }), 413);
  const chunk = `${(1000).toString(16)}\r\n${'x'.repeat(1000)}\r\n`;
  assert.equal(await speak(head('Transfer-Encoding: chunked') + chunk.repeat(5), { end: false }), 413);
  assert.equal(await speak(head('Content-Length: -1')), 400);
  assert.equal(await speak(`${head('Content-Length: 1000')}v=0`), 400);
  assert.equal(server.publishers, 0);
  assert.ok(!server.log.some(({ level }) => level === 'error'));
});

test('tokens guard sessions, and the servers that cost something', async (t) => {
  const server = await startServer(t, {
    publishTokens: ['in'],
    iceServers: [{ urls: 'turn:127.0.0.1:9?transport=udp', username: 'u', credential: 'secret' }],
  });
  const options = (headers) => request(`${server.url}whip`, 'OPTIONS', { headers });
  assert.equal((await options()).status, 200);
  for (const headers of [{}, { authorization: 'Bearer guess' }, { authorization: 'Basic aW46' }]) {
    assert.equal((await options(headers)).headers.get('link'), null);
  }
  assert.match((await options({ authorization: 'Bearer in' })).headers.get('link'), /credential="secret"/);

  const client = await publish(server, [video.track], { token: 'in' });
  assert.match(client.response.headers.get('link'), /credential="secret"/);
  for (const [authorization, status] of [
    [undefined, 401],
    ['Bearer guess', 401],
    ['Bearer in in', 400],
    ['Bearer', 400],
    ['Basic aW46', 401],
  ]) {
    const headers = { 'content-type': FRAGMENT, 'if-match': '*', authorization };
    const patch = await request(client.url, 'PATCH', { headers, body: client.fragment() });
    assert.equal(patch.status, status, authorization);
    assert.match(patch.headers.get('www-authenticate'), /^Bearer realm="recording-server"/);
    assert.equal((await request(client.url, 'DELETE', { headers: { authorization } })).status, status);
  }
  assert.equal(server.publishers, 1);
  assert.equal((await client.end()).status, 200);
});
