// Remote tracks that lose packets, change their size, begin late and end early, while they are recorded as they come.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { MediaStream, RTCRtpSender, VideoSink, recordToFile } from 'node-libwebrtc';
import { makeLossyPair, negotiateThrough } from './support/lossy_path.mjs';
import { makePair, negotiate } from './support/pair.mjs';
import { assertDecodes, devices, directory, loudness, packets, probe, samples } from './support/recorded.mjs';

const trackOf = ({ tracks }, wanted) => tracks.find(({ kind }) => kind === wanted);
const recorded = async (recording, seconds) => {
  while (recording.duration < seconds) await wait(20);
};

/** Sends the synthetic devices through the pair, and gives what receives them. */
async function send(t, { a, b }, go = negotiate) {
  const stream = await devices(t);
  for (const track of stream.getTracks()) a.addTrack(track, stream);
  const [, video] = a.getTransceivers();
  const { codecs } = RTCRtpSender.getCapabilities('video');
  video.setCodecPreferences(codecs.filter(({ mimeType }) => ['video/VP8', 'video/rtx'].includes(mimeType)));
  await go({ a, b });
  return { stream, received: new MediaStream(b.getReceivers().map(({ track }) => track)) };
}

async function inbound(connection, wanted) {
  const report = await connection.getStats();
  return [...report.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === wanted);
}

/** How much has been decoded: some, if media came before the recording began. */
const decoded = async (connection) => [
  (await inbound(connection, 'video'))?.framesDecoded ?? 0,
  (await inbound(connection, 'audio'))?.totalSamplesReceived ?? 0,
];

/** Records into a file: `before` is what had been decoded when so many seconds were in it. */
async function record(t, { b }, received, seconds) {
  const path = join(await directory(t), 'recording.webm');
  const recording = recordToFile(received, path);
  await recorded(recording, seconds);
  return { path, recording, before: await decoded(b) };
}

/** Ends a recording. Nothing has been decoded since then; from its end on it would be. */
async function end(recording, connection, before) {
  assert.deepEqual(await decoded(connection), before);
  return recording.stop();
}

/** The file has what the recording says, which is what came. */
async function assertWhole(path, result) {
  for (const { mode, modeChanges } of result.tracks) assert.deepEqual([mode, modeChanges], ['passthrough', 0]);
  const { video, audio, complaints } = await probe(path);
  assert.equal(complaints, '');
  assert.equal(video.frames, trackOf(result, 'video').frames);
  assert.equal(audio.frames, trackOf(result, 'audio').frames);
  await assertDecodes(path);
}

test('packets that are lost are sent again, and nothing is missing', async (t) => {
  const pair = await makeLossyPair(t);
  const { received } = await send(t, pair, negotiateThrough);
  const { path, recording, before } = await record(t, pair, received, 1);
  // Every twelfth packet, of both kinds.
  let count = 0;
  pair.path.loses = () => ++count % 12 === 0;
  await recorded(recording, 4);
  pair.path.loses = () => false;
  await recorded(recording, 4.5);
  const result = await end(recording, pair.b, before);
  assert.equal(result.error, null);
  assert.ok(pair.path.lost > 10, `${pair.path.lost}`);
  await assertWhole(path, result);
  assert.equal(trackOf(result, 'video').gaps, 0);
  // Times of sound are those of its ticks: what is lost leaves a gap of its length, and nothing moves.
  const times = (await packets(path, 'a')).map(({ time }) => time);
  for (let i = 1; i < times.length; i++) {
    const steps = (times[i] - times[i - 1]) / 0.02;
    assert.ok(Math.abs(steps - Math.round(steps)) * 0.02 < 0.003, `${times[i]} after ${times[i - 1]}`);
  }
  const [video, audio] = [await packets(path, 'v'), await packets(path, 'a')];
  assert.ok(Math.abs(video.at(-1).time - audio.at(-1).time) < 0.2);
});

