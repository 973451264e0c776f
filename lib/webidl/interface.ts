/**
 * What makes a JavaScript class a Web IDL interface object: enumerable members, `Symbol.toStringTag`, constants, the
 * right `length`, and operations that count their arguments. Implements Web IDL, section 3.7 (interfaces).
 */
import { defineEventHandler } from './event_handler';

/**
 * The key to constructors that scripts may not call. An illegal constructor takes it as its first argument; it is not
 * exported from the package.
 */
export const internal: unique symbol = Symbol('internal');

/** Throws `TypeError: Illegal constructor` unless the first argument of a constructor is {@link internal}. */
export function requireInternal(key: unknown): void {
  if (key !== internal) {
    throw new TypeError('Illegal constructor');
  }
}

/** What {@link defineInterface} cannot see from the class. */
export interface InterfaceOptions {
  /** The interface's name; the class's own where absent. */
  readonly name?: string;
  /** `length` of the interface object: the number of required arguments of the constructor, 0 for an illegal one. */
  readonly length: number;
  readonly constants?: Readonly<Record<string, number>>;
  /** Event types for which `on…` attributes are put on the prototype. */
  readonly eventHandlers?: readonly string[];
  /** Brand check for the event-handler attributes; the other members check by touching a `#private` field. */
  readonly is?: (value: object) => boolean;
}

/**
 * Turns a class into an interface object. Call it in a static block at the end of the class, so that `is` can be
 * `(value) => #field in value`. All string-keyed members of the prototype and all static methods become enumerable.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any class, with private constructors too
export function defineInterface(constructor: Function, options: InterfaceOptions): void {
  const name = options.name ?? constructor.name;
  const prototype = constructor.prototype as object;

  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== 'constructor') {
      Object.defineProperty(prototype, key, { enumerable: true });
    }
  }
  for (const key of Object.getOwnPropertyNames(constructor)) {
    if (key !== 'length' && key !== 'name' && key !== 'prototype') {
      Object.defineProperty(constructor, key, { enumerable: true });
    }
  }
  for (const type of options.eventHandlers ?? []) {
    defineEventHandler(prototype, type, name, options.is ?? (() => true));
  }
  for (const [key, value] of Object.entries(options.constants ?? {})) {
    const descriptor = { value, writable: false, enumerable: true, configurable: false };
    Object.defineProperty(constructor, key, descriptor);
    Object.defineProperty(prototype, key, descriptor);
  }
  Object.defineProperty(constructor, 'length', { value: options.length, configurable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** The message prefixes of one operation, made once: calls on a hot path must not build strings. */
export interface Operation {
  /** "Failed to execute 'send' on 'RTCDataChannel'". */
  readonly prefix: string;
  /** Context of the argument at `index` (from 1) for converters. */
  parameter(index: number): string;
  /** Throws a `TypeError` when fewer than `required` arguments are there. */
  requireArguments(present: number, required: number): void;
}

function describe(prefix: string): Operation {
  const parameters = [1, 2, 3, 4].map((index) => `${prefix}: parameter ${index}`);
  return {
    prefix,
    parameter: (index) => parameters[index - 1] ?? `${prefix}: parameter ${index}`,
    requireArguments: (present, required) => {
      if (present < required) {
        const noun = required === 1 ? 'argument' : 'arguments';
        throw new TypeError(`${prefix}: ${required} ${noun} required, but only ${present} present.`);
      }
    },
  };
}

/** An operation of an interface, for its messages. */
export function operation(interfaceName: string, name: string): Operation {
  return describe(`Failed to execute '${name}' on '${interfaceName}'`);
}

/** The constructor of an interface, for its messages. */
export function constructorOperation(interfaceName: string): Operation {
  return describe(`Failed to construct '${interfaceName}'`);
}

/** Context for the value given to an attribute's setter. */
export function attributeContext(interfaceName: string, name: string): string {
  return `Failed to set the '${name}' property on '${interfaceName}': The provided value`;
}
