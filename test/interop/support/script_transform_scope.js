/**
 * What a worker of encoded transforms does, in Node and in a page alike: changes frames the way `options.change` says, and
 * tells by `options.port` what it has seen.
 */
/* global RTCEncodedVideoFrame */
const CHANGES = {
  /** Turns round all bits but those that payload formats look at. */
  invert(frame) {
    const bytes = new Uint8Array(frame.data);
    for (let i = 10; i < bytes.length; i++) bytes[i] ^= 0xff;
    frame.data = bytes.buffer;
  },
  /** Adds bytes at the end, which no encoder makes. */
  lengthen(frame) {
    const bytes = new Uint8Array(frame.data.byteLength + 4).fill(0xa5);
    bytes.set(new Uint8Array(frame.data));
    frame.data = bytes.buffer;
  },
  /** Takes them off again; a frame without them is none that `lengthen` has made. */
  shorten(frame) {
    const bytes = new Uint8Array(frame.data);
    if (!bytes.subarray(-4).every((byte) => byte === 0xa5)) throw new Error('The frame has not been lengthened');
    frame.data = bytes.slice(0, -4).buffer;
  },
  /** Changes nothing. */
  keep() {},
};

globalThis.onrtctransform = ({ transformer }) => {
  const { change, losesFirst = 0, port } = transformer.options;
  let frames = 0;
  transformer.onkeyframerequest = ({ rid }) => port.postMessage({ keyframerequest: rid });
  const changing = new TransformStream({
    transform(frame, controller) {
      const metadata = frame.getMetadata();
      const size = frame.data.byteLength;
      try {
        CHANGES[change](frame);
      } catch (error) {
        port.postMessage({ error: error.message });
        return;
      }
      if (++frames <= losesFirst) return;
      controller.enqueue(frame);
      if (frames <= losesFirst + 20) {
        const isVideo = typeof RTCEncodedVideoFrame !== 'undefined' && frame instanceof RTCEncodedVideoFrame;
        const { synchronizationSource, payloadType, mimeType } = metadata;
        port.postMessage({ frames, isVideo, size, synchronizationSource, payloadType, mimeType });
      }
    },
  });
  transformer.readable.pipeThrough(changing).pipeTo(transformer.writable);
};
