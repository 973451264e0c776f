// SFrame: the test vectors of RFC 9605, and SFrameTransform as a pair of streams.
import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { SFrameTransform, SFrameTransformErrorEvent } from 'node-libwebrtc';
import { native } from './support/native.mjs';
import { once } from './support/pair.mjs';

const { deriveKeyMaterial, suiteNumber } = createRequire(import.meta.url)('../../dist/encoded/sframe_keys.js');

const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const hkdf = (raw, usages = ['deriveBits', 'deriveKey']) => crypto.subtle.importKey('raw', raw, 'HKDF', false, usages);

const SUITES = [
  'AES_128_CTR_HMAC_SHA256_80',
  'AES_128_CTR_HMAC_SHA256_64',
  'AES_128_CTR_HMAC_SHA256_32',
  'AES_128_GCM_SHA256_128',
  'AES_256_GCM_SHA512_128',
];

// RFC 9605, appendix C.1: some of its headers, of every length of either value.
const HEADERS = [
  [0n, 0n, '00'],
  [0n, 1n, '01'],
  [0n, 255n, '08ff'],
  [0n, 256n, '090100'],
  [0n, 65535n, '09ffff'],
  [0n, 65536n, '0a010000'],
  [0n, 16777216n, '0b01000000'],
  [0n, 4294967296n, '0c0100000000'],
  [0n, 1099511627776n, '0d010000000000'],
  [0n, 281474976710656n, '0e01000000000000'],
  [0n, 72057594037927936n, '0f0100000000000000'],
  [0n, 18446744073709551615n, '0fffffffffffffffff'],
  [1n, 0n, '10'],
  [1n, 255n, '18ff'],
  [255n, 0n, '80ff'],
  [255n, 1n, '81ff'],
  [255n, 65536n, '8aff010000'],
  [256n, 256n, '9901000100'],
  [65535n, 0n, '90ffff'],
  [65536n, 4294967296n, 'ac0100000100000000'],
  [16777216n, 1n, 'b101000000'],
  [4294967295n, 255n, 'b8ffffffffff'],
  [4294967296n, 65536n, 'ca0100000000010000'],
  [18446744073709551615n, 72057594037927936n, 'ffffffffffffffffff0100000000000000'],
  [18446744073709551615n, 18446744073709551615n, 'ffffffffffffffffffffffffffffffffff'],
];

// Appendix C.3. All have this key id, counter, base key, metadata and plaintext.
const [KEY_ID, COUNTER] = [0x123n, 0x4567];
const BASE_KEY = bytes('000102030405060708090a0b0c0d0e0f');
const METADATA = bytes('4945544620534672616d65205747');
const PLAINTEXT = bytes('64726166742d696574662d736672616d652d656e63');
const VECTORS = [
  {
    key: '3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e16b96f0811868d59402b7e870102720b3',
    salt: '50b29329a04dc0f184ac3168',
    ciphertext: '9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b88912e24f11',
  },
  {
    key: 'e2ec5c797540310483b16bf6e7a570d2a27d192fe869c7ccd8584a8d9dab91549fbe553f5113461ec6aa83bf3865553e',
    salt: 'e68ac8dd3d02fbcd368c5577',
    ciphertext: '99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101d607',
  },
  {
    key: '2c5703089cbb8c583475e4fc461d97d18809df79b6d550f78eb6d50ffa80d89211d57909934f46f5405e38cd583c69fe',
    salt: '38c16e4f5159700c00c7f350',
    ciphertext: '990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443',
  },
  {
    key: 'd34f547f4ca4f9a7447006fe7fcbf768',
    salt: '75234edefe07819026751816',
    ciphertext: '9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb',
  },
  {
    key: 'd3e27b0d4a5ae9e55df01a70e6d4d28d969b246e2936f4b7a5d9b494da6b9633',
    salt: '84991c167b8cd23c93708ec7',
    ciphertext: '990123456794f509d36e9beacb0e261d99c7d1e972f1fed787d4049f17ca21353c1cc24d56ceabced279',
  },
];

const createNative = (suite) =>
  native.createSframeTransform({ cipherSuite: suiteNumber(SUITES[suite]), maxQueueLength: 1 });

