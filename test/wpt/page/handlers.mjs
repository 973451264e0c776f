/** Defines an `on…` attribute on a target. */
export function defineHandler(object, target, type) {
  let handler = null;
  target.addEventListener(type, (event) => {
    if (handler === null) return;
    // The handler of `error` on a global object alone takes the error apart, and cancels the event by returning true.
    if (type === 'error' && object === globalThis) {
      if (handler.call(object, event.message, event.filename, event.lineno, event.colno, event.error) === true) {
        event.preventDefault();
      }
    } else if (handler.call(object, event) === false) {
      event.preventDefault();
    }
  });
  Object.defineProperty(object, `on${type}`, {
    get: () => handler,
    set(value) {
      handler = typeof value === 'function' ? value : null;
    },
    enumerable: true,
    configurable: true,
  });
}
