/**
 * Waiting in tests: always for an event, never for a time; and with a limit so generous that only something broken
 * reaches it, and a message that says what was waited for.
 */

const LIMIT_SECONDS = Number(process.env.TEST_LIMIT_SECONDS ?? 60);

/** The promise, or a failure that says what did not come. */
export function within(promise, what, seconds = LIMIT_SECONDS) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${seconds} s in vain for ${what}`)), seconds * 1000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** The next event of that type. */
export function nextEvent(target, type, what = `"${type}"`, seconds = LIMIT_SECONDS) {
  let listener;
  const event = new Promise((resolve) => target.addEventListener(type, (listener = resolve), { once: true }));
  return within(event, what, seconds).finally(() => target.removeEventListener(type, listener));
}

/** Resolves when the condition holds, which is looked at now and after each event of that type. */
export function until(target, type, condition, what, seconds = LIMIT_SECONDS) {
  let listener;
  const reached = new Promise((resolve) => {
    listener = () => condition() && resolve();
    target.addEventListener(type, listener);
    listener();
  });
  return within(reached, what, seconds).finally(() => target.removeEventListener(type, listener));
}

/** Resolves when the channel is open. */
export const opened = (channel) =>
  until(channel, 'open', () => channel.readyState === 'open', `channel "${channel.label.slice(0, 40)}" to open`);

/** Resolves when the channel is closed. */
export const closed = (channel) =>
  until(channel, 'close', () => channel.readyState === 'closed', `channel "${channel.label.slice(0, 40)}" to close`);

/** Collects a channel's messages from now on; `take(n)` resolves with the first n and leaves the rest. */
export function inbox(channel) {
  const messages = [];
  let wake = () => {};
  channel.addEventListener('message', ({ data }) => {
    messages.push(data);
    wake();
  });
  return {
    messages,
    async take(count) {
      const enough = new Promise((resolve) => {
        wake = () => messages.length >= count && resolve();
        wake();
      });
      await within(enough, `${count} messages on "${channel.label.slice(0, 40)}"`).catch((error) => {
        throw new Error(`${error.message}; ${messages.length} have come`);
      });
      return messages.splice(0, count);
    },
  };
}

/** Pauses a sender whose channel is full. */
export async function room(channel) {
  if (channel.bufferedAmount < 2 ** 22) return;
  channel.bufferedAmountLowThreshold = 2 ** 20;
  await until(
    channel,
    'bufferedamountlow',
    () => channel.bufferedAmount <= 2 ** 20,
    `the send buffer of "${channel.label}" to drain; it has ${channel.bufferedAmount} bytes`,
  );
}
