// Opus carries each packet's sound a second time in the next one, where packets are lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AudioData, AudioSink, AudioSource } from 'node-libwebrtc';
import { lossyPair } from './support/lossy_pair.mjs';
import { once } from './support/pair.mjs';
import { voice } from './support/voice.mjs';

const RATE = 48_000;
const OPUS = 111;
/** Every fifth packet. */
const loses = (count) => count % 5 === 4;

/** What `b` says of the sound that it gets through the loss, when `isEnough(statistics)`. */
async function received(t, change, isEnough) {
  const { a, b, lost } = await lossyPair(t, OPUS, loses);
  const speech = voice(4);
  const source = new AudioSource();
  const begun = performance.now();
  let position = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) * RATE) / 1000);
    if (due <= position) return;
    const data = Float32Array.from({ length: due - position }, (_, i) => speech[(position + i) % speech.length]);
    const numbers = { sampleRate: RATE, numberOfFrames: data.length, numberOfChannels: 1, timestamp: 0 };
    position = due;
    const block = new AudioData({ ...numbers, format: 'f32', data });
    source.push(block);
    block.close();
  }, 10);
  t.after(() => {
    clearInterval(timer);
    source.stop();
  });
  a.addTrack(source.createTrack());
  const arrived = once(b, 'track');
  await a.setLocalDescription();
  await b.setRemoteDescription({ type: 'offer', sdp: change(a.localDescription.sdp) });
  await b.setLocalDescription();
  await a.setRemoteDescription({ type: 'answer', sdp: change(b.localDescription.sdp) });
  const { track } = await arrived;
  const sink = new AudioSink(track, (data) => data.close());
  t.after(() => sink.close());
  for (;;) {
    const report = [...(await b.getStats()).values()];
    const inbound = report.find(({ type }) => type === 'inbound-rtp');
    if (inbound !== undefined && isEnough(inbound)) return { inbound, lost };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('with useinbandfec lost packets come from the ones behind them', { timeout: 60_000 }, async (t) => {
  const used = ({ fecPacketsReceived = 0, fecPacketsDiscarded = 0 }) => fecPacketsReceived - fecPacketsDiscarded;
  const { inbound, lost } = await received(
    t,
    (sdp) => sdp,
    (statistics) => used(statistics) >= 10,
  );
  t.diagnostic(`${lost.lost} of ${lost.sent} packets were lost, ${used(inbound)} came again`);
  assert.ok(lost.lost >= 10);
});

test('without it none does', { timeout: 60_000 }, async (t) => {
  const { inbound, lost } = await received(
    t,
    (sdp) => sdp.replace('useinbandfec=1', 'useinbandfec=0'),
    ({ packetsLost }) => packetsLost >= 60,
  );
  assert.ok(lost.lost >= 60);
  assert.equal(inbound.fecPacketsReceived ?? 0, 0);
});
