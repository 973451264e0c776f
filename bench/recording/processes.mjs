// The processes of a measurement: a server, and publishers that load it.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts a program that prints its address as `Page URL`. */
export async function startServer(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const url = /^Page +(\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the server has not started');
}

/** Starts the recording server with everything on loopback, room for all, and more flags. */
export const startRecordingServer = (directory, flags = []) =>
  startServer([
    ...[here('../../dist/cli/main.js'), 'record', '--port', '0', '--directory', directory, '--max-sessions', '1000'],
    ...['--media-address', '127.0.0.1', '--session-rate', '100000', '--request-rate', '10000'],
    ...['--log-level', 'warning', '--min-free', '0', '--stop-free', '0', ...flags],
  ]);

/** Ends a server and waits until it has ended. */
export async function endServer({ child }, signal = 'SIGTERM') {
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}

/** Starts a process of publishers; its messages come one after another. */
export async function startLoad(url, source, name = 'load') {
  const child = fork(here('publishers.mjs'), [JSON.stringify({ endpoint: `${url}whip/${name}`, ...source })]);
  const next = async () => {
    const [message] = await once(child, 'message');
    if (message.error) throw new Error(message.error);
    return message;
  };
  await next();
  return {
    child,
    add(count) {
      child.send({ add: count });
      return next();
    },
    end() {
      child.send({ end: true });
      return next();
    },
  };
}
