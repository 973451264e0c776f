/**
 * A small server for what pages fetch themselves: web-platform-tests' own server as far as the tests of this project use
 * it. Its hosts are names below web-platform.test, which the pages find at an address of the loopback network that is the
 * run's own, so that two runs never meet.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAuthority } from '../../interop/support/certificates.mjs';
import { Resources, hosts, ports } from '../page/resources.mjs';

const identityProvider = fileURLToPath(new URL('../page/mock_idp.js', import.meta.url));

/** `name: value` lines of a `.headers` file. */
function headerLines(text) {
  return text
    .split(/\r?\n/)
    .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name, value]) => [name.trim(), value.trim()]);
}

/** What a path's `?pipe=` asks for: `header(name,value)` and `status(code)`; `sub` is for the resources. */
function pipes(query) {
  const headers = [];
  let status = 200;
  for (const [, name, list] of (query.get('pipe') ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
    const args = list.split(',').map((arg) => arg.trim());
    if (name === 'header') headers.push([args[0], args.slice(1).join(',')]);
    if (name === 'status') status = Number(args[0]);
  }
  return { headers, status };
}

/**
 * @param {string} root The checkout.
 * @param {object} [options]
 * @param {Map<string, string>} [options.scripts] What stands at a path in the place of the checkout's file.
 */
export async function startServer(root, { scripts = new Map() } = {}) {
  const resources = new Resources(root);
  const authority = createAuthority('Web platform tests');
  const directory = mkdtempSync(join(tmpdir(), 'wpt-server-'));
  const authorityFile = join(directory, 'authority.pem');
  writeFileSync(authorityFile, authority.pem);
  const { certificate: cert, privateKey: key } = authority.issue({ names: hosts });

  const answer = (request, response) => {
    const scheme = request.socket.encrypted ? 'https' : 'http';
    const url = URL.canParse(request.url, `${scheme}://${request.headers.host}`)
      ? new URL(request.url, `${scheme}://${request.headers.host}`)
      : new URL('http://invalid/');
    const replaced = scripts.get(url.pathname);
    const isProvider = url.pathname === '/.well-known/idp-proxy/mock-idp.js';
    const found = isProvider
      ? { body: readFileSync(identityProvider), type: 'text/javascript' }
      : replaced !== undefined
        ? { body: Buffer.from(replaced), type: 'text/javascript' }
        : resources.respond(url);
    if (found === null) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
      return;
    }
    const beside = join(root, `${decodeURIComponent(url.pathname)}.headers`);
    const own = existsSync(beside) ? headerLines(readFileSync(beside, 'utf8')) : [];
    const { headers, status } = pipes(url.searchParams);
    response.statusCode = status;
    response.setHeader('content-type', `${found.type}${/^text\//.test(found.type) ? '; charset=utf-8' : ''}`);
    response.setHeader('cache-control', 'no-store');
    for (const [name, value] of [...own, ...headers]) response.setHeader(name, value);
    response.end(request.method === 'HEAD' ? undefined : found.body);
  };

  const address = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`;
  const servers = [
    ...ports.http.map((port) => createHttpServer(answer).listen(Number(port), address)),
    ...ports.https.map((port) => createHttpsServer({ cert, key }, answer).listen(Number(port), address)),
  ];
  await Promise.all(servers.map((server) => once(server, 'listening')));

  return {
    address,
    /** The authority that has issued the server's certificate, in PEM. */
    authorityFile,
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
