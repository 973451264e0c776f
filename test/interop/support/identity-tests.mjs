/** The tests of `identity.test.mjs`, in a process that trusts their authority. `CERTIFICATES` is what it has issued. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { after, before, test } from 'node:test';
import { RTCError, RTCIdentityAssertion, RTCPeerConnection, mediaDevices } from 'node-libwebrtc';
import { askProvider } from '../../../dist/identity/idp_proxy.js';

const certificates = JSON.parse(process.env.CERTIFICATES);
const configuration = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };

/** Vouches for whoever is named, and does as its query says. */
const script = `
  const query = new URLSearchParams(location.search);
  rtcIdentityProvider.register({
    async generateAssertion(contents, origin, { usernameHint, peerIdentity }) {
      if (query.has('login')) {
        throw Object.assign(new RTCError({ errorDetail: 'idp-need-login' }), {
          idpLoginUrl: self.origin + '/login', idpErrorInfo: 'who are you?' });
      }
      if (query.has('silent')) await new Promise(() => {});
      const fetched = query.has('fetch') ? await fetch(query.get('fetch')).then((r) => r.json(), (e) => e.name) : null;
      const assertion = JSON.stringify({ contents, origin, usernameHint, peerIdentity, fetched, href: location.href });
      return { idp: { domain: location.host, protocol: query.get('protocol') ?? 'idp.js' }, assertion };
    },
    async validateAssertion(assertion) {
      const { contents, usernameHint } = JSON.parse(assertion);
      return { identity: usernameHint, contents };
    },
  });`;

/** Scripts for `importScripts`. */
const libraries = {
  '/names.js': `var first = 1; let second = 2; function third() { return 3; } class Fourth {}`,
  '/nested.js': `importScripts('/names.js'); var nested = [first, second, third(), typeof Fourth];`,
  '/throws.js': `throw { the: 'object' };`,
  '/broken.js': `this is no script`,
  '/dynamic.js': `import('node:fs').then((fs) => (globalThis.fs = fs));`,
  '/looks.js': `globalThis.looked = (function () { return [this, ...arguments, arguments.callee.caller]; })();`,
  '/deep.js': `globalThis.depth = (globalThis.depth ?? 0) + 1;`,
};

const servers = [];
let domain, other, expired, unknown;

function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'https://localhost');
  const status = Number(searchParams.get('status') ?? 200);
  if (pathname === '/data')
    response.end(JSON.stringify({ method: request.method, cookie: request.headers.cookie ?? null }));
  else if (searchParams.has('redirect')) response.writeHead(302, { location: searchParams.get('redirect') }).end();
  else if (pathname.startsWith('/.well-known/idp-proxy/idp.js')) response.writeHead(status).end(script);
  else if (pathname.startsWith('/.well-known/idp-proxy/imports.js')) response.end(searchParams.get('source'));
  else if (pathname in libraries)
    response.setHeader('content-type', 'text/javascript;charset=utf-8').end(libraries[pathname]);
  else response.writeHead(404).end();
}

async function serve({ certificate: cert, privateKey: key }) {
  const server = createServer({ cert, key }, answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `localhost:${server.address().port}`;
}

before(async () => {
  domain = await serve(certificates.trusted);
  other = await serve(certificates.trusted);
  expired = await serve(certificates.expired);
  unknown = await serve(certificates.unknown);
});
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

function connection(t, more = {}) {
  const pc = new RTCPeerConnection({ ...configuration, ...more });
  t.after(() => pc.close());
  return pc;
}

const decode = (value) => {
  const { idp, assertion } = JSON.parse(atob(value));
  return { idp, assertion: JSON.parse(assertion) };
};
const identityLine = (sdp) => /^a=identity:(.*?)\r$/m.exec(sdp)?.[1];

/** An assertion of a connection of its own. */
async function assertionOf(t, query, provider = domain) {
  const pc = connection(t);
  pc.setIdentityProvider(provider, { protocol: `idp.js?${query}`, usernameHint: 'alice@localhost' });
  return decode(await pc.getIdentityAssertion());
}

test('two peers authenticate each other, and connect', async (t) => {
  const alice = connection(t, { peerIdentity: 'bob@localhost' });
  const bob = connection(t);
  alice.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'alice@localhost' });
  bob.setIdentityProvider(other, { protocol: 'idp.js', usernameHint: 'bob@localhost' });
  alice.onicecandidate = ({ candidate }) => bob.addIceCandidate(candidate);
  bob.onicecandidate = ({ candidate }) => alice.addIceCandidate(candidate);
  const channel = alice.createDataChannel('channel');
  const opened = once(channel, 'open');

  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription);
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription);
  await opened;

  const [bobIsKnown, aliceIsKnown] = await Promise.all([alice.peerIdentity, bob.peerIdentity]);
  assert.ok(bobIsKnown instanceof RTCIdentityAssertion);
  assert.deepEqual([bobIsKnown.idp, bobIsKnown.name], [other, 'bob@localhost']);
  assert.deepEqual([aliceIsKnown.idp, aliceIsKnown.name], [domain, 'alice@localhost']);
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ]) {
    const line = identityLine(from.currentLocalDescription.sdp);
    assert.equal(line, identityLine(to.currentRemoteDescription.sdp));
    assert.equal(line, await from.getIdentityAssertion(), 'the assertion is asked for once');
    const { contents, origin } = decode(line).assertion;
    const [, algorithm, digest] = /^a=fingerprint:(\S+) (\S+)/m.exec(from.localDescription.sdp);
    assert.deepEqual(JSON.parse(contents), { fingerprint: [{ algorithm, digest }] });
    assert.equal(origin, 'null');
  }
  assert.equal(decode(identityLine(alice.localDescription.sdp)).assertion.peerIdentity, 'bob@localhost');
});

