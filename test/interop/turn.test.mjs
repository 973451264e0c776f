/** STUN and TURN over UDP, TCP and TLS, through coturn on loopback. */
/* global peer */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createAuthority } from './support/certificates.mjs';
import { CREDENTIALS, startCoturn } from './support/coturn.mjs';
import { LOOPBACK, NodeSide, connect, startBrowser } from './support/sides.mjs';
import { inbox, opened, until, within } from './support/wait.mjs';

let authority, coturn, chromium, directory, authorityFile;

before(async () => {
  authority = createAuthority();
  directory = await mkdtemp(join(tmpdir(), 'turn-test-'));
  authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority.pem);
  coturn = await startCoturn(authority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] }));
  // Behind a relay a peer asks nobody for the addresses of names, so Chromium must show its own.
  chromium = await startBrowser({ showsAddresses: true });
});

after(async () => {
  await chromium?.close();
  await coturn?.close();
  if (directory) await rm(directory, { recursive: true, force: true });
});

/** Gathers until the end. Gives the candidates, the errors, and the connection, which is closed after the test. */
async function gather(t, iceServers, more = {}) {
  const node = new NodeSide({ node: LOOPBACK, iceServers, ...more });
  t.after(() => node.close());
  const errors = [];
  node.pc.onicecandidateerror = (event) => errors.push(event);
  node.pc.createDataChannel('data');
  await node.offer();
  await until(
    node.pc,
    'icegatheringstatechange',
    () => node.pc.iceGatheringState === 'complete',
    'all candidates to be gathered',
    150, // A server that does not answer is given up after 40 seconds.
  );
  return { node, errors, candidates: node.candidates.filter((candidate) => candidate?.candidate) };
}

/** Runs `relay-child.mjs` and gives what it printed. */
async function inChild(configuration, { mode = 'gather', extraCertificates = authorityFile } = {}) {
  const program = fileURLToPath(new URL('support/relay-child.mjs', import.meta.url));
  const env = { ...process.env };
  if (extraCertificates) env.NODE_EXTRA_CA_CERTS = extraCertificates;
  else delete env.NODE_EXTRA_CA_CERTS;
  const child = spawn(process.execPath, [program, JSON.stringify(configuration), mode], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (complaints += chunk));
  try {
    const [code, signal] = await within(once(child, 'close'), 'the child process to end', 150);
    assert.equal(signal ?? code, 0, complaints);
    assert.equal(complaints, '');
    return JSON.parse(output);
  } finally {
    child.kill('SIGKILL');
  }
}

const turn = (transport) => ({ urls: `turn:127.0.0.1:${coturn.port}?transport=${transport}`, ...CREDENTIALS });
const turns = (host = '127.0.0.1', port = coturn.tlsPort) => ({
  urls: `turns:${host}:${port}?transport=tcp`,
  ...CREDENTIALS,
});

describe('STUN', () => {
  test('over UDP, through an address translation, gives a server-reflexive candidate', async (t) => {
    // Without a translation the server sees the very address of the host candidate, and there is nothing to add.
    const inside = createSocket('udp4');
    const outside = createSocket('udp4');
    inside.bind(0, '127.0.0.1');
    outside.bind(0, '127.0.0.1');
    await Promise.all([once(inside, 'listening'), once(outside, 'listening')]);
    t.after(() => {
      inside.close();
      outside.close();
    });
    let client;
    inside.on('message', (message, from) => {
      client = from;
      outside.send(message, coturn.port, '127.0.0.1');
    });
    outside.on('message', (message) => client && inside.send(message, client.port, client.address));

    const url = `stun:127.0.0.1:${inside.address().port}`;
    const { candidates } = await gather(t, [{ urls: url }]);
    const reflexive = candidates.find(({ type }) => type === 'srflx');
    assert.ok(reflexive, candidates.map(({ candidate }) => candidate).join('\n'));
    assert.equal(reflexive.address, '127.0.0.1');
    assert.equal(reflexive.port, outside.address().port);
    assert.equal(reflexive.relatedPort, client.port);
    assert.equal(reflexive.protocol, 'udp');
    assert.equal(reflexive.url, url);
  });

  test('a server that does not answer ends in icecandidateerror 701', async (t) => {
    const deaf = createSocket('udp4');
    deaf.bind(0, '127.0.0.1');
    await once(deaf, 'listening');
    t.after(() => deaf.close());
    const url = `stun:127.0.0.1:${deaf.address().port}`;
    const { candidates, errors } = await gather(t, [{ urls: url }]);
    assert.ok(candidates.every(({ type }) => type === 'host'));
    assert.equal(errors.length, 1);
    assert.equal(errors[0].errorCode, 701);
    assert.equal(errors[0].url, url);
  });
});

