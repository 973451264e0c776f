// Taps of remote sound: packets as they come, in order and plain, and nothing is decoded that nobody hears.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeNativePair, native, negotiate } from './support/native_pair.mjs';
import { checkOrder, collect, decode, frequencyOf, until } from './support/recording.mjs';

/** A microphone of `a` at a track of `b`. */
async function connectMicrophone(
  t,
  { pair = makeNativePair(t), mimeTypes = ['audio/opus'], munge, frequency = 1000 } = {},
) {
  const { a, b } = pair;
  const microphone = native.createSyntheticAudioSource({
    sampleRate: 48000,
    channelCount: 1,
    signal: 'tone',
    frequency,
  });
  t.after(() => microphone.stop());
  const sent = microphone.createTrack('sent');
  const transceiver = a.connection.addTransceiver(sent, { direction: 'sendonly', streamIds: ['s'], sendEncodings: [] });
  const { codecs } = native.rtpSenderCapabilities('audio');
  transceiver.setCodecPreferences(mimeTypes.flatMap((type) => codecs.filter(({ mimeType }) => mimeType === type)));
  await negotiate(pair, munge);
  const [{ receiver }] = b.connection.transceivers();
  const inbound = async () => {
    const report = await new Promise((resolve) => b.connection.getStats(resolve));
    return report.find(({ type }) => type === 'inbound-rtp') ?? {};
  };
  return { ...pair, microphone, sent, receiver, track: receiver.track, inbound };
}

const tapOptions = { maxQueueLength: 1000 };

function checkTimes(chunks) {
  for (let i = 1; i < chunks.length; ++i) {
    const step = (chunks[i].rtpTimestamp - chunks[i - 1].rtpTimestamp) >>> 0;
    assert.equal(step, (chunks[i - 1].duration * chunks[0].clockRate) / 1_000_000);
  }
}

for (const mimeTypes of [['audio/opus'], ['audio/red', 'audio/opus']]) {
  test(`${mimeTypes[0]}: a tap gives plain packets of Opus that FFmpeg plays, and nothing is decoded here`, async (t) => {
    const { track, inbound } = await connectMicrophone(t, { mimeTypes });
    const got = collect(track.addEncodedTap(tapOptions));
    await until(() => got.chunks.length >= 50, 'receiving');
    got.tap.close();
    const { packetsReceived, totalSamplesReceived, packetsDiscarded } = await inbound();
    assert.ok(packetsReceived >= 50);
    assert.equal(totalSamplesReceived, 0);
    assert.equal(packetsDiscarded, 0);
    checkOrder(got.chunks);
    checkTimes(got.chunks);
    for (const chunk of got.chunks) {
      assert.equal(chunk.codec, 'opus');
      assert.equal(chunk.duration, 20_000);
      assert.equal(chunk.clockRate, 48_000);
      assert.equal(chunk.channelCount, 2);
      assert.equal(chunk.width, 0);
      assert.equal(chunk.height, 0);
    }
    const samples = await decode(got.chunks);
    assert.ok(Math.abs(frequencyOf(samples.subarray(9600)) - 1000) < 20);
  });
}

for (const [mimeType, codec] of [
  ['audio/PCMU', 'PCMU'],
  ['audio/PCMA', 'PCMA'],
  ['audio/G722', 'G722'],
]) {
  test(`${codec}: packets say how long they sound`, async (t) => {
    const { track } = await connectMicrophone(t, { mimeTypes: [mimeType] });
    const got = collect(track.addEncodedTap(tapOptions));
    await until(() => got.chunks.length >= 5);
    got.tap.close();
    checkTimes(got.chunks);
    assert.equal(got.chunks[0].codec, codec);
    assert.equal(got.chunks[0].clockRate, 8000);
    assert.equal(got.chunks[0].duration, 20_000);
    assert.equal(got.chunks[0].channelCount, 1);
  });
}

test('whoever wants to hear the track does, beside the tap, and the sources are known', async (t) => {
  const { track, receiver, inbound } = await connectMicrophone(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length >= 5);
  assert.equal((await inbound()).totalSamplesReceived, 0);
  const blocks = [];
  const sink = track.addAudioSink({ maxQueueLength: 100 });
  const loud = () =>
    blocks.some((data) => {
      const samples = new Int16Array(data.numberOfFrames);
      data.copyTo(samples, 's16-planar', 0, 0, data.numberOfFrames);
      return samples.some((sample) => Math.abs(sample) > 1000);
    });
  sink.sink = { blocks: (batch) => blocks.push(...batch), ended() {} };
  await until(loud, 'the tone');
  sink.close();
  await until(() => receiver.sources().length > 0, 'the source');
  const count = got.chunks.length;
  await until(() => got.chunks.length >= count + 10);
  got.tap.close();
  checkTimes(got.chunks);
});

