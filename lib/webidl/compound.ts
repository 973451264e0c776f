/**
 * Converters made from other converters: enumerations, nullable types, sequences, records of one interface, unions and
 * callback functions. Implements the matching parts of Web IDL, section 3.2.
 */
import { DOMString, type Converter } from './converters';

/** An enumeration's converter; it knows its name and values, so that attribute setters can ignore other values. */
export interface Enumeration<T extends string> extends Converter<T> {
  readonly enumeration: string;
  readonly values: ReadonlySet<T>;
}

/**
 * `enum name { … }`: converts to a string and throws a `TypeError` when that is not one of `values`.
 * (An attribute of an enumeration type ignores such a value instead: see {@link isValueOf}.)
 */
export function enumeration<const T extends string>(name: string, values: readonly T[]): Enumeration<T> {
  const known: ReadonlySet<T> = new Set(values);
  const convert = (value: unknown, context: string): T => {
    const string = DOMString(value, context);
    if (!isValueIn(known, string)) {
      throw new TypeError(`${context}: The provided value '${string}' is not a valid enum value of type ${name}.`);
    }
    return string;
  };
  return Object.assign(convert, { enumeration: name, values: known });
}

function isValueIn<T extends string>(values: ReadonlySet<T>, value: string): value is T {
  return (values as ReadonlySet<string>).has(value);
}

/** Whether a string is one of an enumeration's values; what attribute setters ask. */
export function isValueOf<T extends string>(type: Enumeration<T>, value: string): value is T {
  return isValueIn(type.values, value);
}

/** `T?`: `null` and `undefined` become `null`. */
export function nullable<T>(converter: Converter<T>): Converter<T | null> {
  return (value, context) => (value === null || value === undefined ? null : converter(value, context));
}

/** Whether the value is of JavaScript's type Object (functions included). */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Whether the value converts to a sequence rather than to something else, in a union: an object with an iterator. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && (value as Partial<Iterable<unknown>>)[Symbol.iterator] != null;
}

/** `sequence<T>`: any iterable object, into a new array. */
export function sequence<T>(converter: Converter<T>): Converter<T[]> {
  return (value, context) => {
    if (!isIterable(value)) {
      throw new TypeError(`${context} cannot be converted to a sequence.`);
    }
    const items: T[] = [];
    for (const item of value) {
      items.push(converter(item, `${context}, element ${items.length}`));
    }
    return items;
  };
}

/**
 * A union type: `choose` looks at the value and names the member type's converter, as the steps of Web IDL's union
 * conversion order them; `undefined` means that no member type takes the value, which is a `TypeError`.
 */
export function union<T>(name: string, choose: (value: unknown) => Converter<T> | undefined): Converter<T> {
  return (value, context) => {
    const converter = choose(value);
    if (converter === undefined) {
      throw new TypeError(`${context} is not of type '${name}'.`);
    }
    return converter(value, context);
  };
}

/** An interface type: `is` is the brand check (`value => #field in value`), never `instanceof`. */
export function interfaceType<T extends object>(name: string, is: (value: object) => boolean): Converter<T> {
  return (value, context) => {
    if (!isObject(value) || !is(value)) {
      throw new TypeError(`${context} is not of type '${name}'.`);
    }
    return value as T;
  };
}

/** A callback function type: the value must be callable. */
export function callbackFunction<T extends (...args: never[]) => unknown>(name: string): Converter<T> {
  return (value, context) => {
    if (typeof value !== 'function') {
      throw new TypeError(`${context} is not a function (${name}).`);
    }
    return value as T;
  };
}

/**
 * Reports an exception that a script's callback threw, as "report the exception" does: it becomes an
 * `uncaughtException` of the process, in a tick of its own.
 */
export function reportException(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

/** Invokes a script's callback; an exception is reported and never reaches the caller. */
export function invokeCallback<A extends unknown[]>(callback: (...args: A) => unknown, ...args: A): void {
  try {
    callback(...args);
  } catch (error) {
    reportException(error);
  }
}
