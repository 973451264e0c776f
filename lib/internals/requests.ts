/** What the server answers. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Access } from './access';
import { dump } from './dump';
import { EventLogFiles } from './event_log_files';
import type { Recorder } from './recorder';
import { openStream, type ProcessView } from './stream';

/** The page's files, beside this module. */
const FILES = new Set([
  'index.html',
  ...['main', 'chart', 'dom', 'graphs', 'history', 'views'].map((name) => `${name}.mjs`),
  ...['base', 'bar', 'connections', 'connection', 'graphs', 'events', 'details', 'narrow'].map(
    (name) => `style/${name}.css`,
  ),
]);

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
};

/** Nothing from elsewhere, and nobody who frames it. */
const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Answers the requests of pages. */
export class Requests {
  readonly #recorder: Recorder;
  readonly #access: Access;
  readonly #process: ProcessView;
  readonly #logs = new EventLogFiles();
  readonly #streams = new Set<() => void>();

  constructor(recorder: Recorder, access: Access, process: ProcessView) {
    this.#recorder = recorder;
    this.#access = access;
    this.#process = process;
  }

  /** Answers one. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY)) response.setHeader(name, value);
    const path = this.#access.pathOf(request);
    if (path === null) {
      answer(response, 403, 'This is not for you.');
      return;
    }
    const { method = 'GET' } = request;
    const [, log, action] = /^event-log\/(\d+)(?:\/(start|stop))?$/.exec(path) ?? [];
    if (method === 'POST' && log !== undefined && action !== undefined) this.#switchLog(response, Number(log), action);
    else if (method !== 'GET') answer(response, 405, 'Only GET is possible here.');
    else if (log !== undefined && action === undefined) this.#sendLog(response, Number(log));
    else if (path === 'stream') this.#stream(request, response);
    else if (path === 'dump') this.#sendDump(response);
    else if (FILES.has(path || 'index.html')) await sendFile(response, path || 'index.html');
    else answer(response, 404, 'There is nothing here.');
  }

  /** Ends all streams and deletes the event logs. */
  close(): void {
    for (const end of this.#streams) end();
    this.#streams.clear();
    this.#logs.remove();
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const end = openStream(response, this.#recorder, this.#process, Number(searchParams.get('connection')));
    this.#streams.add(end);
    response.on('close', () => this.#streams.delete(end));
  }

  #sendDump(response: ServerResponse): void {
    const { runtime, version, libwebrtc } = this.#process;
    const file = dump(this.#recorder.records.values(), `${runtime} node-libwebrtc/${version} libwebrtc/M${libwebrtc}`);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="webrtc_internals_dump.txt"',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(file, null, 2));
  }

  #switchLog(response: ServerResponse, id: number, action: string): void {
    const record = this.#recorder.records.get(id);
    if (record === undefined) {
      answer(response, 404, 'There is no such connection.');
      return;
    }
    try {
      if (action === 'start') record.startEventLog(this.#logs.next(id));
      else record.stopEventLog();
      response.writeHead(204).end();
    } catch (error) {
      answer(response, 409, error instanceof Error ? error.message : String(error));
    }
  }

  #sendLog(response: ServerResponse, id: number): void {
    const file = this.#recorder.records.get(id)?.logFile ?? null;
    if (file === null) {
      answer(response, 404, 'There is no event log.');
      return;
    }
    const content = createReadStream(file);
    content.on('error', (error) => response.destroy(error));
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="event_log_${id}.log"`,
      'cache-control': 'no-store',
    });
    content.pipe(response);
  }
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const body = await readFile(join(__dirname, 'page', name));
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
