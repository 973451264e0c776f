// The page of live statistics: what it records, whom it answers, and that it costs nothing when it is off.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once as nodeOnce } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RTCPeerConnection } from 'node-libwebrtc';
import { startInternals } from 'node-libwebrtc/internals';
import { readEventLog } from './support/event_log.mjs';
import { collect, connect, loopback, makePair, negotiate, once } from './support/pair.mjs';

async function start(t, options) {
  const page = await startInternals(options);
  t.after(() => page.close());
  return page;
}

const get = async (page, path = '') => fetch(new URL(path, page.url));

/** A request with headers that `fetch` would not send. */
function raw(url, { method = 'GET', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Events of the page's stream: `next(type)` gives the next of a type. */
async function stream(t, page, connection = 0) {
  const aborted = new AbortController();
  t.after(() => aborted.abort());
  const response = await fetch(new URL(`stream?connection=${connection}`, page.url), { signal: aborted.signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async function next(type) {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end));
        text = text.slice(end + 2);
        if (name === type) return JSON.parse(data);
      } else {
        const { done, value } = await reader.read();
        assert.ok(!done, `the stream ended before "${type}"`);
        text += value;
      }
    }
  };
}

const logOf = (dump, index = 0) => Object.values(dump.PeerConnections)[index].updateLog.map(({ type }) => type);

test('nothing is put before a connection as long as the page is off', async (t) => {
  const before = new RTCPeerConnection(loopback);
  t.after(() => before.close());
  assert.deepEqual(Object.getOwnPropertyNames(before), []);
  const page = await startInternals();
  const meanwhile = new RTCPeerConnection(loopback);
  t.after(() => meanwhile.close());
  assert.ok(Object.hasOwn(meanwhile, 'createOffer'));
  assert.deepEqual(Object.keys(meanwhile), []);
  assert.equal(meanwhile.createOffer.length, 0);
  await page.close();
  await page.close();
  const after = new RTCPeerConnection(loopback);
  t.after(() => after.close());
  assert.deepEqual(Object.getOwnPropertyNames(after), []);
});

test('the dump has calls, events and statistics in the format of webrtc-internals', async (t) => {
  const page = await start(t, { interval: 20 });
  const iceServers = [{ urls: 'turn:127.0.0.1:9', username: 'user', credential: 'secret' }];
  const { near, far } = await connect(t, {}, { ...loopback, iceServers });
  const message = collect(far, 1);
  near.send('hello');
  await message;
  const next = await stream(t, page, 1);
  for (let i = 0; i < 3; i++) await next('sample');

  const response = await get(page, 'dump');
  assert.match(response.headers.get('content-disposition'), /attachment/);
  const text = await response.text();
  assert.ok(!text.includes('secret'), 'passwords are left out');
  const dump = JSON.parse(text);
  assert.deepEqual(Object.keys(dump).sort(), ['PeerConnections', 'UserAgent', 'getUserMedia']);
  const [key, connection] = Object.entries(dump.PeerConnections)[0];
  assert.equal(key, `${process.pid}-1`);
  assert.equal(connection.pid, process.pid);
  assert.equal(JSON.parse(connection.rtcConfiguration).iceServers[0].username, 'user');

  const types = logOf(dump);
  for (const type of [
    ...['createDataChannel', 'setLocalDescription', 'setLocalDescriptionOnSuccess', 'setRemoteDescription'],
    ...['signalingstatechange', 'icegatheringstatechange', 'icecandidate', 'addIceCandidate', 'connectionstatechange'],
    ...['selectedcandidatepairchange', 'datachannel open'],
  ]) {
    assert.ok(types.includes(type), `${type} in ${types.join(', ')}`);
  }
  assert.ok(logOf(dump, 1).includes('datachannel'));
  for (const { time, value } of connection.updateLog) {
    assert.ok(!Number.isNaN(Date.parse(time)));
    assert.equal(typeof value, 'string');
  }
  const remote = connection.updateLog.find(({ type }) => type === 'setRemoteDescription');
  assert.match(remote.value, /^type: answer, sdp: v=0/);

  const series = Object.entries(connection.stats).find(([name]) => name.endsWith('-messagesSent'));
  assert.ok(series, Object.keys(connection.stats).join(', '));
  const { startTime, endTime, statsType, values } = series[1];
  assert.equal(statsType, 'data-channel');
  assert.ok(Date.parse(startTime) <= Date.parse(endTime));
  assert.equal(JSON.parse(values).at(-1), 1);
});

test('failures are noted, and calls do what they do', async (t) => {
  const page = await start(t);
  class Subclass extends RTCPeerConnection {
    createOffer(...args) {
      this.called = true;
      return super.createOffer(...args);
    }
  }
  const connection = new Subclass(loopback);
  t.after(() => connection.close());
  assert.throws(() => connection.addTransceiver('nonsense'), TypeError);
  await assert.rejects(connection.addIceCandidate({ candidate: 'candidate', sdpMid: '0' }), {
    name: 'InvalidStateError',
  });
  connection.createDataChannel('data');
  assert.equal((await connection.createOffer()).type, 'offer');
  assert.equal(connection.called, true);
  connection.close();
  const dump = await (await get(page, 'dump')).json();
  const types = logOf(dump);
  for (const type of ['addTransceiverOnFailure', 'addIceCandidateOnFailure', 'createOfferOnSuccess', 'close']) {
    assert.ok(types.includes(type), types.join(', '));
  }
});

