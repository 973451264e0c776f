/** Members of statistics that are there only when something is negotiated for them, or after some time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AudioSink, mediaDevices } from 'node-libwebrtc';
import { makePair } from './support/pair.mjs';

/** With reports by which a receiver, too, learns the round-trip time (RFC 3611). */
const withReferenceTimes = ({ type, sdp }) => ({
  type,
  sdp: sdp.replace(/^a=rtcp-fb:(\d+) transport-cc\r\n/gm, (line, codec) => `${line}a=rtcp-fb:${codec} rrtr\r\n`),
});

/** Lets the pictures of a connection carry what tells how good they are. */
function askForCorruption(connection) {
  for (const transceiver of connection.getTransceivers()) {
    transceiver.setHeaderExtensionsToNegotiate(
      transceiver.getHeaderExtensionsToNegotiate().map((extension) => ({
        ...extension,
        ...(extension.uri.endsWith('corruption-detection') ? { direction: 'sendrecv' } : {}),
      })),
    );
  }
}

test(
  'statistics of received sound and pictures that come with time and negotiation',
  { timeout: 60_000 },
  async (t) => {
    const { a, b } = makePair(t);
    const stream = await mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 180, frameRate: 15 } });
    t.after(() => stream.getTracks().forEach((track) => track.stop()));
    for (const track of stream.getTracks()) a.addTrack(track, stream);
    askForCorruption(a);
    const offer = withReferenceTimes(await a.createOffer());
    await a.setLocalDescription(offer);
    await b.setRemoteDescription(offer);
    askForCorruption(b);
    const answer = withReferenceTimes(await b.createAnswer());
    await b.setLocalDescription(answer);
    await a.setRemoteDescription(answer);

    const find = async (type, kind) =>
      [...(await b.getStats()).values()].find((entry) => entry.type === type && entry.kind === kind) ?? {};
    const there = async (type, kind, member) => {
      for (;;) {
        const entry = await find(type, kind);
        if (member in entry) return entry;
        await wait(100);
      }
    };
    const { corruptionMeasurements, totalCorruptionProbability, totalSquaredCorruptionProbability } = await there(
      ...['inbound-rtp', 'video', 'corruptionMeasurements'],
    );
    assert.ok(corruptionMeasurements > 0);
    assert.ok(totalCorruptionProbability >= 0 && totalCorruptionProbability <= corruptionMeasurements);
    assert.ok(totalSquaredCorruptionProbability >= 0 && totalSquaredCorruptionProbability <= corruptionMeasurements);

    // Both are known, in ms, when the second report of the sound's sender has come; of sound only what somebody hears.
    await there('inbound-rtp', 'video', 'estimatedPlayoutTimestamp');
    assert.ok(!('estimatedPlayoutTimestamp' in (await find('inbound-rtp', 'audio'))));
    const heard = b.getReceivers().find(({ track }) => track.kind === 'audio').track;
    const sink = new AudioSink(heard, (data) => data.close());
    t.after(() => sink.close());
    // A second of it has been heard.
    let sound;
    do {
      sound = await there('inbound-rtp', 'audio', 'estimatedPlayoutTimestamp');
    } while (sound.totalSamplesReceived < 48_000);
    const picture = await find('inbound-rtp', 'video');
    // Of one stream, they are played together.
    assert.ok(Math.abs(sound.estimatedPlayoutTimestamp - picture.estimatedPlayoutTimestamp) < 5000);
    const { roundTripTime, roundTripTimeMeasurements, totalRoundTripTime } = await there(
      ...['remote-outbound-rtp', 'audio', 'roundTripTime'],
    );
    assert.ok(roundTripTime >= 0 && roundTripTime < 10, `${roundTripTime} s`);
    assert.ok(roundTripTimeMeasurements >= 1);
    assert.ok(totalRoundTripTime >= roundTripTime);
  },
);
