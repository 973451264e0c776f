// Telephone tones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RTCDTMFToneChangeEvent, RTCPeerConnection } from 'node-libwebrtc';
import { loopback, makePair, negotiate, once } from './support/pair.mjs';

test('tones are played one after the other', async (t) => {
  const { a, b } = makePair(t);
  const other = new RTCPeerConnection(loopback);
  t.after(() => other.close());
  const { dtmf } = a.addTrack(other.addTransceiver('audio').receiver.track);
  assert.equal(dtmf.canInsertDTMF, false);
  assert.throws(
    () => dtmf.insertDTMF('1'),
    (error) => error.name === 'InvalidStateError',
  );
  await negotiate({ a, b });
  while (a.connectionState !== 'connected') await once(a, 'connectionstatechange');
  assert.equal(dtmf.canInsertDTMF, true);
  assert.throws(
    () => dtmf.insertDTMF('1x'),
    (error) => error.name === 'InvalidCharacterError',
  );
  assert.throws(() => dtmf.insertDTMF(), TypeError);
  dtmf.insertDTMF('1a#', 40, 30);
  assert.equal(dtmf.toneBuffer, '1A#');
  const heard = [];
  do {
    const event = await once(dtmf, 'tonechange');
    assert.ok(event instanceof RTCDTMFToneChangeEvent);
    heard.push([event.tone, dtmf.toneBuffer]);
  } while (heard.at(-1)[0] !== '');
  assert.deepEqual(heard, [
    ['1', 'A#'],
    ['A', '#'],
    ['#', ''],
    ['', ''],
  ]);
});
