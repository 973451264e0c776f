// What constraints make of sound: echo cancellation, gain and noise suppression, and sound that a peer sends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AudioData, AudioSink, AudioSource, VideoFrame, VideoSink, VideoSource } from 'node-libwebrtc';
import { makePair, negotiate, once } from './support/pair.mjs';
import { noise, voice } from './support/voice.mjs';

const RATE = 48_000;
const timeout = 60_000;

const decibels = (ratio) => 20 * Math.log10(ratio);
const rms = (samples) => Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

function block(samples, numberOfChannels = 1, sampleRate = RATE) {
  const numbers = { sampleRate, numberOfFrames: samples.length / numberOfChannels, numberOfChannels, timestamp: 0 };
  return new AudioData({ ...numbers, format: 'f32', data: samples });
}

/** What a track with these constraints makes of sound, which is not a matter of time: all of it at once. */
async function processed(samples, constraints) {
  const source = new AudioSource();
  const track = source.createTrack();
  await track.applyConstraints(constraints);
  const settings = track.getSettings();
  for (const name of Object.keys(constraints)) assert.equal(settings[name], constraints[name].exact);
  const heard = [];
  const all = new Promise((resolve) => {
    new AudioSink(
      track,
      (data) => {
        const plane = new Float32Array(data.numberOfFrames);
        data.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
        data.close();
        for (const sample of plane) heard.push(sample);
        if (heard.length >= samples.length) resolve();
      },
      { maxQueueLength: 10_000 },
    );
  });
  const data = block(samples);
  source.push(data);
  data.close();
  await all;
  source.stop();
  return Float32Array.from(heard);
}

test('noise suppression takes noise away and leaves a voice', { timeout }, async (t) => {
  const seconds = 6;
  const hiss = noise(seconds * RATE).map((sample) => 0.02 * sample);
  const [as, quiet] = [
    await processed(hiss, { noiseSuppression: { exact: false } }),
    await processed(hiss, { noiseSuppression: { exact: true } }),
  ];
  const end = (samples) => samples.subarray(-RATE);
  const taken = decibels(rms(end(quiet)) / rms(end(as)));
  const speech = voice(seconds);
  const [before, after] = [
    await processed(speech, { noiseSuppression: { exact: false } }),
    await processed(speech, { noiseSuppression: { exact: true } }),
  ];
  const kept = decibels(rms(after) / rms(before));
  t.diagnostic(`noise by ${taken.toFixed(1)} dB, a voice by ${kept.toFixed(1)} dB`);
  assert.ok(Math.abs(decibels(rms(as) / rms(hiss))) < 0.1);
  assert.ok(taken < -6, `${taken} dB`);
  assert.ok(kept > -3, `${kept} dB`);
});

test('gain control makes a voice that is too low louder, and none that is loud enough', { timeout }, async (t) => {
  const speech = voice(10);
  const low = speech.map((sample) => sample / 30);
  const end = (samples) => samples.subarray(-2 * RATE);
  const gains = [];
  for (const samples of [low, speech]) {
    const before = await processed(samples, { autoGainControl: { exact: false } });
    const after = await processed(samples, { autoGainControl: { exact: true } });
    gains.push(decibels(rms(end(after)) / rms(end(before))));
  }
  t.diagnostic(`a low voice by ${gains[0].toFixed(1)} dB, a loud one by ${gains[1].toFixed(1)} dB`);
  assert.ok(gains[0] > 6, `${gains[0]} dB`);
  assert.ok(gains[1] < gains[0] - 6, `${gains[1]} dB`);
});

/** Pushes sound as fast as it is to be heard, until it is stopped. `make(from, length)` gives interleaved samples. */
function play(source, numberOfChannels, make) {
  const begun = performance.now();
  let position = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) * RATE) / 1000);
    if (due <= position) return;
    const data = block(make(position, due - position), numberOfChannels);
    position = due;
    source.push(data);
    data.close();
  }, 10);
  return () => {
    clearInterval(timer);
    source.stop();
  };
}

/** The share of a signal's power that is at one frequency, 0 to 1. */
function share(samples, frequency, sampleRate) {
  let [re, im, power] = [0, 0, 0];
  for (const [i, sample] of samples.entries()) {
    const angle = (2 * Math.PI * frequency * i) / sampleRate;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
    power += sample * sample;
  }
  return power === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * power);
}

