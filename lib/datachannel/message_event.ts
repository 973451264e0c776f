/** The `message` events of data channels: the hot path of receiving. */

/**
 * A `MessageEvent` to scripts (`instanceof`, name and attributes), made without `MessageEvent`'s own constructor, which
 * converts and stores a dictionary for each event and costs several times as much as everything else in a dispatch.
 */
class DataChannelMessageEvent extends Event {
  readonly #data: unknown;

  constructor(data: unknown) {
    super('message');
    this.#data = data;
  }

  get data(): unknown {
    return this.#data;
  }

  get origin(): string {
    return '';
  }

  get lastEventId(): string {
    return '';
  }

  get source(): null {
    return null;
  }

  get ports(): readonly never[] {
    return noPorts;
  }
}

const noPorts: readonly never[] = Object.freeze([]);

let prepared = false;

/**
 * To be called before the first event is made. Not when this module is loaded: Node loads its `MessageEvent` when
 * somebody asks for it, and with it its client for HTTP and all that is for TLS.
 */
export function prepareMessageEvents(): void {
  if (prepared) return;
  prepared = true;
  // The constructor stays Event's, what the instance looks like is MessageEvent's.
  Object.setPrototypeOf(DataChannelMessageEvent.prototype, MessageEvent.prototype);
  Reflect.deleteProperty(DataChannelMessageEvent.prototype, 'constructor');
  // Some versions of Node leave MessageEvent with the tag of Event.
  Object.defineProperty(DataChannelMessageEvent.prototype, Symbol.toStringTag, { value: 'MessageEvent' });
}

/** Makes a `message` event, ready to be dispatched. `data` is a string, an `ArrayBuffer` or a `Blob`. */
export function createMessageEvent(data: unknown): MessageEvent {
  return new DataChannelMessageEvent(data) as unknown as MessageEvent;
}
