/** What can no longer fire an event is collected, and nothing else is. Needs `--expose-gc`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCIceTransport } from 'node-libwebrtc';
import { assertCollected, collect } from './support/collected.mjs';
import { connectedPair, flood, negotiate, newPeer, opened, received } from './support/peers.mjs';

test('the test can collect at all', async () => {
  assert.ok(globalThis.gc, 'run this with --expose-gc');
  await assertCollected(async () => ({ object: {} }));
});

test('new connections go', () =>
  assertCollected(async () => {
    const peer = newPeer();
    peer.onnegotiationneeded = () => peer.restartIce();
    return { peer };
  }));

test('new connections with channels go', () =>
  assertCollected(async () => {
    const peer = newPeer();
    const channel = peer.createDataChannel('data');
    channel.onopen = () => peer.close();
    return { peer, channel };
  }));

test('transports of ICE without a connection go: new ones, those that have gathered, stopped ones', () =>
  assertCollected(async () => {
    const options = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };
    const objects = { fresh: new RTCIceTransport(), gathered: new RTCIceTransport(), stopped: new RTCIceTransport() };
    const { gathered, stopped } = objects;
    stopped.gather(options);
    stopped.start(gathered.getLocalParameters(), 'controlling');
    stopped.onicecandidate = stopped.onstatechange = () => stopped.stop();
    const complete = new Promise((resolve) => (gathered.ongatheringstatechange = resolve));
    gathered.gather(options);
    await complete;
    stopped.stop();
    return objects;
  }));

test('closed connections go, with all that belongs to them', () =>
  assertCollected(async () => {
    const { one, other, near, far } = await connectedPair();
    near.onmessage = far.onmessage = () => one.close();
    const objects = {
      ...{ one, other, near, far },
      sctp: one.sctp,
      dtls: one.sctp.transport,
      ice: one.sctp.transport.iceTransport,
    };
    one.close();
    other.close();
    return objects;
  }));

test('connections closed in the middle of a transfer go', () =>
  assertCollected(async () => {
    const { one, other, near, far } = await connectedPair();
    flood(near);
    await received(far, 20);
    other.close();
    one.close();
    return { one, other, near, far };
  }));

test('connections closed while negotiating go', () =>
  assertCollected(async () => {
    const [one, other] = [newPeer(), newPeer()];
    one.createDataChannel('data');
    void negotiate(one, other).catch(() => {});
    await Promise.resolve();
    one.close();
    other.close();
    return { one, other };
  }));

test('closed channels of a connection that stays go', async () => {
  const { one, other, near, far } = await connectedPair();
  await assertCollected(async () => {
    const channel = one.createDataChannel('short');
    const there = new Promise((resolve) => (other.ondatachannel = (event) => resolve(event.channel)));
    await opened(channel);
    const remote = await there;
    other.ondatachannel = null;
    const closed = Promise.all(
      [channel, remote].map((end) => new Promise((resolve) => end.addEventListener('close', resolve))),
    );
    channel.close();
    await closed;
    return { channel, remote };
  });
  near.send('still open');
  await received(far, 1);
  one.close();
  other.close();
});

test('an open channel that nobody refers to still gets its messages', async () => {
  let send;
  const message = new Promise((resolve) => {
    void (async () => {
      const { one, other, near, far } = await connectedPair();
      far.onmessage = ({ data }) => {
        resolve(data);
        one.close();
        other.close();
      };
      // Only this function refers to anything, and only to the near end.
      send = (data) => near.send(data);
    })();
  });
  await collect(() => send !== undefined);
  await collect(() => false, 30);
  send('are you there?');
  assert.equal(await message, 'are you there?');
});

test('a connection that nobody refers to still fires its events', async () => {
  const events = await new Promise((resolve) => {
    void (async () => {
      const { one, other } = await connectedPair();
      const seen = [];
      one.ondatachannel = ({ channel }) => {
        seen.push('datachannel');
        channel.onopen = () => seen.push('open');
        channel.onmessage = ({ data }) => seen.push(data);
        channel.onclose = () => {
          one.close();
          resolve(seen);
        };
      };
      const channel = other.createDataChannel('late');
      channel.onopen = () => {
        channel.send('message');
        channel.close();
        channel.onclose = () => other.close();
      };
    })();
    void collect(() => false, 50);
  });
  assert.deepEqual(events, ['datachannel', 'open', 'message']);
});
