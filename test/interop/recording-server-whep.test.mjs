// Viewers of the recording server, over WHEP (draft-ietf-wish-whep): what they see and hear, how many there may be, and what
// becomes of them. Publishers and viewers are node-libwebrtc.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { RTCRtpReceiver } from 'node-libwebrtc';
import { cameraAndMicrophone, judge } from './support/media_sides.mjs';
import { decodeErrors, eventually, live, recorded, startServer } from './support/recording_server.mjs';
import { until } from './support/wait.mjs';
import { publish, request, FRAGMENT, SDP, WhipClient } from './support/whip_client.mjs';

const FREQUENCY = 440;
const { video, audio } = cameraAndMicrophone(FREQUENCY);

/** A viewer that has not begun yet. */
function viewer(server, name, kinds = ['audio', 'video'], options = {}) {
  const client = new WhipClient(`${server.url}whep/${name}`, options);
  client.tracks = Object.fromEntries(
    kinds.map((kind) => [kind, client.pc.addTransceiver(kind, { direction: 'recvonly' }).receiver.track]),
  );
  return client;
}

/** Watches, and waits until the media can come. */
async function watch(t, server, name, kinds, options) {
  const client = viewer(server, name, kinds, options);
  t.after(() => client.pc.close());
  await client.begin();
  await client.connected();
  return client;
}

const sees = ({ tracks }, from = 0) => judge(tracks.video, 'picture', { count: 8, from });
const hears = ({ tracks }) => judge(tracks.audio, 'tone', { frequency: FREQUENCY });
const viewers = async (server) => (await (await fetch(`${server.url}health`)).json()).viewers;
const refusal = (client) =>
  client.begin().then(
    () => assert.fail('it was let in'),
    ({ response }) => response,
  );

test('a viewer sees and hears what is published; one that comes late does, too; nothing is decoded', async (t) => {
  const server = await startServer(t);
  const publisher = await publish(server, [audio.track, video.track], { name: 'show' });
  const [{ id }] = await recorded(server, 1);
  const first = await watch(t, server, 'show');
  assert.match(first.response.headers.get('location'), /^\/session\/[\w-]{32}$/);
  assert.equal(first.response.headers.get('content-type'), SDP);
  assert.equal(first.response.headers.get('accept-patch'), FRAGMENT);
  const sections = first.answer.split(/^(?=m=)/m).slice(1);
  assert.equal(sections.length, 2);
  for (const section of sections) {
    for (const line of ['a=sendonly', 'a=rtcp-mux', 'a=rtcp-mux-only'])
      assert.ok(section.includes(`${line}\r\n`), line);
  }
  const { last } = await sees(first);
  await hears(first);

  const late = await watch(t, server, id);
  // What it sees is live: nothing from before it came.
  const verdict = await sees(late, last + 1);
  assert.ok(verdict.first > last);
  await hears(late);
  assert.equal(await viewers(server), 2);
  assert.equal((await live(server))[0].viewers, 2);

  assert.equal((await late.end()).status, 200);
  assert.equal(await viewers(server), 1);
  await sees(first, verdict.last + 1);
  // Somebody who goes without a word is seen to go by the end of DTLS.
  first.pc.close();
  await eventually(
    () => viewers(server),
    (count) => count === 0,
    'the first viewer to be gone',
  );
  await publisher.end();
  const [info] = server.recordings();
  assert.equal(info.statistics.framesDecoded, 0);
  assert.equal(await decodeErrors(join(server.directory, info.file)), '');
});

for (const [codec, container] of [
  ['VP9', 'webm'],
  ['AV1', 'webm'],
  ['H264', 'mp4'],
]) {
  test(`${codec} is watched and recorded as it comes; its thumbnail is a picture of it`, async (t) => {
    const server = await startServer(t, { videoCodecs: [codec] });
    const publisher = await publish(server, [audio.track, video.track], { name: 'show' });
    const [{ id }] = await recorded(server, 1);
    const client = await watch(t, server, 'show');
    const names = client.answer.match(/^a=rtpmap:\d+ \w+(?=\/90000)/gm).map((line) => line.split(' ')[1]);
    assert.deepEqual(new Set(names.filter((name) => name !== 'rtx')), new Set([codec, 'red', 'ulpfec']));
    await sees(client);
    const thumbnail = await fetch(`${server.url}api/live/${id}/thumbnail`);
    assert.equal(thumbnail.status, 200, await thumbnail.clone().text());
    assert.equal(thumbnail.headers.get('content-type'), 'image/png');
    const picture = Buffer.from(await thumbnail.arrayBuffer());
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [320, 180]);
    await client.end();
    await publisher.end();
    const [info] = server.recordings();
    assert.ok(info.file.endsWith(`.${container}`));
    assert.equal(info.tracks.find(({ kind }) => kind === 'video').mode, 'passthrough');
    assert.equal(await decodeErrors(join(server.directory, info.file)), '');
  });
}

test('a viewer gets of what it offers what there is', async (t) => {
  const server = await startServer(t);
  const publisher = await publish(server, [audio.track], { name: 'voice' });
  await recorded(server, 1);
  const client = await watch(t, server, 'voice');
  const directions = client.pc.getTransceivers().map(({ currentDirection }) => currentDirection);
  assert.deepEqual(directions, ['recvonly', 'inactive']);
  await hears(client);
  const listener = await watch(t, server, 'voice', ['audio']);
  await hears(listener);
  for (const one of [client, listener]) await one.end();
  assert.equal(await viewers(server), 0);
  await publisher.end();
});

