// Transceivers, senders and receivers: what scripts add, change and remove, and what descriptions make of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MediaStream,
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpReceiver,
  RTCRtpSender,
  RTCRtpTransceiver,
  RTCTrackEvent,
} from 'node-libwebrtc';
import { loopback, makePair, negotiate, once } from './support/pair.mjs';

function make(t) {
  const pc = new RTCPeerConnection(loopback);
  t.after(() => pc.close());
  return pc;
}

/** A track without a camera: what a receiver of another connection would give. */
function makeTrack(t, kind) {
  return make(t).addTransceiver(kind).receiver.track;
}

const named = (name) => (error) => error.name === name;

/** Logs the events of media in their order. */
function record(pc, log) {
  pc.addEventListener('signalingstatechange', () => log.push(`signaling ${pc.signalingState}`));
  pc.addEventListener('addstream', () => log.push('addstream'));
  pc.addEventListener('removestream', () => log.push('removestream'));
  pc.addEventListener('track', ({ track, streams }) => {
    log.push(`track ${track.kind} ${track.muted ? 'muted' : 'unmuted'}`);
    for (const stream of streams) {
      stream.onaddtrack ??= () => log.push('addtrack');
      stream.onremovetrack ??= () => log.push('removetrack');
    }
    track.onmute = () => log.push('mute');
    track.onended = () => log.push('ended');
  });
}

test('a transceiver has its parts, and no media section yet', (t) => {
  const pc = make(t);
  const transceiver = pc.addTransceiver('audio', { direction: 'recvonly' });
  assert.ok(transceiver instanceof RTCRtpTransceiver);
  assert.ok(transceiver.sender instanceof RTCRtpSender);
  assert.ok(transceiver.receiver instanceof RTCRtpReceiver);
  assert.ok(transceiver.receiver.track instanceof MediaStreamTrack);
  assert.equal(transceiver.mid, null);
  assert.equal(transceiver.direction, 'recvonly');
  assert.equal(transceiver.currentDirection, null);
  assert.equal(transceiver.sender.track, null);
  assert.equal(transceiver.sender.transport, null);
  assert.equal(transceiver.receiver.transport, null);
  assert.equal(transceiver.receiver.track.kind, 'audio');
  assert.equal(transceiver.receiver.track.label, 'remote audio');
  assert.equal(transceiver.receiver.track.muted, true);
  assert.equal(transceiver.receiver.track.readyState, 'live');
  assert.deepEqual(pc.getTransceivers(), [transceiver]);
  assert.equal(pc.getSenders()[0], transceiver.sender);
  assert.equal(pc.getReceivers()[0], transceiver.receiver);
  assert.notEqual(transceiver.sender.dtmf, null);
  assert.equal(pc.addTransceiver('video').sender.dtmf, null);
});

test('addTransceiver checks what it is given', (t) => {
  const pc = make(t);
  assert.throws(() => pc.addTransceiver(), TypeError);
  assert.throws(() => pc.addTransceiver('text'), TypeError);
  assert.throws(() => pc.addTransceiver('audio', { direction: 'stopped' }), TypeError);
  assert.throws(() => pc.addTransceiver('audio', { direction: 'elsewhere' }), TypeError);
  assert.throws(() => pc.addTransceiver('audio', { streams: [{}] }), TypeError);
  const encodings = (...sendEncodings) => pc.addTransceiver('video', { sendEncodings });
  assert.throws(() => encodings({ rid: 'a b' }), TypeError);
  assert.throws(() => encodings({ rid: 'a' }, { rid: 'a' }), TypeError);
  assert.throws(() => encodings({ rid: 'a' }, {}), TypeError);
  assert.throws(() => encodings({ scaleResolutionDownBy: 0.5 }), RangeError);
  assert.throws(() => encodings({ maxFramerate: -1 }), RangeError);
  assert.equal(pc.getTransceivers().length, 0);
  pc.close();
  assert.throws(() => pc.addTransceiver('audio'), named('InvalidStateError'));
});

