/**
 * Files and messages over data channels. The page and the Node program run this very module: the two sides have the
 * same API, so there is nothing to write twice.
 *
 * Each transfer has a channel of its own, opened by the side that sends:
 *
 *     sender                              receiver
 *     {size, sha256} or {count}   ---->
 *     chunks or messages          ---->
 *                                 <----   {seconds, ok, ...}, what it got
 *     closes the channel
 */

/** @typedef {{kind: 'file' | 'messages', from: 'node' | 'browser', amount: number}} Step */
/** @typedef {{kind: string, from: string, bytes: number, messages: number, seconds: number, ok: boolean, detail: string}} Result */

/** 64 KiB is a size that every implementation takes and that costs little overhead. */
const CHUNK_SIZE = 64 * 1024;

/** Send until so many bytes wait in the channel, then pause until only so many are left. */
const FILE_BUFFER = { high: 4 * 1024 * 1024, low: 1024 * 1024 };
const MESSAGE_BUFFER = { high: 256 * 1024, low: 64 * 1024 };

const text = (index) => `message ${index}`;

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The SHA-256 digest of the bytes, in hexadecimal. Browsers and Node share this API, too. */
export const sha256 = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes));

/** So many bytes of noise, the stand-in for a file. */
export function randomFile(size) {
  const bytes = new Uint8Array(size);
  for (let offset = 0; offset < size; offset += CHUNK_SIZE) {
    crypto.getRandomValues(bytes.subarray(offset, Math.min(offset + CHUNK_SIZE, size)));
  }
  return bytes;
}

/** Resolves with the next event of that type; rejects when the channel closes before. */
function once(channel, type) {
  return new Promise((resolve, reject) => {
    const settle = (event) => {
      channel.removeEventListener(type, settle);
      channel.removeEventListener('close', settle);
      if (event.type === type) resolve(event);
      else reject(new Error(`channel "${channel.label}" closed while waiting for "${type}"`));
    };
    channel.addEventListener(type, settle);
    channel.addEventListener('close', settle);
  });
}

/** The back-pressure: `await room(channel, buffer)` pauses the sender while the channel is full. */
async function room(channel, { high, low }) {
  if (channel.bufferedAmount < high) return;
  channel.bufferedAmountLowThreshold = low;
  await once(channel, 'bufferedamountlow');
}

async function sendFile(channel, { amount }, progress) {
  const bytes = randomFile(amount);
  const digest = await sha256(bytes);
  channel.send(JSON.stringify({ size: bytes.length, sha256: digest }));

  for (let offset = 0; offset < bytes.length; offset += CHUNK_SIZE) {
    await room(channel, FILE_BUFFER);
    channel.send(bytes.subarray(offset, offset + CHUNK_SIZE));
    // The header may wait, too.
    progress(Math.max(0, Math.min(offset + CHUNK_SIZE, bytes.length) - channel.bufferedAmount));
  }
  const receipt = JSON.parse((await once(channel, 'message')).data);
  return { ...receipt, ok: receipt.ok && receipt.sha256 === digest };
}

async function receiveFile(channel, progress) {
  const header = await new Promise((resolve, reject) => {
    let header, bytes, started;
    let received = 0;
    channel.onmessage = ({ data }) => {
      if (!header) {
        header = JSON.parse(data);
        bytes = new Uint8Array(header.size);
        started = performance.now();
        return;
      }
      if (received + data.byteLength > bytes.length) return reject(new Error('more bytes than announced'));
      bytes.set(new Uint8Array(data), received);
      received += data.byteLength;
      progress(received);
      if (received === bytes.length) resolve({ ...header, bytes, seconds: (performance.now() - started) / 1000 });
    };
    channel.onclose = () => reject(new Error(`the channel closed after ${received} bytes`));
  });
  const digest = await sha256(header.bytes);
  return {
    bytes: header.size,
    messages: Math.ceil(header.size / CHUNK_SIZE),
    seconds: header.seconds,
    sha256: digest,
    ok: digest === header.sha256,
    detail: `SHA-256 ${digest.slice(0, 16)}…`,
  };
}

async function sendMessages(channel, { amount }, progress) {
  channel.send(JSON.stringify({ count: amount }));
  for (let index = 0; index < amount; index++) {
    await room(channel, MESSAGE_BUFFER);
    channel.send(text(index));
    progress(index + 1);
  }
  return JSON.parse((await once(channel, 'message')).data);
}

async function receiveMessages(channel, progress) {
  const { count, bytes, misplaced, seconds } = await new Promise((resolve, reject) => {
    let header, started;
    let received = 0;
    let bytes = 0;
    let misplaced = 0;
    channel.onmessage = ({ data }) => {
      if (!header) {
        header = JSON.parse(data);
        started = performance.now();
        return;
      }
      if (data !== text(received)) misplaced++;
      received++;
      bytes += data.length;
      progress(received);
      if (received === header.count) {
        resolve({ count: received, bytes, misplaced, seconds: (performance.now() - started) / 1000 });
      }
    };
    channel.onclose = () => reject(new Error(`the channel closed after ${received} messages`));
  });
  return {
    bytes,
    messages: count,
    seconds,
    ok: misplaced === 0,
    detail: misplaced === 0 ? `${count.toLocaleString('en-US')} in order` : `${misplaced} of ${count} out of place`,
  };
}

const SEND = { file: sendFile, messages: sendMessages };
const RECEIVE = { file: receiveFile, messages: receiveMessages };

/** Does one step of the plan on the sending side. */
async function send(connection, step, progress) {
  const channel = connection.createDataChannel(step.kind);
  if (channel.readyState !== 'open') await once(channel, 'open');
  const receipt = await SEND[step.kind](channel, step, progress);
  channel.close();
  return receipt;
}

/** Does one step of the plan on the receiving side, on the channel which the sender has opened for it. */
async function receive(channel, step, progress) {
  if (channel.label !== step.kind) throw new Error(`expected a channel "${step.kind}", got "${channel.label}"`);
  channel.binaryType = 'arraybuffer';
  const result = await RECEIVE[step.kind](channel, progress);
  const closed = once(channel, 'close');
  channel.onclose = null;
  channel.send(JSON.stringify(result));
  await closed;
  return result;
}

/**
 * Goes through the plan, one step after the other. Call it on both sides, before the connection is up.
 *
 * @param {RTCPeerConnection} connection
 * @param {'node' | 'browser'} me which side this is
 * @param {Step[]} plan
 * @param {(index: number, done: number) => void} progress called often, with bytes or messages done in that step
 * @param {(index: number, result: Result) => void} finished called once for each step
 * @returns {Promise<Result[]>}
 */
export async function exchange(connection, me, plan, progress, finished) {
  // The listener is there before the first channel comes, and each channel gets its handlers in the very event that
  // brings it: its messages may follow in the next task.
  const expected = [];
  const incoming = plan.map((step, index) => {
    if (step.from === me) return undefined;
    const result = new Promise((resolve, reject) => {
      expected.push((channel) => receive(channel, step, (done) => progress(index, done)).then(resolve, reject));
    });
    result.catch(() => {}); // It is awaited in its turn, which an earlier failure may prevent.
    return result;
  });
  connection.addEventListener('datachannel', ({ channel }) => expected.shift()?.(channel));

  const results = [];
  for (const [index, step] of plan.entries()) {
    const outcome =
      step.from === me ? await send(connection, step, (done) => progress(index, done)) : await incoming[index];
    results[index] = { kind: step.kind, from: step.from, ...outcome };
    finished(index, results[index]);
  }
  return results;
}
