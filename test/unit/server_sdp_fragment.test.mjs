// Fragments of session descriptions, as trickle ICE over HTTP has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FragmentError,
  fragmentOf,
  iceCredentials,
  parseFragment,
  restartedOffer,
} from '../../dist/server/sdp_fragment.js';

const lines = (...all) => all.map((line) => `${line}\r\n`).join('');
const UFRAG = 'EsAw';
const PASSWORD = 'P2uYro0UCOQ4zxjKXaWCBui1';
const HOST = 'candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1';
const TCP = 'candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0';

test('reads the example of RFC 9725', () => {
  const text = lines(
    ...[`a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`, 'm=audio 9 RTP/AVP 0', 'a=mid:0'],
    ...[`a=${HOST}`, `a=${TCP}`, 'a=end-of-candidates'],
  );
  assert.deepEqual(parseFragment(text), {
    usernameFragment: UFRAG,
    password: PASSWORD,
    candidates: [
      { candidate: HOST, sdpMid: '0' },
      { candidate: TCP, sdpMid: '0' },
    ],
    endOfCandidates: true,
  });
});

test('reads credentials in sections, the mid after the candidates, bare line feeds, and lines that it does not know', () => {
  const text = [
    ...['a=group:BUNDLE a b', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', `a=${HOST}`, 'a=mid:a', 'a=unknown:x'],
    ...[`a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`],
    ...['m=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:b', `a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`, `a=${TCP}`],
  ].join('\n');
  const fragment = parseFragment(text);
  assert.deepEqual(
    fragment.candidates.map(({ sdpMid }) => sdpMid),
    ['a', 'b'],
  );
  assert.equal(fragment.usernameFragment, UFRAG);
  assert.equal(fragment.endOfCandidates, false);
});

test('refuses what is no fragment', () => {
  for (const text of [
    '',
    'hello',
    '\0\0\0',
    lines('a=mid:0'),
    lines(`a=ice-ufrag:${UFRAG}`),
    lines('a=ice-ufrag:ab', `a=ice-pwd:${PASSWORD}`),
    lines('a=ice-ufrag:a b c d', `a=ice-pwd:${PASSWORD}`),
    lines(`a=ice-ufrag:${UFRAG}`, 'a=ice-pwd:short'),
    lines(`a=${HOST}`),
    lines('m=audio 9 RTP/AVP 0', `a=${HOST}`),
    lines('m=audio 9 RTP/AVP 0', 'a=mid:0', 'a=candidate:nonsense'),
    lines('m=audio 9 RTP/AVP 0', 'a=mid:0', ...Array.from({ length: 1000 }, () => `a=${HOST}`)),
    lines(`a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`, 'm=audio 9 RTP/AVP 0', 'a=ice-ufrag:Other'),
  ]) {
    assert.throws(() => parseFragment(text), FragmentError, JSON.stringify(text.slice(0, 80)));
  }
});

const offer = lines(
  ...['v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0 1'],
  ...['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', `a=${HOST}`, 'a=end-of-candidates'],
  ...[`a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`, 'a=ice-options:trickle', 'a=mid:0'],
  ...['m=video 9 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', `a=ice-ufrag:${UFRAG}`, `a=ice-pwd:${PASSWORD}`],
  'a=mid:1',
);

test('makes the offer of an ICE restart', () => {
  const restarted = restartedOffer(offer, 'newone', 'a'.repeat(24));
  assert.deepEqual(iceCredentials(restarted), { usernameFragment: 'newone', password: 'a'.repeat(24) });
  assert.ok(!restarted.includes(UFRAG) && !restarted.includes(PASSWORD) && !restarted.includes('candidate'));
  assert.match(restarted, /^o=- 4611731400430051336 3 IN/m);
  assert.equal(restarted.split('\r\n').length, offer.split('\r\n').length - 2);
});

test('tells the ICE side of a description', () => {
  const fragment = fragmentOf(offer);
  assert.deepEqual(parseFragment(fragment), {
    usernameFragment: UFRAG,
    password: PASSWORD,
    candidates: [{ candidate: HOST, sdpMid: '0' }],
    endOfCandidates: true,
  });
  assert.equal(iceCredentials('v=0\r\n'), null);
});
