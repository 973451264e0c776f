/**
 * `node-libwebrtc/internals`: a page that shows what the connections of this process do, as Chromium's
 * `chrome://webrtc-internals` shows those of a browser.
 *
 * @module node-libwebrtc/internals
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIBWEBRTC_MILESTONE, packageVersion } from '../version';
import { DOMString, dictionary, enforceRange, operation } from '../webidl';
import { Access } from './access';
import { Recorder } from './recorder';
import { Requests } from './requests';

/** Options of {@link startInternals}. */
export interface InternalsOptions {
  /** TCP port; 0, the default, takes any free one. */
  port?: number;
  /**
   * Address to listen on; `127.0.0.1` by default. On any other than a loopback address, the page's URL has a secret in
   * it, which is needed to see anything. It goes over the network as it is: use it where you trust the network.
   */
  host?: string;
  /** Milliseconds between two looks at the statistics of each connection; 1000 by default. */
  interval?: number;
  /** Samples that are kept of each number; 600 by default, which is ten minutes. */
  samples?: number;
}

/** The page, while it is served. */
export interface Internals {
  /** The page's address. */
  readonly url: string;
  /** Ends it: nothing is recorded any more, and the port is free when the promise resolves. Idempotent. */
  close(): Promise<void>;
  /** Ends it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

interface ConvertedOptions {
  port: number;
  host: string;
  interval: number;
  samples: number;
}

const internalsOptions = dictionary<ConvertedOptions>('InternalsOptions', {
  port: { type: enforceRange.unsignedShort, default: 0 },
  host: { type: DOMString, default: '127.0.0.1' },
  interval: { type: enforceRange.unsignedLong, default: 1000 },
  samples: { type: enforceRange.unsignedLong, default: 600 },
});

const START = operation('node-libwebrtc/internals', 'startInternals');

const runtime = (): string => {
  const { bun, deno, electron } = process.versions as Partial<Record<string, string>>;
  if (electron !== undefined) return `Electron ${electron}`;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node.js ${process.version}` : `Deno ${deno}`;
};

/**
 * Serves the page and records from now on: the calls and events of each connection of this thread, its candidates,
 * descriptions and statistics. Connections that are in use already are recorded from now on, too. What is recorded stays
 * in memory, within limits, until `close()`. The page never keeps the process running.
 *
 * The environment variable `NODE_LIBWEBRTC_INTERNALS`, a port or `host:port`, does the same when the package is loaded.
 *
 * @example
 * const { url } = await startInternals({ port: 9990 });
 * console.log(`See ${url}`);
 *
 * @param options where, and how much
 * @throws TypeError when an option does not convert
 * @throws Error Node's own, with `code`, when it cannot listen there
 */
export async function startInternals(options: InternalsOptions = {}): Promise<Internals> {
  const { port, host, interval, samples } = internalsOptions(options, START.parameter(1));
  if (interval === 0 || samples === 0) throw new TypeError(`${START.parameter(1)}: interval and samples are above 0.`);
  const recorder = new Recorder(interval, samples);
  const access = new Access(host);
  const requests = new Requests(recorder, access, {
    pid: process.pid,
    title: process.argv[1] ?? process.title,
    runtime: runtime(),
    version: packageVersion(),
    libwebrtc: LIBWEBRTC_MILESTONE,
    started: Math.round(performance.timeOrigin),
    interval,
    samples,
  });
  // Before the server listens: nothing is to be missed meanwhile.
  recorder.start();
  const server = createServer((request, response) => {
    requests.handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.on('connection', (socket) => socket.unref());
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    recorder.stop();
    throw error;
  }
  server.unref();

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      recorder.stop();
      requests.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    })();
    return closing;
  };
  const { address, family, port: actual } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}${access.base}`;
  return { url, close, [Symbol.asyncDispose]: close };
}
