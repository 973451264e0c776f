/** The ways two peers can reach each other without a server: mDNS names, TCP, IPv6, ranges of ports. */
/* global peer */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LOOPBACK, NodeSide, connect, startBrowser } from './support/sides.mjs';
import { inbox, opened } from './support/wait.mjs';

/** Connects, sees that data flows, and gives the pair of candidates that Node has selected. */
async function talk(t, chromium, { configuration, nodeOffers = true, filter }) {
  const node = new NodeSide(configuration);
  const page = await chromium.peer();
  t.after(async () => {
    node.close();
    await page.close();
  });
  const channel = node.pc.createDataChannel('data', { negotiated: true, id: 1 });
  await page.evaluate(() => peer.open('data', { negotiated: true, id: 1 }));
  await (nodeOffers ? connect(node, page, filter) : connect(page, node, filter));
  await opened(channel);
  await page.evaluate(() => peer.echo('data'));
  const received = inbox(channel);
  channel.send('hello');
  assert.deepEqual(await received.take(1), ['hello']);
  return { node, page, pair: node.pc.sctp.transport.iceTransport.getSelectedCandidatePair() };
}

describe('Chromium hides its addresses behind .local names', () => {
  let chromium;
  before(async () => (chromium = await startBrowser()));
  after(() => chromium?.close());

  for (const nodeOffers of [true, false]) {
    test(`Node finds it by multicast DNS when it ${nodeOffers ? 'offers' : 'answers'}`, async (t) => {
      // Chromium gets no candidate of Node: only Node can make the first step, and for that it must know the address.
      const filter = (_, from) => from.name === 'Chromium';
      const { page, pair } = await talk(t, chromium, { nodeOffers, filter });
      const addresses = page.candidates
        .filter((entry) => entry?.candidate)
        .map((entry) => entry.candidate.split(' ')[4]);
      assert.ok(addresses.length > 0);
      assert.ok(
        addresses.every((address) => address.endsWith('.local')),
        addresses.join(),
      );
      assert.equal(pair.local.protocol, 'udp');
    });
  }

  test('names that nobody answers for do no harm', async (t) => {
    const node = new NodeSide();
    const page = await chromium.peer();
    t.after(async () => {
      node.close();
      await page.close();
    });
    const channel = node.pc.createDataChannel('data');
    const offer = await node.offer();
    await node.accept(await page.answer(offer));
    for (const name of ['3c5b4a52-6c1e-4b1f-9f5e-000000000000.local', 'nobody.local']) {
      await node.pc.addIceCandidate({
        candidate: `candidate:1 1 udp 2113937151 ${name} 50000 typ host generation 0`,
        sdpMid: node.pc.sctp ? '0' : null,
        sdpMLineIndex: 0,
      });
    }
    node.onCandidate((candidate) => void page.add(candidate));
    page.onCandidate((candidate) => void node.add(candidate));
    await opened(channel);
  });
});

describe('Chromium shows its addresses', () => {
  let chromium;
  before(async () => {
    chromium = await startBrowser({ showsAddresses: true });
  });
  after(() => chromium?.close());

  for (const nodeOffers of [true, false]) {
    test(`over loopback when Node ${nodeOffers ? 'offers' : 'answers'}`, async (t) => {
      const filter = (candidate) => !candidate?.candidate || / 127\.0\.0\.1 /.test(candidate.candidate);
      const { pair } = await talk(t, chromium, { nodeOffers, filter });
      assert.equal(pair.local.address, '127.0.0.1');
      // Chromium may also reach us from a socket whose own candidate does not tell this address.
      assert.ok(pair.remote.type === 'prflx' || pair.remote.address === '127.0.0.1', pair.remote.candidate);
      assert.equal(pair.remote.protocol, 'udp');
    });

    test(`over TCP, Node passive, when Node ${nodeOffers ? 'offers' : 'answers'}`, async (t) => {
      const filter = (candidate) => !candidate?.candidate || / tcp /i.test(candidate.candidate);
      const { node, pair } = await talk(t, chromium, { nodeOffers, filter });
      assert.equal(pair.local.protocol, 'tcp');
      assert.ok(node.candidates.some((candidate) => candidate?.tcpType === 'passive'));
    });
  }

  test('over IPv6', async (t) => {
    const configuration = { node: { includeLoopback: true, bindAddress: '::1' } };
    const filter = (candidate) => !candidate?.candidate || / ::1 /.test(candidate.candidate);
    const { pair } = await talk(t, chromium, { configuration, filter });
    assert.equal(pair.local.address, '::1');
  });

  test('within a range of ports', async (t) => {
    const portRange = { min: 42_000, max: 42_050 };
    const { node } = await talk(t, chromium, { configuration: { node: { ...LOOPBACK, portRange } } });
    const ports = node.candidates
      .filter((candidate) => candidate?.candidate && candidate.tcpType !== 'active')
      .map(({ port }) => port);
    assert.ok(ports.length > 0);
    for (const port of ports) assert.ok(port >= portRange.min && port <= portRange.max, `port ${port}`);
  });
});

describe('two peers in Node', () => {
  /** Connects two peers here, and gives the pair that the first one has selected. */
  async function pairOver(t, filter) {
    const [one, other] = [new NodeSide(), new NodeSide()];
    t.after(() => {
      one.close();
      other.close();
    });
    const channel = one.pc.createDataChannel('data');
    await connect(one, other, filter);
    await opened(channel);
    return one.pc.sctp.transport.iceTransport.getSelectedCandidatePair();
  }

  test('over UDP', async (t) => {
    const pair = await pairOver(t, (candidate) => !candidate?.candidate || / udp /i.test(candidate.candidate));
    assert.equal(pair.local.protocol, 'udp');
  });

  test('over TCP, active to passive', async (t) => {
    const pair = await pairOver(t, (candidate) => !candidate?.candidate || / tcp /i.test(candidate.candidate));
    assert.equal(pair.local.protocol, 'tcp');
    assert.equal(pair.remote.protocol, 'tcp');
  });
});
