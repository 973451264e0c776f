import { drainMicrotasks } from '../datachannel/microtasks';

/**
 * How a peer connection hears of its transports. A hook is called in the task of a change, after the transport's own
 * slots have changed and before its event is fired, so that the connection's states change in the same task; what it
 * returns is called after the transport's event, to fire the connection's own.
 */
export type TransportHook = () => (() => void) | undefined;

/** Fires `event` at the transport between the two halves of the hook. */
export function fireWithHook(target: EventTarget, type: string, hook: TransportHook | undefined): void {
  const afterwards = hook?.();
  target.dispatchEvent(new Event(type));
  if (afterwards === undefined) return;
  // What a listener has awaited goes on before the next event, as it does in a browser.
  drainMicrotasks?.();
  afterwards();
}