test('keys are derived as RFC 9605 has them', async () => {
  const baseKey = await hkdf(BASE_KEY);
  const forKeys = await hkdf(BASE_KEY, ['deriveKey']);
  for (const [suite, { key, salt }] of VECTORS.entries()) {
    for (const base of [baseKey, forKeys]) {
      const derived = await deriveKeyMaterial(SUITES[suite], base, KEY_ID);
      assert.equal(hex(derived.key), key, SUITES[suite]);
      assert.equal(hex(derived.salt), salt, SUITES[suite]);
    }
  }
});

test('frames are encrypted and decrypted as RFC 9605 has them', () => {
  for (const [suite, { key, salt, ciphertext }] of VECTORS.entries()) {
    const sframe = createNative(suite);
    assert.equal(sframe.encrypt(PLAINTEXT, null), null, 'there is no key');
    assert.equal(sframe.setKey(KEY_ID, bytes(key), bytes(salt)), true);
    // The vectors' counter is reached by counting.
    for (let counter = 0; counter < COUNTER; counter++) sframe.encrypt(new Uint8Array(0), null);
    assert.equal(hex(sframe.encrypt(PLAINTEXT, null, METADATA)), ciphertext, SUITES[suite]);
    assert.equal(hex(sframe.decrypt(bytes(ciphertext), METADATA)), hex(PLAINTEXT), SUITES[suite]);
    assert.deepEqual(sframe.decrypt(bytes(ciphertext)), { reason: 'authentication', keyId: KEY_ID });
    for (let at = 5; at < ciphertext.length / 2; at++) {
      const changed = bytes(ciphertext);
      changed[at] ^= 1;
      assert.equal(sframe.decrypt(changed, METADATA).reason, 'authentication', `${SUITES[suite]}, byte ${at}`);
    }
  }
});

test('headers are read and written as RFC 9605 has them', () => {
  const { key, salt } = VECTORS[3];
  for (const [keyId, counter, header] of HEADERS) {
    const sframe = createNative(3);
    // What has no key says which one it wants.
    const sealed = bytes(header + '00'.repeat(16));
    assert.deepEqual(sframe.decrypt(sealed), { reason: 'keyID', keyId });
    sframe.setKey(keyId, bytes(key), bytes(salt));
    // With the key, the counter too must have been read right: this is encrypted by Node's own AES-GCM.
    const nonce = Buffer.from(salt, 'hex');
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ counter, 4);
    const gcm = createCipheriv('aes-128-gcm', bytes(key), nonce).setAAD(bytes(header));
    const ciphertext = Buffer.concat([gcm.update('text'), gcm.final(), gcm.getAuthTag()]);
    assert.equal(Buffer.from(sframe.decrypt(Buffer.concat([bytes(header), ciphertext]))).toString(), 'text', header);
    if (counter > 256n) continue;
    for (let at = 0n; at < counter; at++) sframe.encrypt(new Uint8Array(0), null);
    assert.equal(hex(sframe.encrypt(new Uint8Array(0), null)).slice(0, header.length), header);
  }
});

test('AES-CTR with HMAC is what Node makes of it', () => {
  const { key, salt } = VECTORS[0];
  const sframe = createNative(0);
  sframe.setKey(0n, bytes(key), bytes(salt));
  const plaintext = Buffer.from(Array.from({ length: 1000 }, (_, at) => at & 0xff));
  const header = bytes('00');
  const ctr = createCipheriv('aes-128-ctr', bytes(key).subarray(0, 16), bytes(`${salt}00000000`));
  const ciphertext = Buffer.concat([ctr.update(plaintext), ctr.final()]);
  const lengths = Buffer.alloc(24);
  [header.length, ciphertext.length, 10].forEach((length, at) => lengths.writeBigUInt64BE(BigInt(length), at * 8));
  const hmac = createHmac('sha256', bytes(key).subarray(16));
  const tag = hmac.update(lengths).update(bytes(salt)).update(header).update(ciphertext).digest().subarray(0, 10);
  assert.equal(hex(sframe.encrypt(plaintext, null)), hex(Buffer.concat([header, ciphertext, tag])));
});

