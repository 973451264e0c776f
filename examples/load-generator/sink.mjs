/** The smallest WHIP server: takes an offer, answers, and lets what arrives go. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { RTCPeerConnection } from 'node-libwebrtc';

const settings = { node: { includeLoopback: true, bindAddress: '127.0.0.1' } };

async function answer(connection, sdp) {
  await connection.setRemoteDescription({ type: 'offer', sdp });
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
  return connection.localDescription.sdp;
}

/** @returns {Promise<{url: string, close: () => Promise<void>}>} */
export async function startSink() {
  const sessions = new Map();
  let count = 0;
  const handle = async (request, response) => {
    if (request.method === 'POST' && request.url === '/whip') {
      const connection = new RTCPeerConnection(settings);
      const path = `/whip/${++count}`;
      sessions.set(path, connection);
      const body = await answer(connection, await text(request));
      response.writeHead(201, { 'content-type': 'application/sdp', location: path }).end(body);
    } else if (request.method === 'DELETE' && sessions.has(request.url)) {
      sessions.get(request.url).close();
      sessions.delete(request.url);
      response.writeHead(200).end();
    } else {
      response.writeHead(404).end();
    }
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(400).end(`${error.message}\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/whip`,
    async close() {
      for (const connection of sessions.values()) connection.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
