// Sends as fast as the channel takes it, keeping its buffer between two marks.

const HIGH_WATER = 4 << 20;
const LOW_WATER = 1 << 20;
const BURST = 2000;

/** Pumps `message` into `channel` until `stop()`; the loop gets its turn after every burst. */
export function pump(channel, message, { highWater = HIGH_WATER, lowWater = LOW_WATER } = {}) {
  const size = message.byteLength ?? message.length;
  let running = true;
  let scheduled = false;
  let sent = 0;
  const turn = () => {
    scheduled = false;
    if (!running) return;
    let buffered = channel.bufferedAmount;
    for (let n = 0; n < BURST && buffered < highWater; n++) {
      channel.send(message);
      buffered += size;
      sent++;
    }
    if (buffered < highWater) schedule();
  };
  const schedule = () => {
    if (!scheduled) {
      scheduled = true;
      setImmediate(turn);
    }
  };
  channel.onLow(lowWater, schedule);
  schedule();
  return {
    get sent() {
      return sent;
    },
    stop: () => (running = false),
  };
}

/** Counts what arrives at `channel`. */
export function count(channel) {
  const tally = { messages: 0, bytes: 0 };
  channel.onMessage((size) => {
    tally.messages++;
    tally.bytes += size;
  });
  return tally;
}

export const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Rates of `tally` over `seconds`, after a second of warm-up, with the CPU time that this process spent. */
export async function measure(tally, seconds) {
  await wait(1000);
  const from = { ...tally, time: performance.now(), cpu: process.cpuUsage() };
  await wait(seconds * 1000);
  const elapsed = (performance.now() - from.time) / 1000;
  const cpu = process.cpuUsage(from.cpu);
  return {
    megabytesPerSecond: (tally.bytes - from.bytes) / 1e6 / elapsed,
    messagesPerSecond: (tally.messages - from.messages) / elapsed,
    gigabytes: (tally.bytes - from.bytes) / 1e9,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}
