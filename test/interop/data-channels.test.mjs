/** Data channels between Node and Chromium, in both roles. */
/* global peer */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { NodeSide, connect, startBrowser } from './support/sides.mjs';
import { inbox, nextEvent, opened, room, until, within } from './support/wait.mjs';

let chromium;
before(async () => (chromium = await startBrowser()));
after(() => chromium?.close());

/** The attributes that both ends of a channel must agree on. */
const facts = ({ label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id }) => ({
  ...{ label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id },
});

/** `channels` are opened in-band by Node, before the connection is made. */
async function pair(t, nodeOffers, channels = {}) {
  const node = new NodeSide();
  const page = await chromium.peer();
  t.after(async () => {
    node.close();
    await page.close();
  });
  const opening = Object.entries(channels).map(([label, init]) => [label, node.pc.createDataChannel(label, init)]);
  if (!nodeOffers) await page.evaluate(() => peer.open('first', { negotiated: true, id: 1000 }));
  else if (opening.length === 0) node.pc.createDataChannel('first', { negotiated: true, id: 1000 });
  await (nodeOffers ? connect(node, page) : connect(page, node));
  return { node, page, channels: Object.fromEntries(opening) };
}

for (const nodeOffers of [true, false]) {
  describe(nodeOffers ? 'Node offers, Chromium answers' : 'Chromium offers, Node answers', () => {
    const INITS = {
      'all defaults': {},
      unordered: { ordered: false },
      'with a life time': { maxPacketLifeTime: 1500 },
      'with retransmits': { maxRetransmits: 3 },
      'without retransmits, unordered': { ordered: false, maxRetransmits: 0 },
      'with a protocol': { protocol: 'chat.example' },
      'with an id': { id: 500 },
      'with a high priority': { priority: 'high' },
      '': { protocol: '' },
      'Zoë 日本語 🙂\u0000\n"': { protocol: 'π' },
      ['x'.repeat(65535)]: {},
    };

    test('options of channels that Node opens', async (t) => {
      const { page, channels } = await pair(t, nodeOffers, INITS);
      for (const [label, channel] of Object.entries(channels)) {
        await opened(channel);
        const there = await page.evaluate(async (label) => {
          const channel = await peer.opened(label);
          const { ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id } = channel;
          return { label: channel.label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id };
        }, label);
        assert.deepEqual(facts(channel), there, label.slice(0, 40));
        assert.equal(channel.ordered, INITS[label].ordered ?? true);
        assert.equal(channel.maxPacketLifeTime, INITS[label].maxPacketLifeTime ?? null);
        assert.equal(channel.maxRetransmits, INITS[label].maxRetransmits ?? null);
      }
      const ids = Object.values(channels).map((channel) => channel.id);
      assert.equal(new Set(ids).size, ids.length, 'every id is used once');
      assert.ok(!ids.includes(500), 'an id is only for negotiated channels');
    });

    test('options of channels that Chromium opens', async (t) => {
      const { node, page } = await pair(t, nodeOffers);
      for (const [label, init] of Object.entries(INITS)) {
        const arrival = nextEvent(node.pc, 'datachannel', `channel "${label.slice(0, 40)}" to arrive at Node`);
        await page.evaluate(([label, init]) => peer.open(label, init), [label, init]);
        const { channel } = await arrival;
        assert.equal(channel.readyState, 'open');
        const there = await page.evaluate(async (label) => {
          const channel = await peer.opened(label);
          const { ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id } = channel;
          return { label: channel.label, ordered, maxPacketLifeTime, maxRetransmits, protocol, negotiated, id };
        }, label);
        assert.deepEqual(facts(channel), there, label.slice(0, 40));
        assert.equal(channel.label, label);
      }
    });

    test('negotiated channels', async (t) => {
      const { node, page } = await pair(t, nodeOffers);
      let announced = 0;
      node.pc.ondatachannel = () => announced++;
      const init = { negotiated: true, id: 42, ordered: false, protocol: 'agreed' };
      const channel = node.pc.createDataChannel('here', init);
      await page.evaluate((init) => peer.open('there', init), init);
      await opened(channel);
      await page.evaluate(() => peer.echo('there'));
      const received = inbox(channel);
      channel.send('over and back');
      assert.deepEqual(await received.take(1), ['over and back']);
      assert.equal(announced, 0);
      assert.equal(channel.id, 42);
    });

    test('every kind of message comes back as it was sent', async (t) => {
      const { page, channels } = await pair(t, nodeOffers, { echo: {} });
      const channel = channels.echo;
      channel.binaryType = 'arraybuffer';
      await opened(channel);
      await page.evaluate(() => peer.echo('echo'));
      const received = inbox(channel);

      const bytes = new Uint8Array(randomBytes(1000));
      const sent = [
        '',
        'plain',
        'Zoë 日本語 🙂 \u0000 end',
        'lone surrogate \ud800 here',
        new ArrayBuffer(0),
        bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
        bytes.subarray(7, 99),
        new Uint8Array(0),
        new DataView(bytes.buffer, bytes.byteOffset + 8, 16),
        new Float64Array([1.5, -0, NaN]),
        Buffer.from('a buffer of Node'),
        new Blob([]),
        new Blob(['a ', 'blob ', bytes]),
        'text after a blob',
      ];
      for (const data of sent) channel.send(data);
      const back = await received.take(sent.length);

      for (const [index, data] of sent.entries()) {
        if (typeof data === 'string') {
          assert.equal(back[index], data.toWellFormed?.() ?? data.replace(/\ud800/, '\ufffd'));
          continue;
        }
        const plain =
          data instanceof Blob
            ? Buffer.from(await data.arrayBuffer())
            : Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
        assert.ok(back[index] instanceof ArrayBuffer, `message ${index} is an ArrayBuffer`);
        assert.deepEqual(Buffer.from(back[index]), plain, `message ${index}`);
      }
    });

    test('binaryType "blob"', async (t) => {
      const { page, channels } = await pair(t, nodeOffers, { echo: {} });
      const channel = channels.echo;
      channel.binaryType = 'blob';
      await opened(channel);
      await page.evaluate(() => peer.echo('echo'));
      const received = inbox(channel);
      channel.send(Uint8Array.of(1, 2, 3));
      channel.send('text');
      const [blob, text] = await received.take(2);
      assert.ok(blob instanceof Blob);
      assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), Uint8Array.of(1, 2, 3));
      assert.equal(text, 'text');
    });

    test('messages as large as the other side takes', async (t) => {
      const { node, page, channels } = await pair(t, nodeOffers, { echo: {} });
      const channel = channels.echo;
      channel.binaryType = 'arraybuffer';
      await opened(channel);
      await page.evaluate(() => peer.echo('echo'));
      const received = inbox(channel);
      const limit = node.pc.sctp.maxMessageSize;
      assert.ok(limit >= 65536, `the limit is ${limit}`);
      assert.ok((await page.evaluate(() => peer.pc.sctp.maxMessageSize)) >= limit);

      const largest = randomBytes(limit);
      channel.send(largest);
      channel.send('t'.repeat(limit));
      const [bytes, text] = await received.take(2);
      assert.ok(largest.equals(Buffer.from(bytes)));
      assert.equal(text, 't'.repeat(limit));

      assert.throws(() => channel.send(Buffer.alloc(limit + 1)), TypeError);
      assert.throws(() => channel.send('t'.repeat(limit + 1)), TypeError);
      assert.throws(() => channel.send(new Blob([Buffer.alloc(limit + 1)])), TypeError);
      channel.send('still there');
      assert.deepEqual(await received.take(1), ['still there']);
    });

    test('20,000 messages each way at once, in order', async (t) => {
      const COUNT = 20_000;
      const { page, channels } = await pair(t, nodeOffers, { many: {} });
      const channel = channels.many;
      await opened(channel);
      const received = inbox(channel);
      const there = page.evaluate(async (count) => {
        const channel = await peer.opened('many');
        for (let i = 0; i < count; i++) {
          await peer.room(channel);
          channel.send(`from Chromium ${i}`);
        }
        const messages = await peer.take('many', count);
        return messages.findIndex((message, i) => message !== `from Node ${i}`);
      }, COUNT);
      for (let i = 0; i < COUNT; i++) {
        await room(channel);
        channel.send(`from Node ${i}`);
      }
      const messages = await received.take(COUNT);
      assert.equal(
        messages.findIndex((message, i) => message !== `from Chromium ${i}`),
        -1,
      );
      assert.equal(await there, -1);
    });

    test('unreliable messages come once, and what comes is whole', async (t) => {
      const COUNT = 2000;
      const { page, channels } = await pair(t, nodeOffers, {
        lossy: { ordered: false, maxRetransmits: 0 },
        reliable: {},
      });
      await opened(channels.lossy);
      await opened(channels.reliable);
      const received = inbox(channels.lossy);
      const done = inbox(channels.reliable);
      const there = page.evaluate(async (count) => {
        const lossy = await peer.opened('lossy');
        const reliable = await peer.opened('reliable');
        for (let i = 0; i < count; i++) {
          await peer.room(lossy);
          lossy.send(`${i}`);
        }
        reliable.send('done');
        await peer.take('reliable', 1);
        return lossy.inbox;
      }, COUNT);
      for (let i = 0; i < COUNT; i++) {
        await room(channels.lossy);
        channels.lossy.send(`${i}`);
      }
      channels.reliable.send('done');
      await done.take(1);
      for (const messages of [received.messages, await there]) {
        assert.ok(messages.length > 0 && messages.length <= COUNT, `${messages.length} have come`);
        assert.equal(new Set(messages).size, messages.length, 'none has come twice');
        assert.ok(messages.every((message) => Number(message) < COUNT && message === String(Number(message))));
      }
    });

    test('16 MiB each way at once, with the right SHA-256', async (t) => {
      const SIZE = 16 * 1024 * 1024;
      const CHUNK = 60_000;
      const { page, channels } = await pair(t, nodeOffers, { file: {} });
      const channel = channels.file;
      channel.binaryType = 'arraybuffer';
      await opened(channel);
      const received = inbox(channel);
      const count = Math.ceil(SIZE / CHUNK);
      const there = page.evaluate(
        async ([size, chunk, count]) => {
          const channel = await peer.opened('file');
          const bytes = new Uint8Array(size);
          for (let i = 0; i < size; i += 65536) crypto.getRandomValues(bytes.subarray(i, i + 65536));
          for (let i = 0; i < size; i += chunk) {
            await peer.room(channel);
            channel.send(bytes.subarray(i, i + chunk));
          }
          const parts = await peer.take('file', count);
          return {
            sent: await peer.sha256(bytes),
            received: await peer.sha256(await new Blob(parts).arrayBuffer()),
          };
        },
        [SIZE, CHUNK, count],
      );
      const bytes = randomBytes(SIZE);
      for (let i = 0; i < SIZE; i += CHUNK) {
        await room(channel);
        channel.send(bytes.subarray(i, i + CHUNK));
      }
      const hash = createHash('sha256');
      for (const part of await received.take(count)) hash.update(new Uint8Array(part));
      const digests = await there;
      assert.equal(hash.digest('hex'), digests.sent);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), digests.received);
    });

    test('bufferedAmount grows with each send and falls to nothing', async (t) => {
      const { page, channels } = await pair(t, nodeOffers, { amount: {} });
      const channel = channels.amount;
      await opened(channel);
      channel.bufferedAmountLowThreshold = 10_000;
      const low = nextEvent(channel, 'bufferedamountlow');
      for (let i = 1; i <= 10; i++) {
        channel.send(Buffer.alloc(10_000));
        assert.equal(channel.bufferedAmount, i * 10_000);
      }
      channel.send('ä');
      assert.equal(channel.bufferedAmount, 100_002);
      await low;
      assert.ok(channel.bufferedAmount <= 10_000);
      await page.evaluate(() => peer.take('amount', 11));
      channel.bufferedAmountLowThreshold = 0;
      if (channel.bufferedAmount > 0) await nextEvent(channel, 'bufferedamountlow');
      assert.equal(channel.bufferedAmount, 0);
    });

    test('statistics agree', async (t) => {
      const { node, page, channels } = await pair(t, nodeOffers, { counted: {} });
      const channel = channels.counted;
      await opened(channel);
      await page.evaluate(() => peer.echo('counted'));
      const received = inbox(channel);
      for (let i = 0; i < 100; i++) channel.send('x'.repeat(i));
      await received.take(100);

      const here = [...(await within(node.pc.getStats(), 'getStats')).values()];
      const there = await page.evaluate(async () => [...(await peer.pc.getStats()).values()]);
      const find = (stats, type, test = () => true) => stats.find((entry) => entry.type === type && test(entry));
      const ours = find(here, 'data-channel', ({ label }) => label === 'counted');
      const theirs = find(there, 'data-channel', ({ label }) => label === 'counted');
      assert.equal(ours.messagesSent, 100);
      assert.equal(ours.bytesSent, 4950);
      assert.equal(ours.messagesReceived, 100);
      assert.equal(ours.bytesReceived, 4950);
      assert.equal(theirs.messagesReceived, ours.messagesSent);
      assert.equal(theirs.bytesReceived, ours.bytesSent);
      assert.equal(ours.dataChannelIdentifier, theirs.dataChannelIdentifier);
      assert.equal(ours.state, 'open');

      const transport = find(here, 'transport');
      const remote = find(there, 'transport');
      assert.equal(transport.dtlsState, 'connected');
      assert.notEqual(transport.dtlsRole, remote.dtlsRole);
      assert.notEqual(transport.iceRole, remote.iceRole);
      assert.equal(transport.dtlsCipher, remote.dtlsCipher);
      assert.equal(transport.tlsVersion, remote.tlsVersion);
      assert.ok(transport.bytesSent > 0 && transport.bytesReceived > 0);
      const pairStats = here.find(({ id }) => id === transport.selectedCandidatePairId);
      assert.equal(pairStats.state, 'succeeded');
      assert.equal(find(here, 'local-candidate', ({ id }) => id === pairStats.localCandidateId).address, '127.0.0.1');
      assert.equal(find(here, 'peer-connection').dataChannelsOpened >= 1, true);
      const fingerprint = (stats, id) => find(stats, 'certificate', (entry) => entry.id === id).fingerprint;
      assert.equal(fingerprint(here, transport.localCertificateId), fingerprint(there, remote.remoteCertificateId));
    });

    test('transports as the specification has them', async (t) => {
      const { node } = await pair(t, nodeOffers);
      const { sctp } = node.pc;
      await until(sctp, 'statechange', () => sctp.state === 'connected', 'the SCTP transport to be connected');
      assert.ok(sctp.maxChannels >= 1024);
      assert.equal(sctp.transport.state, 'connected');
      assert.ok(sctp.transport.getRemoteCertificates()[0].byteLength > 100);
      const ice = sctp.transport.iceTransport;
      assert.ok(['connected', 'completed'].includes(ice.state));
      assert.equal(ice.role, nodeOffers ? 'controlling' : 'controlled');
      const { local, remote } = ice.getSelectedCandidatePair();
      assert.equal(local.address, '127.0.0.1');
      assert.ok(remote.port > 0);
      assert.ok(ice.getLocalParameters().usernameFragment.length >= 4);
      assert.ok(ice.getRemoteParameters().password.length >= 22);
    });
  });
}
