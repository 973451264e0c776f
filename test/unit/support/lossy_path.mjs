// A path between two connections that loses what it is told to: a real one, of UDP packets.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RTCPeerConnection } from 'node-libwebrtc';
import { loopback } from './pair.mjs';

/** Whether a packet is media: RTP, and not the RTCP that goes the same way (RFC 5761, section 4; RFC 7983). */
const isMedia = (packet) => packet[0] >= 128 && packet[0] < 192 && ((packet[1] & 0x7f) < 64 || (packet[1] & 0x7f) > 95);

/**
 * Two connections whose packets all go through a relay. `path.loses` says of each packet of media from `a` whether it is
 * lost; `path.lost` counts them. What comes from `a` between `path.hold()` and `path.release()` arrives then, all at once.
 */
export async function makeLossyPair(t) {
  const a = new RTCPeerConnection(loopback);
  const b = new RTCPeerConnection(loopback);
  const relay = createSocket('udp4');
  relay.bind(0, '127.0.0.1');
  await once(relay, 'listening');
  t.after(() => {
    a.close();
    b.close();
    relay.close();
  });
  let [near, far, held] = [];
  const path = {
    loses: () => false,
    lost: 0,
    hold: () => (held = []),
    release() {
      for (const packet of held) relay.send(packet, far, '127.0.0.1');
      held = undefined;
    },
  };
  relay.on('message', (packet, { port }) => {
    if (port === far) {
      if (near !== undefined) relay.send(packet, near, '127.0.0.1');
      return;
    }
    near = port;
    if (far === undefined) return;
    if (isMedia(packet) && path.loses(packet)) path.lost++;
    else if (held) held.push(packet);
    else relay.send(packet, far, '127.0.0.1');
  });
  // `a` finds `b` behind the relay; `b` learns of the relay by what comes from there.
  b.addEventListener('icecandidate', ({ candidate }) => {
    if (!candidate) return;
    far ??= candidate.port;
    const { address, port } = relay.address();
    a.addIceCandidate({
      ...candidate.toJSON(),
      candidate: candidate.candidate.replace(`${candidate.address} ${candidate.port}`, `${address} ${port}`),
    });
  });
  return { a, b, path };
}

/** Offer and answer from `a` to `b`, without the candidates. */
export async function negotiateThrough({ a, b }) {
  const bare = ({ type, sdp }) => ({ type, sdp: sdp.replaceAll(/^a=(?:candidate:.*|end-of-candidates)\r\n/gm, '') });
  await a.setLocalDescription();
  await b.setRemoteDescription(bare(a.localDescription));
  await b.setLocalDescription();
  await a.setRemoteDescription(bare(b.localDescription));
}