test('a tap goes on when its receiver and its track are collected, beside one of the receiver that is made anew', async (t) => {
  const collected = [];
  const pair = makeNativePair(t);
  const got = await (async () => {
    const { b, track, receiver } = await connectMicrophone(t, { pair });
    for (const object of [receiver, track]) collected.push(new WeakRef(object));
    const tap = collect(track.addEncodedTap(tapOptions));
    await until(() => tap.chunks.length >= 5);
    assert.ok(b);
    return tap;
  })();
  await until(() => {
    globalThis.gc();
    return collected.every((reference) => reference.deref() === undefined);
  }, 'the collection');
  let count = got.chunks.length;
  await until(() => got.chunks.length >= count + 20, 'more of the tap');
  const [{ receiver }] = pair.b.connection.transceivers();
  const second = collect(receiver.track.addEncodedTap(tapOptions));
  await until(() => second.chunks.length >= 20, 'the other tap');
  count = got.chunks.length;
  await until(() => got.chunks.length >= count + 20, 'the first tap beside it');
  await until(() => got.reports.length >= 1 && second.reports.length >= 1, 'reports of both');
  for (const { tap, chunks } of [got, second]) {
    tap.close();
    checkOrder(chunks);
    checkTimes(chunks);
  }
});

test('whose sound is tapped, and how loud it is, is known without decoding', async (t) => {
  const { track, receiver, inbound } = await connectMicrophone(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length >= 5);
  const [source, ...others] = receiver.sources();
  assert.deepEqual(others, []);
  const { ssrc, totalSamplesReceived } = await inbound();
  assert.equal(source.type, 'ssrc');
  assert.equal(source.source, ssrc);
  assert.equal(source.rtpTimestamp >>> 0, source.rtpTimestamp);
  assert.ok(source.audioLevel > 0.01 && source.audioLevel <= 1, `${source.audioLevel}`);
  assert.ok(Math.abs(source.timestamp - Date.now()) < 5000);
  assert.equal(totalSamplesReceived, 0);
  await until(() => receiver.sources()[0].rtpTimestamp !== source.rtpTimestamp, 'the next packet');
  assert.equal((await inbound()).totalSamplesReceived, 0);
  got.tap.close();
  // And then by playing it out, as ever.
  await until(async () => receiver.sources().length > 0 && (await inbound()).totalSamplesReceived > 0, 'the playout');
});

test('what waits in a tap can be had at once', async (t) => {
  const { track } = await connectMicrophone(t);
  const got = collect(track.addEncodedTap({ ...tapOptions, maxDelay: 10_000 }));
  let drained = [];
  await until(() => (drained = [...drained, ...got.tap.drain()]).length >= 10);
  assert.equal(got.chunks.length, 0);
  checkOrder(drained);
  checkTimes(drained);
  got.tap.close();
  assert.deepEqual(got.tap.drain(), []);
});

test('sender reports tie RTP time to the clock of the sender', async (t) => {
  const { track } = await connectMicrophone(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.reports.length >= 2, 'the reports');
  got.tap.close();
  const [one, two] = got.reports;
  const byClock = two.ntpTime - one.ntpTime;
  const byRtp = (((two.rtpTimestamp - one.rtpTimestamp) >>> 0) * 1_000_000) / 48_000;
  assert.ok(Math.abs(byClock - byRtp) < 50_000, `${byClock} and ${byRtp}`);
});

test('taps end with their connection, their track, and in any order', async (t) => {
  const { track, b, receiver } = await connectMicrophone(t);
  const clone = track.clone('clone');
  const [own, other, closed] = [clone, track, track].map((each) => collect(each.addEncodedTap(tapOptions)));
  await until(() => own.chunks.length > 0 && other.chunks.length > 0);
  clone.stop();
  await until(() => own.ended === 1);
  assert.equal(other.ended, 0);
  closed.tap.close();
  b.connection.close();
  await until(() => other.ended === 1);
  assert.equal(closed.ended, 0);
  assert.equal(receiver.track, track);
});

test('a chunk that may wait comes with others, of all taps', async (t) => {
  const { track } = await connectMicrophone(t);
  const [one, other] = [0, 1].map(() => collect(track.addEncodedTap({ ...tapOptions, maxDelay: 200 })));
  await until(() => one.chunks.length >= 40 && other.chunks.length >= 40);
  for (const { tap, batches } of [one, other]) {
    tap.close();
    assert.ok(batches.length <= 12, `${batches.length} batches`);
  }
});
