/** ICE restarts, in both roles and from both sides, while data flows. */
/* global peer */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { NodeSide, connect, negotiate, startBrowser } from './support/sides.mjs';
import { inbox, nextEvent, opened } from './support/wait.mjs';

let chromium;
before(async () => (chromium = await startBrowser()));
after(() => chromium?.close());

const ufrags = (sdp) => new Set(Array.from(sdp.matchAll(/^a=ice-ufrag:(.*)$/gm), (match) => match[1].trim()));

/**
 * Sends a message as soon as the one before has come back, in order, until told to stop. The controlled side changes
 * to a new pair when data comes in over it.
 */
function keepTalking(channel) {
  const received = inbox(channel);
  let stop = false;
  const done = (async () => {
    for (let index = 0; !stop; index++) {
      channel.send(`message ${index}`);
      assert.deepEqual(await received.take(1), [`message ${index}`]);
    }
  })();
  done.catch(() => {}); // It is awaited at the end.
  return async () => {
    stop = true;
    await done;
  };
}

for (const nodeOffers of [true, false]) {
  for (const nodeRestarts of [true, false]) {
    test(`${nodeOffers ? 'Node' : 'Chromium'} has offered, ${nodeRestarts ? 'Node' : 'Chromium'} restarts`, async (t) => {
      const node = new NodeSide();
      const page = await chromium.peer();
      t.after(async () => {
        node.close();
        await page.close();
      });
      const channel = node.pc.createDataChannel('data', { negotiated: true, id: 1 });
      await page.evaluate(() => peer.open('data', { negotiated: true, id: 1 }));
      await (nodeOffers ? connect(node, page) : connect(page, node));
      await opened(channel);
      await page.evaluate(() => peer.echo('data'));
      const ice = node.pc.sctp.transport.iceTransport;
      const before = ufrags(node.pc.localDescription.sdp);
      const remoteBefore = ice.getRemoteParameters().usernameFragment;
      let lost = 0;
      channel.addEventListener('close', () => lost++);
      const stopTalking = keepTalking(channel);

      const newPair = nextEvent(ice, 'selectedcandidatepairchange', 'Node to select a pair of the new generation');
      if (nodeRestarts) {
        const needed = nextEvent(node.pc, 'negotiationneeded');
        node.pc.restartIce();
        await needed;
        await negotiate(node, page);
      } else {
        await page.evaluate(() => peer.pc.restartIce());
        await negotiate(page, node);
      }
      await newPair;
      await stopTalking();

      const after = ufrags(node.pc.localDescription.sdp);
      assert.equal([...after].filter((ufrag) => before.has(ufrag)).length, 0, 'the local ufrag is a new one');
      assert.notEqual(ice.getRemoteParameters().usernameFragment, remoteBefore);
      assert.ok(after.has(ice.getLocalParameters().usernameFragment));
      assert.equal(node.pc.connectionState, 'connected');
      assert.equal(lost, 0);
    });
  }
}

test('createOffer with iceRestart', async (t) => {
  const node = new NodeSide();
  const page = await chromium.peer();
  t.after(async () => {
    node.close();
    await page.close();
  });
  const channel = node.pc.createDataChannel('data');
  await connect(node, page);
  await opened(channel);
  await page.evaluate(() => peer.echo('data'));
  const before = ufrags(node.pc.localDescription.sdp);
  const ice = node.pc.sctp.transport.iceTransport;
  const newPair = nextEvent(ice, 'selectedcandidatepairchange', 'Node to select a pair of the new generation');
  const stopTalking = keepTalking(channel);
  await negotiate(node, page, { iceRestart: true });
  assert.notDeepEqual(ufrags(node.pc.localDescription.sdp), before);
  await newPair;
  await stopTalking();
});
