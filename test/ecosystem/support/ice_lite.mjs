/**
 * The ICE of a media server (RFC 8445, "lite"): one socket on loopback that answers whoever knows its password, and
 * sends to whom it was last nominated by. It needs to know nothing of the other end beforehand. It has what werift's
 * DTLS transport wants of an ICE transport.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';

const COOKIE = 0x2112a442;
const [REQUEST, SUCCESS] = [0x0001, 0x0101];
const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  mapped: 0x0020,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
};

/** The attributes of a STUN message, each with its place. */
function attributesOf(message) {
  const found = new Map();
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2);
    found.set(message.readUInt16BE(at), { at, value: message.subarray(at + 4, at + 4 + length) });
    at += 4 + ((length + 3) & ~3);
  }
  return found;
}

/** The message with one more attribute; its length counts it. */
function withAttribute(message, type, value) {
  const padding = Buffer.alloc(-value.length & 3);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  const longer = Buffer.concat([message, head, value, padding]);
  longer.writeUInt16BE(longer.length - 20, 2);
  return longer;
}

/** What MESSAGE-INTEGRITY is of a message that ends before it: the length counts the attribute already. */
function integrityOf(message, password) {
  const counted = Buffer.from(message);
  counted.writeUInt16BE(message.length - 20 + 24, 2);
  return createHmac('sha1', password).update(counted).digest();
}

function withFingerprint(message) {
  const counted = Buffer.from(message);
  counted.writeUInt16BE(message.length - 20 + 8, 2);
  const value = Buffer.alloc(4);
  value.writeUInt32BE((crc32(counted) ^ 0x5354554e) >>> 0);
  return withAttribute(message, ATTRIBUTE.fingerprint, value);
}

export class IceLite {
  role = 'controlled';
  state = 'new';
  /** What comes, STUN left out. */
  onData = { subscribe: (listener) => this.#listeners.push(listener) };
  #listeners = [];
  #socket = createSocket('udp4');
  #credentials;
  #remote;

  static async start() {
    const ice = new IceLite();
    ice.restart();
    ice.#socket.on('message', (data, from) => ice.#receive(data, from));
    ice.#socket.bind(0, '127.0.0.1');
    await once(ice.#socket, 'listening');
    return ice;
  }

  /** As werift has it: the transport and its connection are one here. */
  get connection() {
    return this;
  }

  get parameters() {
    return { ...this.#credentials, iceLite: true };
  }

  get candidates() {
    const { address, port } = this.#socket.address();
    return [{ foundation: 'udp', priority: 1076302079, ip: address, address, protocol: 'udp', port, type: 'host' }];
  }

  /** New credentials: whoever has the old ones is not answered any more. */
  restart() {
    const word = (length) => randomBytes(length).toString('hex');
    this.#credentials = { usernameFragment: word(8), password: word(16) };
    return this.parameters;
  }

  #receive(data, from) {
    if (data.length >= 20 && data[0] < 2 && data.readUInt32BE(4) === COOKIE) return this.#answer(data, from);
    for (const listener of this.#listeners) listener(data);
  }

  #answer(request, from) {
    const attributes = attributesOf(request);
    const { usernameFragment, password } = this.#credentials;
    const user = attributes.get(ATTRIBUTE.username)?.value.toString();
    const integrity = attributes.get(ATTRIBUTE.integrity);
    if (request.readUInt16BE(0) !== REQUEST || !user?.startsWith(`${usernameFragment}:`) || !integrity) return;
    if (!integrityOf(request.subarray(0, integrity.at), password).equals(integrity.value)) return;
    if (this.#remote === undefined || attributes.has(ATTRIBUTE.useCandidate)) {
      this.#remote = from;
      this.state = 'connected';
    }
    const mapped = Buffer.from([0, 1, 0, 0, ...from.address.split('.').map(Number)]);
    mapped.writeUInt16BE(from.port ^ (COOKIE >>> 16), 2);
    mapped.writeUInt32BE((mapped.readUInt32BE(4) ^ COOKIE) >>> 0, 4);
    const head = Buffer.concat([Buffer.alloc(4), request.subarray(4, 20)]);
    head.writeUInt16BE(SUCCESS, 0);
    const response = withAttribute(head, ATTRIBUTE.mapped, mapped);
    const signed = withAttribute(response, ATTRIBUTE.integrity, integrityOf(response, password));
    this.#socket.send(withFingerprint(signed), from.port, from.address);
  }

  async send(data) {
    if (this.#remote !== undefined) this.#socket.send(data, this.#remote.port, this.#remote.address);
  }

  async close() {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.#socket.close();
  }

  stop() {
    return this.close();
  }
}