test('after a loss that cannot be mended the picture goes on with a key frame that was asked for', async (t) => {
  const pair = await makeLossyPair(t);
  const { received } = await send(t, pair, negotiateThrough);
  const { path, recording, before } = await record(t, pair, received, 1);
  const { pliCount } = await inbound(pair.b, 'video');
  assert.ok(pliCount >= 1, 'one is asked for in the beginning');
  // What is sent again does not come either.
  const { codecs } = pair.a.getSenders()[1].getParameters();
  const again = codecs.find(({ mimeType }) => mimeType === 'video/rtx').payloadType;
  pair.path.loses = () => true;
  await wait(2500);
  pair.path.loses = (packet) => (packet[1] & 0x7f) === again;
  // The receiver waits for a while, and then asks for a key frame.
  while (trackOf(recording.statistics, 'video').gaps === 0) await wait(20);
  await recorded(recording, recording.duration + 1.5);
  const result = await end(recording, pair.b, before);
  assert.equal(result.error, null);
  await assertWhole(path, result);
  assert.ok((await inbound(pair.b, 'video')).pliCount > pliCount);
  for (const kind of ['video', 'audio']) {
    assert.ok(trackOf(result, kind).gaps >= 1);
    const found = await packets(path, kind[0]);
    const steps = found.slice(1).map(({ time }, index) => time - found[index].time);
    const gap = steps.findIndex((step) => step > 2);
    assert.ok(gap >= 0, `steps of ${steps} s of ${kind}`);
    if (kind === 'video') assert.ok(found[gap + 1].key, 'it goes on with a key frame');
  }
});

test('pictures that come late, and a key frame with them, are all recorded', async (t) => {
  const pair = await makeLossyPair(t);
  const { stream, received } = await send(t, pair, negotiateThrough);
  const { path, recording } = await record(t, pair, received, 1);
  const [camera] = stream.getVideoTracks();
  const [, sender] = pair.a.getSenders();
  /** How many pictures have come and are not in the file, when no more come: those from before it began. */
  const missing = async () => {
    await sender.replaceTrack(null);
    for (let last; ;) {
      const { frames, dropped } = trackOf(recording.statistics, 'video');
      const { framesReceived } = await inbound(pair.b, 'video');
      if (last === `${framesReceived} ${frames}`) return framesReceived - frames - dropped;
      last = `${framesReceived} ${frames}`;
      await wait(1500);
    }
  };
  const before = await missing();
  await sender.replaceTrack(camera);
  for (let round = 0; round < 3; round++) {
    const { keyFramesEncoded } = [...(await sender.getStats()).values()].find(({ type }) => type === 'outbound-rtp');
    await recorded(recording, recording.duration + 1);
    pair.path.hold();
    await wait(300);
    await sender.setParameters(sender.getParameters(), { encodingOptions: [{ keyFrame: true }] });
    for (let keys = keyFramesEncoded; keys === keyFramesEncoded; await wait(20)) {
      ({ keyFramesEncoded: keys } = [...(await sender.getStats()).values()].find(
        ({ type }) => type === 'outbound-rtp',
      ));
    }
    await wait(100);
    pair.path.release();
  }
  // One of before may have been on its way into the file.
  const after = await missing();
  assert.ok(after <= before, `${after} are missing, ${before} were before`);
  const result = await recording.stop();
  assert.ok(trackOf(result, 'video').keyFrames >= 4);
  await assertDecodes(path);
});

test('a program that is busy for seconds loses nothing', async (t) => {
  const pair = makePair(t);
  const { received } = await send(t, pair);
  const { path, recording, before } = await record(t, pair, received, 1);
  for (let i = 0; i < 2; i++) {
    const until = performance.now() + 3500;
    while (performance.now() < until);
    await wait(200);
  }
  await recorded(recording, 8);
  const result = await end(recording, pair.b, before);
  await assertWhole(path, result);
  for (const { kind, gaps, dropped } of result.tracks) assert.deepEqual([kind, gaps, dropped], [kind, 0, 0]);
  const times = (await packets(path, 'a')).map(({ time }) => time);
  for (let i = 1; i < times.length; i++) assert.ok(Math.abs(times[i] - times[i - 1] - 0.02) < 0.0025);
});

