import type { Bridge, Define, Scope } from './scope';

/**
 * `importScripts`. Implements HTML, section 10.3.1 (Importing scripts and libraries), for the origin of the script.
 *
 * A realm cannot make code from text. So `evaluate`, a function of the thread, runs the text that has been fetched last,
 * as a script of the realm: 0 says that it has run to its end, 2 that it has thrown, everything else that it is no script.
 * It is the one thing of another realm in here, and no script ever sees it: it is called here alone, with nothing, and what
 * it throws itself, where the stack is full, is not looked at.
 *
 * @returns takes what a script has thrown
 */
export function defineScripts(
  scope: Scope,
  define: Define,
  bridge: Bridge,
  evaluate: () => number,
): (thrown: unknown) => void {
  type Exception = new (message: string, name: string) => Error;
  const { getPrototypeOf } = Reflect;
  const ownRoot = Object.prototype;
  const { ask } = bridge;
  const DOMException = scope['DOMException'] as Exception;
  const URL = scope['URL'] as new (url: string, base: string) => { href: string };
  const { href: base } = scope['location'] as { href: string };
  let thrown: unknown;

  /** Whether a value belongs to this realm: the stack can be full of the thread's own frames, too. */
  const isOwn = (value: unknown): boolean => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return true;
    for (let object: object | null = value; object !== null; object = getPrototypeOf(object)) {
      if (object === ownRoot) return true;
    }
    return false;
  };

  const importScript = (url: string): void => {
    const { found } = ask({ what: 'script', url });
    if (found !== true) throw new DOMException(`There is no script at ${url}`, 'NetworkError');
    let outcome = 1;
    try {
      outcome = evaluate();
    } catch {
      // It is none of this realm's.
    }
    const error = thrown;
    thrown = undefined;
    if (outcome === 2) throw isOwn(error) ? error : new Error(`The script at ${url} has failed`);
    if (outcome !== 0) throw new SyntaxError(`What is at ${url} cannot be run`);
  };

  define({
    importScripts: (...urls: unknown[]): void => {
      const addresses: string[] = [];
      for (const url of urls) {
        try {
          addresses.push(new URL(String(url), base).href);
        } catch {
          throw new DOMException(`'${String(url)}' is no address`, 'SyntaxError');
        }
      }
      for (const address of addresses) importScript(address);
    },
  });
  return (error) => {
    thrown = error;
  };
}
