/** The web server: brings the page, and a WebSocket for the signaling. It listens on loopback only. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

const FILES = {
  '/': ['page/index.html', 'text/html; charset=utf-8'],
  '/style.css': ['page/style.css', 'text/css; charset=utf-8'],
  '/page.mjs': ['page/page.mjs', 'text/javascript; charset=utf-8'],
  '/transfer.mjs': ['transfer.mjs', 'text/javascript; charset=utf-8'],
  '/signaling.mjs': ['signaling.mjs', 'text/javascript; charset=utf-8'],
};

/**
 * @param {object} options
 * @param {number} options.port 0 for any free one
 * @param {object[]} options.plan what the page asks for as `/plan`
 * @param {(socket: import('ws').WebSocket) => void} options.onPeer called for each page that connects
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function startServer({ port, plan, onPeer }) {
  const server = createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url, 'http://localhost');
      if (pathname === '/plan') {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(plan));
      } else if (Object.hasOwn(FILES, pathname)) {
        const [file, type] = FILES[pathname];
        const body = await readFile(new URL(file, import.meta.url));
        response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
      } else {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      }
    } catch (error) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    }
  });

  const sockets = new WebSocketServer({ server, path: '/signal' });
  sockets.on('connection', onPeer);

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
