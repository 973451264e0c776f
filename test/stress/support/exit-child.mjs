/** Brings connections into a state (first argument), then ends the process in some way (second argument). */
import { connectedPair, flood, negotiate, newPeer, received } from './peers.mjs';
import { recordingPair } from './recorded.mjs';
import { transformedPair } from './transformed.mjs';

const STATES = {
  async new() {
    return [newPeer()];
  },
  async 'have-local-offer'() {
    const peer = newPeer();
    peer.createDataChannel('data');
    const gathered = new Promise((resolve) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && resolve();
    });
    await peer.setLocalDescription();
    await gathered;
    return [peer];
  },
  async gathering() {
    const peer = newPeer();
    peer.createDataChannel('data');
    const gathering = new Promise((resolve) => (peer.onicegatheringstatechange = resolve));
    await peer.setLocalDescription();
    await gathering;
    return [peer];
  },
  async connecting() {
    const [one, other] = [newPeer(), newPeer()];
    one.createDataChannel('data');
    const connecting = new Promise((resolve) => (one.onconnectionstatechange = resolve));
    await negotiate(one, other);
    await connecting;
    return [one, other];
  },
  async connected() {
    const { one, other } = await connectedPair();
    return [one, other];
  },
  async 'mid-transfer'() {
    const { one, other, near, far } = await connectedPair();
    const enough = Promise.all([received(near, 50), received(far, 50)]);
    flood(near);
    flood(far);
    await enough;
    return [one, other];
  },
  async recording() {
    const { one, other, stop } = await recordingPair();
    return Object.assign([one, other], { stop });
  },
  async transforming() {
    const { one, other, stop } = await transformedPair();
    return Object.assign([one, other], { stop });
  },
  async closing() {
    const { one, other, near } = await connectedPair();
    near.send(new Uint8Array(200_000));
    near.close();
    return [one, other];
  },
  async closed() {
    const { one, other, near, far } = await connectedPair();
    flood(near);
    await received(far, 10);
    one.close();
    other.close();
    return [one, other];
  },
};

const [state, way] = process.argv.slice(2);
const peers = await STATES[state]();

switch (way) {
  case 'natural end':
    // What is active holds the process, unless it is told not to.
    peers.stop?.();
    if (state !== 'new' && state !== 'closed') for (const peer of peers) peer.unref();
    break;
  case 'process.exit()':
    process.exit(7);
    break;
  case 'uncaught exception':
    setImmediate(() => {
      const exception = new Error('the exception of this test');
      exception.stack = exception.message;
      throw exception;
    });
    break;
  case 'SIGTERM':
    setInterval(() => {}, 1000);
    console.log('ready');
    break;
}
