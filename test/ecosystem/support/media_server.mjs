/**
 * A mediasoup server: one router, whose transports, producers and consumers whoever connects to its WebSocket asks for by
 * JSON.
 */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { mediasoupWorker } from '../../../scripts/setup/mediasoup.mjs';

process.env.MEDIASOUP_WORKER_BIN = mediasoupWorker;
const { createWorker } = await import('mediasoup');

const mediaCodecs = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
];

/** Nothing is slow on loopback: a consumer need not begin with the lowest layer and find out. */
const BITRATE = 10_000_000;

/** What names a thing of the server, and what its client has to know of it. */
const pick = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));

export async function startMediaServer() {
  const worker = await createWorker({ logLevel: 'error' });
  const router = await worker.createRouter({ mediaCodecs });
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  /** All that there is, by its name. */
  const things = new Map();
  const keep = (thing) => {
    things.set(thing.id, thing);
    return thing;
  };

  const methods = {
    routerRtpCapabilities: () => router.rtpCapabilities,
    async createTransport() {
      const transport = await router.createWebRtcTransport({
        listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
        enableSctp: true,
        initialAvailableOutgoingBitrate: BITRATE,
      });
      return pick(keep(transport), 'id', 'iceParameters', 'iceCandidates', 'dtlsParameters', 'sctpParameters');
    },
    connect: ({ transportId, dtlsParameters }) => things.get(transportId).connect({ dtlsParameters }),
    restartIce: ({ transportId }) => things.get(transportId).restartIce(),
    async produce({ transportId, ...options }) {
      return pick(keep(await things.get(transportId).produce(options)), 'id');
    },
    async consume({ transportId, ...options }) {
      const consumer = await things.get(transportId).consume({ ...options, paused: true });
      return pick(keep(consumer), 'id', 'producerId', 'kind', 'rtpParameters');
    },
    resume: ({ consumerId }) => things.get(consumerId).resume(),
    prefer: ({ consumerId, spatialLayer }) => things.get(consumerId).setPreferredLayers({ spatialLayer }),
    statistics: ({ id }) => things.get(id).getStats(),
    async produceData({ transportId, ...options }) {
      return pick(keep(await things.get(transportId).produceData(options)), 'id');
    },
    async consumeData({ transportId, ...options }) {
      const consumer = await things.get(transportId).consumeData(options);
      return pick(keep(consumer), 'id', 'dataProducerId', 'sctpStreamParameters', 'label', 'protocol');
    },
  };

  server.on('connection', (socket) => {
    socket.on('message', async (text) => {
      const { id, method, data } = JSON.parse(text);
      try {
        socket.send(JSON.stringify({ id, data: (await methods[method](data)) ?? null }));
      } catch (error) {
        socket.send(JSON.stringify({ id, error: `${method}: ${error.message}` }));
      }
    });
  });

  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    async close() {
      for (const client of server.clients) client.terminate();
      worker.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
