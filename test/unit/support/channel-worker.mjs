// Tells the main thread what becomes of a channel, and does with it what it is told.
import { parentPort, threadId } from 'node:worker_threads';
import 'node-libwebrtc/polyfill';

let channel;
parentPort.on('message', (message) => {
  if (message.channel !== undefined) {
    channel = message.channel;
    const { label, ordered, negotiated, protocol, readyState } = channel;
    parentPort.postMessage({ got: { label, ordered, negotiated, protocol, readyState } });
    channel.binaryType = 'arraybuffer';
    for (const type of ['open', 'closing', 'close', 'error']) {
      channel.addEventListener(type, () => parentPort.postMessage({ event: type, state: channel.readyState }));
    }
    channel.onmessage = ({ data }) => {
      if (data === 'who?') channel.send(`thread ${threadId}`);
      else if (typeof data !== 'string') channel.send(data);
      else parentPort.postMessage({ data });
    };
  }
  if (message.send !== undefined) {
    try {
      channel.send(message.send);
      parentPort.postMessage({ sent: channel.bufferedAmount });
    } catch ({ name }) {
      parentPort.postMessage({ failed: name });
    }
  }
  if (message.move === true) {
    try {
      parentPort.postMessage({ channel }, [channel]);
    } catch ({ name }) {
      parentPort.postMessage({ failed: name });
    }
  }
  if (message.close === true) channel.close();
  if (message.certificate !== undefined) {
    const { certificate } = message;
    parentPort.postMessage({ fingerprints: certificate.getFingerprints(), expires: certificate.expires, certificate });
  }
  if (message.end === true) process.exit();
});
parentPort.postMessage('ready');
