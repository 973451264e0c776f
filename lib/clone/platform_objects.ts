/**
 * Objects of this package in messages to other threads.
 *
 * Node's structured clone takes objects of Node's own classes and plain ones; of any other it copies the enumerable
 * properties, and ours have none. So a message with such objects goes as an envelope: in it the message as it is, where
 * Node leaves an empty object in the place of each of ours, and beside it what each of them is made of. Whoever receives
 * the envelope puts new objects into the places.
 *
 * Implements HTML, sections 2.7.3 to 2.7.11, as far as they are about platform objects.
 */
import { types } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import { isObject } from '../webidl';

/** What stands for an object in a message. */
export interface Outgoing<M> {
  /** What the object is made of on the other side; Node clones it by itself. */
  readonly data: M;
  /** Ports within `data`, which are moved with it; nobody sees them in `event.ports`. */
  readonly ports?: readonly MessagePort[];
  /** Whether Node moves the object, too, for what it knows as an object of its own; that one is thrown away there. */
  readonly native?: boolean;
  /** The message is on its way: the object is detached from now on. */
  commit?(): void;
  /** The message does not arrive (after `commit`), or could not be sent: frees what nobody will ask for. */
  rollback?(): void;
}

/** How a message goes to whoever receives it. */
export interface Way {
  /** Whether there is only one receiver; with more, nothing can be in it that exists once. */
  readonly isSingle: boolean;
  /** A number of its own, by which `native.dropTransfers` frees what has not arrived when nothing arrives any more. */
  group(): number;
}

/** An interface whose objects can be in messages. */
export interface PlatformObject<T extends object, M> {
  /** The interface's name, by which the other side knows it. */
  readonly name: string;
  /** Brand check. */
  is(value: object): value is T;
  /**
   * Of a serializable interface: stands for a copy.
   *
   * @throws DOMException `DataCloneError` when the object is detached
   */
  serialize?(value: T, way: Way): Outgoing<M>;
  /**
   * Of a transferable interface: stands for the object itself, which is left detached.
   *
   * @throws DOMException `DataCloneError` when it cannot be transferred, or has been
   */
  transfer?(value: T, way: Way): Outgoing<M>;
  /** Makes the object, on whatever thread the message has come to. */
  deserialize(data: M): T;
}

const known = new Map<string, PlatformObject<object, unknown>>();

/** Lets the objects of an interface be in messages. */
export function definePlatformObject<T extends object, M>(description: PlatformObject<T, M>): void {
  known.set(description.name, description);
}

function interfaceOf(value: object): PlatformObject<object, unknown> | undefined {
  for (const description of known.values()) if (description.is(value)) return description;
  return undefined;
}

/** A `DataCloneError`. */
export function dataCloneError(message: string): DOMException {
  return new DOMException(message, 'DataCloneError');
}

const ENVELOPE = 'node-libwebrtc: message';

interface Content {
  readonly name: string;
  readonly data: unknown;
}

interface Envelope {
  /** The message. */
  readonly [ENVELOPE]: unknown;
  /** Those objects in it that others are to be put in place of. */
  readonly places: object[];
  readonly contents: Content[];
  /** Ports that belong to `contents`. */
  readonly ports: MessagePort[];
}

/** A message that is ready to be given to Node. */
export interface PackedMessage {
  readonly message: unknown;
  /** What Node transfers. */
  readonly transfer: object[];
  /** To be called when Node has taken the message. */
  commit(): void;
  /** To be called when Node has not, or when nobody will get it. */
  rollback(): void;
}

/** What a clone of `value` would hold of an object, by which its parts are found; nothing for one that has no parts. */
function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value as unknown[];
  if (types.isMap(value)) return [...value.keys(), ...value.values()];
  if (types.isSet(value)) return value;
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isProxy(value)) return [];
  const parts: unknown[] = [];
  for (const key of Object.keys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key);
    // A getter is Node's to call, once.
    if (descriptor !== undefined && 'value' in descriptor) parts.push(descriptor.value);
  }
  return parts;
}

