/**
 * A selective forwarding unit in its smallest form: one publisher, several viewers, and between them a server that
 * hands encoded frames on. It encodes nothing, however many viewers there are.
 *
 *     node examples/forwarding/main.mjs [--viewers 3] [--seconds 3]
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { forwardEncoded, mediaDevices, VideoSink } from 'node-libwebrtc';
import { makePair, negotiate, next } from '../shared/pair.mjs';

const { values } = parseArgs({
  options: { viewers: { type: 'string', default: '3' }, seconds: { type: 'string', default: '3' } },
});

// The publisher sends to the server.
const stream = await mediaDevices.getUserMedia({ video: { width: 640, height: 360, frameRate: 30 } });
const [publisher, inbound] = makePair();
publisher.addTrack(stream.getVideoTracks()[0], stream);
await negotiate(publisher, inbound);
const [{ receiver }] = inbound.getTransceivers();

/** A viewer, and the server's connection to it, on which the publisher's frames go out. */
async function serve() {
  const [outbound, viewer] = makePair();
  const transceiver = outbound.addTransceiver('video', { direction: 'sendonly' });
  // The viewer must take what the publisher sends: the server cannot change it.
  const [{ mimeType }] = receiver.getParameters().codecs;
  const { codecs } = receiver.constructor.getCapabilities('video');
  transceiver.setCodecPreferences(codecs.filter((codec) => [mimeType, 'video/rtx'].includes(codec.mimeType)));
  const remote = next(viewer, 'track');
  await negotiate(outbound, viewer);
  const forwarding = forwardEncoded(receiver, transceiver.sender);
  const { track } = await remote;
  const sink = new VideoSink(track, (frame) => frame.close());
  return { outbound, viewer, forwarding, sink };
}

const viewers = await Promise.all(Array.from({ length: Number(values.viewers) }, serve));
await pause(Number(values.seconds) * 1000);

/** The statistics of the one stream in a connection. */
const statsOf = async (connection, type) =>
  [...(await connection.getStats()).values()].find((stats) => stats.type === type) ?? {};

const { framesReceived } = await statsOf(inbound, 'inbound-rtp');
const outgoing = await Promise.all(viewers.map(({ outbound }) => statsOf(outbound, 'outbound-rtp')));
const encoded = outgoing.reduce((sum, { framesEncoded = 0 }) => sum + framesEncoded, 0);
console.log(`server:   ${framesReceived} frames received, ${encoded} encoded`);
for (const [index, { viewer, forwarding }] of viewers.entries()) {
  const { framesDecoded, frameWidth, frameHeight } = await statsOf(viewer, 'inbound-rtp');
  const { frames, dropped } = forwarding.statistics;
  console.log(
    `viewer ${index + 1}: ${frames} frames forwarded, ${dropped} dropped, ` +
      `${framesDecoded} decoded at ${frameWidth}×${frameHeight}`,
  );
}

for (const { outbound, viewer, forwarding, sink } of viewers) {
  sink.close();
  forwarding.stop();
  outbound.close();
  viewer.close();
}
for (const track of stream.getTracks()) track.stop();
publisher.close();
inbound.close();
