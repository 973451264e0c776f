// Parameters, capabilities and statistics of senders and receivers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from 'node-libwebrtc';
import { loopback, makePair, negotiate } from './support/pair.mjs';

function make(t) {
  const pc = new RTCPeerConnection(loopback);
  t.after(() => pc.close());
  return pc;
}

const named = (name) => (error) => error.name === name;

test('capabilities name codecs and header extensions', () => {
  for (const { getCapabilities } of [RTCRtpSender, RTCRtpReceiver]) {
    const audio = getCapabilities('audio');
    const opus = audio.codecs.find(({ mimeType }) => mimeType === 'audio/opus');
    assert.deepEqual([opus.clockRate, opus.channels], [48_000, 2]);
    const { codecs, headerExtensions } = getCapabilities('video');
    assert.ok(codecs.some(({ mimeType, clockRate }) => mimeType === 'video/VP8' && clockRate === 90_000));
    assert.ok(headerExtensions.every(({ uri }) => typeof uri === 'string'));
    assert.equal(getCapabilities('text'), null);
    assert.throws(() => getCapabilities(), TypeError);
  }
});

test('parameters are the same within a task, and can be set once', async (t) => {
  const { sender } = make(t).addTransceiver('video');
  const parameters = sender.getParameters();
  await null;
  assert.equal(sender.getParameters().transactionId, parameters.transactionId);
  assert.notEqual(sender.getParameters(), parameters);
  parameters.encodings[0].maxBitrate = 300_000;
  parameters.degradationPreference = 'maintain-resolution';
  await sender.setParameters(parameters);
  const changed = sender.getParameters();
  assert.equal(changed.encodings[0].maxBitrate, 300_000);
  assert.equal(changed.degradationPreference, 'maintain-resolution');
  assert.notEqual(changed.transactionId, parameters.transactionId);
  await assert.rejects(sender.setParameters(parameters), named('InvalidModificationError'));
  await turn();
  await assert.rejects(sender.setParameters(changed), named('InvalidStateError'));
});

test('setParameters takes no other changes', async (t) => {
  const { a, b } = makePair(t);
  const { sender } = a.addTransceiver('video', { sendEncodings: [{ rid: 'a' }, { rid: 'b' }] });
  await negotiate({ a, b });
  const change = (modify) => {
    const parameters = sender.getParameters();
    modify(parameters);
    return sender.setParameters(parameters);
  };
  await assert.rejects(sender.setParameters(), TypeError);
  await assert.rejects(
    change((parameters) => delete parameters.codecs),
    TypeError,
  );
  for (const modify of [
    ({ encodings }) => encodings.pop(),
    ({ encodings }) => (encodings[0].rid = 'c'),
    ({ codecs }) => codecs.pop(),
    ({ headerExtensions }) => headerExtensions.pop(),
    ({ rtcp }) => (rtcp.cname = 'other'),
    (parameters) => (parameters.transactionId += ' '),
  ]) {
    await assert.rejects(change(modify), named('InvalidModificationError'), String(modify));
  }
  for (const modify of [
    ({ encodings }) => (encodings[0].scaleResolutionDownBy = 0.9),
    ({ encodings }) => (encodings[0].maxFramerate = -1),
  ]) {
    await assert.rejects(change(modify), RangeError);
  }
  await change(({ encodings }) => (encodings[0].active = false));
  assert.equal(sender.getParameters().encodings[0].active, false);
});

test('rtcp is what has been negotiated, one name for all that a connection sends', async (t) => {
  const { a, b } = makePair(t);
  const senders = [a.addTransceiver('audio').sender, a.addTransceiver('video').sender];
  await negotiate({ a, b });
  const [audio, video] = senders.map((sender) => sender.getParameters().rtcp);
  assert.match(audio.cname, /./);
  assert.deepEqual(audio, video);
  assert.equal(audio.reducedSize, a.localDescription.sdp.includes('a=rtcp-rsize'));
  assert.ok(a.localDescription.sdp.includes(`cname:${audio.cname}`));
});