test('what a connection for one peer does not accept', async (t) => {
  const impostor = connection(t);
  impostor.createDataChannel('channel');
  impostor.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'mallory@localhost' });
  const offer = await impostor.createOffer();

  const pc = connection(t, { peerIdentity: 'alice@localhost' });
  const rejected = { name: 'OperationError' };
  await assert.rejects(pc.setRemoteDescription(offer), rejected);
  await assert.rejects(pc.peerIdentity, rejected);
  if (pc.signalingState !== 'closed') await new Promise((resolve) => setImmediate(resolve));
  assert.equal(pc.signalingState, 'closed', 'a connection to somebody else is closed');

  const without = connection(t, { peerIdentity: 'alice@localhost' });
  const anonymous = connection(t);
  anonymous.createDataChannel('channel');
  await assert.rejects(without.setRemoteDescription(await anonymous.createOffer()), rejected);
  assert.equal(without.remoteDescription, null, 'nothing of it is applied');
  assert.equal(without.signalingState, 'stable');

  // Somebody on the way has put in a certificate of his own.
  const alice = connection(t);
  alice.createDataChannel('channel');
  alice.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'alice@localhost' });
  const real = await alice.createOffer();
  const [, fingerprint] = /^a=fingerprint:(.*?)\r$/m.exec((await anonymous.createOffer()).sdp);
  const forged = {
    type: 'offer',
    sdp: real.sdp.replace(/^a=fingerprint:.*?(?=\r$)/gm, `a=fingerprint:${fingerprint}`),
  };
  await assert.rejects(connection(t, { peerIdentity: 'alice@localhost' }).setRemoteDescription(forged), rejected);
  await connection(t, { peerIdentity: 'alice@LOCALHOST' }).setRemoteDescription(real);

  for (const value of [
    '',
    '!',
    btoa('1'),
    btoa('{}'),
    btoa('{"idp":{"domain":"a","protocol":"../b"},"assertion":""}'),
  ]) {
    const sdp = real.sdp.replace(/^a=identity:.*?(?=\r$)/m, `a=identity:${value}`);
    await assert.rejects(
      connection(t, { peerIdentity: 'alice@localhost' }).setRemoteDescription({ type: 'offer', sdp }),
      rejected,
    );
  }
});

test('a connection for anybody goes on, and says who it is as soon as that is known', async (t) => {
  const stranger = connection(t);
  stranger.createDataChannel('channel');
  stranger.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'alice@elsewhere.example' });
  const pc = connection(t);
  const first = pc.peerIdentity;
  const offer = async () => {
    await stranger.setLocalDescription();
    return stranger.localDescription;
  };
  await pc.setRemoteDescription(await offer());
  await assert.rejects(first, { name: 'OperationError' }, 'the provider does not speak for another domain');
  assert.notEqual(pc.peerIdentity, first);

  stranger.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'alice@localhost' });
  await pc.setRemoteDescription(await offer());
  assert.equal((await pc.peerIdentity).name, 'alice@localhost');
  // From now on it is a connection for her.
  stranger.setIdentityProvider(domain, { protocol: 'idp.js', usernameHint: 'mallory@localhost' });
  await assert.rejects(pc.setRemoteDescription(await offer()), { name: 'OperationError' });
});

