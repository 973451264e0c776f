// Browser code type-checks unchanged with our classes. Checked by the compiler alone; nothing here runs.
import {
  RTCPeerConnection,
  setLogLevel,
  type RTCDataChannel,
  type RTCErrorEvent,
  type RTCIceCandidate,
} from 'node-libwebrtc';
import 'node-libwebrtc/polyfill';

export async function call(signal: (message: unknown) => void): Promise<RTCDataChannel> {
  const connection = new RTCPeerConnection({
    iceServers: [
      { urls: ['stun:stun.example.org'] },
      { urls: 'turn:turn.example.org', username: 'u', credential: 'c' },
    ],
    bundlePolicy: 'max-bundle',
    node: { includeLoopback: true, bindAddress: '127.0.0.1', portRange: { min: 5000, max: 5100 } },
  });
  connection.onicecandidate = ({ candidate }) => {
    const own: RTCIceCandidate | null = candidate;
    signal(own?.toJSON());
  };
  connection.addEventListener('datachannel', ({ channel }) => {
    channel.send('hello');
  });
  connection.ondatachannel = (event) => {
    event.channel.binaryType = 'blob';
  };
  const channel = connection.createDataChannel('files', { ordered: false, maxRetransmits: 3, priority: 'high' });
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') console.log(data.length);
  };
  channel.onerror = (event: RTCErrorEvent) => {
    console.error(event.error.errorDetail, event.error.sctpCauseCode);
  };
  channel.addEventListener('bufferedamountlow', () => {
    channel.send(new Uint8Array(10));
  });
  channel.addEventListener('message', function (event) {
    this.send(event.data as ArrayBuffer);
  });
  channel.addEventListener('close', { handleEvent: (event) => console.log(event.type) }, { once: true });
  await connection.setLocalDescription(await connection.createOffer());
  const state: 'new' | 'checking' | 'connected' | 'completed' | 'failed' | 'disconnected' | 'closed' =
    connection.iceConnectionState;
  console.log(state, connection.sctp?.transport.iceTransport.getSelectedCandidatePair()?.local.address);
  for (const [id, stats] of await connection.getStats()) console.log(id, stats);
  setLogLevel('warning', ({ level, message }) => console.log(level, message));
  setLogLevel('none');
  return channel;
}