test('encodings are completed', (t) => {
  const pc = make(t);
  const read = (kind, sendEncodings) => pc.addTransceiver(kind, { sendEncodings }).sender.getParameters().encodings;
  const layers = read('video', [{ rid: 'q' }, { rid: 'h' }, { rid: 'f', maxBitrate: 500_000, active: false }]);
  assert.deepEqual(
    layers.map(({ rid, scaleResolutionDownBy, active, maxBitrate }) => [
      rid,
      scaleResolutionDownBy,
      active,
      maxBitrate,
    ]),
    [
      ['q', 4, true, undefined],
      ['h', 2, true, undefined],
      ['f', 1, false, 500_000],
    ],
  );
  const [single, ...others] = read('video', [{ rid: 'a' }]);
  assert.deepEqual([single.rid, single.scaleResolutionDownBy, others.length], [undefined, 1, 0]);
  const partly = read('video', [{ rid: 'a', scaleResolutionDownBy: 3 }, { rid: 'b' }]);
  assert.deepEqual(
    partly.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy),
    [3, 1],
  );
  const [audio] = read('audio', [{ scaleResolutionDownBy: 0.1, maxFramerate: -1 }]);
  assert.equal('scaleResolutionDownBy' in audio, false);
  assert.equal('maxFramerate' in audio, false);
});

test('a track is sent once, and a sender that has never sent is taken again', (t) => {
  const pc = make(t);
  const track = makeTrack(t, 'audio');
  const stream = new MediaStream();
  const transceiver = pc.addTransceiver('audio', { direction: 'recvonly' });
  const sender = pc.addTrack(track, stream);
  assert.equal(sender, transceiver.sender);
  assert.equal(sender.track, track);
  assert.equal(transceiver.direction, 'sendrecv');
  assert.deepEqual(pc.getLocalStreams(), [stream]);
  assert.throws(() => pc.addTrack(track), named('InvalidAccessError'));
  assert.throws(() => pc.addTrack(track.clone(), {}), TypeError);
  assert.notEqual(pc.addTrack(track.clone()), sender);
  assert.equal(pc.getTransceivers().length, 2);

  pc.removeTrack(sender);
  assert.equal(sender.track, null);
  assert.equal(transceiver.direction, 'recvonly');
  assert.throws(() => make(t).removeTrack(sender), named('InvalidAccessError'));
  pc.close();
  assert.throws(() => pc.addTrack(track), named('InvalidStateError'));
  assert.throws(() => pc.removeTrack(sender), named('InvalidStateError'));
});

test('a negotiation gives mids, directions and transports, and fires events in order', async (t) => {
  const { a, b } = makePair(t);
  const stream = new MediaStream();
  const local = a.addTransceiver(makeTrack(t, 'video'), { streams: [stream] });
  const log = [];
  record(b, log);
  await a.setLocalDescription();
  assert.notEqual(local.mid, null);
  const { sdp } = a.localDescription;
  assert.match(sdp, new RegExp(`a=msid:${stream.id} `));
  const fired = once(b, 'track');
  const applied = b.setRemoteDescription(a.localDescription).then(() => log.push('applied'));
  const event = await fired;
  await applied;
  assert.deepEqual(log, ['signaling have-remote-offer', 'addstream', 'track video muted', 'applied']);
  assert.ok(event instanceof RTCTrackEvent);
  const [remote] = b.getTransceivers();
  assert.equal(event.transceiver, remote);
  assert.equal(event.receiver, remote.receiver);
  assert.equal(event.track, remote.receiver.track);
  assert.equal(event.streams.length, 1);
  assert.equal(event.streams[0].id, stream.id);
  assert.deepEqual(event.streams[0].getTracks(), [event.track]);
  assert.deepEqual(b.getRemoteStreams(), [event.streams[0]]);
  assert.equal(remote.mid, local.mid);
  assert.equal(remote.direction, 'recvonly');
  assert.equal(remote.currentDirection, null);

  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  assert.equal(remote.currentDirection, 'recvonly');
  assert.equal(local.currentDirection, 'sendonly');
  assert.equal(local.direction, 'sendrecv');
  assert.equal(local.sender.transport, local.receiver.transport);
  assert.equal(local.sender.transport.constructor.name, 'RTCDtlsTransport');

  log.length = 0;
  local.direction = 'inactive';
  await negotiate({ a, b });
  assert.deepEqual(log, ['signaling have-remote-offer', 'removetrack', 'removestream', 'signaling stable']);
  assert.deepEqual(b.getRemoteStreams(), []);
  assert.equal(remote.currentDirection, 'inactive');

  log.length = 0;
  local.direction = 'sendonly';
  await negotiate({ a, b });
  assert.deepEqual(log, [
    'signaling have-remote-offer',
    'addtrack',
    'addstream',
    'track video muted',
    'signaling stable',
  ]);
  assert.deepEqual(b.getRemoteStreams(), [event.streams[0]]);
});

