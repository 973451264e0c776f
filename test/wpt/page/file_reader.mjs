/** The `FileReader` of the File API, which Node.js does not have, over `Blob.arrayBuffer()`. */
import { defineHandler } from './handlers.mjs';

export class FileReader extends EventTarget {
  static EMPTY = 0;
  static LOADING = 1;
  static DONE = 2;

  readyState = FileReader.EMPTY;
  result = null;
  error = null;

  constructor() {
    super();
    for (const type of ['loadstart', 'load', 'loadend', 'error']) defineHandler(this, this, type);
  }

  readAsArrayBuffer(blob) {
    this.#read(blob, (buffer) => buffer);
  }
  readAsText(blob) {
    this.#read(blob, (buffer) => new TextDecoder().decode(buffer));
  }
  readAsDataURL(blob) {
    const type = blob.type || 'application/octet-stream';
    this.#read(blob, (buffer) => `data:${type};base64,${Buffer.from(buffer).toString('base64')}`);
  }

  async #read(blob, convert) {
    if (this.readyState === FileReader.LOADING) throw new DOMException('A read is under way', 'InvalidStateError');
    this.readyState = FileReader.LOADING;
    let outcome = 'load';
    try {
      this.result = convert(await blob.arrayBuffer());
    } catch (error) {
      this.error = error;
      outcome = 'error';
    }
    this.readyState = FileReader.DONE;
    this.dispatchEvent(new Event(outcome));
    this.dispatchEvent(new Event('loadend'));
  }
}
