/**
 * Which objects stay alive by themselves, and whether they hold the process.
 *
 * An object that can still fire an event must not be collected even if no script can reach it. The addon keeps no
 * strong reference to JavaScript, so the TypeScript side pins active objects here; what hangs off them (channels,
 * transports) lives with them. The event loop is held as long as one pinned object is referenced, as with `net.Socket`.
 */
import { native } from './native';

const active = new Set<object>();
const referenced = new Set<object>();

function update(change: () => void): void {
  const before = referenced.size > 0;
  change();
  const after = referenced.size > 0;
  if (before !== after) native.holdEventLoop(after);
}

/** Pins an object; it holds the event loop if `hold` is true. Idempotent: the last `hold` counts. */
export function activate(object: object, hold: boolean): void {
  update(() => {
    active.add(object);
    if (hold) referenced.add(object);
    else referenced.delete(object);
  });
}

/** Lets a pinned object go; it no longer holds the event loop. Idempotent. */
export function deactivate(object: object): void {
  update(() => {
    active.delete(object);
    referenced.delete(object);
  });
}

/** What is pinned now. */
export function activeObjects(): Iterable<object> {
  return [...active];
}
