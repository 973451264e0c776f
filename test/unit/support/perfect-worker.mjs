// The other end of perfect negotiation: a thread of its own, so that both ends really act at the same time.
import { parentPort, workerData } from 'node:worker_threads';
import { makePerfectPeer, summary } from './perfect_peer.mjs';

const { pc, seen, receive } = makePerfectPeer({
  polite: workerData.polite,
  send: (message) => parentPort.postMessage(message),
  fail: ({ name, message }) => parentPort.postMessage({ failure: `${name}: ${message}` }),
  changed: () => parentPort.postMessage({ summary: summary(pc), seen }),
});

parentPort.on('message', (message) => {
  if (message.add !== undefined) pc.addTransceiver(message.add);
  else if (message.restart === true) pc.restartIce();
  else receive(message);
});
