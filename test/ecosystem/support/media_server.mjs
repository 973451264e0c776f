/**
 * A media server that speaks with mediasoup-client as mediasoup does: transports with ICE-lite and DTLS, producers and
 * consumers of RTP and of messages. Whoever connects to its WebSocket asks it for them by JSON.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  PictureLossIndication,
  RTCDataChannel,
  RTCDataChannelParameters,
  RTCDtlsTransport,
  RTCSctpTransport,
  RtcpPayloadSpecificFeedback,
} from 'werift';
import { WebSocketServer } from 'ws';
import { IceLite } from './ice_lite.mjs';
import { Consumer, Producer, routerRtpCapabilities } from './rtp_forwarding.mjs';

const SCTP = { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 65_536 };
/** AEAD_AES_128_GCM and AES128_CM_HMAC_SHA1_80, by their numbers in DTLS. */
const SRTP_PROFILES = [0x0007, 0x0001];

class Transport {
  id = randomBytes(8).toString('hex');
  producers = new Set();
  consumers = new Map();
  #ice;
  #dtls;
  #sctp = new RTCSctpTransport(SCTP.port, SCTP.maxMessageSize);
  #streams = 0;

  static async create() {
    const transport = new Transport();
    transport.#ice = await IceLite.start();
    const certificate = await RTCDtlsTransport.SetupCertificate();
    transport.#dtls = new RTCDtlsTransport({}, transport.#ice, certificate, SRTP_PROFILES);
    transport.#dtls.role = 'server';
    transport.#sctp.setDtlsTransport(transport.#dtls);
    transport.#dtls.onRtp.subscribe((packet) => {
      for (const producer of transport.producers) if (producer.take(packet)) return;
    });
    transport.#dtls.onRtcp.subscribe((packet) => transport.#feedback(packet));
    return transport;
  }

  get description() {
    const { fingerprints } = this.#dtls.localParameters;
    return {
      id: this.id,
      iceParameters: this.#ice.parameters,
      iceCandidates: this.#ice.candidates,
      dtlsParameters: {
        role: 'auto',
        fingerprints: fingerprints.map(({ algorithm, value }) => ({ algorithm, value })),
      },
      sctpParameters: SCTP,
    };
  }

  connect({ fingerprints }) {
    this.#dtls.setRemoteParams({ role: 'client', fingerprints });
    // It ends when the client, which waits for this answer, has done its part.
    const started = this.#dtls.start().then(() => this.#sctp.start(SCTP.port));
    started.catch((error) => this.#ice.state !== 'closed' && console.error(error));
  }

  restartIce() {
    return this.#ice.restart();
  }

  /** A channel whose number both ends know. */
  channel({ streamId, ...parameters }, { label, protocol }) {
    const id = streamId ?? this.#streams++;
    return new RTCDataChannel(
      this.#sctp,
      new RTCDataChannelParameters({ ...parameters, label, protocol, id, negotiated: true }),
    );
  }

  #feedback(packet) {
    if (!(packet instanceof RtcpPayloadSpecificFeedback && packet.feedback instanceof PictureLossIndication)) return;
    this.consumers.get(packet.feedback.mediaSsrc)?.requestKeyFrame();
  }

  async sendRtp(payload, header) {
    if (this.#dtls.state === 'connected') await this.#dtls.sendRtp(payload, header);
  }

  async sendRtcp(packets) {
    if (this.#dtls.state === 'connected') await this.#dtls.sendRtcp(packets);
  }

  async close() {
    await this.#sctp.stop();
    await this.#dtls.stop();
  }
}

export async function startMediaServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const transports = new Map();
  const producers = new Map();
  const consumers = new Map();
  const dataProducers = new Map();

  const methods = {
    routerRtpCapabilities: () => routerRtpCapabilities,
    async createTransport() {
      const transport = await Transport.create();
      transports.set(transport.id, transport);
      return transport.description;
    },
    connect: ({ transportId, dtlsParameters }) => transports.get(transportId).connect(dtlsParameters),
    restartIce: ({ transportId }) => transports.get(transportId).restartIce(),
    produce({ transportId, kind, rtpParameters }) {
      const transport = transports.get(transportId);
      const producer = new Producer(transport, { kind, rtpParameters });
      transport.producers.add(producer);
      producers.set(producer.id, producer);
      return { id: producer.id };
    },
    consume({ transportId, producerId, layer }) {
      const transport = transports.get(transportId);
      const consumer = new Consumer(transport, producers.get(producerId), layer);
      transport.consumers.set(consumer.ssrc, consumer);
      consumers.set(consumer.id, consumer);
      return consumer.description;
    },
    resume: ({ consumerId }) => consumers.get(consumerId).resume(),
    prefer: ({ consumerId, layer }) => consumers.get(consumerId).prefer(layer),
    produceData({ transportId, sctpStreamParameters, label, protocol }) {
      const channel = transports.get(transportId).channel(sctpStreamParameters, { label, protocol });
      const producer = { id: randomBytes(8).toString('hex'), label, protocol, consumers: [] };
      channel.onMessage.subscribe((message) => producer.consumers.forEach((consumer) => consumer.send(message)));
      dataProducers.set(producer.id, producer);
      return { id: producer.id };
    },
    consumeData({ transportId, dataProducerId }) {
      const producer = dataProducers.get(dataProducerId);
      const { label, protocol } = producer;
      const channel = transports.get(transportId).channel({ ordered: true }, { label, protocol });
      producer.consumers.push(channel);
      const id = randomBytes(8).toString('hex');
      return { id, dataProducerId, label, protocol, sctpStreamParameters: { streamId: channel.id, ordered: true } };
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
      await Promise.all([...transports.values()].map((transport) => transport.close()));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
