import { WebrtcProvider } from 'y-webrtc';
import * as Y from 'yjs';

const document = new Y.Doc();
let provider;

/** Joins the room and writes into the shared text. */
export function start({ url, room, password, text }) {
  document.getText('text').insert(0, text);
  provider = new WebrtcProvider(room, document, { signaling: [url], password, filterBcConns: false });
  provider.awareness.setLocalStateField('name', 'Chromium');
}

/** Waits for a text that has this in it. */
export function textWith(part) {
  const text = document.getText('text');
  return new Promise((resolve) => {
    const look = () => text.toString().includes(part) && resolve(text.toString());
    text.observe(look);
    look();
  });
}

/** Waits until this participant is seen. */
export function sees(name) {
  return new Promise((resolve) => {
    const look = () =>
      [...provider.awareness.getStates().values()].some((state) => state.name === name) && resolve(true);
    provider.awareness.on('change', look);
    look();
  });
}

export const write = (text) => document.getText('text').insert(0, text);
export const values = () => document.getMap('map').toJSON();
