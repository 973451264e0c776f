/** What the server tells as it happens. */
import { $, setText } from './dom.mjs';

let source = null;

function show(state, text) {
  $('connection').dataset.state = state;
  setText($('connection-text'), text);
}

/** Listens to the events; the browser connects again by itself. */
export function listen(handlers) {
  source?.close();
  source = new EventSource('/api/events');
  source.onopen = () => show('good', 'Connected');
  source.onerror = () => show('bad', 'Not connected');
  for (const [type, handle] of Object.entries(handlers)) {
    source.addEventListener(type, ({ data }) => handle(JSON.parse(data)));
  }
}

/** Stops listening, for want of a token. */
export function pause() {
  source?.close();
  show('bad', 'A token is needed');
}
