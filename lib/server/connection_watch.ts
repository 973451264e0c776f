/** When a connection is up, and when it is gone for good. */
import type { RTCPeerConnection } from '../peerconnection/RTCPeerConnection';
import type { RTCDtlsTransport } from '../transport/RTCDtlsTransport';

/** What happens to a connection. */
export interface ConnectionListener {
  /** It is up, for the first time. */
  connected: () => void;
  /** The other side has ended it, as it should. */
  left: () => void;
  /** ICE or DTLS have failed. */
  lost: () => void;
}

/** Watches a connection whose media share one transport. To be called when it has its descriptions. */
export function watchConnection(connection: RTCPeerConnection, listener: ConnectionListener): void {
  let seen = false;
  const onchange = () => {
    if (connection.connectionState === 'connected' && !seen) {
      seen = true;
      listener.connected();
    } else if (connection.connectionState === 'failed') {
      listener.lost();
    }
  };
  connection.addEventListener('connectionstatechange', onchange);

  // A peer that closes its connection says so over DTLS; the state of the connection tells much later.
  const transports = new Set<RTCDtlsTransport>();
  for (const { sender, receiver } of connection.getTransceivers()) {
    for (const transport of [sender.transport, receiver.transport]) if (transport !== null) transports.add(transport);
  }
  for (const transport of transports) {
    transport.addEventListener('statechange', () => {
      if (transport.state === 'closed' && connection.connectionState !== 'closed') listener.left();
    });
  }
  onchange();
}