test('there are so many viewers and no more; a place that becomes free is given again', async (t) => {
  const server = await startServer(t, { maxViewers: 2 });
  const publisher = await publish(server, [video.track], { name: 'show' });
  await recorded(server, 1);
  const [first] = await Promise.all([watch(t, server, 'show', ['video']), watch(t, server, 'show', ['video'])]);
  const full = await refusal(viewer(server, 'show'));
  assert.equal(full.status, 503);
  assert.ok(Number(full.headers.get('retry-after')) > 0);
  await first.end();
  const third = await watch(t, server, 'show', ['video']);
  await sees(third);
  await publisher.end();
});

test('offers that no viewer can be served by', async (t) => {
  const server = await startServer(t, { viewTokens: ['out'], publishTokens: ['in'] });
  const publisher = await publish(server, [video.track], { name: 'show', token: 'in' });
  const live = { authorization: 'Bearer out' };
  await eventually(
    async () => (await (await request(`${server.url}api/live`, 'GET', { headers: live })).json()).sessions[0],
    ({ duration }) => duration >= 1,
    'a second',
  );
  const nobody = await refusal(viewer(server, 'other', ['video'], { token: 'out' }));
  assert.equal(nobody.status, 409);
  assert.ok(Number(nobody.headers.get('retry-after')) > 0);
  const unknown = await refusal(viewer(server, 'show', ['video']));
  assert.equal(unknown.status, 401);
  assert.match(unknown.headers.get('www-authenticate'), /^Bearer /);
  assert.equal((await refusal(viewer(server, 'show', ['video'], { token: 'in' }))).status, 403);

  const sending = new WhipClient(`${server.url}whep/show`, { token: 'out' });
  sending.pc.addTransceiver(video.track, { direction: 'sendonly' });
  assert.equal((await refusal(sending)).status, 400);
  const twice = viewer(server, 'show', ['video'], { token: 'out' });
  twice.pc.addTransceiver('video', { direction: 'recvonly' });
  assert.equal((await refusal(twice)).status, 422);
  const other = viewer(server, 'show', ['video'], { token: 'out' });
  const { codecs } = RTCRtpReceiver.getCapabilities('video');
  other.pc.getTransceivers()[0].setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/H264'));
  assert.equal((await refusal(other)).status, 422);
  const data = viewer(server, 'show', ['video'], { token: 'out' });
  data.pc.createDataChannel('wish');
  assert.equal((await refusal(data)).status, 422);

  const client = await watch(t, server, 'show', ['video'], { token: 'out' });
  for (const method of ['DELETE', 'PATCH']) {
    const guess = { 'content-type': FRAGMENT, 'if-match': '*' };
    assert.equal((await request(client.url, method, { headers: guess, body: 'a=mid:0' })).status, 401);
    assert.equal(
      (await request(client.url, method, { headers: { ...guess, authorization: 'Bearer in' }, body: 'a=mid:0' }))
        .status,
      403,
    );
  }
  await sees(client);
  assert.equal((await client.end()).status, 200);
  assert.equal((await client.end()).status, 404);
  await publisher.end();
});

test("a viewer's ICE is restarted, and goes on when that fails", async (t) => {
  const server = await startServer(t);
  const publisher = await publish(server, [video.track], { name: 'show' });
  await recorded(server, 1);
  const client = viewer(server, 'show', ['video']);
  t.after(() => client.pc.close());
  await client.begin({ trickle: true });
  await until(client.pc, 'icegatheringstatechange', () => client.pc.iceGatheringState === 'complete', 'candidates');
  assert.equal((await client.patch(client.fragment())).status, 204);
  await client.connected();
  const { last } = await sees(client);

  // Credentials that cannot be: the session that there is goes on.
  const unusable = ['a=ice-ufrag:abcd', 'a=ice-pwd:short', ''].join('\r\n');
  assert.equal((await client.patch(unusable, '*')).status, 400);
  const going = await sees(client, last + 1);

  const restarted = await client.restart();
  assert.equal(restarted.status, 200);
  assert.notEqual(restarted.headers.get('etag'), null);
  await sees(client, going.last + 1);
  assert.equal(client.pc.connectionState, 'connected');
  await client.end();
  await publisher.end();
});

test('when its publisher ends, so does a viewer', async (t) => {
  const server = await startServer(t);
  const publisher = await publish(server, [video.track], { name: 'show' });
  await recorded(server, 1);
  const client = await watch(t, server, 'show', ['video']);
  await sees(client);
  const { transport } = client.pc.getReceivers()[0];
  await publisher.end();
  await until(transport, 'statechange', () => transport.state === 'closed', 'DTLS to be ended');
  assert.equal((await client.end()).status, 404);
  assert.equal(await viewers(server), 0);
});

test('a viewer that never connects is forgotten', async (t) => {
  const server = await startServer(t, { iceTimeout: 1 });
  const publisher = await publish(server, [video.track], { name: 'show' });
  await recorded(server, 1);
  const client = viewer(server, 'show', ['video']);
  await client.pc.setLocalDescription();
  const response = await request(client.endpoint, 'POST', {
    headers: { 'content-type': SDP },
    body: client.pc.localDescription.sdp.replaceAll(/^a=candidate:.*\r\n/gm, ''),
  });
  assert.equal(response.status, 201);
  await eventually(
    () => server.log,
    (log) => log.some(({ message, reason }) => message === 'viewer ended' && reason === 'ice-timeout'),
    'it to be forgotten',
  );
  assert.equal(await viewers(server), 0);
  client.pc.close();
  assert.equal((await live(server)).length, 1);
  await publisher.end();
});
