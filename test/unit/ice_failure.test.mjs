// What a connection says whose peer cannot be reached: by whether more candidates can come.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { RTCPeerConnection } from 'node-libwebrtc';
import { loopback } from './support/pair.mjs';

/** An answerer to an offer whose only candidate is a socket on loopback that never answers. */
async function answerNobody(t) {
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const nobody = new RTCPeerConnection(loopback);
  nobody.createDataChannel('channel');
  await nobody.setLocalDescription();
  const offer = nobody.localDescription;
  nobody.close();
  const connection = new RTCPeerConnection(loopback);
  t.after(() => connection.close());
  await connection.setRemoteDescription({ type: offer.type, sdp: offer.sdp.replace(/^a=candidate.*\r\n/gm, '') });
  await connection.setLocalDescription();
  const candidate = `candidate:1 1 udp 2113929471 127.0.0.1 ${silent.address().port} typ host`;
  await connection.addIceCandidate({ candidate, sdpMid: '0' });
  return connection;
}

test(
  'the connection fails, and its ICE is disconnected until there can be no more candidates',
  {
    timeout: 120_000,
  },
  async (t) => {
    const connection = await answerNobody(t);
    const states = [];
    connection.oniceconnectionstatechange = () => states.push(connection.iceConnectionState);
    await new Promise((resolve) => {
      connection.onconnectionstatechange = () => connection.connectionState === 'failed' && resolve();
    });
    assert.equal(states.at(-1), 'disconnected');
    assert.ok(!states.includes('failed'));
    const { iceTransport } = connection.sctp.transport;
    assert.equal(iceTransport.state, 'disconnected');
    const changed = new Promise((resolve) => (iceTransport.onstatechange = resolve));
    await connection.addIceCandidate(null);
    await changed;
    assert.equal(iceTransport.state, 'failed');
    assert.equal(connection.iceConnectionState, 'failed');
    assert.equal(connection.connectionState, 'failed');
  },
);
