/** What the global object of a worker has in a browser: the event `rtctransform`. */
import { BroadcastChannel, isMainThread, threadId, type MessagePort } from 'node:worker_threads';
import { native } from '../native';
import {
  TypedEventTarget,
  defineEventHandler,
  isObject,
  type AddEventListenerOptionsLike,
  type EventHandler,
  type EventHandlerValue,
  type EventListenerLike,
  type EventListenerOptionsLike,
} from '../webidl';
import { createTransformer, type TransformerLink } from './RTCRtpScriptTransformer';
import { createTransformEvent, type RTCTransformEvent } from './RTCTransformEvent';
import { ANNOUNCEMENTS, type Announcement, type Introduction, type ToWorker } from './worker_messages';

/** Events of {@link WorkerScope}. */
export interface WorkerScopeEventMap {
  /** A transform has been made with this worker. */
  rtctransform: RTCTransformEvent;
}

/** The event-handler attributes of {@link WorkerScope}. */
export interface WorkerScopeEventHandlers {
  /** Somebody has made an `RTCRtpScriptTransform` with this worker. */
  get onrtctransform(): EventHandlerValue;
  set onrtctransform(handler: EventHandler<WorkerScope, RTCTransformEvent>);
}

const TYPE = 'rtctransform';

/**
 * In a worker: where `rtctransform` events appear, as they do on the global object of a browser's worker. An event that
 * comes before anybody listens waits for the first listener. A worker that listens stays alive, as one does that listens
 * to `parentPort`, until it is terminated or listens no more.
 *
 * `node-libwebrtc/polyfill` makes `onrtctransform` and the worker's global `addEventListener` listen here.
 *
 * Implements the part of WebRTC Encoded Transform, section 5 that extends DedicatedWorkerGlobalScope.
 */
export class WorkerScope extends TypedEventTarget<WorkerScope, WorkerScopeEventMap, WorkerScopeEventHandlers> {
  readonly #listeners = new Set<EventListenerLike>();
  readonly #waiting: RTCTransformEvent[] = [];
  #channel: BroadcastChannel | null = null;
  #global: EventTarget | null = null;

  override addEventListener(
    type: string,
    listener: EventListenerLike | null,
    options?: boolean | AddEventListenerOptionsLike,
  ): void {
    super.addEventListener(type, listener, options);
    if (type !== TYPE || listener === null) return;
    this.#listeners.add(listener);
    this.#channel?.ref();
    // In a task of their own: the script may not be through yet.
    for (const event of this.#waiting.splice(0)) setImmediate(() => this.dispatchEvent(event));
  }

  override removeEventListener(
    type: string,
    listener: EventListenerLike | null,
    options?: boolean | EventListenerOptionsLike,
  ): void {
    super.removeEventListener(type, listener, options);
    if (type !== TYPE || listener === null) return;
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#channel?.unref();
  }

  /** Delivers to a global object that is an event target already. Not part of the public interface. */
  static deliverTo(scope: WorkerScope, global: EventTarget): void {
    scope.#global = global;
    scope.#channel?.ref();
  }

  /** Begins to take transforms. Not part of the public interface. */
  static open(scope: WorkerScope): void {
    const links = new Map<number, TransformerLink>();
    const channel = new BroadcastChannel(ANNOUNCEMENTS);
    const announce = (): void => channel.postMessage({ ready: threadId } satisfies Announcement);
    channel.onmessage = (message) => {
      const { data } = message as { data: Announcement };
      if ('ask' in data && data.ask === threadId) announce();
    };
    channel.unref();
    scope.#channel = channel;
    const take = (port: MessagePort): void => {
      port.on('message', (message: ToWorker) => scope.#take(message, port, links));
      port.on('close', () => {
        for (const link of links.values()) link.end();
      });
      port.unref();
    };
    process.on('workerMessage' as 'message', (message: unknown) => {
      if (!isObject(message)) return;
      const port = (message as Partial<Introduction>)['node-libwebrtc: transforms'];
      if (port !== undefined) take(port);
    });
    announce();
  }

  #take(message: ToWorker, port: MessagePort, links: Map<number, TransformerLink>): void {
    if (message.type === 'settle') {
      for (const link of links.values()) link.settle(message);
      return;
    }
    const { id } = message;
    if (message.type === 'end') {
      links.get(id)?.end();
      links.delete(id);
      return;
    }
    const handle = native.adoptScriptTransform(message.token);
    if (handle === null) return;
    const link = createTransformer(id, handle, message.options, port);
    links.set(id, link);
    const event = createTransformEvent(link.transformer);
    if (this.#listeners.size > 0 || this.#global !== null) this.dispatchEvent(event);
    else this.#waiting.push(event);
    this.#global?.dispatchEvent(event);
  }
}

defineEventHandler(WorkerScope.prototype, TYPE, 'WorkerScope', (value) => value instanceof WorkerScope);

/** Where `rtctransform` events of this thread appear; `null` in the main thread, which is no worker. */
export const workerScope: WorkerScope | null = isMainThread ? null : new WorkerScope();
if (workerScope !== null) WorkerScope.open(workerScope);