test('where the script of a provider comes from', async (t) => {
  const load = (query, provider) => assertionOf(t, query, provider);
  const failure =
    (errorDetail, httpRequestStatusCode = null) =>
    (error) => {
      assert.ok(error instanceof RTCError);
      assert.deepEqual([error.errorDetail, error.httpRequestStatusCode], [errorDetail, httpRequestStatusCode]);
      return true;
    };
  await assert.rejects(load('status=500'), failure('idp-load-failure', 500));
  await assert.rejects(load('', 'localhost:1'), failure('idp-load-failure'));
  await assert.rejects(load('', 'nowhere.invalid'), failure('idp-load-failure'));
  await assert.rejects(load('', `${domain}/a`), failure('idp-load-failure'));
  await assert.rejects(load('', `a@${domain}`), failure('idp-load-failure'));
  await assert.rejects(load('', expired), failure('idp-tls-failure'));
  await assert.rejects(load('', unknown), failure('idp-tls-failure'));
  const elsewhere = `https://${other}/.well-known/idp-proxy/idp.js`;
  const { idp } = await load(`redirect=${encodeURIComponent(elsewhere)}`);
  assert.equal(idp.domain, other, 'a redirect changes the origin');
  await assert.rejects(load(`redirect=${encodeURIComponent('http://localhost/a')}`), failure('idp-load-failure'));
  const loop = `https://${domain}/a?redirect=/a?redirect=/a`;
  await assert.rejects(load(`redirect=${encodeURIComponent(loop)}`), failure('idp-load-failure', 404));
});