test('counters say whether a frame is a key frame, and never repeat', () => {
  const { key, salt } = VECTORS[0];
  const sframe = createNative(0);
  sframe.setKey(5n, bytes(key), bytes(salt));
  const used = new Set();
  const encrypt = (type) => {
    const sealed = new Uint8Array(sframe.encrypt(new Uint8Array(0), type));
    const counterBytes = sealed[0] & 8 ? (sealed[0] & 7) + 1 : 0;
    const counter = counterBytes === 0 ? sealed[0] & 7 : Number.parseInt(hex(sealed.subarray(1, 1 + counterBytes)), 16);
    assert.ok(!used.has(counter), `${counter} for the second time`);
    used.add(counter);
    return sealed[0] & 1;
  };
  for (let at = 0; at < 3; at++) encrypt(null);
  for (let at = 0; at < 70_000; at++) {
    if (at % 100 === 0) assert.equal(encrypt('key'), 0);
    else assert.equal(encrypt('delta'), 1);
    if (at % 10_000 === 0) encrypt(null);
  }
  // Setting the key again does not begin again.
  sframe.setKey(5n, bytes(key), bytes(salt));
  encrypt('delta');
  encrypt('key');
});

test('the addon takes nothing that is no key, and no bytes', () => {
  const sframe = createNative(0);
  const { key, salt } = VECTORS[0];
  assert.equal(sframe.setKey(0n, bytes(key).subarray(1), bytes(salt)), false);
  assert.equal(sframe.setKey(0n, bytes(key), bytes(salt).subarray(1)), false);
  assert.equal(sframe.setKey(0, bytes(key), bytes(salt)), false);
  assert.equal(sframe.setKey(), false);
  assert.equal(createNative(4).setKey(0n, bytes(key), bytes(salt)), false);
  sframe.setKey(0n, bytes(key), bytes(salt));
  assert.equal(sframe.encrypt('text', null), null);
  assert.equal(sframe.encrypt(), null);
  assert.deepEqual(sframe.decrypt(), { reason: 'syntax', keyId: null });
  assert.deepEqual(sframe.decrypt(new Uint8Array(0)), { reason: 'syntax', keyId: null });
  assert.deepEqual(sframe.decrypt(bytes('ff00')), { reason: 'syntax', keyId: null });
  assert.deepEqual(sframe.decrypt(bytes('0000')), { reason: 'syntax', keyId: 0n });
});

/** A transform with its key, its writer and its reader. */
async function ends(options, key, keyID) {
  const transform = new SFrameTransform(options);
  if (key) await transform.setEncryptionKey(key, keyID);
  return { transform, writer: transform.writable.getWriter(), reader: transform.readable.getReader() };
}

test('bytes go through its streams', async () => {
  const key = await hkdf(BASE_KEY);
  for (const cipherSuite of SUITES) {
    const sending = await ends({ cipherSuite }, key, 7);
    const receiving = await ends({ role: 'decrypt', cipherSuite }, key, 7);
    for (const chunk of [
      PLAINTEXT,
      PLAINTEXT.buffer.slice(3),
      new DataView(PLAINTEXT.buffer, 1, 4),
      new Uint8Array(0),
    ]) {
      sending.writer.write(chunk);
      const { value: encrypted } = await sending.reader.read();
      assert.ok(encrypted instanceof ArrayBuffer);
      assert.ok(encrypted.byteLength > chunk.byteLength);
      receiving.writer.write(encrypted);
      const { value } = await receiving.reader.read();
      const view = ArrayBuffer.isView(chunk) ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : chunk;
      assert.equal(hex(value), hex(view), cipherSuite);
    }
  }
});

test('what is written while a key is being set waits for it', async () => {
  const key = await hkdf(BASE_KEY);
  const { transform, writer, reader } = await ends();
  const other = await ends({ role: 'decrypt' }, key, 2);
  const set = [transform.setEncryptionKey(key, 1), transform.setEncryptionKey(key, 2)];
  writer.write(PLAINTEXT);
  const { value } = await reader.read();
  await Promise.all(set);
  other.writer.write(value);
  assert.equal(hex((await other.reader.read()).value), hex(PLAINTEXT), 'the key that was set last encrypts');
});

