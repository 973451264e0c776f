/** Starts coturn, the TURN and STUN server, on loopback. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './wait.mjs';

export const CREDENTIALS = { username: 'user', credential: 'correct horse' };

/** A port that is free for UDP and TCP. */
async function freePort() {
  for (;;) {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    const socket = createSocket('udp4');
    const free = await new Promise((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => socket.close(resolve));
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}

/**
 * @param {{certificate: string, privateKey: string}} [identity] what it shows to TLS clients, in PEM
 * @returns {Promise<{port: number, tlsPort: number, log: () => string, close: () => Promise<void>}>}
 */
export async function startCoturn(identity) {
  const directory = await mkdtemp(join(tmpdir(), 'coturn-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const args = [
    '-n', // no configuration file
    ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'],
    ...['--listening-port', String(port), '--tls-listening-port', String(tlsPort)],
    ...['--lt-cred-mech', '--user', `${CREDENTIALS.username}:${CREDENTIALS.credential}`, '--realm', 'test'],
    ...['--verbose', '--allow-loopback-peers', '--no-cli', '--no-rfc5780', '--no-dtls'],
    ...['--relay-threads', '1'],
    ...['--log-file', 'stdout', '--userdb', join(directory, 'users'), '--pidfile', join(directory, 'pid')],
  ];
  if (identity) {
    const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')];
    await writeFile(certificate, identity.certificate);
    await writeFile(key, identity.privateKey, { mode: 0o600 });
    args.push('--cert', certificate, '--pkey', key);
  } else {
    args.push('--no-tls');
  }

  const child = spawn('turnserver', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const exited = new Promise((resolve) => {
    child.once('error', (error) => {
      log += error.code === 'ENOENT' ? 'turnserver is not installed (Debian: apt-get install coturn)' : error.message;
      resolve();
    });
    child.once('exit', resolve);
  });
  const close = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(directory, { recursive: true, force: true });
  };

  const wanted = [`UDP listener opened on: 127.0.0.1:${port}`, `TCP listener opened on : 127.0.0.1:${port}`];
  if (identity) wanted.push(`TCP listener opened on : 127.0.0.1:${tlsPort}`);
  const squeeze = (text) => text.replace(/[ /]|TLS|DTLS/g, '');
  const listening = new Promise((resolve) => {
    const look = (chunk) => {
      log += chunk;
      const seen = squeeze(log);
      if (wanted.every((line) => seen.includes(squeeze(line)))) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
  });
  const died = exited.then(() => {
    throw new Error(`turnserver has ended: ${log.slice(-1000)}`);
  });
  died.catch(() => {});
  try {
    await within(Promise.race([listening, died]), 'turnserver to listen', 30);
  } catch (error) {
    await close();
    throw new Error(`${error.message}\n${log.slice(-2000)}`, { cause: error });
  }
  return { port, tlsPort, log: () => log, close };
}
