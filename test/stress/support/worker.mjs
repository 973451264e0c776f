/** A worker for the tests of workers. The work is told by `workerData`. */
import { parentPort, workerData } from 'node:worker_threads';
import { connectedPair, flood, newPeer, opened, received } from './peers.mjs';

const WORK = {
  /** Sends for ever; whoever has started it ends it. */
  async flood() {
    const { near, far } = await connectedPair();
    const enough = received(far, 50);
    flood(near);
    flood(far);
    await enough;
    parentPort.postMessage('busy');
  },

  /** Sends for ever, and ends itself in the middle of it. */
  async exit() {
    const { near, far } = await connectedPair();
    const enough = received(far, 50);
    flood(near);
    await enough;
    process.exit(3);
  },

  /** Throws in the middle of a transfer. */
  async throw() {
    const { near, far } = await connectedPair();
    flood(near);
    await received(far, 50);
    throw new Error('the exception of this test');
  },

  /** Connects within itself, sends and receives, closes. */
  async pair() {
    for (let i = 0; i < 5; i++) {
      const { one, other, near, far } = await connectedPair();
      const all = received(far, 200);
      for (let message = 0; message < 200; message++) near.send(`message ${message}`);
      await all;
      one.close();
      other.close();
    }
    parentPort.postMessage('done');
  },

  /** Connects to another worker; `workerData.port` leads to it. */
  async between() {
    const { port, offers } = workerData;
    const peer = newPeer();
    const channel = peer.createDataChannel('data', { negotiated: true, id: 0 });
    const candidates = [];
    let described = false;
    peer.onicecandidate = ({ candidate }) => port.postMessage({ candidate: candidate?.toJSON() ?? null });
    port.on('message', async ({ description, candidate }) => {
      if (description) {
        await peer.setRemoteDescription(description);
        if (description.type === 'offer') {
          await peer.setLocalDescription();
          port.postMessage({ description: peer.localDescription.toJSON() });
        }
        described = true;
        for (const waiting of candidates.splice(0)) await peer.addIceCandidate(waiting);
      } else if (described) {
        await peer.addIceCandidate(candidate);
      } else {
        candidates.push(candidate);
      }
    });
    if (offers) {
      await peer.setLocalDescription();
      port.postMessage({ description: peer.localDescription.toJSON() });
    }
    const all = received(channel, 1000);
    await opened(channel);
    for (let message = 0; message < 1000; message++) channel.send(`message ${message}`);
    await all;
    parentPort.postMessage('done');
    // Whoever closes first takes away what the other one still sends.
    await new Promise((resolve) => parentPort.once('message', resolve));
    peer.close();
    port.close();
  },
};

await WORK[workerData.work]();
