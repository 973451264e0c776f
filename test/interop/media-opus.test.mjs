/** What Opus can do beside one channel, between Node and Chromium: stereo, redundancy, silence that is not sent. */
/* global peer, media */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AudioData, AudioSource, RTCRtpSender } from 'node-libwebrtc';
import { keepMeasurements, measure, round } from './support/media_matrix.mjs';
import { microphone, sides, startMediaBrowser, statistics } from './support/media_sides.mjs';
import { connect, link } from './support/sides.mjs';

let chromium;
before(async () => (chromium = await startMediaBrowser()));
after(async () => {
  await chromium?.close();
  await keepMeasurements('Chromium-Opus');
});

const RATE = 48_000;

/** A track of sound that `make(position, length)` gives, interleaved, as fast as it is to be heard. */
function player(numberOfChannels, make) {
  const source = new AudioSource();
  const track = source.createTrack();
  const start = performance.now();
  let position = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * RATE);
    if (due <= position) return;
    const data = new AudioData({
      ...{ format: 'f32', sampleRate: RATE, numberOfFrames: due - position, numberOfChannels },
      timestamp: Math.round((position / RATE) * 1e6),
      data: make(position, due - position),
    });
    position = due;
    source.push(data);
    data.close();
  }, 10);
  return {
    track,
    stop() {
      clearInterval(timer);
      source.stop();
    },
  };
}

const sine = (frequency, at) => 0.5 * Math.sin((2 * Math.PI * frequency * at) / RATE);

/** Connects two sides that both say this of Opus, to themselves and to each other. */
async function connectWith(node, page, parameters) {
  const change = ({ type, sdp }) => ({ type, sdp: sdp.replace(/useinbandfec=1/g, `useinbandfec=1;${parameters}`) });
  await page.evaluate((parameters) => {
    const { pc } = peer;
    pc.setLocalDescription = async () => {
      const { type, sdp } = await pc.createAnswer();
      const changed = sdp.replace(/useinbandfec=1/g, `useinbandfec=1;${parameters}`);
      await RTCPeerConnection.prototype.setLocalDescription.call(pc, { type, sdp: changed });
    };
  }, parameters);
  const failures = link(node, page);
  await node.pc.setLocalDescription(change(await node.pc.createOffer()));
  await node.accept(await page.answer(node.pc.localDescription.toJSON()));
  await Promise.all([node.connected(), page.connected()]);
  assert.deepEqual(failures, []);
}

test('stereo both ways: each channel has its own tone', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  const left = 1000;
  const right = 1500;
  const stereo = player(2, (from, length) =>
    Float32Array.from({ length: 2 * length }, (_, i) => sine(i % 2 === 0 ? left : right, from + (i >> 1))),
  );
  node.pc.addTrack(call.own(stereo));
  await page.evaluate(async () => {
    peer.pc.addTrack(await media.stereo({ left: 700, right: 1900 }));
  });
  await connectWith(node, page, 'stereo=1;sprop-stereo=1');
  const verdicts = await Promise.all([
    call.atPage('tone', { frequency: left, channel: 0 }),
    call.atPage('tone', { frequency: right, channel: 1 }),
    call.atNode('tone', { frequency: 700, channel: 0 }),
    call.atNode('tone', { frequency: 1900, channel: 1 }),
  ]);
  const of = ([one, other]) =>
    `left ${one.frequency} Hz (${round(one.purity * 100)} %), right ${other.frequency} Hz (${round(other.purity * 100)} %)`;
  measure(t, { codec: 'opus stereo', direction: 'Node to Chromium', result: of(verdicts.slice(0, 2)) });
  measure(t, { codec: 'opus stereo', direction: 'Chromium to Node', result: of(verdicts.slice(2)) });
});

/** Lets the encoded frames of a sender or receiver pass, and collects what they say of their codec. */
function watch(end) {
  const { readable, writable } = end.createEncodedStreams();
  const seen = new Set();
  const look = new TransformStream({
    transform(frame, controller) {
      seen.add(frame.getMetadata().mimeType);
      controller.enqueue(frame);
    },
  });
  readable
    .pipeThrough(look)
    .pipeTo(writable)
    .catch(() => {});
  return seen;
}

test('redundant Opus both ways', async (t) => {
  const call = await sides(t, chromium, { atNode: { encodedInsertableStreams: true } });
  const { node, page } = call;
  node.pc.addTrack(call.own(microphone({ frequency: 1000 })));
  await page.evaluate(async () => {
    peer.pc.addTrack(await media.microphone({ frequency: 620 }));
  });
  const { codecs } = RTCRtpSender.getCapabilities('audio');
  const named = (name) => codecs.filter(({ mimeType }) => mimeType.toLowerCase() === `audio/${name}`);
  const [transceiver] = node.pc.getTransceivers();
  transceiver.setCodecPreferences([...named('red'), ...named('opus')]);
  const sent = watch(transceiver.sender);
  const received = watch(transceiver.receiver);
  await connect(node, page);
  const [toPage, toNode] = await Promise.all([
    call.atPage('tone', { frequency: 1000 }),
    call.atNode('tone', { frequency: 620 }),
  ]);
  assert.deepEqual([...sent], ['audio/red']);
  assert.deepEqual([...received], ['audio/red']);
  for (const [verdict, direction] of [
    [toPage, 'Node to Chromium'],
    [toNode, 'Chromium to Node'],
  ]) {
    const result = `${verdict.frequency} Hz with ${round(verdict.purity * 100)} % of the power`;
    measure(t, { codec: 'opus in red', direction, result });
  }
});

test('silence is not sent where the other side says so, and what follows is heard', async (t) => {
  const call = await sides(t, chromium);
  const { node, page } = call;
  let silent = false;
  let played = 0;
  const source = player(1, (from, length) => {
    played = from + length;
    return Float32Array.from({ length }, (_, i) => (silent ? 0 : sine(1000, from + i)));
  });
  const sender = node.pc.addTrack(call.own(source));
  await connectWith(node, page, 'usedtx=1');
  await call.atPage('tone', { frequency: 1000 });

  /** Packets for each second of sound, over so many seconds of it. */
  const rate = async (seconds) => {
    const sent = async () => (await statistics(node.pc, 'outbound-rtp'))[0].packetsSent;
    const [from, before] = [played, await sent()];
    while (played < from + seconds * RATE) await new Promise((resolve) => setTimeout(resolve, 20));
    return (((await sent()) - before) * RATE) / (played - from);
  };
  const loud = await rate(2);
  silent = true;
  await rate(1); // The encoder waits some time before it believes in silence.
  const quiet = await rate(3);
  assert.ok(loud > 30, `${loud} packets a second`);
  assert.ok(quiet < loud / 4, `${quiet} packets a second of silence`);
  silent = false;
  const { frequency } = await call.atPage('tone', { frequency: 1000 });
  const result = `${round(loud)} packets a second of a tone, ${round(quiet)} of silence; ${frequency} Hz afterwards`;
  measure(t, { codec: 'opus with DTX', direction: 'Node to Chromium', result });
  assert.ok(sender.track.readyState === 'live');
});
