/**
 * A registrar and proxy for SIP over WebSocket (RFC 3261, RFC 7118), as small as a call between two of its users needs:
 * it notes who registers over which socket, and hands requests on to it and responses back.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

function parse(text) {
  const [head, body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [startLine, ...lines] = head.split('\r\n');
  const headers = lines.map((line) => /^([^:]+?)\s*:\s*(.*)$/.exec(line).slice(1));
  return { startLine, headers, body };
}

const print = ({ startLine, headers, body }) =>
  [startLine, ...headers.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');

const header = ({ headers }, wanted) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
const userOf = (uri) => /sips?:([^@;>]+)@/.exec(uri)?.[1];

export async function startSipProxy() {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: (protocols) => protocols.has('sip') && 'sip',
  });
  await once(server, 'listening');
  /** Sockets by the user part of addresses: of the address of record, and of the contact that stands for it. */
  const users = new Map();
  /** Where a response goes, by the branch of the Via that the proxy has put on the request. */
  const pending = new Map();
  /** What has gone through, for the test: methods of requests and codes of responses. */
  const log = [];

  const respond = (socket, request, status, more = []) => {
    const kept = request.headers.filter(([name]) => /^(via|from|to|call-id|cseq)$/i.test(name));
    const headers = kept.map(([name, value]) => [
      name,
      name.toLowerCase() === 'to' && !/;tag=/.test(value) ? `${value};tag=${randomBytes(6).toString('hex')}` : value,
    ]);
    socket.send(
      print({ startLine: `SIP/2.0 ${status}`, headers: [...headers, ...more, ['Content-Length', '0']], body: '' }),
    );
  };

  const register = (socket, request) => {
    const contact = header(request, 'contact');
    const expires = Number(/;expires=(\d+)/.exec(contact)?.[1] ?? header(request, 'expires') ?? 600);
    for (const user of [userOf(header(request, 'to')), userOf(contact)]) {
      if (expires > 0) users.set(user, socket);
      else users.delete(user);
    }
    respond(
      socket,
      request,
      '200 OK',
      expires > 0 ? [['Contact', `${contact.split(';expires')[0]};expires=${expires}`]] : [],
    );
  };

  const forward = (socket, request) => {
    const [method, uri] = request.startLine.split(' ');
    const target = users.get(userOf(uri));
    if (target === undefined) {
      if (method !== 'ACK') respond(socket, request, '404 Not Found');
      return;
    }
    const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
    pending.set(branch, socket);
    const headers = [['Via', `SIP/2.0/WS proxy.invalid;branch=${branch}`], ...request.headers];
    target.send(print({ ...request, headers }));
  };

  const back = (response) => {
    const at = response.headers.findIndex(([name]) => name.toLowerCase() === 'via');
    const branch = /;branch=([^;,]+)/.exec(response.headers[at][1])[1];
    pending.get(branch)?.send(print({ ...response, headers: response.headers.filter((_, index) => index !== at) }));
  };

  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const text = data.toString();
      // Two line ends are a sign of life (RFC 5626, section 4.4.1), which is answered by one.
      if (text.trim() === '') return socket.send('\r\n');
      const message = parse(text);
      const [first, second] = message.startLine.split(' ');
      log.push(first === 'SIP/2.0' ? `${second} ${header(message, 'cseq').split(' ')[1]}` : first);
      if (first === 'SIP/2.0') back(message);
      else if (first === 'REGISTER') register(socket, message);
      else forward(socket, message);
    });
  });

  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    log,
    async close() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
