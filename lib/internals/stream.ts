/** The stream of what happens, for one page that looks: server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Recorder } from './recorder';

/** What a page is told first. */
export interface ProcessView {
  pid: number;
  title: string;
  runtime: string;
  version: string;
  libwebrtc: number;
  /** Milliseconds since the epoch. */
  started: number;
  /** Milliseconds between two samples. */
  interval: number;
  /** Samples that are kept. */
  samples: number;
}

/**
 * Sends the list of connections and each change of it, and everything of the one that is `selected`.
 *
 * @returns ends the stream
 */
export function openStream(
  response: ServerResponse,
  recorder: Recorder,
  process: ProcessView,
  selected: number,
): () => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event: string, data: unknown): void => {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const sendList = (): void => {
    send(
      'connections',
      Array.from(recorder.records.values(), ({ summary }) => summary),
    );
  };
  // Many changes of one turn of the loop are told once.
  let waiting = false;
  const soon = (): void => {
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      sendList();
      const record = recorder.records.get(selected);
      if (record !== undefined) send('descriptions', record.snapshot.descriptions);
    });
  };
  send('process', process);
  sendList();
  const record = recorder.records.get(selected);
  if (record !== undefined) send('snapshot', record.snapshot);
  const stop = recorder.listen({
    listChanged: soon,
    changed: soon,
    entry: (id, entry) => {
      if (id === selected) send('entry', entry);
    },
    sample: (id, time, report) => {
      if (id === selected) send('sample', { time, report });
    },
  });
  response.on('close', stop);
  return () => {
    stop();
    response.end();
  };
}
