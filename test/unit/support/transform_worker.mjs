// A worker of transforms, written as for a browser: what it does with frames, `transformer.options.mode` says.
import 'node-libwebrtc/polyfill';
import { setTimeout as wait } from 'node:timers/promises';

const modes = {
  /** Hands on frames as they are. */
  async pass({ readable, writable }) {
    await readable.pipeTo(writable);
  },
  /** Turns all bits round but those that packetization looks at. */
  async invert({ readable, writable }) {
    const invert = new TransformStream({
      transform(frame, controller) {
        const bytes = new Uint8Array(frame.data);
        for (let i = 10; i < bytes.length; i++) bytes[i] ^= 0xff;
        controller.enqueue(frame);
      },
    });
    await readable.pipeThrough(invert).pipeTo(writable);
  },
  /** Tells what it sees. */
  async report({ readable, writable, options: { port } }) {
    const writer = writable.getWriter();
    for await (const frame of readable) {
      const { byteLength } = frame.data;
      const before = { name: frame.constructor.name, type: frame.type, byteLength, metadata: frame.getMetadata() };
      await writer.write(frame);
      port.postMessage({ ...before, after: frame.data.byteLength, afterMetadata: frame.getMetadata() });
    }
    port.postMessage('done');
  },
  /** Does what it is told. */
  async obey(transformer) {
    const { port } = transformer.options;
    port.onmessage = async ({ data: { method, argument } }) => {
      try {
        port.postMessage({ value: await transformer[method](argument) });
      } catch ({ name }) {
        port.postMessage({ error: name });
      }
    };
    await transformer.readable.pipeTo(transformer.writable);
  },
  /** Hands on frames, and tells what the peer asks for. */
  async hear(transformer) {
    const { port } = transformer.options;
    transformer.onkeyframerequest = ({ constructor, rid, cancelable }) =>
      port.postMessage({ name: constructor.name, rid, cancelable });
    await transformer.readable.pipeTo(transformer.writable);
  },
  /** Reads nothing until it is told to, and then counts. */
  async sleep(transformer) {
    const { port } = transformer.options;
    await new Promise((resolve) => (port.onmessage = resolve));
    const reader = transformer.readable.getReader();
    let waiting = 0;
    while (await Promise.race([reader.read(), wait(0)])) waiting++;
    port.postMessage({ waiting, dropped: transformer.droppedFrames });
    port.close();
  },
};

globalThis.onrtctransform = ({ transformer }) => {
  modes[transformer.options.mode](transformer);
};
