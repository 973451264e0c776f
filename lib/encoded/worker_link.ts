/** The way to a worker for those who make transforms with it; `worker_messages.ts` says how it comes about. */
import * as threads from 'node:worker_threads';
import { BroadcastChannel, MessageChannel, Worker, type MessagePort, type Transferable } from 'node:worker_threads';
import { isObject } from '../webidl';
import { ANNOUNCEMENTS, type Announcement, type FromWorker, type Introduction, type ToWorker } from './worker_messages';

type PostMessageToThread = (threadId: number, value: unknown, transferList: Transferable[]) => Promise<void>;

/** Node 20.19 and 22.5 have it. */
const { postMessageToThread } = threads as unknown as { postMessageToThread?: PostMessageToThread };

/** Where the `web-worker` package, and those who do as it does, keep the thread behind a `Worker`. */
const THREAD = Symbol.for('worker');

/** The thread behind a `Worker`: of Node's own class, or of a class like the browsers' that has one inside. */
export function threadOf(value: object): Worker | null {
  if (value instanceof Worker) return value;
  const inner = (value as Partial<Record<symbol, unknown>>)[THREAD];
  return isObject(inner) && inner instanceof Worker ? inner : null;
}

/** Threads that wait for their worker to load this package, by thread id. */
const waiting = new Map<number, () => void>();
let announcements: BroadcastChannel | null = null;

/** Calls `introduce` when the worker has loaded this package. */
function whenReady(threadId: number, introduce: () => void): void {
  if (announcements === null) {
    announcements = new BroadcastChannel(ANNOUNCEMENTS);
    announcements.onmessage = (message) => {
      const { data } = message as { data: Announcement };
      if (!('ready' in data)) return;
      const ready = waiting.get(data.ready);
      waiting.delete(data.ready);
      ready?.();
    };
    announcements.unref();
  }
  waiting.set(threadId, introduce);
  announcements.postMessage({ ask: threadId } satisfies Announcement);
}

/** Gets what a worker asks of one transform. */
export interface TransformOwner {
  ask(message: FromWorker): Promise<void> | void;
}

const links = new WeakMap<Worker, WorkerLink>();

export class WorkerLink {
  readonly #port: MessagePort;
  readonly #owners = new Map<number, WeakRef<TransformOwner>>();
  #lastId = 0;

  /** The way to this worker, one for all its transforms. @throws DOMException `NotSupportedError` in an old Node.js */
  static to(thread: Worker): WorkerLink {
    let link = links.get(thread);
    if (link === undefined) {
      link = new WorkerLink(thread);
      links.set(thread, link);
    }
    return link;
  }

  private constructor(thread: Worker) {
    if (postMessageToThread === undefined) {
      throw new DOMException('Transforms in workers need Node.js 20.19, 22.5 or later.', 'NotSupportedError');
    }
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (message: FromWorker) => void this.#answer(message));
    port1.unref();
    const { threadId } = thread;
    // A worker that has ended gets nothing.
    if (threadId === -1) return;
    whenReady(threadId, () => {
      const introduction: Introduction = { 'node-libwebrtc: transforms': port2 };
      // It may end in this very moment: then there is nobody to be told.
      postMessageToThread(threadId, introduction, [port2]).catch(() => port1.close());
    });
    thread.once('exit', () => {
      waiting.delete(threadId);
      port1.close();
    });
  }

  /** A new transform. @throws DOMException `DataCloneError` when the options cannot be sent */
  begin(owner: TransformOwner, token: bigint, options: unknown, transfer: object[]): number {
    const id = ++this.#lastId;
    this.#port.postMessage(
      { type: 'transform', id, token, options } satisfies ToWorker,
      transfer as unknown as Transferable[],
    );
    this.#owners.set(id, new WeakRef(owner));
    return id;
  }

  end(id: number): void {
    this.#owners.delete(id);
    this.#port.postMessage({ type: 'end', id } satisfies ToWorker);
  }

  async #answer(message: FromWorker): Promise<void> {
    const owner = this.#owners.get(message.id)?.deref();
    const answer = { type: 'settle', request: message.request } as const;
    try {
      if (owner === undefined) throw new DOMException('The transform has ended.', 'InvalidStateError');
      await owner.ask(message);
      this.#port.postMessage({ ...answer, error: null } satisfies ToWorker);
    } catch (error) {
      const { name, message: text } = error as Error;
      this.#port.postMessage({ ...answer, error: { name, message: text } } satisfies ToWorker);
    }
  }
}