test('streams can change without a change of direction', async (t) => {
  const { a, b } = makePair(t);
  const [first, second] = [new MediaStream(), new MediaStream()];
  const { sender } = a.addTransceiver(makeTrack(t, 'audio'), { streams: [first] });
  const seen = [];
  b.ontrack = ({ streams }) => seen.push(streams.map(({ id }) => id));
  await negotiate({ a, b });
  const needed = once(a, 'negotiationneeded');
  sender.setStreams(first, second, second);
  await needed;
  await negotiate({ a, b });
  assert.deepEqual(seen, [[first.id], [first.id, second.id]]);
  assert.throws(() => sender.setStreams({}), TypeError);
  a.close();
  assert.throws(() => sender.setStreams(), named('InvalidStateError'));
});

test('negotiationneeded follows what needs a negotiation', async (t) => {
  const { a, b } = makePair(t);
  let needed = once(a, 'negotiationneeded');
  const transceiver = a.addTransceiver('audio');
  await needed;
  await negotiate({ a, b });
  needed = once(a, 'negotiationneeded');
  transceiver.direction = 'inactive';
  await needed;
  needed = once(b, 'negotiationneeded');
  b.getTransceivers()[0].stop();
  await needed;
});

test('the direction can be set while the transceiver runs', async (t) => {
  const pc = make(t);
  const transceiver = pc.addTransceiver('video');
  transceiver.direction = 'nowhere';
  assert.equal(transceiver.direction, 'sendrecv');
  assert.throws(() => (transceiver.direction = 'stopped'), TypeError);
  transceiver.stop();
  assert.equal(transceiver.direction, 'stopped');
  assert.equal(transceiver.currentDirection, null);
  assert.throws(() => (transceiver.direction = 'recvonly'), named('InvalidStateError'));
  await assert.rejects(transceiver.sender.replaceTrack(null), named('InvalidStateError'));
});

test('a stopped transceiver ends its track and leaves with the next negotiation', async (t) => {
  const { a, b } = makePair(t);
  const local = a.addTransceiver('audio');
  await negotiate({ a, b });
  const [remote] = b.getTransceivers();
  let ended = 0;
  local.receiver.track.onended = () => ended++;
  local.stop();
  assert.equal(local.receiver.track.readyState, 'live');
  assert.equal(local.direction, 'stopped');
  assert.equal(local.currentDirection, 'sendonly');
  await negotiate({ a, b });
  for (const transceiver of [local, remote]) {
    assert.equal(transceiver.mid, null);
    assert.equal(transceiver.direction, 'stopped');
    assert.equal(transceiver.currentDirection, 'stopped');
  }
  if (remote.receiver.track.readyState === 'live') await once(remote.receiver.track, 'ended');
  assert.equal(ended, 1);
  for (const pc of [a, b]) {
    assert.deepEqual([pc.getTransceivers(), pc.getSenders(), pc.getReceivers()], [[], [], []]);
  }
});

