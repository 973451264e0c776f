import type { Define, Scope } from './scope';

/**
 * Takes out of a realm what reaches beyond it, and bounds the memory that the limits of the heap do not cover.
 *
 * - Errors have no stacks: to write one down, Node runs a function of its own realm in the middle of the script.
 * - Nothing runs by itself: finalizers, shared memory, WebAssembly.
 */
export function limitRealm(scope: Scope, define: Define, maxBytes: number): void {
  Object.defineProperty(Error, 'stackTraceLimit', { value: undefined, writable: false, configurable: false });
  Object.defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false });
  Object.defineProperty(Error, 'captureStackTrace', { value: () => undefined, writable: false, configurable: false });
  for (const name of [
    'Atomics',
    'FinalizationRegistry',
    'SharedArrayBuffer',
    'WeakRef',
    'WebAssembly',
    'ShadowRealm',
  ]) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- names of intrinsic objects
    delete scope[name];
  }
  const silent = () => undefined;
  define({
    console: Object.fromEntries(
      ['assert', 'debug', 'error', 'info', 'log', 'trace', 'warn'].map((method) => [method, silent]),
    ),
  });

  // Buffers live outside of the heap. Their bytes are counted when they are made and never given back: a script that
  // lives for seconds needs no more.
  const { apply, construct, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { isView } = ArrayBuffer;
  const counted = new WeakSet();
  const { has, add } = WeakSet.prototype;
  const bufferLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get;
  const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object };
  const viewBuffer = getOwnPropertyDescriptor(TypedArray.prototype, 'buffer')?.get;
  const { toStringTag } = Symbol;
  const tagOf = getOwnPropertyDescriptor(TypedArray.prototype, toStringTag)?.get;
  let left = maxBytes;

  const count = <T>(made: T): T => {
    if (typeof made !== 'object' || made === null || !bufferLength || !viewBuffer || !tagOf) return made;
    let buffer: object = made;
    if (isView(made)) {
      // Views of a DataView's kind have a buffer that has been counted.
      if (apply(tagOf, made, []) === undefined) return made;
      buffer = apply(viewBuffer, made, []) as object;
    }
    if (apply(has, counted, [buffer]) as boolean) return made;
    let bytes: number;
    try {
      bytes = apply(bufferLength, buffer, []) as number;
    } catch {
      return made;
    }
    left -= bytes;
    if (left < 0) throw new RangeError('Array buffer allocation failed');
    apply(add, counted, [buffer]);
    return made;
  };
  const counting = (target: object, name: PropertyKey): void => {
    const descriptor = getOwnPropertyDescriptor(target, name);
    const method: unknown = descriptor?.value;
    if (typeof method !== 'function' || name === 'constructor' || !descriptor?.configurable) return;
    const wrapper = {
      [name](this: unknown, ...args: unknown[]): unknown {
        return count(apply(method as (...args: unknown[]) => unknown, this, args));
      },
    }[name as string];
    Object.defineProperty(target, name, { ...descriptor, value: wrapper });
  };
  const countAll = (target: object): void => ownKeys(target).forEach((name) => counting(target, name));

  countAll(TypedArray);
  countAll(TypedArray.prototype);
  for (const name of Object.getOwnPropertyNames(scope)) {
    const original = scope[name];
    if (typeof original !== 'function') continue;
    const isBuffer = original === ArrayBuffer;
    if (!isBuffer && Object.getPrototypeOf(original) !== TypedArray) continue;
    const { prototype } = original as unknown as { prototype: object };
    countAll(original);
    if (isBuffer) countAll(prototype);
    const wrapped = new Proxy(original, {
      construct: (target, args, newTarget) => {
        // A buffer that can grow would grow uncounted.
        const kept = isBuffer ? args.slice(0, 1) : args;
        return count(construct(target, kept, newTarget) as object);
      },
    });
    Object.defineProperty(prototype, 'constructor', { value: wrapped, writable: true, configurable: true });
    define({ [name]: wrapped });
  }
}
