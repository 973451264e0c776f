/**
 * What `node-libwebrtc/polyfill` does so that objects of this package can be posted and cloned as in a browser: it has
 * those functions of Node that send take our objects out of a message, and those that receive put them in again.
 */
import { syncBuiltinESMExports } from 'node:module';
import threads, { BroadcastChannel, MessagePort } from 'node:worker_threads';
import { native } from '../native';
import { isIterable, isObject } from '../webidl';
import { isEnvelope, pack, unpack, type Way } from './platform_objects';

/** Where Node brings a message to the listeners of a port, and where the ports are that came with it. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');
const RECEIVED_PORTS = Symbol.for('nodejs.internal.kCurrentlyReceivingPorts');

type Method = (this: object, ...args: unknown[]) => unknown;
type Dispatch = (this: object, data: unknown, type: string, event: unknown) => unknown;

/** Whether our own functions are at work, which use Node's. */
let isPacking = false;
/** Whether many will get what is sent. */
let isBroadcast = false;

/** Within this thread. */
const DIRECT: Way = { isSingle: true, group: () => 0 };

const groups = new WeakMap<object, number>();
let lastGroup = 0;
/** Ports that have been closed from this side, on which all that has been sent still arrives. */
const closed = new WeakSet<object>();

/** The number of a port, and with it of all that goes over it. When the other side closes, the rest is freed. */
function groupOf(port: object): number {
  let group = groups.get(port);
  if (group === undefined) {
    group = ++lastGroup;
    const dropped = group;
    groups.set(port, group);
    (port as MessagePort).once('close', () => {
      if (!closed.has(port)) native.dropTransfers(dropped);
    });
  }
  return group;
}

/** The transfer list, from the second argument of `postMessage` or of `structuredClone`. */
function transferList(options: unknown): unknown[] {
  if (!isObject(options)) return [];
  const list = isIterable(options) ? options : (options as { transfer?: unknown }).transfer;
  return isIterable(list) ? [...list] : [];
}

/**
 * Sends with our objects taken out, if there are any. What `send` gives says whether somebody will receive it, as the
 * `postMessage` of a port does.
 */
function sendPacked(
  message: unknown,
  options: unknown,
  way: Way,
  send: (message: unknown, transfer: object[]) => unknown,
): { readonly result: unknown } | null {
  const packed = isPacking ? null : pack(message, transferList(options), way);
  if (packed === null) return null;
  let result;
  isPacking = true;
  try {
    result = send(packed.message, packed.transfer);
  } catch (error) {
    packed.rollback();
    throw error;
  } finally {
    isPacking = false;
  }
  packed.commit();
  // As ever, what is sent to nobody is detached all the same.
  if (result !== true) packed.rollback();
  return { result };
}

/** Puts a function in the place of another, like which it looks. */
function replace(owner: object, name: string | symbol, value: unknown): void {
  const { writable = true, enumerable = false } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  Object.defineProperty(owner, name, { value, writable, enumerable, configurable: true });
}

function replaceClose(): void {
  const close = (MessagePort.prototype as unknown as { close: Method }).close;
  const ours = {
    close(this: object, ...args: unknown[]): unknown {
      closed.add(this);
      return close.apply(this, args);
    },
  };
  Object.defineProperties(MessagePort.prototype, Object.getOwnPropertyDescriptors(ours));
}

/** `Worker.postMessage` and `BroadcastChannel.postMessage` come this way, too. */
function replacePostMessage(): void {
  const post = (MessagePort.prototype as unknown as { postMessage: Method }).postMessage;
  const toOne = {
    postMessage(this: object, ...args: unknown[]): unknown {
      const [message, options] = args;
      const way = { isSingle: !isBroadcast, group: () => groupOf(this) };
      const sent = sendPacked(message, options, way, (packed, transfer) => post.call(this, packed, transfer));
      return sent === null ? post.apply(this, args) : sent.result;
    },
  };
  Object.defineProperties(MessagePort.prototype, Object.getOwnPropertyDescriptors(toOne));

  const broadcast = (BroadcastChannel.prototype as unknown as { postMessage: Method }).postMessage;
  const toMany = {
    postMessage(this: object, ...args: unknown[]): unknown {
      isBroadcast = true;
      try {
        return broadcast.apply(this, args);
      } finally {
        isBroadcast = false;
      }
    },
  };
  Object.defineProperties(BroadcastChannel.prototype, Object.getOwnPropertyDescriptors(toMany));
}

/** All messages to ports, and so to workers and their parents. */
function replaceDispatch(dispatch: Dispatch): void {
  replace(MessagePort.prototype, DISPATCH, function (this: object, data: unknown, type: string, event: unknown) {
    if (type !== 'message' || !isEnvelope(data)) return dispatch.call(this, data, type, event);
    let unpacked;
    try {
      unpacked = unpack(data);
    } catch (error) {
      return dispatch.call(this, error, 'messageerror', event);
    }
    const { message, hidden } = unpacked;
    const received = this as { [RECEIVED_PORTS]?: unknown };
    const ports = received[RECEIVED_PORTS];
    if (Array.isArray(ports)) received[RECEIVED_PORTS] = ports.filter((port: MessagePort) => !hidden.includes(port));
    return dispatch.call(this, message, type, event);
  });
}

function replaceReceiveMessageOnPort(): void {
  const { receiveMessageOnPort } = threads;
  replace(threads, 'receiveMessageOnPort', (port: Parameters<typeof receiveMessageOnPort>[0]) => {
    const received = receiveMessageOnPort(port) as { message: unknown } | undefined;
    return isEnvelope(received?.message) ? { message: unpack(received.message).message } : received;
  });
  syncBuiltinESMExports();
}

let isInstalled = false;

/** Whether this runtime brings messages to ports in the way that Node.js does. */
const dispatchOfNode = (MessagePort.prototype as { [DISPATCH]?: unknown })[DISPATCH];

/**
 * Lets our objects be posted to other threads, from this one and to it; once for each thread. Other runtimes than Node.js
 * stay as they are.
 */
export function installPosting(): void {
  if (isInstalled || typeof dispatchOfNode !== 'function') return;
  isInstalled = true;
  replacePostMessage();
  replaceClose();
  replaceDispatch(dispatchOfNode as Dispatch);
  replaceReceiveMessageOnPort();
}

/** Those of our functions that are in the place of others. */
const replaced = new WeakSet<object>();

/** Lets `structuredClone` of a global object take our objects. */
export function installStructuredClone(target: object): void {
  const clone = (target as { structuredClone?: Method }).structuredClone;
  if (typeof clone !== 'function' || replaced.has(clone)) return;
  const structuredClone = (...args: unknown[]): unknown => {
    const [value, options] = args;
    let copy: unknown;
    const sent = sendPacked(value, options, DIRECT, (message, transfer) => {
      copy = clone.call(target, message, { transfer });
      return true;
    });
    return sent === null ? clone.apply(target, args) : unpack(copy as object).message;
  };
  replaced.add(structuredClone);
  replace(target, 'structuredClone', structuredClone);
}
