/** The worker of the page: encrypts what the page sends, and decrypts what it gets, frame by frame. */
import { Sframe } from '/sframe.mjs';

const sframe = new Sframe();

self.onmessage = async ({ data: { baseKey, id, encrypts } }) => {
  await sframe.setKey(baseKey, id, encrypts);
  postMessage('set');
};

self.onrtctransform = ({ transformer: { readable, writable, options } }) => {
  const transform = async (frame, controller) => {
    const data = await sframe[options.does](frame.data);
    // What cannot be decrypted is left out.
    if (data === null) return;
    frame.data = data;
    controller.enqueue(frame);
  };
  readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable);
};
