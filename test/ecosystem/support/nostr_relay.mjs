/** A Nostr relay (NIP-01) that keeps nothing: each event goes to whoever has subscribed to its kind and its tag `x`. */
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const matches = ({ kinds, '#x': topics }, { kind, tags }) =>
  (kinds === undefined || kinds.includes(kind)) &&
  (topics === undefined || tags.some(([name, value]) => name === 'x' && topics.includes(value)));

export async function startNostrRelay() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.subscriptions = new Map();
    socket.on('message', (data) => {
      const [type, ...rest] = JSON.parse(data);
      if (type === 'REQ') {
        const [id, ...filters] = rest;
        socket.subscriptions.set(id, filters);
        socket.send(JSON.stringify(['EOSE', id]));
      } else if (type === 'CLOSE') {
        socket.subscriptions.delete(rest[0]);
      } else if (type === 'EVENT') {
        const [event] = rest;
        socket.send(JSON.stringify(['OK', event.id, true, '']));
        for (const client of server.clients) {
          for (const [id, filters] of client.subscriptions) {
            if (filters.some((filter) => matches(filter, event))) client.send(JSON.stringify(['EVENT', id, event]));
          }
        }
      }
    });
  });
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
