import type { Bridge, Define, Scope } from './scope';

/**
 * `RTCIdentityProviderGlobalScope`, `RTCIdentityProviderRegistrar` and timers. Implements Identity for WebRTC, sections
 * 5.2 (Instantiating an IdP Proxy) and 6 (Registering an IdP Proxy).
 */
export function defineProvider(scope: Scope, define: Define, bridge: Bridge): void {
  type Method = (...args: unknown[]) => unknown;

  let provider: { generateAssertion: Method; validateAssertion: Method } | null = null;
  let open = true;

  const method = (idp: Record<string, unknown>, name: string): Method => {
    const value = idp[name];
    if (typeof value !== 'function') throw new TypeError(`The member '${name}' of RTCIdentityProvider is no function`);
    return value as Method;
  };

  class RTCIdentityProviderRegistrar {
    register(idp: Record<string, unknown>): void {
      const isObject = (typeof idp === 'object' && (idp as object | null) !== null) || typeof idp === 'function';
      if (!isObject) throw new TypeError('The argument is no RTCIdentityProvider');
      const generateAssertion = method(idp, 'generateAssertion');
      const validateAssertion = method(idp, 'validateAssertion');
      if (open) provider = { generateAssertion, validateAssertion };
    }
  }

  /** `required DOMString`, and a default for what is not required. */
  const string = (object: unknown, name: string, initial?: string): string => {
    const value = (object as Record<string, unknown> | null | undefined)?.[name] ?? initial;
    if (value === undefined) throw new TypeError(`The member '${name}' is missing`);
    return String(value);
  };
  const results: Record<string, (result: unknown) => unknown> = {
    generateAssertion: (result) => {
      const { idp } = result as { idp?: unknown };
      return {
        idp: { domain: string(idp, 'domain'), protocol: string(idp, 'protocol', 'default') },
        assertion: string(result, 'assertion'),
      };
    },
    validateAssertion: (result) => ({ identity: string(result, 'identity'), contents: string(result, 'contents') }),
  };

  /** What the application hears of a failure. */
  const failure = (error: unknown): Record<string, unknown> => {
    const told: Record<string, unknown> = {};
    for (const name of ['errorDetail', 'idpErrorInfo', 'idpLoginUrl', 'message']) {
      const value = (error as Record<string, unknown> | null | undefined)?.[name];
      if (value !== undefined && value !== null) told[name] = String(value);
    }
    return told;
  };

  bridge.on('loaded', () => {
    open = false;
    bridge.post({ type: 'loaded', registered: provider !== null });
  });
  bridge.on('call', ({ name, args }) => {
    const called = new Promise((resolve) => {
      const callback = provider?.[name as 'generateAssertion' | 'validateAssertion'];
      resolve(callback?.(...(args as unknown[])));
    });
    called.then(
      (result) => {
        try {
          if ((typeof result !== 'object' && typeof result !== 'function') || result === null) throw new TypeError();
          bridge.post({ type: 'result', value: results[name as string]?.(result) });
        } catch {
          bridge.post({ type: 'invalid' });
        }
      },
      (error: unknown) => {
        let told = {};
        try {
          told = failure(error);
        } catch {
          // The error's own members throw: it says nothing.
        }
        bridge.post({ type: 'failure', ...told });
      },
    );
  });

  const timers = new Map<number, () => void>();
  let last = 0;
  const start =
    (repeats: boolean) =>
    (callback: unknown, delay: unknown, ...args: unknown[]): number => {
      if (typeof callback !== 'function') throw new TypeError('The callback is no function');
      const id = ++last;
      const milliseconds = Math.max(0, Number(delay) || 0);
      const arm = () => bridge.post({ type: 'timer', id, milliseconds });
      timers.set(id, () => {
        if (repeats) arm();
        else timers.delete(id);
        (callback as Method)(...args);
      });
      arm();
      return id;
    };
  const clear = (id: unknown): void => void timers.delete(Number(id));
  bridge.on('timer', ({ id }) => timers.get(id as number)?.());

  const base = scope['EventTarget'] as new () => object;
  class WorkerGlobalScope extends base {}
  class RTCIdentityProviderGlobalScope extends WorkerGlobalScope {}
  for (const made of [RTCIdentityProviderRegistrar, WorkerGlobalScope, RTCIdentityProviderGlobalScope]) {
    Object.defineProperty(made.prototype, Symbol.toStringTag, { value: made.name, configurable: true });
  }
  define({
    RTCIdentityProviderGlobalScope,
    RTCIdentityProviderRegistrar,
    WorkerGlobalScope,
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: clear,
    clearInterval: clear,
  });
  Object.defineProperty(scope, 'rtcIdentityProvider', {
    value: new RTCIdentityProviderRegistrar(),
    enumerable: true,
    configurable: true,
  });
  Object.setPrototypeOf(scope, RTCIdentityProviderGlobalScope.prototype);
}
