/**
 * SFrame (RFC 9605) by Web Crypto alone, for browsers that have no `SFrameTransform`; with the cipher suite
 * AES_128_GCM_SHA256_128. It runs in a worker of the page.
 */

const SUITE = 4;
const [KEY_BITS, SALT_BITS, TAG_BYTES] = [128, 96, 16];

/** The bytes of an integer, as few as can be, but at least one. */
function bytesOf(value) {
  const hex = value.toString(16);
  const even = hex.padStart(hex.length + (hex.length % 2), '0');
  return even.match(/../g).map((byte) => Number.parseInt(byte, 16));
}

/** Section 4.3: a small value is in the first byte itself, of a greater one the first byte says the length. */
function writeHeader(keyId, counter) {
  const [nibbles, rest] = [[], []];
  for (const value of [keyId, counter]) {
    const bytes = value < 8n ? [] : bytesOf(value);
    nibbles.push(value < 8n ? Number(value) : 8 | (bytes.length - 1));
    rest.push(...bytes);
  }
  return Uint8Array.of((nibbles[0] << 4) | nibbles[1], ...rest);
}

function readHeader(data) {
  let size = 1;
  const [keyId, counter] = [data[0] >> 4, data[0] & 15].map((nibble) => {
    if (nibble < 8) return BigInt(nibble);
    const bytes = data.subarray(size, (size += 1 + (nibble & 7)));
    return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  });
  return { keyId, counter, size };
}

/** Keys, and a counter. */
export class Sframe {
  #keys = new Map();
  #encrypting = null;
  #counter = 0n;

  /** Section 4.4.2. A key that `encrypts` is used by nobody else with that id: no counter may be used twice. */
  async setKey(baseKey, id, encrypts) {
    const keyId = BigInt(id);
    const key = await crypto.subtle.importKey('raw', baseKey, 'HKDF', false, ['deriveBits']);
    const derive = (text, bits) => {
      const info = new Uint8Array(text.length + 10);
      new TextEncoder().encodeInto(text, info);
      const numbers = new DataView(info.buffer, text.length);
      numbers.setBigUint64(0, keyId);
      numbers.setUint16(8, SUITE);
      return crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }, key, bits);
    };
    const bits = await derive('SFrame 1.0 Secret key ', KEY_BITS);
    const aes = await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt', 'decrypt']);
    this.#keys.set(keyId, { aes, salt: await derive('SFrame 1.0 Secret salt ', SALT_BITS) });
    if (encrypts) this.#encrypting = keyId;
  }

  #algorithm(salt, counter, header) {
    const iv = new Uint8Array(salt.slice(0));
    const view = new DataView(iv.buffer);
    view.setBigUint64(4, view.getBigUint64(4) ^ counter);
    return { name: 'AES-GCM', iv, additionalData: header, tagLength: TAG_BYTES * 8 };
  }

  /** `null` without a key. */
  async encrypt(data) {
    const key = this.#keys.get(this.#encrypting);
    if (key === undefined) return null;
    const counter = this.#counter++;
    const header = writeHeader(this.#encrypting, counter);
    const sealed = await crypto.subtle.encrypt(this.#algorithm(key.salt, counter, header), key.aes, data);
    return new Blob([header, sealed]).arrayBuffer();
  }

  /** `null` without the key, and when somebody has changed the frame. */
  async decrypt(data) {
    const bytes = new Uint8Array(data);
    const { keyId, counter, size } = readHeader(bytes);
    const key = this.#keys.get(keyId);
    if (key === undefined) return null;
    const algorithm = this.#algorithm(key.salt, counter, bytes.subarray(0, size));
    return crypto.subtle.decrypt(algorithm, key.aes, bytes.subarray(size)).catch(() => null);
  }
}
