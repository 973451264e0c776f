/**
 * Event-handler attributes (`onopen`, `onmessage`, …).
 *
 * Implements HTML, section 8.1.8.1 (event handlers): the handler takes its place among the listeners when it is first
 * set, keeps it when replaced, loses it when set to `null`; a value that is not callable counts as `null` unless it is
 * an object, which is kept but never called (its `handleEvent` is not honoured).
 */

/**
 * What `on…` attributes give. Nobody but the target calls a handler, so its parameters are left open: that is what makes
 * our interfaces assignable to the DOM library's, whose handlers take the DOM library's events.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type EventHandlerValue = ((this: any, event: any) => any) | null;

/** What `on…` attributes take: a handler of the events `E` of a target `T`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the DOM library types it
export type EventHandler<T, E> = ((this: T, event: E) => any) | null;

interface Handler {
  value: object;
  readonly listener: (event: Event) => void;
}

/** Keyed by the target, so that a handler lives exactly as long as its target. */
const handlers = new WeakMap<EventTarget, Map<string, Handler>>();

/** The current value of a target's event handler. */
function getHandler(target: EventTarget, type: string): object | null {
  return handlers.get(target)?.get(type)?.value ?? null;
}

function setHandler(target: EventTarget, type: string, value: unknown): void {
  // EventHandler is [LegacyTreatNonObjectAsNull] EventHandlerNonNull?.
  const callback = (typeof value === 'object' && value !== null) || typeof value === 'function' ? value : null;
  let byType = handlers.get(target);
  const current = byType?.get(type);
  if (callback === null) {
    // Deactivate: a handler set later goes to the end of the list of listeners.
    if (current !== undefined) {
      byType?.delete(type);
      target.removeEventListener(type, current.listener);
    }
    return;
  }
  if (current !== undefined) {
    current.value = callback;
    return;
  }
  if (byType === undefined) {
    byType = new Map();
    handlers.set(target, byType);
  }
  const handler: Handler = {
    value: callback,
    // The event handler processing algorithm.
    listener(event) {
      const function_ = handler.value;
      if (typeof function_ !== 'function') return;
      const result: unknown = function_.call(event.currentTarget, event);
      if (result === false) event.preventDefault();
    },
  };
  byType.set(type, handler);
  target.addEventListener(type, handler.listener);
}

/**
 * Puts the attribute `on<type>` on a prototype: an enumerable accessor which throws a `TypeError` on a wrong `this`.
 */
export function defineEventHandler(
  prototype: object,
  type: string,
  interfaceName: string,
  is: (value: object) => boolean,
): void {
  const name = `on${type}`;
  const check = (value: unknown): EventTarget => {
    // A getter called on the global object's behalf sees undefined, which is no instance either.
    if (typeof value !== 'object' || value === null || !is(value)) {
      throw new TypeError(`'${name}' called on an object that is not a valid instance of ${interfaceName}.`);
    }
    return value as EventTarget;
  };
  // Methods of an object literal: no `prototype`, not constructible, and named as accessors are.
  const accessor = {
    get [name](): unknown {
      return getHandler(check(this), type);
    },
    set [name](value: unknown) {
      setHandler(check(this), type, value);
    },
  };
  const descriptor = Object.getOwnPropertyDescriptor(accessor, name);
  Object.defineProperty(prototype, name, { ...descriptor, enumerable: true, configurable: true });
}
