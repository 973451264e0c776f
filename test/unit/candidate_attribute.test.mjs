// The grammar of the candidate attribute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCandidateAttribute } from '../../dist/peerconnection/candidate_attribute.js';

test('a host candidate', () => {
  assert.deepEqual(
    parseCandidateAttribute('candidate:1905690388 1 udp 2113937151 192.168.0.1 58041 typ host generation 0 ufrag thC8'),
    {
      foundation: '1905690388',
      component: 'rtp',
      protocol: 'udp',
      priority: 2113937151,
      address: '192.168.0.1',
      port: 58041,
      type: 'host',
      tcpType: null,
      relatedAddress: null,
      relatedPort: null,
    },
  );
});

test('related address, TCP type, names, IPv6, letter case', () => {
  const tcp = parseCandidateAttribute(
    'a=candidate:435653019 2 TCP 1845501695 fe80::1 4444 typ SRFLX raddr www.example.com rport 22222 tcptype Active',
  );
  assert.equal(tcp.component, 'rtcp');
  assert.equal(tcp.protocol, 'tcp');
  assert.equal(tcp.address, 'fe80::1');
  assert.equal(tcp.type, 'srflx');
  assert.equal(tcp.relatedAddress, 'www.example.com');
  assert.equal(tcp.relatedPort, 22222);
  assert.equal(tcp.tcpType, 'active');
  assert.equal(parseCandidateAttribute('candidate:a+/9 1 udp 0 x.local 0 typ relay').address, 'x.local');
  const udp = parseCandidateAttribute('candidate:1 1 udp 1 192.168.0.1 1 typ host tcptype active');
  assert.equal(udp.type, 'host');
  assert.equal(udp.tcpType, null);
});

for (const malformed of [
  '',
  'candidate:',
  'nonsense',
  'candidate:1 1 udp 1 192.168.0.1 typ host',
  'candidate:1 1 udp 1 192.168.0.1 65536 typ host',
  'candidate:1 1 udp 4294967296 192.168.0.1 1 typ host',
  'candidate:1 3 udp 1 192.168.0.1 1 typ host',
  'candidate:1 1 ssltcp 1 192.168.0.1 1 typ host',
  'candidate:1 1 udp 1 192.168.0.1 1 typ other',
  'candidate:1 1 udp -1 192.168.0.1 1 typ host',
  'candidate:* 1 udp 1 192.168.0.1 1 typ host',
  'candidate:1 1 tcp 1 192.168.0.1 1 typ host tcptype other',
  'candidate:1 1 udp 1 192.168.0.1 1 typ host raddr 1.2.3.4 rport 65536',
  '(Invalid) candidate \r\n string',
]) {
  test(`malformed: ${JSON.stringify(malformed)}`, () => {
    assert.equal(parseCandidateAttribute(malformed), null);
  });
}