test('a peer that changes the size of its picture is recorded as it comes', async (t) => {
  const pair = makePair(t);
  const { received } = await send(t, pair);
  const { path, recording, before } = await record(t, pair, received, 1.2);
  const [, sender] = pair.a.getSenders();
  const parameters = sender.getParameters();
  parameters.encodings[0].scaleResolutionDownBy = 2;
  await sender.setParameters(parameters);
  while (trackOf(recording.statistics, 'video').resolutions.length < 2) await wait(20);
  await recorded(recording, recording.duration + 1);
  const result = await end(recording, pair.b, before);
  await assertWhole(path, result);
  const [first, second] = trackOf(result, 'video').resolutions;
  assert.deepEqual([first.width, first.height, second.width, second.height], [320, 180, 160, 90]);
  const at = (await packets(path, 'v')).find(({ time }) => Math.abs(time - second.time) < 0.002);
  assert.equal(at.key, true, 'it changes with a key frame');
});

test('a peer that does not say its SSRCs, and takes others, is recorded on', async (t) => {
  const pair = makePair(t);
  const { a, b } = pair;
  const unsaid = ({ type, sdp }) => ({ type, sdp: sdp.replace(/^a=ssrc.*\r\n/gm, '') });
  const { received } = await send(t, pair, async () => {
    for (const transceiver of a.getTransceivers()) transceiver.direction = 'sendonly';
    await a.setLocalDescription();
    await b.setRemoteDescription(unsaid(a.localDescription));
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
  });
  const { path, recording } = await record(t, pair, received, 1.2);
  const ssrcs = async () => {
    const sent = [...(await a.getStats()).values()].filter(({ type }) => type === 'outbound-rtp');
    return new Map(sent.map(({ kind, ssrc }) => [kind, ssrc]));
  };
  const before = await ssrcs();
  // The other side is not told.
  const { type, sdp } = await a.createOffer();
  const changed = sdp.replace(
    /^(a=ssrc(?:-group:\S+)?)(.*)$/gm,
    (_, name, rest) => name + rest.replace(/\b\d{6,10}\b/g, (ssrc) => (Number(ssrc) ^ 0x5555) >>> 0),
  );
  await a.setLocalDescription({ type, sdp: changed });
  await a.setRemoteDescription(b.localDescription);
  const after = await ssrcs();
  for (const kind of ['audio', 'video']) assert.notEqual(after.get(kind), before.get(kind), kind);
  const at = recording.statistics.tracks.map(({ frames }) => frames);
  while (recording.statistics.tracks.some(({ frames }, index) => frames < at[index] + 40)) await wait(20);
  const result = await recording.stop();
  for (const { mode, modeChanges } of result.tracks) assert.deepEqual([mode, modeChanges], ['passthrough', 0]);
  const { video, audio, complaints } = await probe(path);
  assert.equal(complaints, '');
  assert.equal(video.frames, trackOf(result, 'video').frames);
  assert.equal(audio.frames, trackOf(result, 'audio').frames);
  await assertDecodes(path);
  const [sound, picture] = [await packets(path, 'a'), await packets(path, 'v')];
  assert.ok(Math.abs(sound.at(-1).time - picture.at(-1).time) < 0.2);
});

test('sound that ends early leaves the picture, and the other way round', async (t) => {
  for (const ends of [0, 1]) {
    const pair = makePair(t);
    const { received } = await send(t, pair);
    const path = join(await directory(t), 'recording.webm');
    const recording = recordToFile(received, path);
    await recorded(recording, 1.2);
    pair.a.getTransceivers()[ends].stop();
    await negotiate(pair);
    await recorded(recording, 4);
    assert.equal(recording.state, 'recording');
    const result = await recording.stop();
    const { video, audio, complaints } = await probe(path);
    assert.equal(complaints, '');
    assert.equal(video.frames, trackOf(result, 'video').frames);
    assert.equal(audio.frames, trackOf(result, 'audio').frames);
    const [ended, other] = ends === 0 ? ['audio', 'video'] : ['video', 'audio'];
    assert.ok(trackOf(result, ended).lastTime < 3, `${trackOf(result, ended).lastTime}`);
    assert.ok(trackOf(result, other).lastTime > 3.7, `${trackOf(result, other).lastTime}`);
    await assertDecodes(path);
  }
});

