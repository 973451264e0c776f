/**
 * The signaling, for both sides: descriptions and candidates as JSON over a WebSocket. One side calls (makes the
 * offer), the other one answers.
 */

/** Feeds what the WebSocket brings into the connection, and what the connection gathers into the WebSocket. */
export function signal(connection, socket, onError) {
  const say = (message) => socket.send(JSON.stringify(message));

  connection.onicecandidate = ({ candidate }) => {
    if (socket.readyState === socket.OPEN) say({ candidate });
  };

  socket.onmessage = async ({ data }) => {
    try {
      const { description, candidate, error } = JSON.parse(data);
      if (error) {
        onError(new Error(`the other side says: ${error}`));
      } else if (description) {
        await connection.setRemoteDescription(description);
        if (description.type === 'offer') {
          await connection.setLocalDescription();
          say({ description: connection.localDescription });
        }
      } else if (candidate !== undefined) {
        await connection.addIceCandidate(candidate);
      }
    } catch (error) {
      onError(error);
    }
  };
}

/** Makes the offer and sends it. Needs at least one channel, or there is nothing to offer. */
export async function call(connection, socket) {
  await connection.setLocalDescription();
  socket.send(JSON.stringify({ description: connection.localDescription }));
}

/** Resolves when the connection is up; rejects when it fails. */
export function connected(connection) {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (connection.connectionState === 'connected') resolve();
      if (connection.connectionState === 'failed')
        reject(new Error('no way was found from one peer to the other (ICE failed)'));
    };
    connection.addEventListener('connectionstatechange', check);
    check();
  });
}
