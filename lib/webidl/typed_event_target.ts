/**
 * `EventTarget` with typed events: at run time Node's own class, to the compiler one whose listeners know their event.
 */

/** What DOM takes as a listener of any event. */
export type EventListenerLike = ((event: Event) => void) | { handleEvent(event: Event): void };

/** Options of `removeEventListener` (DOM, section 2.7). */
export interface EventListenerOptionsLike {
  capture?: boolean;
}

/** Options of `addEventListener` (DOM, section 2.7). */
export interface AddEventListenerOptionsLike extends EventListenerOptionsLike {
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

/** An event target `This` that fires the events of `Events`, by type. */
export interface TypedEventTarget<This, Events> extends EventTarget {
  /** Calls back with each event of a type. */
  addEventListener<K extends keyof Events>(
    type: K,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the DOM library types it
    listener: (this: This, event: Events[K]) => any,
    options?: boolean | AddEventListenerOptionsLike,
  ): void;
  /** Calls back with each event of any other type. */
  addEventListener(
    type: string,
    listener: EventListenerLike | null,
    options?: boolean | AddEventListenerOptionsLike,
  ): void;
  /** Ends what `addEventListener` has begun. */
  removeEventListener<K extends keyof Events>(
    type: K,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the DOM library types it
    listener: (this: This, event: Events[K]) => any,
    options?: boolean | EventListenerOptionsLike,
  ): void;
  /** Ends what `addEventListener` has begun. */
  removeEventListener(
    type: string,
    listener: EventListenerLike | null,
    options?: boolean | EventListenerOptionsLike,
  ): void;
}

/**
 * The class to extend; it is `EventTarget` itself. `Handlers` are the `on…` attributes, which `defineInterface` puts on
 * the prototype.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the attributes are the result
export const TypedEventTarget = EventTarget as unknown as new <This, Events, Handlers>() => TypedEventTarget<
  This,
  Events
> &
  Handlers;
