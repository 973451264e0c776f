/** Bun has no `--expose-gc`. */
globalThis.gc = () => globalThis.Bun.gc(true);
