// Names of the .local domain: questions, answers, the time limit, the socket.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { MulticastDnsResolver } from '../../dist/peerconnection/multicast_dns.js';
import { rootCertificates } from '../../dist/peerconnection/root_certificates.js';

/** A client that records. */
function fakeClient() {
  const client = { opened: 0, closed: 0, asked: [] };
  const open = async (onAnswer, onFailure) => {
    client.opened++;
    Object.assign(client, { onAnswer, onFailure });
    return { ask: (name) => client.asked.push(name), close: () => client.closed++ };
  };
  return { client, open };
}

const settle = async () => {
  for (let i = 0; i < 10; i++) await null;
};

test('questions are repeated until there is an answer', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { client, open } = fakeClient();
  const resolver = new MulticastDnsResolver(open);
  const answers = [];
  resolver.resolve('Name.local', (addresses) => answers.push(addresses));
  resolver.resolve('name.local', (addresses) => answers.push(addresses));
  await settle();
  assert.equal(client.opened, 1);
  mock.timers.tick(1);
  assert.deepEqual(client.asked, ['name.local']);
  mock.timers.tick(300);
  assert.deepEqual(client.asked, ['name.local', 'name.local']);
  client.onAnswer('other.local', '10.0.0.1');
  client.onAnswer('name.local', 'not an address');
  assert.deepEqual(answers, []);
  client.onAnswer('NAME.local.', '10.0.0.2');
  assert.deepEqual(answers, [['10.0.0.2'], ['10.0.0.2']]);
  mock.timers.tick(10_000);
  await settle();
  assert.equal(client.asked.length, 2);
  assert.equal(client.closed, 1);
});

test('nobody answers', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { client, open } = fakeClient();
  const resolver = new MulticastDnsResolver(open);
  const answers = [];
  resolver.resolve('name.local', (addresses) => answers.push(addresses));
  await settle();
  mock.timers.tick(5000);
  assert.deepEqual(answers, [[]]);
  assert.equal(client.asked.length, 4);
  resolver.resolve('again.local', (addresses) => answers.push(addresses));
  await settle();
  assert.equal(client.opened, 1, 'the socket is still there');
  mock.timers.tick(5000);
  mock.timers.tick(1000);
  await settle();
  assert.equal(client.closed, 1);
  resolver.resolve('later.local', () => {});
  await settle();
  assert.equal(client.opened, 2);
  mock.timers.tick(10_000);
});

test('no socket, no addresses', async () => {
  const resolver = new MulticastDnsResolver(async () => {
    throw new Error('EADDRINUSE');
  });
  const addresses = await new Promise((resolve) => resolver.resolve('name.local', resolve));
  assert.deepEqual(addresses, []);
});

test('root certificates are PEM texts', () => {
  const roots = rootCertificates();
  assert.ok(roots.length > 50);
  for (const pem of roots) assert.match(pem, /^-----BEGIN CERTIFICATE-----\n/);
});
