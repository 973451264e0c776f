// Two connections in one process whose packets go through here, where some are lost: the same ones of each run.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RTCPeerConnection } from 'node-libwebrtc';
import { loopback } from './pair.mjs';

/** The payload type of an RTP packet; `null` of RTCP, DTLS and STUN. */
function payloadType(packet) {
  if (packet.length < 12 || packet[0] >> 6 !== 2) return null;
  const type = packet[1] & 0x7f;
  return type >= 64 && type <= 95 ? null : type;
}

/**
 * A pair that is not negotiated yet. `loses(count)` says whether RTP packet number `count` from `a` to `b`, of that
 * payload type, is lost.
 */
export async function lossyPair(t, lostType, loses) {
  const a = new RTCPeerConnection(loopback);
  const b = new RTCPeerConnection(loopback);
  // Each stands for one of them before the other: what comes to it is for that one.
  const forA = createSocket('udp4');
  const forB = createSocket('udp4');
  t.after(() => {
    for (const end of [a, b, forA, forB]) end.close();
  });
  const places = new Map();
  for (const socket of [forA, forB]) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  let count = 0;
  const lost = { sent: 0, lost: 0 };
  forB.on('message', (packet) => {
    if (payloadType(packet) === lostType) {
      lost.sent += 1;
      if (loses(count++)) {
        lost.lost += 1;
        return;
      }
    }
    const place = places.get(b);
    if (place !== undefined) forA.send(packet, place.port, place.address);
  });
  forA.on('message', (packet) => {
    const place = places.get(a);
    if (place !== undefined) forB.send(packet, place.port, place.address);
  });
  for (const [from, to, socket] of [
    [a, b, forA],
    [b, a, forB],
  ]) {
    from.onicecandidate = ({ candidate }) => {
      if (candidate === null || candidate.protocol !== 'udp' || candidate.component !== 'rtp') return;
      places.set(from, { address: candidate.address, port: candidate.port });
      const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
      const text = candidate.candidate.replace(
        `${candidate.address} ${candidate.port}`,
        `127.0.0.1 ${socket.address().port}`,
      );
      to.addIceCandidate({ candidate: text, sdpMid, sdpMLineIndex, usernameFragment });
    };
  }
  return { a, b, lost };
}
