// The syntax of STUN and TURN URLs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIceServerUrl } from '../../dist/peerconnection/ice_server_url.js';

const valid = {
  'stun:stun.example.net': { scheme: 'stun', host: 'stun.example.net', port: null, transport: null },
  'STUNS:stun.example.net:443': { scheme: 'stuns', host: 'stun.example.net', port: 443, transport: null },
  'turn:192.0.2.1:3478?transport=udp': { scheme: 'turn', host: '192.0.2.1', port: 3478, transport: 'udp' },
  'turns:[2001:db8::1]:5349?transport=TCP': { scheme: 'turns', host: '2001:db8::1', port: 5349, transport: 'tcp' },
  'turn:[::1]': { scheme: 'turn', host: '::1', port: null, transport: null },
  'stun:a%20b': { scheme: 'stun', host: 'a%20b', port: null, transport: null },
};

for (const [url, expected] of Object.entries(valid)) {
  test(url, () => assert.deepEqual(parseIceServerUrl(url), expected));
}

for (const url of [
  '',
  'relative-url',
  'http://example.com',
  'stun:',
  'stun://example.org',
  'stun://example.org/foo?x=y',
  'turn://example.org/foo?x=y',
  'turn:example.org/path',
  'turn:user@example.org',
  'turn:example.org?transport=sctp',
  'turn:example.org?transport',
  'turn:example.org?',
  'turn:example.org?transport=udp&x=y',
  'stun:example.org?transport=udp',
  'stun:example.org:',
  'stun:example.org:0',
  'stun:example.org:65536',
  'stun:example.org:99999999999999999999',
  'stun:example.org:80:80',
  'stun:[::1',
  'stun:[not an address]',
  'stun:300.1.1.1',
  'stun:2001:db8::1',
  'stun:exa mple.org',
  'stun:a%2',
  ' stun:example.org',
  'stun:example.org\n',
]) {
  test(`malformed: ${JSON.stringify(url)}`, () => assert.equal(parseIceServerUrl(url), null));
}