function planes(data) {
  return Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex, format: 'f32-planar' });
    return plane;
  });
}

/** Listens to a track in pieces of 200 ms, one array for each channel, until `isSo(channels, rate)`. */
function hear(track, isSo) {
  return new Promise((resolve) => {
    let heard = [];
    const sink = new AudioSink(
      track,
      (data) => {
        const { sampleRate, numberOfChannels } = data;
        const channels = planes(data);
        data.close();
        if (heard.length !== numberOfChannels) heard = channels.map(() => []);
        channels.forEach((samples, index) => heard[index].push(...samples));
        if (heard[0].length < sampleRate / 5) return;
        const piece = heard;
        heard = channels.map(() => []);
        if (!isSo(piece, sampleRate)) return;
        sink.close();
        resolve(piece);
      },
      { maxQueueLength: 100 },
    );
  });
}

/** The track that `b` receives of what is played to it, and the end of that. */
async function received(t, numberOfChannels, make, changeOffer = (sdp) => sdp) {
  const { a, b } = makePair(t);
  const source = new AudioSource();
  t.after(play(source, numberOfChannels, make));
  a.addTrack(source.createTrack());
  const arrived = once(b, 'track');
  await a.setLocalDescription();
  await b.setRemoteDescription({ type: 'offer', sdp: changeOffer(a.localDescription.sdp) });
  const answer = await b.createAnswer();
  await b.setLocalDescription({ type: 'answer', sdp: changeOffer(answer.sdp) });
  await a.setRemoteDescription(b.localDescription);
  const { track } = await arrived;
  return { a, b, track };
}

const tone = (frequency, from, length) =>
  Float32Array.from({ length }, (_, i) => 0.4 * Math.sin((2 * Math.PI * frequency * (from + i)) / RATE));

const interleave = (left, right) =>
  Float32Array.from({ length: 2 * left.length }, (_, i) => [left, right][i % 2][i >> 1]);

test('Opus arrives in stereo: each channel has its own tone', { timeout }, async (t) => {
  const stereo = (sdp) => sdp.replace(/useinbandfec=1/g, 'useinbandfec=1;stereo=1;sprop-stereo=1');
  const { b, track } = await received(
    t,
    2,
    (from, length) => interleave(tone(1000, from, length), tone(1500, from, length)),
    stereo,
  );
  const [left, right] = await hear(
    track,
    ([one, two], rate) => two !== undefined && share(one, 1000, rate) > 0.95 && share(two, 1500, rate) > 0.95,
  );
  assert.ok(share(left, 1500, RATE) < 0.01);
  assert.ok(share(right, 1000, RATE) < 0.01);
  const report = [...(await b.getStats()).values()];
  const inbound = report.find(({ type }) => type === 'inbound-rtp');
  assert.equal(report.find(({ id }) => id === inbound.codecId).channels, 2);
});

test('constraints give the sound of a peer another rate and another number of channels', { timeout }, async (t) => {
  const { track } = await received(t, 1, (from, length) => tone(1000, from, length));
  await hear(track, ([one], rate) => share(one, 1000, rate) > 0.95);
  await track.applyConstraints({ sampleRate: { exact: 16_000 }, channelCount: { exact: 2 } });
  const channels = await hear(
    track,
    (all, rate) => rate === 16_000 && all.every((one) => share(one, 1000, rate) > 0.95),
  );
  assert.equal(channels.length, 2);
  const { sampleRate, channelCount } = track.getSettings();
  assert.deepEqual([sampleRate, channelCount], [16_000, 2]);
  await assert.rejects(track.applyConstraints({ sampleRate: { exact: 7 } }), { name: 'OverconstrainedError' });
  await track.applyConstraints({});
  await hear(track, (all, rate) => rate === 48_000 && share(all[0], 1000, rate) > 0.95);
});

