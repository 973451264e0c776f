/** What the server tells as it happens. */
import { $, setText } from './dom.mjs';

/** A server that does not want to be listened to is asked again after so long. */
const AGAIN_MILLISECONDS = 5000;

let source = null;
let timer;

function show(state, text) {
  $('connection').dataset.state = state;
  setText($('connection-text'), text);
  $('live-list').dataset.stale = String(state !== 'good');
}

/**
 * Listens to the events, and goes on when the connection was lost.
 *
 * @param handlers by the name of the event; `again` is called when there may have been events that nobody heard
 */
export function listen(handlers) {
  clearTimeout(timer);
  source?.close();
  const { again, ...events } = handlers;
  let lost = false;
  source = new EventSource('/api/events');
  source.onopen = () => {
    show('good', 'Connected');
    if (lost) again();
    lost = false;
  };
  source.onerror = () => {
    lost = true;
    show('bad', 'Not connected');
    // A connection that breaks is tried again by the browser, one that is refused is not.
    if (source.readyState !== EventSource.CLOSED) return;
    timer = setTimeout(() => {
      again();
      listen(handlers);
    }, AGAIN_MILLISECONDS);
  };
  for (const [type, handle] of Object.entries(events)) {
    source.addEventListener(type, ({ data }) => handle(JSON.parse(data)));
  }
}

/** Stops listening, for want of a token. */
export function pause() {
  clearTimeout(timer);
  source?.close();
  show('bad', 'A token is needed');
}
