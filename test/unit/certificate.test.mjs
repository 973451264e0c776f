// generateCertificate and RTCCertificate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCCertificate, RTCPeerConnection } from 'node-libwebrtc';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};
const generate = (algorithm) => RTCPeerConnection.generateCertificate(algorithm);

for (const algorithm of [
  ecdsa,
  { ...ecdsa, name: 'ecdsa' },
  rsa,
  { ...rsa, modulusLength: 1024, hash: { name: 'sha-256' } },
]) {
  test(`${algorithm.name} ${algorithm.modulusLength ?? ''}`, async () => {
    const certificate = await generate(algorithm);
    assert.ok(certificate instanceof RTCCertificate);
    assert.equal(Object.prototype.toString.call(certificate), '[object RTCCertificate]');
    assert.ok(certificate.expires > Date.now());
    const [fingerprint] = certificate.getFingerprints();
    assert.equal(fingerprint.algorithm, 'sha-256');
    assert.match(fingerprint.value, /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/);
  });
}

test('expires is relative to now, and a year at most', async () => {
  const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 5000, `${actual} ${expected}`);
  near((await generate({ ...ecdsa, expires: 60_000 })).expires, Date.now() + 60_000);
  near((await generate({ ...ecdsa, expires: Number.MAX_SAFE_INTEGER })).expires, Date.now() + 365 * 86_400_000);
  const expired = await generate({ ...ecdsa, expires: 0 });
  assert.ok(expired.expires <= Date.now());
  assert.throws(() => new RTCPeerConnection({ certificates: [expired] }), { name: 'InvalidAccessError' });
});

test('what cannot make a certificate', async () => {
  for (const algorithm of [
    'no such thing',
    { name: 'no such thing' },
    { ...ecdsa, namedCurve: 'P-384' },
    { ...rsa, hash: 'SHA-1' },
    { ...rsa, modulusLength: 512 },
    { ...rsa, modulusLength: 100_000 },
    { ...rsa, publicExponent: new Uint8Array([2]) },
  ]) {
    await assert.rejects(generate(algorithm), { name: 'NotSupportedError' }, JSON.stringify(algorithm));
  }
});

test('what does not convert', async () => {
  for (const algorithm of [
    {},
    'ECDSA',
    { name: 'ECDSA' },
    { ...ecdsa, expires: -1 },
    { ...ecdsa, expires: 'soon' },
    { ...rsa, modulusLength: -1 },
    { ...rsa, publicExponent: [1, 0, 1] },
    { ...rsa, hash: {} },
    Symbol(),
  ]) {
    await assert.rejects(generate(algorithm), TypeError);
  }
  await assert.rejects(RTCPeerConnection.generateCertificate(), TypeError);
  assert.equal(RTCPeerConnection.generateCertificate.length, 1);
});

test('its fingerprint stands in the offer', async (t) => {
  const certificate = await generate(ecdsa);
  const pc = new RTCPeerConnection({ certificates: [certificate] });
  t.after(() => pc.close());
  pc.createDataChannel('');
  const { sdp } = await pc.createOffer();
  const [{ algorithm, value }] = certificate.getFingerprints();
  assert.ok(sdp.includes(`a=fingerprint:${algorithm} ${value.toUpperCase()}\r\n`));
});

test('nobody constructs one', () => {
  assert.throws(() => new RTCCertificate(), { name: 'TypeError', message: 'Illegal constructor' });
});