describe('TURN', () => {
  for (const transport of ['udp', 'tcp']) {
    test(`over ${transport.toUpperCase()}: a relay candidate and nothing else with iceTransportPolicy "relay"`, async (t) => {
      const { candidates, errors } = await gather(t, [turn(transport)], { iceTransportPolicy: 'relay' });
      assert.equal(candidates.length, 1, candidates.map(({ candidate }) => candidate).join('\n'));
      const [candidate] = candidates;
      assert.equal(candidate.type, 'relay');
      assert.equal(candidate.protocol, 'udp');
      assert.equal(candidate.relayProtocol, transport);
      assert.equal(candidate.url, turn(transport).urls);
      assert.equal(candidate.address, '127.0.0.1');
      assert.deepEqual(errors, []);
    });

    for (const nodeOffers of [true, false]) {
      test(`over ${transport.toUpperCase()}: Node behind the relay ${nodeOffers ? 'offers' : 'answers'}`, async (t) => {
        const node = new NodeSide({ node: LOOPBACK, iceServers: [turn(transport)], iceTransportPolicy: 'relay' });
        const page = await chromium.peer();
        t.after(async () => {
          node.close();
          await page.close();
        });
        await exchange(node, page, nodeOffers);
        const { local } = node.pc.sctp.transport.iceTransport.getSelectedCandidatePair();
        assert.equal(local.type, 'relay');
        assert.equal(local.relayProtocol, transport);
      });

      test(`over ${transport.toUpperCase()}: both behind the relay, Node ${nodeOffers ? 'offers' : 'answers'}`, async (t) => {
        const node = new NodeSide({ node: LOOPBACK, iceServers: [turn(transport)], iceTransportPolicy: 'relay' });
        const page = await chromium.peer({ iceServers: [turn('udp')], iceTransportPolicy: 'relay' });
        t.after(async () => {
          node.close();
          await page.close();
        });
        await exchange(node, page, nodeOffers);
        const { local, remote } = node.pc.sctp.transport.iceTransport.getSelectedCandidatePair();
        assert.equal(local.type, 'relay');
        assert.ok(['relay', 'prflx'].includes(remote.type), remote.type);
      });
    }
  }

  test('wrong credentials end in icecandidateerror 401', async (t) => {
    const server = { ...turn('udp'), credential: 'wrong' };
    const { candidates, errors } = await gather(t, [server], { iceTransportPolicy: 'relay' });
    assert.deepEqual(candidates, []);
    assert.equal(errors.length, 1);
    assert.equal(errors[0].errorCode, 401);
    assert.equal(errors[0].url, server.urls);
    assert.match(errors[0].address, /^127\.0\.0\.[1x]$/, 'as much of the local address as may be known');
    assert.ok(errors[0].port > 0);
    assert.ok(errors[0].errorText.length > 0);
  });

  test('nobody listening ends in icecandidateerror 701', async (t) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    socket.close();
    await once(socket, 'close');
    const server = { ...CREDENTIALS, urls: `turn:127.0.0.1:${port}?transport=tcp` };
    const { candidates, errors } = await gather(t, [server], { iceTransportPolicy: 'relay' });
    assert.deepEqual(candidates, []);
    assert.ok(errors.length > 0);
    assert.ok(errors.every(({ errorCode, url }) => errorCode === 701 && url === server.urls));
  });
});

