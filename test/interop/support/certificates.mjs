/**
 * Makes X.509 certificates for a test: an authority, and certificates for servers that it has signed. Node can read
 * certificates but not make them, so the few DER structures are written here (RFC 5280).
 */
import { X509Certificate, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

function tlv(tag, ...contents) {
  const body = Buffer.concat(contents.map((content) => Buffer.from(content)));
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...items) => tlv(0x30, ...items);
const set = (...items) => tlv(0x31, ...items);
const integer = (bytes) => tlv(0x02, bytes);
const octets = (bytes) => tlv(0x04, bytes);
const bits = (bytes) => tlv(0x03, [0], bytes);
const boolean = (value) => tlv(0x01, [value ? 0xff : 0]);
const utf8 = (text) => tlv(0x0c, Buffer.from(text));
const time = (date) => tlv(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));

function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, bytes);
}

const name = (commonName) => sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));
const extension = (id, critical, value) => sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const DAY = 24 * 60 * 60 * 1000;

function certificate({ subject, issuer, publicKey, signingKey, extensions, validFrom, validTo }) {
  const serial = randomBytes(12);
  serial[0] = (serial[0] & 0x7f) | 0x40; // Positive, and without leading zeros.
  const body = sequence(
    tlv(0xa0, integer([2])),
    integer(serial),
    ECDSA_WITH_SHA256,
    name(issuer),
    sequence(time(validFrom), time(validTo)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, signingKey)));
  return new X509Certificate(der).toString();
}

/** A new certificate authority. */
export function createAuthority(subject = 'Test authority') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = certificate({
    subject,
    issuer: subject,
    publicKey,
    signingKey: privateKey,
    validFrom: new Date(Date.now() - DAY),
    validTo: new Date(Date.now() + DAY),
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true))), // basicConstraints: an authority
      extension('2.5.29.15', true, tlv(0x03, [1, 0x06])), // keyUsage: keyCertSign, cRLSign
    ],
  });

  return {
    pem,

    /**
     * A server's certificate and private key, in PEM.
     *
     * @param {object} options
     * @param {string[]} [options.names] DNS names
     * @param {string[]} [options.addresses] IPv4 addresses
     * @param {boolean} [options.expired]
     */
    issue({ names = [], addresses = [], expired = false }) {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternatives = sequence(
        ...names.map((dns) => tlv(0x82, Buffer.from(dns))),
        ...addresses.map((address) => tlv(0x87, address.split('.').map(Number))),
      );
      return {
        certificate: certificate({
          subject: 'Test server',
          issuer: subject,
          publicKey: createPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' })),
          signingKey: privateKey,
          validFrom: new Date(Date.now() - 3 * DAY),
          validTo: new Date(Date.now() + (expired ? -2 * DAY : DAY)),
          extensions: [
            extension('2.5.29.17', false, alternatives), // subjectAltName
            extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
          ],
        }),
        privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      };
    },
  };
}
