import { getEventListeners } from 'node:events';

/** Whether the runtime can say which listeners an event target has; Node can. */
const known = (() => {
  try {
    const target = new EventTarget();
    target.addEventListener('message', () => undefined);
    return getEventListeners(target, 'message').length === 1;
  } catch {
    return false;
  }
})();

/** Whether an event of the type would reach anybody; true where that cannot be told. */
export function hasListeners(target: EventTarget, type: string): boolean {
  return !known || getEventListeners(target, type).length > 0;
}
