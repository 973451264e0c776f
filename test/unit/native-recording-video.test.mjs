// Taps of remote video: encoded frames as they come, with no decoder at work that nobody needs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeNativePair, native, negotiate } from './support/native_pair.mjs';
import { checkOrder, collect, decode, until } from './support/recording.mjs';

/** A camera of `a` at a track of `b`, in one codec. */
async function connectCamera(t, { codec = 'VP8', width = 320, height = 240, scalabilityMode } = {}) {
  const pair = makeNativePair(t);
  const { a, b } = pair;
  const camera = native.createSyntheticVideoSource({ width, height, frameRate: 30, pattern: 'camera' });
  t.after(() => camera.stop());
  const sent = camera.createTrack('sent');
  const encoding = { active: true, ...(scalabilityMode && { scalabilityMode }) };
  const transceiver = a.connection.addTransceiver(sent, {
    direction: 'sendonly',
    streamIds: ['s'],
    sendEncodings: [encoding],
  });
  const { codecs } = native.rtpSenderCapabilities('video');
  const of = (name) => codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `video/${name}`.toLowerCase());
  transceiver.setCodecPreferences([...of(codec), ...of('rtx')]);
  // As much as all layers need, from the beginning.
  await negotiate(pair, (sdp) => sdp.replaceAll(/^(a=fmtp:.*profile-id.*?)$/gm, '$1;x-google-start-bitrate=3000'));
  const [{ receiver }] = b.connection.transceivers();
  const inbound = async () => {
    const report = await new Promise((resolve) => b.connection.getStats(resolve));
    return report.find(({ type }) => type === 'inbound-rtp') ?? {};
  };
  return { ...pair, camera, sent, transceiver, receiver, track: receiver.track, inbound };
}

const tapOptions = { maxQueueLength: 1000 };

for (const codec of ['VP8', 'VP9', 'AV1', 'H264']) {
  test(`${codec}: a tap gives what FFmpeg decodes, and nothing is decoded here`, async (t) => {
    const { track, inbound } = await connectCamera(t, { codec });
    const got = collect(track.addEncodedTap(tapOptions));
    await until(() => got.chunks.length > 0, 'receiving');
    // What came before the tap was there has been decoded.
    const before = await inbound();
    await until(() => got.chunks.length >= 20, 'receiving');
    const { framesDecoded, framesReceived } = await inbound();
    got.tap.close();
    assert.equal(framesDecoded, before.framesDecoded);
    assert.ok(framesReceived >= 20);
    checkOrder(got.chunks);
    for (const chunk of got.chunks) {
      assert.equal(chunk.codec, codec);
      assert.equal(chunk.clockRate, 90_000);
      assert.equal(chunk.channelCount, 0);
      assert.equal(typeof chunk.rtpTimestamp, 'number');
      assert.ok(chunk.width > 0 && chunk.height > 0);
    }
    const frames = await decode(got.chunks);
    assert.equal(frames.length, got.chunks.length);
    assert.equal(frames.at(-1).width, got.chunks.at(-1).width);
    assert.equal(frames.at(-1).height, got.chunks.at(-1).height);
    // The track has its size all the same.
    assert.equal(track.videoStatus().width, got.chunks.at(-1).width);
  });
}

test('decoding begins with a sink, and ends with the last one', async (t) => {
  const { track, inbound } = await connectCamera(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length > 0);
  const { framesDecoded } = await inbound();
  await until(() => got.chunks.length >= 5);
  assert.equal((await inbound()).framesDecoded, framesDecoded);
  const frames = [];
  const clone = track.clone('clone');
  const sinks = [track, clone].map((each) => {
    const sink = each.addVideoSink({ maxQueueLength: 4 });
    sink.sink = { frames: (batch) => frames.push(...batch), ended() {} };
    return sink;
  });
  await until(() => frames.length >= 10, 'decoding');
  assert.ok(got.chunks.filter(({ key }) => key).length > 1, 'a key frame was asked for');
  sinks[0].close();
  const before = frames.length;
  await until(() => frames.length >= before + 5, 'decoding for the other track');
  sinks[1].close();
  // One may be on its way.
  let last = -1;
  await until(async () => {
    const { framesDecoded } = await inbound();
    return framesDecoded === last || void (last = framesDecoded);
  });
  const chunks = got.chunks.length;
  await until(() => got.chunks.length >= chunks + 10);
  assert.equal((await inbound()).framesDecoded, last);
  got.tap.close();
  // Nothing of all this has disturbed the recording.
  assert.equal((await decode(got.chunks)).length, got.chunks.length);
  const times = got.chunks.map(({ rtpTimestamp }) => rtpTimestamp);
  for (let i = 1; i < times.length; ++i) assert.ok((times[i] - times[i - 1]) >>> 0 < 900_000);
});