/** Our objects in a message. */
function platformObjectsIn(message: unknown): Set<object> {
  const found = new Set<object>();
  if (typeof message !== 'object' || message === null) return found;
  const seen = new Set<object>([message]);
  for (const object of seen) {
    if (interfaceOf(object) !== undefined) {
      found.add(object);
      continue;
    }
    for (const part of partsOf(object)) if (typeof part === 'object' && part !== null) seen.add(part);
  }
  return found;
}

/**
 * Makes an envelope of a message with our objects; `null` for a message without.
 *
 * @throws DOMException `DataCloneError` when an object cannot be cloned or transferred; nothing has happened then
 */
export function pack(message: unknown, transfer: readonly unknown[], way: Way): PackedMessage | null {
  const moved = new Set<object>();
  const rest: object[] = [];
  for (const object of transfer) {
    if (isObject(object) && interfaceOf(object) !== undefined) {
      if (moved.has(object)) throw dataCloneError('An object is in the transfer list twice.');
      moved.add(object);
    } else {
      rest.push(object as object);
    }
  }
  const objects = [...new Set([...moved, ...platformObjectsIn(message)])];
  if (objects.length === 0) return null;

  const outgoing: Outgoing<unknown>[] = [];
  const rollback = (): void => {
    for (const one of outgoing) one.rollback?.();
  };
  const contents: Content[] = [];
  try {
    for (const object of objects) {
      const description = interfaceOf(object) as PlatformObject<object, unknown>;
      const { name } = description;
      const isMoved = moved.has(object);
      const one = isMoved ? description.transfer?.(object, way) : description.serialize?.(object, way);
      if (one === undefined) throw dataCloneError(`${name} object could not be ${isMoved ? 'transferred' : 'cloned'}.`);
      outgoing.push(one);
      if (!way.isSingle && one.rollback !== undefined)
        throw dataCloneError(`${name} object could not be cloned for many.`);
      contents.push({ name, data: one.data });
      if (one.native === true) rest.push(object);
    }
  } catch (error) {
    rollback();
    throw error;
  }
  const ports = outgoing.flatMap((one) => [...(one.ports ?? [])]);
  const envelope: Envelope = { [ENVELOPE]: message, places: objects, contents, ports };
  return {
    message: envelope,
    transfer: [...rest, ...ports],
    commit: () => {
      for (const one of outgoing) one.commit?.();
    },
    rollback,
  };
}

/** Whether what has come is such an envelope. */
export function isEnvelope(data: unknown): data is object {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, ENVELOPE);
}

/** What was in an envelope. */
export interface UnpackedMessage {
  readonly message: unknown;
  /** Ports that are no part of the message. */
  readonly hidden: readonly MessagePort[];
}

/** Puts objects in the places of others, within what Node has just made: nobody else has seen it. */
function replaceIn(message: unknown, objects: ReadonlyMap<unknown, object>): unknown {
  const replaced = (value: unknown): unknown => objects.get(value) ?? value;
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value === 'object' && value !== null && !objects.has(value)) seen.add(value);
  };
  visit(message);
  for (const object of seen) {
    const parts = [...partsOf(object)];
    for (const part of parts) visit(part);
    if (!parts.some((part) => objects.has(part))) continue;
    if (types.isMap(object)) {
      const entries = [...object];
      object.clear();
      for (const [key, value] of entries) object.set(replaced(key), replaced(value));
    } else if (types.isSet(object)) {
      const values = [...object];
      object.clear();
      for (const value of values) object.add(replaced(value));
    } else {
      const record = object as Record<string, unknown>;
      for (const [key, value] of Object.entries(record)) if (objects.has(value)) record[key] = replaced(value);
    }
  }
  return replaced(message);
}

/**
 * Makes the message of an envelope. To be called once for each that has come.
 *
 * @throws Error when an object in it cannot be made: its thread has ended, or does not know the interface
 */
export function unpack(envelope: object): UnpackedMessage {
  const { [ENVELOPE]: message, places, contents, ports } = envelope as Envelope;
  const objects = new Map<unknown, object>();
  contents.forEach(({ name, data }, index) => {
    const description = known.get(name);
    if (description === undefined) throw dataCloneError(`${name} objects are not known here.`);
    objects.set(places[index], description.deserialize(data));
  });
  return { message: replaceIn(message, objects), hidden: ports };
}
