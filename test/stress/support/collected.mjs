/** What is collected. Needs `--expose-gc`. */
import assert from 'node:assert/strict';

/** Collects garbage until the condition holds, or often enough to know that it never will. */
export async function collect(isSo, rounds = 200) {
  for (let i = 0; i < rounds; i++) {
    // In a task of its own: what a WeakRef has given out stays until the end of the task.
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isSo()) return;
  }
}

/** Makes objects in a frame of its own, and watches them from outside. */
async function watch(make) {
  const objects = await make();
  return Object.entries(objects).map(([name, object]) => [name, new WeakRef(object)]);
}

/** Every object must go. */
export async function assertCollected(make) {
  const watched = await watch(make);
  const left = () => watched.filter(([, ref]) => ref.deref() !== undefined).map(([name]) => name);
  await collect(() => left().length === 0);
  assert.deepEqual(left(), [], 'these are still there');
}
