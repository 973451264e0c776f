import type { Define, Scope } from './scope';

/** Base64 and UTF-8. Implements HTML, section 8.3 (Base64 utility methods), and the Encoding Standard for UTF-8. */
export function defineEncoding(scope: Scope, define: Define): void {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const Bytes = Uint8Array;
  const invalid = (message: string): Error =>
    new (scope['DOMException'] as new (message: string, name: string) => Error)(message, 'InvalidCharacterError');

  const btoa = (value: string): string => {
    const data = String(value);
    let encoded = '';
    for (let i = 0; i < data.length; i += 3) {
      const bytes = [data.charCodeAt(i), data.charCodeAt(i + 1), data.charCodeAt(i + 2)];
      if (bytes.some((byte) => byte > 255)) throw invalid('A character is above U+00FF');
      const [a = 0, b = 0, c = 0] = bytes;
      const bits = (a << 16) | ((b || 0) << 8) | (c || 0);
      const digit = (shift: number) => alphabet.charAt((bits >> shift) & 63);
      encoded +=
        digit(18) + digit(12) + (i + 1 < data.length ? digit(6) : '=') + (i + 2 < data.length ? digit(0) : '=');
    }
    return encoded;
  };

  const atob = (value: string): string => {
    let data = String(value).replace(/[\t\n\f\r ]/g, '');
    if (data.length % 4 === 0) data = data.replace(/={1,2}$/, '');
    if (data.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(data)) throw invalid('The string is no base64');
    let decoded = '';
    let bits = 0;
    let count = 0;
    for (const digit of data) {
      bits = ((bits << 6) | alphabet.indexOf(digit)) & 0xffffff;
      count += 6;
      if (count >= 8) {
        count -= 8;
        decoded += String.fromCharCode((bits >> count) & 255);
      }
    }
    return decoded;
  };

  /** Code points, lone surrogates replaced. */
  const codePoints = (value: string): number[] =>
    Array.from(value, (character) => {
      const point = character.codePointAt(0) ?? 0;
      return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    });

  const encode = (value: string): number[] =>
    codePoints(value).flatMap((point) => {
      if (point < 0x80) return [point];
      const tail = (shift: number) => 0x80 | ((point >> shift) & 63);
      if (point < 0x800) return [0xc0 | (point >> 6), tail(0)];
      if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)];
      return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
    });

  /** UTF-8 decode; each maximal part of a sequence that is broken off becomes one U+FFFD, or is an error. */
  const decode = (bytes: Uint8Array, fatal: boolean): string => {
    let text = '';
    let at = 0;
    const broken = () => {
      if (fatal) throw new TypeError('The bytes are no UTF-8');
      text += '\ufffd';
    };
    while (at < bytes.length) {
      const first = bytes[at++] ?? 0;
      if (first < 0x80) {
        text += String.fromCharCode(first);
        continue;
      }
      const needed =
        first >= 0xc2 && first <= 0xdf
          ? 1
          : first >= 0xe0 && first <= 0xef
            ? 2
            : first >= 0xf0 && first <= 0xf4
              ? 3
              : 0;
      if (needed === 0) {
        broken();
        continue;
      }
      let lower = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
      let upper = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
      let point = first & (needed === 1 ? 0x1f : needed === 2 ? 0x0f : 0x07);
      let seen = 0;
      while (seen < needed) {
        const next = bytes[at];
        if (next === undefined || next < lower || next > upper) break;
        [lower, upper] = [0x80, 0xbf];
        point = (point << 6) | (next & 63);
        at++;
        seen++;
      }
      if (seen === needed) text += String.fromCodePoint(point);
      else broken();
    }
    return text;
  };

  class TextEncoder {
    get encoding(): string {
      return 'utf-8';
    }
    encode(input = ''): Uint8Array {
      return Bytes.from(encode(String(input)));
    }
  }

  class TextDecoder {
    readonly #fatal: boolean;
    readonly #ignoreBOM: boolean;

    constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      if (!/^\s*(utf-?8|unicode-1-1-utf-8|unicode11utf8|unicode20utf8|x-unicode20utf8)\s*$/i.test(String(label))) {
        throw new RangeError(`The encoding '${String(label)}' is not supported`);
      }
      this.#fatal = Boolean(options.fatal);
      this.#ignoreBOM = Boolean(options.ignoreBOM);
    }
    get encoding(): string {
      return 'utf-8';
    }
    get fatal(): boolean {
      return this.#fatal;
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBOM;
    }
    decode(input: ArrayBuffer | ArrayBufferView = new ArrayBuffer(0)): string {
      const bytes = ArrayBuffer.isView(input)
        ? new Bytes(input.buffer, input.byteOffset, input.byteLength)
        : new Bytes(input);
      const text = decode(bytes, this.#fatal);
      return this.#ignoreBOM || !text.startsWith('\ufeff') ? text : text.slice(1);
    }
  }

  define({ atob, btoa, TextDecoder, TextEncoder });
}