test('a script can ask its own server, and no other', async (t) => {
  const fetched = async (address) => (await assertionOf(t, `fetch=${encodeURIComponent(address)}`)).assertion.fetched;
  assert.deepEqual(await fetched('/data'), { method: 'GET', cookie: null });
  assert.deepEqual(await fetched(`https://${domain}/data`), { method: 'GET', cookie: null });
  assert.equal(await fetched(`https://${other}/data`), 'TypeError');
  assert.equal(await fetched(`/x?redirect=${encodeURIComponent(`https://${other}/data`)}`), 'TypeError');
  assert.equal(await fetched('file:///etc/passwd'), 'TypeError');
});

/** The value of an expression in the realm of a provider, by way of JSON; it may import scripts. */
async function evaluate(expression) {
  const source = `rtcIdentityProvider.register({
    generateAssertion: async () => ({ idp: { domain: location.host }, assertion: JSON.stringify({ value: await (${expression}) }) }),
    validateAssertion: async () => {},
  });`;
  const provider = { domain, protocol: `imports.js?source=${encodeURIComponent(source)}`, options: {} };
  const asked = { name: 'generateAssertion', args: ['contents', 'https://app.example', {}] };
  return JSON.parse((await askProvider(provider, asked, new AbortController().signal)).assertion).value;
}

test('a script can import others from its own server', async () => {
  assert.deepEqual(
    await evaluate(
      `(importScripts('/nested.js', '/names.js?again'.replace('?again', '').replace('names', 'deep')), [nested, depth, typeof first])`,
    ),
    [[1, 2, 3, 'function'], 1, 'number'],
  );
  const error = (address) =>
    evaluate(`(() => {
      try { importScripts(${JSON.stringify(address)}); } catch (error) { return [error.name ?? null, error.the ?? null, error instanceof Object]; }
    })()`);
  assert.deepEqual(await error('/throws.js'), [null, 'object', true], 'the very object');
  assert.deepEqual(await error('/broken.js'), ['SyntaxError', null, true]);
  assert.deepEqual(await error('/dynamic.js'), ['SyntaxError', null, true]);
  assert.deepEqual(await error('/missing.js'), ['NetworkError', null, true]);
  assert.deepEqual(await error('/data'), ['NetworkError', null, true], 'of another type');
  assert.deepEqual(await error(`https://${other}/names.js`), ['NetworkError', null, true], 'of another server');
  assert.deepEqual(await error('http://localhost/names.js'), ['NetworkError', null, true]);
  assert.deepEqual(await error('https://a b/'), ['SyntaxError', null, true]);
});

test('importing leads out of nowhere', async () => {
  // By whatever is seen in a script that is imported, or thrown where the stack is full, no other realm is reached.
  const foreign = `((values) => {
    const seen = new Set();
    const look = (value) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return 0;
      seen.add(value);
      let last = value;
      for (let next = value; next !== null; next = Object.getPrototypeOf(next)) last = next;
      const made = value.constructor;
      return (last === Object.prototype || last === value ? 0 : 1) + look(made) + look(Object.getPrototypeOf(value));
    };
    return values.reduce((count, value) => count + look(value), 0);
  })`;
  assert.deepEqual(
    await evaluate(`(importScripts('/looks.js'), [looked.length, ${foreign}(looked)])`).catch(
      (error) => error.errorDetail,
    ),
    [2, 0],
  );
  const deep = await evaluate(`(() => {
    const seen = [];
    for (let tries = 0; tries < 3; tries++) {
      let left = 12;
      (function deeper() {
        try { deeper(); } catch (error) { seen.push(error); }
        if (left-- > 0) try { importScripts('/deep.js'); } catch (error) { seen.push(error); }
      })();
    }
    return [seen.length > 0, ${foreign}(seen)];
  })()`).catch((error) => {
    // A realm that breaks at the end of its stack takes its process with it, and has reached nothing.
    if (error.errorDetail !== 'idp-execution-failure') throw error;
    return [true, 0];
  });
  assert.deepEqual(deep, [true, 0]);
});

test('a user who has to log in, and providers that fail, make offers fail', async (t) => {
  const pc = connection(t);
  assert.deepEqual([pc.idpLoginUrl, pc.idpErrorInfo], [null, null]);
  pc.setIdentityProvider(domain, { protocol: 'idp.js?login' });
  await assert.rejects(pc.getIdentityAssertion(), { errorDetail: 'idp-need-login' });
  assert.deepEqual([pc.idpLoginUrl, pc.idpErrorInfo], [`https://${domain}/login`, 'who are you?']);
  await assert.rejects(
    pc.createOffer(),
    (error) => error.constructor === DOMException && error.name === 'OperationError',
  );
  await assert.rejects(pc.setLocalDescription(), { name: 'OperationError' });
});

test('a provider that does not answer is given up', async () => {
  const question = { name: 'generateAssertion', args: ['', '', { protocol: '' }] };
  const signal = new AbortController().signal;
  await assert.rejects(askProvider({ domain, protocol: 'idp.js?silent' }, question, signal, 1000), {
    errorDetail: 'idp-timeout',
  });
});

test('closing ends the wait for a provider', async () => {
  const pc = new RTCPeerConnection(configuration);
  pc.setIdentityProvider(domain, { protocol: 'idp.js?silent' });
  const asked = pc.getIdentityAssertion();
  await new Promise((resolve) => setImmediate(resolve));
  pc.close();
  await assert.rejects(asked, { name: 'InvalidStateError' });
  assert.throws(() => pc.setIdentityProvider(domain), { name: 'InvalidStateError' });
});

test('arguments are checked', async (t) => {
  const pc = connection(t);
  assert.throws(() => pc.setIdentityProvider(), TypeError);
  for (const protocol of ['a/b', 'a\\b']) {
    assert.throws(() => pc.setIdentityProvider(domain, { protocol }), { name: 'SyntaxError' });
  }
  await assert.rejects(pc.getIdentityAssertion(), { name: 'InvalidStateError' });
  const assertion = new RTCIdentityAssertion('idp', 'name');
  assertion.name = 1;
  assert.deepEqual([assertion.idp, assertion.name], ['idp', '1']);
});

test('isolated tracks give nothing of their content', async () => {
  const stream = await mediaDevices.getUserMedia({ video: true, audio: true, peerIdentity: 'bob@localhost' });
  for (const track of stream.getTracks()) {
    assert.equal(track.isolated, true);
    assert.equal(track.enabled, true);
    track.enabled = false;
    assert.equal(track.clone().enabled, false);
    assert.equal(track.clone().isolated, true);
    assert.equal(track.onisolationchange, null);
  }
  const { MediaStreamTrackProcessor } = await import('node-libwebrtc');
  const [video] = stream.getVideoTracks();
  video.enabled = true;
  const reader = new MediaStreamTrackProcessor({ track: video }).readable.getReader();
  const { value: frame } = await reader.read();
  const luma = new Uint8Array(frame.allocationSize());
  await frame.copyTo(luma);
  assert.ok(
    luma.subarray(0, frame.codedWidth * frame.codedHeight).every((value) => value <= 16),
    'black',
  );
  frame.close();
  await reader.cancel();
  for (const track of stream.getTracks()) track.stop();
});
