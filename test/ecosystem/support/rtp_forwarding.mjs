/**
 * A media server's producers and consumers: RTP packets of one peer handed on to others, with identifiers of the
 * server's own, without looking into them further than to where pictures begin. With simulcast each consumer gets one
 * layer, and another when it asks for it, from that one's next key frame on.
 */
import { randomBytes } from 'node:crypto';
import { PictureLossIndication, RtcpPayloadSpecificFeedback, RtpHeader } from 'werift';

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

/** What the server takes and gives, as mediasoup describes it. */
export const routerRtpCapabilities = {
  codecs: [
    {
      ...{ kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 },
      ...{ parameters: {}, rtcpFeedback: [] },
    },
    {
      ...{ kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 101, clockRate: 90_000, parameters: {} },
      rtcpFeedback: [{ type: 'nack', parameter: 'pli' }],
    },
  ],
  headerExtensions: [
    { kind: 'audio', uri: MID, preferredId: 1, preferredEncrypt: false, direction: 'sendrecv' },
    { kind: 'video', uri: MID, preferredId: 1, preferredEncrypt: false, direction: 'sendrecv' },
    { kind: 'video', uri: RID, preferredId: 2, preferredEncrypt: false, direction: 'recvonly' },
  ],
};

/** How long a consumer waits for a key frame before it asks again. */
const PATIENCE_MS = 500;

const newId = () => randomBytes(8).toString('hex');

/** Whether an RTP payload of VP8 (RFC 7741) begins a key frame. */
function beginsKeyFrame(payload) {
  let at = 1;
  if (payload[0] & 0x80) {
    const extension = payload[at++];
    if (extension & 0x80) at += payload[at] & 0x80 ? 2 : 1;
    if (extension & 0x40) at++;
    if (extension & 0x30) at++;
  }
  return (payload[0] & 0x1f) === 0x10 && (payload[at] & 1) === 0;
}

export class Producer {
  id = newId();
  consumers = new Set();
  #transport;
  #payloadType;
  #encodings;
  #mid;
  #extensions;
  /** The SSRC of each layer; without simulcast there is one, without a name. */
  #sources = new Map();

  constructor(transport, { kind, rtpParameters }) {
    this.kind = kind;
    this.#transport = transport;
    this.#payloadType = rtpParameters.codecs[0].payloadType;
    this.#encodings = rtpParameters.encodings;
    this.#mid = rtpParameters.mid;
    const idOf = (uri) => rtpParameters.headerExtensions.find((extension) => extension.uri === uri)?.id;
    this.#extensions = { mid: idOf(MID), rid: idOf(RID) };
  }

  /** Takes a packet if it is one of this producer's. */
  take({ header, payload }) {
    const layer = this.#layerOf(header);
    if (layer === undefined) return false;
    if (header.payloadType === this.#payloadType) {
      for (const consumer of this.consumers) consumer.forward(header, payload, layer);
    }
    return true;
  }

  /** The layer that a packet belongs to: named by its SSRC, or by its header until its SSRC is known. */
  #layerOf({ ssrc, extensions }) {
    for (const [layer, source] of this.#sources) if (source === ssrc) return layer;
    const value = (id) => extensions.find((extension) => extension.id === id)?.payload.toString();
    const encoding = this.#encodings.find((own) => own.ssrc === ssrc);
    const layer =
      encoding === undefined && value(this.#extensions.mid) === this.#mid ? value(this.#extensions.rid) : '';
    if (encoding === undefined && !this.#encodings.some(({ rid }) => rid === layer)) return undefined;
    this.#sources.set(layer, ssrc);
    return layer;
  }

  /** Asks whoever sends for a key frame. */
  requestKeyFrame(layer) {
    const mediaSsrc = this.#sources.get(layer);
    if (this.kind !== 'video' || mediaSsrc === undefined) return;
    const feedback = new PictureLossIndication({ senderSsrc: 1, mediaSsrc });
    void this.#transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
  }
}

export class Consumer {
  id = newId();
  ssrc = randomBytes(4).readUInt32BE() >>> 1;
  #transport;
  #producer;
  #codec;
  #mid;
  #paused = true;
  #layer;
  #wanted;
  #asked = 0;
  #last = { sequence: 0, timestamp: 0 };
  #from = { sequence: 0, timestampOffset: 0 };

  /** @param layer the name of the layer that it begins with; empty without simulcast */
  constructor(transport, producer, layer = '') {
    this.#transport = transport;
    this.#producer = producer;
    this.#wanted = layer;
    this.#mid = `${transport.consumers.size}`;
    this.#codec = routerRtpCapabilities.codecs.find(({ kind }) => kind === producer.kind);
    producer.consumers.add(this);
  }

  get description() {
    const { mimeType, preferredPayloadType, clockRate, channels, parameters, rtcpFeedback } = this.#codec;
    const rtpParameters = {
      mid: this.#mid,
      codecs: [{ mimeType, payloadType: preferredPayloadType, clockRate, channels, parameters, rtcpFeedback }],
      headerExtensions: [],
      encodings: [{ ssrc: this.ssrc }],
      rtcp: { cname: this.#producer.id, reducedSize: true, mux: true },
    };
    return { id: this.id, producerId: this.#producer.id, kind: this.#producer.kind, rtpParameters };
  }

  resume() {
    this.#paused = false;
    this.requestKeyFrame();
  }

  /** From the next key frame of that layer on. */
  prefer(layer) {
    this.#wanted = layer;
    this.requestKeyFrame();
  }

  requestKeyFrame() {
    this.#asked = performance.now();
    this.#producer.requestKeyFrame(this.#wanted);
  }

  forward({ sequenceNumber, timestamp, marker }, payload, layer) {
    if (this.#paused) return;
    if (layer !== this.#layer) {
      if (layer !== this.#wanted) return;
      if (this.#producer.kind === 'video' && (payload.length === 0 || !beginsKeyFrame(payload))) {
        // A sender that has just made one does not listen.
        if (performance.now() - this.#asked > PATIENCE_MS) this.requestKeyFrame();
        return;
      }
      this.#layer = layer;
      // A frame later than what went before.
      this.#from = { sequence: sequenceNumber - 1, timestampOffset: this.#last.timestamp + 3000 - timestamp };
    }
    // Numbers go on as they come, so that what is lost on the way here is missed there too; padding is not handed on.
    const step = ((sequenceNumber - this.#from.sequence + 0x8000) & 0xffff) - 0x8000;
    if (step <= 0) return;
    this.#from.sequence = sequenceNumber;
    if (payload.length === 0) return;
    this.#last = {
      sequence: (this.#last.sequence + step) & 0xffff,
      timestamp: (timestamp + this.#from.timestampOffset) >>> 0,
    };
    const header = new RtpHeader({
      ...{ marker, payloadType: this.#codec.preferredPayloadType, ssrc: this.ssrc },
      ...{ sequenceNumber: this.#last.sequence, timestamp: this.#last.timestamp },
    });
    void this.#transport.sendRtp(payload, header);
  }
}
