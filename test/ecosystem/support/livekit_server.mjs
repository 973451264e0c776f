/**
 * A LiveKit server as small as a room needs: its signaling (protocol buffers over a WebSocket), a connection for what a
 * participant publishes and one for what it subscribes to, and data packets. The connections are this package's own.
 */
import { once } from 'node:events';
import {
  DataPacket,
  JoinResponse,
  ParticipantInfo,
  ParticipantInfo_State,
  Room,
  SessionDescription,
  SignalRequest,
  SignalResponse,
  SignalTarget,
  TrackInfo,
  TrackPublishedResponse,
  TrickleRequest,
} from '@livekit/protocol';
import { WebSocketServer } from 'ws';
import wrtc from '../../../dist/wrtc/index.mjs';

const SETTINGS = { node: { includeLoopback: true } };
const CHANNELS = { _reliable: { ordered: true }, _lossy: { ordered: false, maxRetransmits: 0 } };

class Participant {
  /** What it publishes: descriptions, and the tracks that have come. */
  infos = new Map();
  tracks = new Map();
  #socket;
  #room;
  #names = new Map();
  #publisher = new wrtc.RTCPeerConnection(SETTINGS);
  #subscriber = new wrtc.RTCPeerConnection(SETTINGS);
  #outgoing = {};
  #subscribed = new Set();
  #negotiation = Promise.resolve();
  #answered = () => {};

  constructor(socket, room, identity) {
    this.identity = identity;
    this.sid = `PA_${identity}`;
    this.#socket = socket;
    this.#room = room;
    for (const [connection, target] of [
      [this.#publisher, SignalTarget.PUBLISHER],
      [this.#subscriber, SignalTarget.SUBSCRIBER],
    ]) {
      connection.onicecandidate = ({ candidate }) =>
        candidate &&
        this.send('trickle', new TrickleRequest({ candidateInit: JSON.stringify(candidate.toJSON()), target }));
    }
    this.#publisher.ondatachannel = ({ channel }) => {
      channel.binaryType = 'arraybuffer';
      channel.onmessage = ({ data }) => this.#packet(channel.label, data);
    };
    this.#publisher.ontrack = ({ track, transceiver }) => this.#arrived(track, transceiver);
    for (const [label, options] of Object.entries(CHANNELS)) {
      this.#outgoing[label] = this.#subscriber.createDataChannel(label, options);
    }
  }

  get info() {
    return new ParticipantInfo({
      sid: this.sid,
      identity: this.identity,
      name: this.identity,
      state: ParticipantInfo_State.ACTIVE,
      isPublisher: this.infos.size > 0,
      tracks: [...this.infos.values()],
      permission: { canPublish: true, canSubscribe: true, canPublishData: true },
    });
  }

  send(name, value) {
    this.#socket.send(new SignalResponse({ message: { case: name, value } }).toBinary());
  }

  /** A track is known by the identifier that the client has announced, which is in the description that it came with. */
  #arrived(track, transceiver) {
    const section = this.#publisher.remoteDescription.sdp
      .split(/^m=/m)
      .find((own) => own.includes(`a=mid:${transceiver.mid}\r`));
    const cid = [...this.#names.keys()].find((name) => section.includes(name));
    const { sid } = this.#names.get(cid);
    this.infos.set(sid, new TrackInfo({ ...this.#names.get(cid), mid: transceiver.mid }));
    this.tracks.set(sid, track);
    this.#room.changed(this);
  }

  #packet(label, data) {
    const packet = DataPacket.fromBinary(new Uint8Array(data));
    packet.participantSid = this.sid;
    packet.participantIdentity = this.identity;
    for (const other of this.#room.others(this)) other.#outgoing[label].send(packet.toBinary());
  }

  /** Sends what another has published and this one does not have yet. */
  subscribe(other) {
    for (const [sid, track] of other.tracks) {
      if (this.#subscribed.has(sid)) continue;
      this.#subscribed.add(sid);
      // The client reads whose it is from the stream's name.
      this.#subscriber.addTrack(track, new wrtc.MediaStream({ id: `${other.sid}|${sid}` }));
    }
    this.offer();
  }

  /** One offer after another, each with its answer. */
  offer() {
    this.#negotiation = this.#negotiation.then(async () => {
      const answered = new Promise((resolve) => (this.#answered = resolve));
      await this.#subscriber.setLocalDescription();
      const { type, sdp } = this.#subscriber.localDescription;
      this.send('offer', new SessionDescription({ type, sdp }));
      await answered;
    });
  }

  async receive({ case: name, value }) {
    switch (name) {
      case 'addTrack': {
        const { cid, type, source, width, height } = value;
        const track = new TrackInfo({ sid: `TR_${this.sid}_${type}`, name: value.name, type, source, width, height });
        this.#names.set(cid, track);
        this.send('trackPublished', new TrackPublishedResponse({ cid, track }));
        break;
      }
      case 'offer': {
        await this.#publisher.setRemoteDescription({ type: 'offer', sdp: value.sdp });
        await this.#publisher.setLocalDescription();
        const { type, sdp } = this.#publisher.localDescription;
        this.send('answer', new SessionDescription({ type, sdp, id: value.id }));
        break;
      }
      case 'answer':
        await this.#subscriber.setRemoteDescription({ type: 'answer', sdp: value.sdp });
        this.#answered();
        break;
      case 'trickle': {
        const connection = value.target === SignalTarget.PUBLISHER ? this.#publisher : this.#subscriber;
        await connection.addIceCandidate(JSON.parse(value.candidateInit));
        break;
      }
      case 'leave':
        this.#room.left(this);
        break;
      default:
      // Wishes about quality, and what a client says of itself.
    }
  }

  close() {
    this.#publisher.close();
    this.#subscriber.close();
  }
}

export async function startLiveKitServer() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const participants = new Set();
  const room = {
    others: (participant) => [...participants].filter((other) => other !== participant),
    changed(participant) {
      for (const other of room.others(participant)) {
        other.send('update', { participants: [participant.info] });
        other.subscribe(participant);
      }
    },
    left(participant) {
      if (!participants.delete(participant)) return;
      participant.close();
      const { info } = participant;
      info.state = ParticipantInfo_State.DISCONNECTED;
      for (const other of participants) other.send('update', { participants: [info] });
    },
  };

  server.on('connection', (socket, request) => {
    const url = new URL(request.url, 'ws://server');
    if (url.pathname !== '/rtc') return socket.close();
    // A token is a name here.
    const participant = new Participant(socket, room, url.searchParams.get('access_token'));
    const others = room.others(participant);
    participant.send(
      'join',
      new JoinResponse({
        room: new Room({ sid: 'RM_test', name: 'test' }),
        participant: participant.info,
        otherParticipants: others.map(({ info }) => info),
        serverVersion: '1.9.0',
        subscriberPrimary: true,
      }),
    );
    for (const other of others) other.send('update', { participants: [participant.info] });
    participants.add(participant);
    participant.offer();
    for (const other of others) participant.subscribe(other);
    // In their order: each is answered before the next is looked at.
    let turn = Promise.resolve();
    socket.on('message', (data) => {
      turn = turn.then(() => participant.receive(SignalRequest.fromBinary(new Uint8Array(data)).message));
      turn.catch((error) => console.error(error));
    });
    socket.on('close', () => room.left(participant));
  });

  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    async close() {
      for (const participant of participants) participant.close();
      participants.clear();
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
