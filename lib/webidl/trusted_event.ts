/**
 * Events that an implementation fires, not a script: their `isTrusted` is true (DOM, section 2.2).
 *
 * Node marks its own events by a symbol in the options of `Event`, which no script can name; what answers to any symbol
 * of that name can. Where the runtime knows none, the events are as others are.
 */
/** Options for the constructor of an event that is fired: with these members, and trusted. */
export function trusted<T extends object>(init: T): T {
  return new Proxy(init, {
    get: (target, key) =>
      typeof key === 'symbol' && key.description === 'kTrustEvent' ? true : (Reflect.get(target, key) as unknown),
  });
}

/** A trusted event without anything of its own. */
export function trustedEvent(type: string): Event {
  return new Event(type, trusted({}));
}
