/** Transforms and forwardings in the order in which nobody would end them. Needs `--expose-gc`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCRtpScriptTransform, forwardEncoded, mediaDevices } from 'node-libwebrtc';
import { assertCollected } from './support/collected.mjs';
import { negotiate, newPeer } from './support/peers.mjs';
import { flowing, sframe, startWorker, transformedPair } from './support/transformed.mjs';

const limit = { timeout: 120_000 };

test('closed connections go, with the transforms of their senders and receivers', limit, () =>
  assertCollected(async () => {
    const { worker, stop, ...objects } = await transformedPair();
    objects.one.close();
    objects.other.close();
    stop();
    await worker.terminate();
    return objects;
  }),
);

test('they go too when the worker stays', limit, async () => {
  const worker = startWorker();
  await assertCollected(async () => {
    const { worker: _, stop: __, ...objects } = await transformedPair(worker);
    objects.other.close();
    objects.one.close();
    return objects;
  });
  await worker.terminate();
});

test('replaced transforms go, whatever they replace', limit, async () => {
  const pair = await transformedPair();
  const script = () => new RTCRtpScriptTransform(pair.worker, { mode: 'pass' });
  await assertCollected(async () => {
    const former = [];
    for (let round = 0; round < 3; round++) {
      for (const [side, make] of [
        ['video', script],
        ['video', script],
        ['seen', script],
        ['audio', sframe],
        ['heard', sframe],
      ]) {
        former.push(pair[side].transform);
        pair[side].transform = await make();
      }
      await flowing(pair.seen);
      await flowing(pair.heard);
    }
    for (const name of ['sending', 'receiving', 'encryption', 'decryption']) delete pair[name];
    return former;
  });
  // With none at all frames pass as they are.
  pair.video.transform = null;
  pair.seen.transform = null;
  await flowing(pair.seen);
  pair.one.close();
  pair.other.close();
  pair.stop();
});

test('workers that end at any moment stop their frames, and nothing else', limit, async () => {
  const pair = await transformedPair();
  await pair.worker.terminate();
  for (let round = 0; round < 6; round++) {
    const worker = startWorker();
    pair.video.transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
    pair.seen.transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
    // Before the worker has loaded anything, while it does, and in the middle of frames.
    if (round % 3 === 1) await new Promise((resolve) => worker.once('online', resolve));
    if (round % 3 === 2) await flowing(pair.seen);
    await worker.terminate();
    await flowing(pair.heard);
  }
  pair.video.transform = null;
  pair.seen.transform = null;
  await flowing(pair.seen);
  pair.one.close();
  pair.other.close();
  pair.stop();
});

/** A publisher, a server that forwards, a viewer. */
async function forwardingChain() {
  const [publisher, incoming, outgoing, viewer] = [newPeer(), newPeer(), newPeer(), newPeer()];
  const source = await mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 30 } });
  const [track] = source.getTracks();
  publisher.addTrack(track, source);
  await negotiate(publisher, incoming);
  outgoing.addTransceiver('video', { direction: 'sendonly' });
  await negotiate(outgoing, viewer);
  const [receiver] = incoming.getReceivers();
  const [sender] = outgoing.getSenders();
  const [seen] = viewer.getReceivers();
  return { publisher, incoming, outgoing, viewer, track, receiver, sender, seen };
}

for (const [name, end] of Object.entries({
  'the publisher first': ({ publisher, incoming, outgoing, viewer }) => [publisher, incoming, outgoing, viewer],
  'the viewer first': ({ publisher, incoming, outgoing, viewer }) => [viewer, outgoing, incoming, publisher],
  'the server first': ({ publisher, incoming, outgoing, viewer }) => [outgoing, incoming, publisher, viewer],
})) {
  test(`forwardings go when their connections are closed, ${name}`, limit, () =>
    assertCollected(async () => {
      const chain = await forwardingChain();
      const forwarding = forwardEncoded(chain.receiver, chain.sender);
      await flowing(chain.seen);
      for (const connection of end(chain)) connection.close();
      assert.match(await forwarding.ended, /^(receiver|sender)-ended$/);
      chain.track.stop();
      return { ...chain, forwarding };
    }),
  );
}

test('a forwarding that nobody refers to goes on, through a transform on either side', limit, async () => {
  const chain = await forwardingChain();
  const worker = startWorker();
  chain.receiver.transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
  chain.sender.transform = new RTCRtpScriptTransform(worker, { mode: 'pass' });
  forwardEncoded(chain.receiver, chain.sender);
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await flowing(chain.seen);
  }
  // The worker ends under it, and another takes its place.
  await worker.terminate();
  chain.receiver.transform = null;
  const another = startWorker();
  chain.sender.transform = new RTCRtpScriptTransform(another, { mode: 'pass' });
  await flowing(chain.seen);
  for (const connection of [chain.publisher, chain.incoming, chain.outgoing, chain.viewer]) connection.close();
  chain.track.stop();
  await another.terminate();
});