test('a connection that was there before is recorded from then on', async (t) => {
  const pair = makePair(t);
  pair.a.createDataChannel('data');
  await negotiate(pair);
  const page = await start(t);
  const next = await stream(t, page, 1);
  const snapshot = await next('snapshot');
  assert.match(snapshot.descriptions.local.sdp, /^v=0/);
  assert.equal(snapshot.summary.kinds.includes('data'), true);
  pair.a.close();
  const entry = await next('entry');
  assert.ok(entry.type.length > 0);
});

test('the stream tells of connections as they come, change and go', async (t) => {
  const page = await start(t, { interval: 20 });
  const next = await stream(t, page, 1);
  const { pid, interval } = await next('process');
  assert.equal(pid, process.pid);
  assert.equal(interval, 20);
  assert.deepEqual(await next('connections'), []);
  const connection = new RTCPeerConnection(loopback);
  t.after(() => connection.close());
  assert.equal((await next('connections'))[0].states.connection, 'new');
  connection.createDataChannel('data');
  assert.equal((await next('entry')).type, 'createDataChannel');
  const { report } = await next('sample');
  assert.ok(report.some(({ type }) => type === 'peer-connection'));
  connection.close();
  for (;;) {
    const [summary] = await next('connections');
    if (summary.ended !== null) break;
  }
});

test('an event log is started, stopped and downloaded', async (t) => {
  const page = await start(t);
  const { near, far } = await connect(t);
  const post = (path, headers = { 'x-internals': '1' }) => fetch(new URL(path, page.url), { method: 'POST', headers });
  assert.equal((await get(page, 'event-log/1')).status, 404);
  assert.equal((await post('event-log/7/start')).status, 404);
  assert.equal((await post('event-log/1/start', {})).status, 403, 'no form of another site can do it');
  assert.equal((await post('event-log/1/start')).status, 204);
  assert.equal((await post('event-log/1/start')).status, 409);
  const message = once(far, 'message');
  near.send('hello');
  await message;
  assert.equal((await post('event-log/1/stop')).status, 204);
  const response = await get(page, 'event-log/1');
  assert.match(response.headers.get('content-disposition'), /event_log_1\.log/);
  const events = readEventLog(Buffer.from(await response.arrayBuffer()));
  assert.equal(events[0].name, 'begin');
  assert.equal(events.at(-1).name, 'end');
});

test('only its own names of this machine are answered, and nothing but its own files', async (t) => {
  const page = await start(t);
  const { hostname, port } = new URL(page.url);
  assert.equal(hostname, '127.0.0.1');
  const { status, headers, body } = await raw(page.url);
  assert.equal(status, 200);
  assert.match(body, /WebRTC internals/);
  assert.match(headers['content-security-policy'], /default-src 'none'/);
  assert.equal((await raw(page.url, { headers: { host: `localhost:${port}` } })).status, 200);
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example']) {
    assert.equal((await raw(page.url, { headers: { host } })).status, 403, host);
  }
  for (const path of ['nothing', '../index.js', '%2e%2e/index.js', 'constructor', 'style', 'style/base.css/x']) {
    assert.equal((await raw(`${page.url}${path}`)).status, 404, path);
  }
  assert.equal((await raw(page.url, { method: 'DELETE', headers: { 'x-internals': '1' } })).status, 405);
});

test('elsewhere than on loopback the address has a secret in it', async (t) => {
  const page = await start(t, { host: '0.0.0.0' });
  const url = new URL(page.url);
  assert.match(url.pathname, /^\/[0-9a-f]{32}\/$/);
  url.hostname = '127.0.0.1';
  assert.equal((await raw(url)).status, 200);
  assert.equal((await raw(new URL('main.mjs', url))).status, 200);
  for (const path of ['/', '/dump', `/${'0'.repeat(32)}/dump`, `${url.pathname.slice(0, -2)}/dump`]) {
    assert.equal((await raw(new URL(path, url))).status, 403, path);
  }
});

test('what is wrong is said', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await nodeOnce(server, 'listening');
  t.after(() => server.close());
  await assert.rejects(startInternals({ port: server.address().port }), { code: 'EADDRINUSE' });
  const connection = new RTCPeerConnection(loopback);
  t.after(() => connection.close());
  assert.deepEqual(Object.getOwnPropertyNames(connection), [], 'nothing is recorded after a failure');
  await assert.rejects(startInternals({ port: 65_536 }), TypeError);
  await assert.rejects(startInternals({ interval: 0 }), TypeError);
});

async function run(environment, script) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, NODE_LIBWEBRTC_INTERNALS: environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (complaints += chunk));
  const [code] = await nodeOnce(child, 'close');
  return { code, output, complaints };
}

test('the environment switches it on, and the process ends as it would without', async () => {
  const script = `
    import { RTCPeerConnection } from 'node-libwebrtc';
    const connection = new RTCPeerConnection();
    console.log(Object.hasOwn(connection, 'createOffer'));`;
  assert.deepEqual(await run('', script), { code: 0, output: 'false\n', complaints: '' });
  const on = await run('127.0.0.1:0', script);
  assert.equal(on.code, 0);
  assert.equal(on.output, 'true\n');
  const wrong = await run('nonsense', script);
  assert.equal(wrong.code, 0);
  assert.match(wrong.complaints, /neither a port nor host:port/);
  const waiting = `${script}
    await new Promise((resolve) => setTimeout(resolve, 300));`;
  assert.match((await run('0', waiting)).complaints, /live statistics at http:\/\/127\.0\.0\.1:\d+\//);
});
