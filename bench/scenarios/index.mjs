// What is measured. A scenario gets a loaded library and gives an object of figures; each runs in a process of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { count, measure, pump, wait } from '../load.mjs';
import { connectPair } from '../pair.mjs';
import { median, quantile } from '../statistics.mjs';
import { twoProcesses } from './two_processes.mjs';

const LARGE = new Uint8Array(64 * 1024).fill(7);
const SMALL = new Uint8Array(64).fill(7);

const threads = () => readdirSync('/proc/self/task').length;
const residentKilobytes = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);

async function collect() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await wait(50);
  }
}

async function throughput(library, seconds) {
  const { a, b } = await connectPair(library);
  const tally = count(b);
  pump(a, LARGE);
  const figures = await measure(tally, seconds);
  return throughputOf(figures);
}

/** What of it is there to be told: where nothing has arrived, no cost of a gigabyte is known. */
function throughputOf({ megabytesPerSecond, cpuSeconds, gigabytes }) {
  if (gigabytes === 0) return { error: 'no message has arrived' };
  return { megabytesPerSecond, cpuSecondsPerGigabyte: cpuSeconds / gigabytes };
}

async function messages(library, seconds, channelInit) {
  const { a, b } = await connectPair(library, channelInit);
  const tally = count(b);
  // A mark in bytes is many small messages: enough to keep every library busy.
  pump(a, SMALL, { highWater: 512 * 1024, lowWater: 128 * 1024 });
  return { messagesPerSecond: (await measure(tally, seconds)).messagesPerSecond };
}

export const scenarios = {
  async connect(library) {
    const times = [];
    for (let i = 0; i < 200; i++) {
      const pair = await connectPair(library);
      if (i >= 10) times.push(pair.milliseconds);
      pair.close();
    }
    return { connectMedian: median(times), connectP95: quantile(times, 0.95) };
  },

  async rate(library) {
    const total = 200;
    let begun = 0;
    const worker = async () => {
      while (begun++ < total) (await connectPair(library)).close();
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, worker));
    return { connectionsPerSecond: total / ((performance.now() - started) / 1000) };
  },

  async pairs(library) {
    const before = threads();
    const open = [];
    const openMore = async (n) => {
      for (let i = 0; i < n; i++) open.push(await connectPair(library));
      await collect();
    };
    // What a library and the JavaScript engine take once (code, heaps that grow) is there with the first pairs.
    await openMore(10);
    const resident = residentKilobytes();
    await openMore(50);
    return {
      residentKilobytesPerPair: (residentKilobytes() - resident) / 50,
      threadsBeyondNode: threads() - before,
    };
  },

  throughput,

  async throughputTwoProcesses(library, seconds, name) {
    const figures = await twoProcesses(library, name, seconds);
    return {
      megabytesPerSecondTwoProcesses: figures.megabytesPerSecond,
      cpuSecondsPerGigabyteTwoProcesses: figures.cpuSeconds / figures.gigabytes,
    };
  },

  async orderedMessages(library, seconds) {
    const { messagesPerSecond } = await messages(library, seconds, {});
    return { orderedMessagesPerSecond: messagesPerSecond };
  },

  async lossyMessages(library, seconds) {
    const { messagesPerSecond } = await messages(library, seconds, { ordered: false, maxRetransmits: 0 });
    return { lossyMessagesPerSecond: messagesPerSecond };
  },

  async roundTrip(library) {
    const { a, b } = await connectPair(library);
    b.onMessage((_, data) => b.send(data));
    const times = [];
    for (let i = 0; i < 2500; i++) {
      const answered = new Promise((resolve) => a.onMessage(resolve));
      const started = performance.now();
      a.send(SMALL);
      await answered;
      if (i >= 500) times.push((performance.now() - started) * 1000);
    }
    return { roundTripMicroseconds: median(times) };
  },

  async eventLoopDelay(library, seconds) {
    const { a, b } = await connectPair(library);
    count(b);
    pump(a, LARGE);
    await wait(1000);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await wait(seconds * 1000);
    return { eventLoopDelayP99: delay.percentile(99) / 1e6 };
  },

  async churn(library) {
    const rounds = async (n) => {
      for (let i = 0; i < n; i++) (await connectPair(library)).close();
      // Timers that outlive their connection hold a little memory until they have gone off.
      await wait(20_000);
      await collect();
    };
    await rounds(900);
    const before = residentKilobytes();
    await rounds(600);
    return { churnKilobytesPerPair: (residentKilobytes() - before) / 600 };
  },
};