describe('TURN over TLS', () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    test(`to ${host}, with an authority from NODE_EXTRA_CA_CERTS`, async () => {
      const result = await inChild({ iceServers: [turns(host)], iceTransportPolicy: 'relay' }, { mode: 'connect' });
      assert.deepEqual(
        result.candidates.map(({ type, relayProtocol, url }) => ({ type, relayProtocol, url })),
        [{ type: 'relay', relayProtocol: 'tls', url: turns(host).urls }],
      );
      assert.deepEqual(result.pair, ['relay', 'relay']);
      assert.equal(result.echoed, 'over and back');
      assert.deepEqual(result.errors, []);
    });
  }

  /** Nothing may be gathered from that server. */
  async function refused(configuration, options) {
    const { candidates, errors } = await inChild(configuration, options);
    assert.deepEqual(candidates, []);
    assert.ok(errors.length > 0, 'there is an icecandidateerror');
    assert.ok(
      errors.every(({ errorCode, url }) => errorCode === 701 && url === configuration.iceServers[0].urls),
      JSON.stringify(errors),
    );
  }

  test('an authority that nobody knows is refused', () =>
    refused({ iceServers: [turns()], iceTransportPolicy: 'relay' }, { extraCertificates: null }));

  const WRONG = {
    'a certificate for another name': [{ names: ['turn.example'] }, 'localhost'],
    'a certificate for another address': [{ addresses: ['127.0.0.2'], names: ['localhost'] }, '127.0.0.1'],
    'a certificate that has expired': [{ names: ['localhost'], addresses: ['127.0.0.1'], expired: true }, 'localhost'],
  };
  for (const [what, [identity, host]] of Object.entries(WRONG)) {
    test(`${what} is refused`, async (t) => {
      const server = await startCoturn(authority.issue(identity));
      t.after(() => server.close());
      await refused({ iceServers: [turns(host, server.tlsPort)], iceTransportPolicy: 'relay' });
    });
  }

  test('Node behind the relay talks to Chromium', async (t) => {
    const server = await startCoturn(authority.issue({ names: ['localhost'], addresses: ['127.0.0.1'] }));
    t.after(() => server.close());
    const page = await chromium.peer();
    t.after(() => page.close());
    const program = fileURLToPath(new URL('support/relay-to-page-child.mjs', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(turns('localhost', server.tlsPort))], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    t.after(() => child.kill('SIGKILL'));
    // The child is the Node side: what the page must know comes by messages, and goes back the same way.
    page.onCandidate((candidate) => child.connected && child.send({ candidate }));
    child.on('message', ({ candidate }) => {
      if (candidate !== undefined) void page.add(candidate);
    });
    const next = async (kind) => {
      for (;;) {
        const [message] = await within(once(child, 'message'), `${kind} from the child process`);
        if (message[kind] !== undefined) return message[kind];
      }
    };
    const done = next('result');
    const offer = await next('offer');
    child.send({ answer: await page.answer(offer) });
    await page.evaluate(() => peer.echo('data'));
    assert.deepEqual(await done, { echoed: 'over and back', type: 'relay', relayProtocol: 'tls' });
    const [code, signal] = await within(once(child, 'close'), 'the child process to end');
    assert.equal(signal ?? code, 0);
  });
});

/** Connects, and sends a message over and back. */
async function exchange(node, page, nodeOffers) {
  const channel = node.pc.createDataChannel('data', { negotiated: true, id: 1 });
  await page.evaluate(() => peer.open('data', { negotiated: true, id: 1 }));
  await (nodeOffers ? connect(node, page) : connect(page, node));
  await opened(channel);
  await page.evaluate(() => peer.echo('data'));
  const received = inbox(channel);
  channel.send('over and back');
  assert.deepEqual(await received.take(1), ['over and back']);
}