test('what cannot be decrypted is told by an event', async () => {
  const [key, wrong] = [await hkdf(BASE_KEY), await hkdf(bytes('ff'.repeat(16)))];
  const sending = await ends({}, key, 18446744073709551615n);
  const receiving = await ends({ role: 'decrypt' });
  const failsAs = async (chunk, expected) => {
    const failed = once(receiving.transform, 'error');
    receiving.writer.write(chunk);
    assert.equal((await receiving.reader.read()).value.byteLength, 0);
    const event = await failed;
    assert.ok(event instanceof SFrameTransformErrorEvent);
    const { errorType, keyID, frame } = event;
    assert.deepEqual({ errorType, keyID }, expected);
    assert.equal(frame, chunk);
  };
  sending.writer.write(PLAINTEXT);
  const { value: encrypted } = await sending.reader.read();
  await failsAs(encrypted, { errorType: 'keyID', keyID: 18446744073709551615n });
  await receiving.transform.setEncryptionKey(wrong, 18446744073709551615n);
  await failsAs(encrypted, { errorType: 'authentication', keyID: null });
  await failsAs(bytes('88'), { errorType: 'syntax', keyID: null });
  await failsAs(new ArrayBuffer(0), { errorType: 'syntax', keyID: null });
  await failsAs(bytes('9001000000'), { errorType: 'keyID', keyID: 256 });
  await receiving.transform.setEncryptionKey(key, 18446744073709551615n);
  receiving.writer.write(encrypted);
  assert.equal(hex((await receiving.reader.read()).value), hex(PLAINTEXT));
});

test('other chunks end the stream', async () => {
  for (const chunk of [{}, null, 'text', new Uint8Array(new SharedArrayBuffer(4)), new SharedArrayBuffer(4)]) {
    const { writer, reader } = await ends({}, await hkdf(BASE_KEY));
    const read = assert.rejects(reader.read(), TypeError);
    const closed = assert.rejects(writer.closed, TypeError);
    await assert.rejects(writer.write(chunk), TypeError);
    await Promise.all([read, closed]);
  }
});

test('keys and key ids are checked', async () => {
  const key = await hkdf(BASE_KEY);
  const transform = new SFrameTransform();
  await transform.setEncryptionKey(key);
  for (const keyID of [0, 1, '7', 2 ** 53 - 1, 0n, 18446744073709551615n]) {
    assert.equal(await transform.setEncryptionKey(key, keyID), undefined);
  }
  for (const keyID of [-1n, 18446744073709551616n]) {
    await assert.rejects(transform.setEncryptionKey(key, keyID), {
      name: 'RangeError',
      message: 'Not a 64 bits integer',
    });
  }
  for (const keyID of [-1, NaN, 2 ** 53, 'one', null, {}]) {
    if (keyID === null) assert.equal(await transform.setEncryptionKey(key, keyID), undefined);
    else await assert.rejects(transform.setEncryptionKey(key, keyID), TypeError, String(keyID));
  }
  await assert.rejects(transform.setEncryptionKey(), TypeError);
  await assert.rejects(transform.setEncryptionKey({}), TypeError);
  await assert.rejects(SFrameTransform.prototype.setEncryptionKey.call({}, key), TypeError);
  const aes = await crypto.subtle.importKey('raw', BASE_KEY, 'AES-CTR', false, ['encrypt']);
  await assert.rejects(transform.setEncryptionKey(aes), { name: 'InvalidModificationError' });
  assert.throws(() => new SFrameTransform({ role: 'both' }), TypeError);
  assert.throws(() => new SFrameTransform({ cipherSuite: 'ROT13' }), TypeError);
});

test('SFrameTransformErrorEvent', () => {
  const event = new SFrameTransformErrorEvent('error', {
    errorType: 'keyID',
    frame: 1,
    keyID: 2n ** 64n,
    bubbles: true,
  });
  assert.equal(event.type, 'error');
  assert.equal(event.errorType, 'keyID');
  assert.equal(event.frame, 1);
  assert.equal(event.keyID, 2n ** 64n);
  assert.equal(event.bubbles, true);
  assert.equal(new SFrameTransformErrorEvent('error', { errorType: 'syntax', frame: null }).keyID, null);
  assert.equal(new SFrameTransformErrorEvent('error', { errorType: 'syntax', frame: null, keyID: null }).keyID, null);
  assert.throws(() => new SFrameTransformErrorEvent('error'), TypeError);
  assert.throws(() => new SFrameTransformErrorEvent('error', { errorType: 'syntax' }), TypeError);
  assert.throws(() => new SFrameTransformErrorEvent('error', { errorType: 'other', frame: 1 }), TypeError);
  assert.throws(() => new SFrameTransformErrorEvent('error', { errorType: 'keyID', frame: 1, keyID: -1 }), TypeError);
});
