import type { Bridge, Define, Scope } from './scope';

/** What {@link makeBridge} gives to the outside. */
export interface BridgeEnds {
  bridge: Bridge;
  define: Define;
  /** Delivers a message of JSON, and gives what the realm has posted since the last call, as an array in JSON. */
  turn(message: string): string;
  /** Memory of questions and answers: two counters, the length of the text, and the text in UTF-16. */
  shared: SharedArrayBuffer;
}

/**
 * The realm's end of the bridge. There is no function of another realm in it: messages leave as the result of `turn`,
 * questions through memory. The thread sleeps until its question is answered.
 */
export function makeBridge(scope: Scope, sharedBytes: number): BridgeEnds {
  const { add, load, notify, wait } = Atomics;
  const { stringify, parse } = JSON;
  const { fromCharCode } = String;
  const shared = new SharedArrayBuffer(sharedBytes);
  const counters = new Int32Array(shared, 0, 3);
  const text = new Uint16Array(shared, 12);
  const receivers = new Map<string, (message: Record<string, unknown>) => void>();
  let posted: unknown[] = [];

  const ask: Bridge['ask'] = (question) => {
    const written = stringify(question);
    if (written.length > text.length) throw new RangeError('The value is too long');
    for (let i = 0; i < written.length; i++) text[i] = written.charCodeAt(i);
    counters[2] = written.length;
    const asked = add(counters, 0, 1);
    notify(counters, 0);
    while (load(counters, 1) === asked) wait(counters, 1, asked);
    let answer = '';
    for (let i = 0; i < Number(counters[2]); i++) answer += fromCharCode(Number(text[i]));
    return parse(answer) as Record<string, unknown>;
  };

  return {
    shared,
    bridge: {
      ask,
      post: (message) => void posted.push(message),
      on: (type, receive) => void receivers.set(type, receive),
    },
    define: (values) => {
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(scope, name, { value, writable: true, configurable: true, enumerable: false });
      }
    },
    turn: (json) => {
      const message = parse(json) as { type: string } & Record<string, unknown>;
      try {
        receivers.get(message.type)?.(message);
      } catch {
        // A callback of the script has thrown; there is nobody to report it to.
      }
      const leaving = stringify(posted);
      posted = [];
      return leaving;
    },
  };
}
