/** A peer of the media server, by mediasoup-client: the same here and in a page. */
import { Device } from 'mediasoup-client';

/** Requests over a WebSocket, each with its answer. */
async function connect(url) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no server at ${url}`));
  });
  const waiting = new Map();
  let requests = 0;
  socket.onmessage = (event) => {
    const { id, data, error } = JSON.parse(event.data);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(data);
    else reject(new Error(error));
  };
  const request = (method, data = {}) =>
    new Promise((resolve, reject) => {
      const id = requests++;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, data }));
    });
  return { request, close: () => socket.close() };
}

/** @param additionalSettings what the connections are made with, beside what the library says */
export async function joinRoom(url, additionalSettings = {}) {
  const { request, close } = await connect(url);
  const device = await Device.factory({ handlerName: 'Chrome111' });
  await device.load({ routerRtpCapabilities: await request('routerRtpCapabilities') });

  const transport = async (create) => {
    const made = device[create]({ ...(await request('createTransport')), additionalSettings });
    const transportId = made.id;
    const answered = (method, data, callback, errback) =>
      request(method, { transportId, ...data }).then(callback, errback);
    made.on('connect', (data, callback, errback) => answered('connect', data, callback, errback));
    made.on('produce', (data, callback, errback) => answered('produce', data, callback, errback));
    made.on('producedata', (data, callback, errback) => answered('produceData', data, callback, errback));
    return made;
  };
  const [sending, receiving] = [await transport('createSendTransport'), await transport('createRecvTransport')];

  return {
    device,
    sending,
    receiving,
    request,
    produce: (options) => sending.produce({ stopTracks: false, ...options }),
    /** @param preferredLayers with simulcast: where it begins */
    async consume(producerId, preferredLayers) {
      const { recvRtpCapabilities: rtpCapabilities } = device;
      const consumer = await receiving.consume(
        await request('consume', { transportId: receiving.id, producerId, rtpCapabilities, preferredLayers }),
      );
      await request('resume', { consumerId: consumer.id });
      return consumer;
    },
    produceData: (options) => sending.produceData(options),
    async consumeData(dataProducerId) {
      const consumer = await receiving.consumeData(
        await request('consumeData', { transportId: receiving.id, dataProducerId }),
      );
      if (consumer.readyState !== 'open') await new Promise((resolve) => consumer.on('open', resolve));
      return consumer;
    },
    leave() {
      sending.close();
      receiving.close();
      close();
    },
  };
}