test('without a tap everything is decoded, as in a browser; after one, again', async (t) => {
  const { track, inbound } = await connectCamera(t);
  await until(async () => (await inbound()).framesDecoded >= 5);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length >= 5);
  const { framesDecoded } = await inbound();
  await until(() => got.chunks.length >= 15);
  assert.ok((await inbound()).framesDecoded <= framesDecoded + 1);
  got.tap.close();
  await until(async () => (await inbound()).framesDecoded >= framesDecoded + 10);
});

test('several taps of one track each begin with a key frame', async (t) => {
  const { track } = await connectCamera(t);
  const first = collect(track.addEncodedTap(tapOptions));
  await until(() => first.chunks.length >= 5);
  const second = collect(track.addEncodedTap(tapOptions));
  const third = collect(track.clone('clone').addEncodedTap(tapOptions));
  await until(() => second.chunks.length >= 5 && third.chunks.length >= 5);
  first.tap.close();
  const count = first.chunks.length;
  await until(() => second.chunks.length >= 20);
  assert.equal(first.chunks.length, count, 'nothing follows');
  for (const { tap, chunks } of [second, third]) {
    tap.close();
    checkOrder(chunks);
    assert.equal((await decode(chunks)).length, chunks.length);
  }
});

test('a key frame comes when it is asked for', async (t) => {
  const { track } = await connectCamera(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length >= 10);
  const keys = () => got.chunks.filter(({ key }) => key).length;
  const before = keys();
  got.tap.requestKeyFrame();
  await until(() => keys() > before, 'the key frame');
  got.tap.close();
});

test('sender reports tie RTP time to the clock of the sender', async (t) => {
  const { track } = await connectCamera(t);
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.reports.length >= 2, 'the reports');
  got.tap.close();
  const [one, two] = got.reports;
  const byClock = two.ntpTime - one.ntpTime;
  const byRtp = (((two.rtpTimestamp - one.rtpTimestamp) >>> 0) * 1_000_000) / 90_000;
  assert.ok(Math.abs(byClock - byRtp) < 20_000, `${byClock} and ${byRtp}`);
  assert.ok(Math.abs(two.timestamp - one.timestamp - byClock) < 1_000_000);
});

test('a remote track is encoded in another codec', async (t) => {
  const { track, inbound } = await connectCamera(t, { codec: 'VP8' });
  const options = {
    ...tapOptions,
    bitsPerSecond: 500_000,
    keyFrameIntervalDuration: null,
    keyFrameIntervalCount: null,
  };
  const tap = collect(track.addEncodedTap(tapOptions));
  const encoded = collect(track.addVideoEncoder({ ...options, codec: 'VP9', isScreencast: false }));
  await until(() => encoded.chunks.length >= 10 && tap.chunks.length >= 10);
  assert.ok((await inbound()).framesDecoded > 0);
  tap.tap.close();
  encoded.tap.close();
  assert.equal((await decode(encoded.chunks)).length, encoded.chunks.length);
});

test('spatial layers become pictures of the highest one', async (t) => {
  const { track } = await connectCamera(t, { codec: 'VP9', width: 640, height: 480, scalabilityMode: 'L3T1' });
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.filter(({ width }) => width === 640).length >= 20, 'all layers');
  got.tap.close();
  const frames = await decode(got.chunks);
  assert.equal(frames.length, got.chunks.length, 'one picture is shown for each');
  const sizes = got.chunks.map(({ width }) => width);
  assert.deepEqual(
    frames.map(({ width }) => width),
    sizes,
  );
});

test('taps end with their connection, their track, and in any order', async (t) => {
  const { track, b } = await connectCamera(t);
  const clone = track.clone('clone');
  const own = collect(clone.addEncodedTap(tapOptions));
  const other = collect(track.addEncodedTap(tapOptions));
  const closed = collect(track.addEncodedTap(tapOptions));
  await until(() => own.chunks.length > 0 && other.chunks.length > 0);
  clone.stop();
  await until(() => own.ended === 1);
  assert.equal(other.ended, 0);
  assert.equal(clone.addEncodedTap(tapOptions), null);
  closed.tap.close();
  closed.tap.close();
  b.connection.close();
  await until(() => other.ended === 1);
  assert.equal(closed.ended, 0);
  other.tap.close();
});

test('another encoder of the sender goes on in the same tap', async (t) => {
  const pair = await connectCamera(t, { codec: 'VP8' });
  const { track, transceiver } = pair;
  const got = collect(track.addEncodedTap(tapOptions));
  await until(() => got.chunks.length >= 5);
  const { codecs } = native.rtpSenderCapabilities('video');
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/VP9'));
  await negotiate(pair);
  await until(() => got.chunks.some(({ codec }) => codec === 'VP9'), 'the new codec');
  got.tap.close();
  const first = got.chunks.find(({ codec }) => codec === 'VP9');
  assert.equal(first.key, true);
});