test('constraints make pictures of a peer smaller', { timeout }, async (t) => {
  const { a, b } = makePair(t);
  const source = new VideoSource();
  const pixels = new Uint8Array(320 * 240 * 1.5).fill(128);
  let time = 0;
  const timer = setInterval(() => {
    const init = { format: 'I420', codedWidth: 320, codedHeight: 240, timestamp: (time += 40_000) };
    const frame = new VideoFrame(pixels, init);
    source.push(frame);
    frame.close();
  }, 40);
  t.after(() => {
    clearInterval(timer);
    source.stop();
  });
  a.addTrack(source.createTrack());
  const arrived = once(b, 'track');
  await negotiate({ a, b });
  const { track } = await arrived;
  const sized = (width, height) =>
    new Promise((resolve) => {
      const sink = new VideoSink(track, (frame) => {
        const fits = frame.codedWidth === width && frame.codedHeight === height;
        const metadata = frame.metadata();
        frame.close();
        if (!fits) return;
        sink.close();
        resolve(metadata);
      });
    });
  const { rtpTimestamp, receiveTime } = await sized(320, 240);
  assert.ok(rtpTimestamp > 0);
  const age = performance.now() - receiveTime;
  assert.ok(age > 0 && age < 30_000, `received ${age} ms ago`);
  await track.applyConstraints({ width: { exact: 160 }, height: { exact: 90 } });
  await sized(160, 90);
  assert.deepEqual([track.getSettings().width, track.getSettings().height], [160, 90]);
  await track.applyConstraints({});
  await sized(320, 240);
});

test('what a peer plays is taken out of what a microphone hears', { timeout }, async (t) => {
  const speech = voice(4);
  const far = (from, length) => Float32Array.from({ length }, (_, i) => speech[(from + i) % speech.length]);
  const { track } = await received(t, 1, far);
  // The room: the microphone hears the loudspeaker, and nothing else.
  const room = new AudioSource();
  const microphone = room.createTrack();
  const plain = microphone.clone();
  await microphone.applyConstraints({ echoCancellation: { exact: true } });
  assert.equal(microphone.getSettings().echoCancellation, true);
  const loudspeaker = new AudioSink(
    track,
    (data) => {
      const [samples] = planes(data);
      data.close();
      const echo = block(samples.map((sample) => 0.5 * sample));
      room.push(echo);
      echo.close();
    },
    { maxQueueLength: 100 },
  );
  t.after(() => {
    loudspeaker.close();
    room.stop();
  });
  // Pieces of both tracks come in pairs.
  const without = [];
  void hear(plain, ([piece]) => {
    without.push(rms(piece));
    return false;
  });
  const reductions = [];
  await hear(microphone, ([piece]) => {
    const echo = without.shift();
    // Nothing is said in a pause.
    if (echo === undefined || echo < 0.005) return false;
    reductions.push(decibels(rms(piece) / echo));
    const last = reductions.slice(-5);
    return last.length === 5 && last.every((reduction) => reduction < -12);
  });
  t.diagnostic(
    `echo by ${reductions
      .slice(-5)
      .map((reduction) => reduction.toFixed(1))
      .join(', ')} dB`,
  );
});

test('statistics of the sound that is played out', { timeout }, async (t) => {
  const { b, track } = await received(t, 1, (from, length) => tone(1000, from, length));
  await hear(track, ([one], rate) => share(one, 1000, rate) > 0.95);
  const sink = new AudioSink(track, (data) => data.close());
  t.after(() => sink.close());
  const playout = async () => [...(await b.getStats()).values()].find(({ type }) => type === 'media-playout');
  const first = await playout();
  assert.equal(first.kind, 'audio');
  assert.ok(first.totalSamplesCount > 0);
  assert.ok(first.totalSamplesDuration > 0);
  let next = first;
  while (next.totalSamplesDuration < first.totalSamplesDuration + 0.2) next = await playout();
  const samples = next.totalSamplesCount - first.totalSamplesCount;
  const seconds = next.totalSamplesDuration - first.totalSamplesDuration;
  assert.ok(Math.abs(samples / seconds - RATE) < 10, `${samples} samples in ${seconds} s`);
  for (const name of ['synthesizedSamplesDuration', 'synthesizedSamplesEvents', 'totalPlayoutDelay']) {
    assert.ok(next[name] >= first[name], `${name}: ${first[name]}, then ${next[name]}`);
  }
});