test('closing stops transceivers and ends their tracks', async (t) => {
  const { a, b } = makePair(t);
  const local = a.addTransceiver('audio');
  await negotiate({ a, b });
  const ended = once(local.receiver.track, 'ended');
  a.close();
  await ended;
  assert.equal(local.direction, 'stopped');
  assert.equal(local.currentDirection, 'stopped');
  assert.deepEqual(a.getTransceivers(), [local]);
  assert.deepEqual([a.getSenders(), a.getReceivers()], [[], []]);
  assert.throws(() => local.stop(), named('InvalidStateError'));
  assert.throws(() => (local.direction = 'inactive'), named('InvalidStateError'));
  await assert.rejects(local.sender.replaceTrack(null), named('InvalidStateError'));
  assert.equal((await local.receiver.getStats()).size, 0);
  local.sender.getParameters();
  local.receiver.getParameters();
  assert.deepEqual(local.receiver.getSynchronizationSources(), []);
});

test('rolling back takes away what the description has made', async (t) => {
  const { a, b } = makePair(t);
  a.addTransceiver(makeTrack(t, 'audio'), { streams: [new MediaStream()] });
  const offer = await a.createOffer();
  const log = [];
  record(b, log);
  await b.setRemoteDescription(offer);
  const [made] = b.getTransceivers();
  await b.setRemoteDescription({ type: 'rollback' });
  await once(made.receiver.track, 'ended');
  assert.deepEqual(log, [
    'signaling have-remote-offer',
    'addstream',
    'track audio muted',
    'signaling stable',
    'removetrack',
    'removestream',
    'ended',
  ]);
  assert.deepEqual(b.getTransceivers(), []);
  assert.equal(made.direction, 'stopped');

  const kept = b.addTransceiver('video');
  await b.setLocalDescription();
  assert.notEqual(kept.mid, null);
  await b.setLocalDescription({ type: 'rollback' });
  assert.equal(kept.mid, null);
  assert.equal(kept.sender.transport, null);
  assert.deepEqual(b.getTransceivers(), [kept]);
});

test('a track can be replaced by another of its kind', async (t) => {
  const { a, b } = makePair(t);
  const [first, second] = [makeTrack(t, 'audio'), makeTrack(t, 'audio')];
  const sender = a.addTrack(first);
  await assert.rejects(sender.replaceTrack(makeTrack(t, 'video')), TypeError);
  await assert.rejects(sender.replaceTrack({}), TypeError);
  await sender.replaceTrack(second);
  assert.equal(sender.track, second);
  await negotiate({ a, b });
  const replaced = sender.replaceTrack(first);
  assert.equal(sender.track, second);
  await replaced;
  assert.equal(sender.track, first);
  await sender.replaceTrack(null);
  assert.equal(sender.track, null);
  let settled = false;
  sender.replaceTrack(second).finally(() => (settled = true));
  a.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(settled, false);
});

test('offerToReceive makes and changes transceivers', async (t) => {
  const pc = make(t);
  await pc.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: true });
  const directions = () => pc.getTransceivers().map(({ direction }) => direction);
  assert.deepEqual(directions(), ['recvonly', 'recvonly']);
  await pc.createOffer({ offerToReceiveAudio: true, offerToReceiveVideo: false });
  assert.deepEqual(directions(), ['recvonly', 'inactive']);
});

test('streams can be added and removed as in the first drafts', async (t) => {
  const { a, b } = makePair(t);
  const stream = new MediaStream([makeTrack(t, 'audio'), makeTrack(t, 'video')]);
  a.addStream(stream);
  a.addStream(stream);
  assert.equal(a.getSenders().length, 2);
  assert.deepEqual(a.getLocalStreams(), [stream]);
  const added = once(b, 'addstream');
  await negotiate({ a, b });
  const { stream: remote } = await added;
  assert.equal(remote.id, stream.id);
  assert.equal(remote.getTracks().length, 2);
  const [audio] = stream.getAudioTracks();
  assert.equal(a.createDTMFSender(audio), a.getSenders().find(({ track }) => track === audio).dtmf);
  const removed = once(b, 'removestream');
  a.removeStream(stream);
  assert.ok(a.getSenders().every(({ track }) => track === null));
  await negotiate({ a, b });
  assert.equal((await removed).stream, remote);
});