test('sound that begins late is where it belongs', async (t) => {
  const pair = makePair(t);
  const { a } = pair;
  const stream = await devices(t);
  const [microphone, camera] = stream.getTracks();
  const late = a.addTransceiver('audio', { direction: 'sendonly' });
  a.addTransceiver(camera, { direction: 'sendonly' });
  await negotiate(pair);
  const received = new MediaStream(pair.b.getReceivers().map(({ track }) => track));
  const { path, recording } = await record(t, pair, received, 3);
  const from = recording.duration;
  const before = await decoded(pair.b);
  await late.sender.replaceTrack(microphone);
  while (trackOf(recording.statistics, 'audio').frames === 0) await wait(20);
  await recorded(recording, recording.duration + 1.5);
  const result = await end(recording, pair.b, before);
  await assertWhole(path, result);
  const [audio, video] = [await packets(path, 'a'), await packets(path, 'v')];
  assert.ok(audio[0].time > from, `${audio[0].time} after ${from}`);
  // Both are of now, so both end now.
  assert.ok(Math.abs(audio.at(-1).time - video.at(-1).time) < 0.14);
  const sound = await samples(path);
  assert.ok(loudness(sound.subarray(-48_000), 440) > 0.05);
});

test('a sink, another recorder and another codec take nothing from a recording', async (t) => {
  const pair = makePair(t);
  const { received } = await send(t, pair);
  const home = await directory(t);
  const recording = recordToFile(received, join(home, 'recording.webm'));
  await recorded(recording, 1);
  let seen = 0;
  const sink = new VideoSink(received.getVideoTracks()[0], (frame) => {
    seen++;
    frame.close();
  });
  const same = recordToFile(received, join(home, 'same.mkv'));
  const other = recordToFile(received, join(home, 'other.mp4'), { mimeType: 'video/mp4;codecs=avc1.42E01F,opus' });
  await recorded(other, 2);
  sink.close();
  assert.ok(seen >= 10);
  const results = await Promise.all([recording.stop(), same.stop(), other.stop()]);
  for (const [index, name] of ['recording.webm', 'same.mkv', 'other.mp4'].entries()) {
    const result = results[index];
    assert.equal(result.error, null);
    const mode = name === 'other.mp4' ? 'encoded' : 'passthrough';
    assert.deepEqual(
      result.tracks.map((track) => track.mode),
      ['passthrough', mode],
    );
    assert.equal(trackOf(result, 'video').gaps, 0);
    assert.equal(trackOf(result, 'audio').dropped, 0);
    const found = await probe(join(home, name));
    assert.equal(found.complaints, '');
    assert.equal(found.video.frames, trackOf(result, 'video').frames);
    await assertDecodes(join(home, name));
  }
});

test('who speaks, and how loud, is known without decoding anything', async (t) => {
  const pair = makePair(t);
  const { received } = await send(t, pair);
  const recording = recordToFile(received, join(await directory(t), 'recording.webm'));
  await recorded(recording, 1);
  const [receiver] = pair.b.getReceivers();
  const [source] = receiver.getSynchronizationSources();
  assert.equal(source.source, (await inbound(pair.b, 'audio')).ssrc);
  assert.ok(source.audioLevel > 0.01 && source.audioLevel <= 1, `${source.audioLevel}`);
  assert.ok(Math.abs(source.timestamp - (performance.timeOrigin + performance.now())) < 5000);
  assert.deepEqual(receiver.getContributingSources(), []);
  const before = await decoded(pair.b);
  const { rtpTimestamp } = source;
  while (receiver.getSynchronizationSources()[0].rtpTimestamp === rtpTimestamp) await wait(20);
  await recorded(recording, 2);
  assert.deepEqual(await decoded(pair.b), before);
  await recording.stop();
});