test('each encoding has its codec, its rate and its size', async (t) => {
  const { a, b } = makePair(t);
  const audio = a.addTransceiver('audio', { sendEncodings: [{ adaptivePtime: true, maxFramerate: 5 }] }).sender;
  const video = a.addTransceiver('video').sender;
  await negotiate({ a, b });
  const change = async (sender, changes) => {
    const parameters = sender.getParameters();
    Object.assign(parameters.encodings[0], changes);
    await sender.setParameters(parameters);
    return sender.getParameters().encodings[0];
  };
  const [{ adaptivePtime, maxFramerate }] = audio.getParameters().encodings;
  assert.deepEqual([adaptivePtime, maxFramerate], [true, undefined]);
  assert.equal((await change(audio, { adaptivePtime: false })).adaptivePtime ?? false, false);

  const vp9 = video.getParameters().codecs.find(({ mimeType }) => mimeType === 'video/VP9');
  assert.equal((await change(video, { codec: vp9 })).codec.mimeType, 'video/VP9');
  assert.equal((await change(video, { codec: undefined })).codec, undefined);
  const unknown = { mimeType: 'video/none', clockRate: 90_000 };
  await assert.rejects(change(video, { codec: unknown }), named('InvalidModificationError'));
  assert.equal((await change(video, { maxFramerate: 7.5 })).maxFramerate, 7.5);
  assert.equal((await change(video, { maxFramerate: undefined })).maxFramerate, undefined);

  const size = { maxWidth: 160, maxHeight: 120 };
  assert.deepEqual((await change(video, { scaleResolutionDownTo: size })).scaleResolutionDownTo, size);
  for (const empty of [{}, { maxWidth: 1, maxHeight: 0 }]) {
    await assert.rejects(change(video, { scaleResolutionDownTo: empty }), named('InvalidModificationError'));
    assert.throws(
      () => a.addTransceiver('video', { sendEncodings: [{ scaleResolutionDownTo: empty }] }),
      named('OperationError'),
    );
  }
  assert.equal((await change(audio, { scaleResolutionDownTo: size })).scaleResolutionDownTo, undefined);
  const some = [{ rid: 'a', scaleResolutionDownTo: size }, { rid: 'b' }];
  assert.throws(() => a.addTransceiver('video', { sendEncodings: some }), named('OperationError'));
  some[1].active = false;
  a.addTransceiver('video', { sendEncodings: some });
});

test('a receiver has the negotiated parameters, and takes a target for its buffer', async (t) => {
  const { a, b } = makePair(t);
  a.addTransceiver('audio');
  await negotiate({ a, b });
  const [{ receiver, sender }] = b.getTransceivers();
  const { codecs, headerExtensions, rtcp } = receiver.getParameters();
  assert.ok(codecs.length > 0 && headerExtensions.length > 0);
  assert.equal(typeof rtcp.reducedSize, 'boolean');
  assert.ok(sender.getParameters().codecs.every(({ payloadType }) => Number.isInteger(payloadType)));
  assert.equal(receiver.jitterBufferTarget, null);
  receiver.jitterBufferTarget = 500;
  assert.equal(receiver.jitterBufferTarget, 500);
  assert.throws(() => (receiver.jitterBufferTarget = -1), RangeError);
  assert.throws(() => (receiver.jitterBufferTarget = 4001), RangeError);
  assert.throws(() => (receiver.jitterBufferTarget = {}), TypeError);
  receiver.jitterBufferTarget = null;
  assert.equal(receiver.jitterBufferTarget, null);
});

test('codecs and header extensions can be chosen', async (t) => {
  const { a, b } = makePair(t);
  const transceiver = a.addTransceiver('video');
  const vp9 = RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType === 'video/VP9');
  transceiver.setCodecPreferences(vp9);
  assert.throws(
    () => transceiver.setCodecPreferences([{ mimeType: 'video/none', clockRate: 90_000 }]),
    named('InvalidModificationError'),
  );
  assert.throws(() => transceiver.setCodecPreferences([{ mimeType: 'video/VP8' }]), TypeError);
  const extensions = transceiver.getHeaderExtensionsToNegotiate();
  const stopped = extensions.find(({ uri }) => uri.includes('toffset'));
  stopped.direction = 'stopped';
  transceiver.setHeaderExtensionsToNegotiate(extensions);
  assert.throws(() => transceiver.setHeaderExtensionsToNegotiate([]), named('InvalidModificationError'));
  await negotiate({ a, b });
  assert.match(a.localDescription.sdp, /VP9/);
  assert.doesNotMatch(a.localDescription.sdp, /VP8/);
  assert.doesNotMatch(a.localDescription.sdp, /toffset/);
  const negotiated = transceiver.getNegotiatedHeaderExtensions().find(({ uri }) => uri === stopped.uri);
  assert.equal(negotiated.direction, 'stopped');
});

test('statistics can be asked for by track, sender and receiver', async (t) => {
  const { a, b } = makePair(t);
  const track = make(t).addTransceiver('audio').receiver.track;
  const sender = a.addTrack(track);
  await negotiate({ a, b });
  const typesOf = async (promise) => Array.from(await promise, ([, { type }]) => type);
  assert.ok((await typesOf(a.getStats(track))).includes('outbound-rtp'));
  assert.ok((await typesOf(sender.getStats())).includes('outbound-rtp'));
  assert.ok(!(await typesOf(b.getReceivers()[0].getStats())).includes('outbound-rtp'));
  await assert.rejects(b.getStats(track), named('InvalidAccessError'));
  await assert.rejects(b.getStats({}), TypeError);
  a.addTransceiver(track);
  await assert.rejects(a.getStats(track), named('InvalidAccessError'));
});
