/** What happens with workers, each in a process of its own (first argument). Prints `ok` at the end. */
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { connectedPair, flood, received } from './peers.mjs';
import { eventually, threads } from './process.mjs';

const start = (work, data = {}, transferList = []) =>
  new Worker(new URL('worker.mjs', import.meta.url), { workerData: { work, ...data }, transferList });

/** The main thread must work all the same. */
async function worksHere() {
  const { one, other, near, far } = await connectedPair();
  const message = received(far, 1);
  near.send('hello');
  await message;
  one.close();
  other.close();
}

async function noThreadIsLeft(before) {
  await eventually(
    () => threads().length <= before,
    () => `threads to end; there are ${threads().join(', ')}`,
  );
}

const SCENES = {
  async 'terminated mid-transfer'() {
    const before = threads().length;
    for (let round = 0; round < 5; round++) {
      const worker = start('flood');
      await once(worker, 'message');
      await worker.terminate();
    }
    await worksHere();
    await noThreadIsLeft(before);
  },

  async 'terminated mid-transfer, while the main thread transfers'() {
    const { one, other, near, far } = await connectedPair();
    flood(near);
    for (let round = 0; round < 3; round++) {
      const worker = start('flood');
      await once(worker, 'message');
      await worker.terminate();
      await received(far, 50);
    }
    one.close();
    other.close();
  },

  async 'terminated at once'() {
    const before = threads().length;
    for (let round = 0; round < 10; round++) {
      const worker = start('pair');
      await once(worker, 'online');
      // At a different point of its start each time.
      for (let turn = 0; turn < round * 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      await worker.terminate();
    }
    await worksHere();
    await noThreadIsLeft(before);
  },

  async 'process.exit() in a worker'() {
    const worker = start('exit');
    const [code] = await once(worker, 'exit');
    if (code !== 3) throw new Error(`the worker has ended with ${code}`);
    await worksHere();
  },

  async 'an exception in a worker'() {
    const worker = start('throw');
    const [error] = await once(worker, 'error');
    if (error.message !== 'the exception of this test') throw error;
    await worksHere();
  },

  async 'process.exit() while workers transfer'() {
    const workers = [start('flood'), start('flood'), start('flood')];
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    console.log('ok');
    process.exit(0);
  },

  async '4 workers at once, and the main thread'() {
    const workers = Array.from({ length: 4 }, () => start('pair'));
    await Promise.all([
      worksHere(),
      ...workers.map((worker) => once(worker, 'message')),
      ...workers.map((worker) => once(worker, 'exit')),
    ]);
    await worksHere();
  },

  async 'connections between 4 workers'() {
    const workers = [];
    for (let couple = 0; couple < 2; couple++) {
      const { port1, port2 } = new MessageChannel();
      workers.push(start('between', { port: port1, offers: true }, [port1]));
      workers.push(start('between', { port: port2, offers: false }, [port2]));
    }
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    for (const worker of workers) worker.postMessage('close');
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
  },
};

await SCENES[process.argv[2]]();
console.log('ok');
