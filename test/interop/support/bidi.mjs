/** A small client of WebDriver BiDi (W3C): commands with answers, and events, over one WebSocket. */
import { once } from 'node:events';
import WebSocket from 'ws';

export class BidiClient {
  #socket;
  #last = 0;
  #waiting = new Map();
  #listeners = new Map();

  /** @param {string} url of the browser, as it prints it */
  static async connect(url) {
    const client = new BidiClient();
    client.#socket = new WebSocket(`${url}/session`, { perMessageDeflate: false });
    client.#socket.on('message', (text) => client.#receive(JSON.parse(text)));
    client.#socket.on('close', () => client.#end());
    await once(client.#socket, 'open');
    return client;
  }

  /** Sends a command and gives its result. */
  send(method, params = {}) {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error(`${method}: the browser is gone`));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Subscribes to an event. */
  async on(name, listener) {
    const listeners = this.#listeners.get(name);
    if (listeners) {
      listeners.push(listener);
      return;
    }
    this.#listeners.set(name, [listener]);
    await this.send('session.subscribe', { events: [name] });
  }

  close() {
    this.#socket.close();
  }

  #receive(message) {
    if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.method) ?? []) listener(message.params);
      return;
    }
    const command = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'success') command?.resolve(message.result);
    else command?.reject(new Error(`${command.method}: ${message.error}: ${message.message}`));
  }

  #end() {
    for (const { method, reject } of this.#waiting.values()) reject(new Error(`${method}: the browser is gone`));
    this.#waiting.clear();
  }
}
