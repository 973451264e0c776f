/**
 * Sends a file over a data channel and checks what has arrived.
 *
 *     node examples/file-transfer/main.mjs <file> <copy>
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makePair, negotiate, next } from '../shared/pair.mjs';

/** So much waits in the channel at most: enough to keep it busy, and little memory for any size of file. */
const FULL = 4 * 1024 * 1024;

/** Sends the name and the size, the bytes in pieces, and their checksum. */
async function sendFile(channel, path) {
  const { size } = await stat(path);
  channel.send(JSON.stringify({ name: basename(path), size }));
  channel.bufferedAmountLowThreshold = FULL / 4;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 64 * 1024 })) {
    if (channel.bufferedAmount > FULL) await next(channel, 'bufferedamountlow');
    hash.update(piece);
    channel.send(piece);
  }
  channel.send(JSON.stringify({ sha256: hash.digest('hex') }));
}

/** What comes on a channel, until it closes. Messages wait in a queue for whoever reads. */
async function* messagesOf(channel) {
  channel.binaryType = 'arraybuffer';
  const queue = [];
  let wake = () => {};
  channel.onmessage = ({ data }) => wake(queue.push(data));
  channel.onclose = () => wake(queue.push(null));
  for (;;) {
    if (queue.length === 0) await new Promise((resolve) => (wake = resolve));
    const message = queue.shift();
    if (message === null) return;
    yield message;
  }
}

/** Writes what comes into a file. Gives what the sender said, and whether the bytes are the sender's. */
async function receiveFile(channel, path) {
  const messages = messagesOf(channel);
  const { name, size } = JSON.parse((await messages.next()).value);
  const hash = createHash('sha256');
  let received = 0;
  let sha256;
  async function* content() {
    for await (const message of messages) {
      if (typeof message === 'string') {
        ({ sha256 } = JSON.parse(message));
        return;
      }
      const bytes = Buffer.from(message);
      received += bytes.length;
      hash.update(bytes);
      yield bytes;
    }
  }
  await pipeline(content, createWriteStream(path));
  return { name, size: received, good: received === size && hash.digest('hex') === sha256 };
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error('Usage: node examples/file-transfer/main.mjs <file> <copy>');
  process.exit(2);
}

const [sender, receiver] = makePair();
try {
  const channel = sender.createDataChannel('file');
  const opened = next(channel, 'open');
  const arriving = next(receiver, 'datachannel').then(({ channel }) => receiveFile(channel, to));
  await negotiate(sender, receiver);
  await opened;
  const start = performance.now();
  const [result] = await Promise.all([arriving, sendFile(channel, from)]);
  const seconds = (performance.now() - start) / 1000;
  if (!result.good) throw new Error(`${to} is not what ${from} is`);
  const megabytes = result.size / 1e6;
  console.log(`${result.name}: ${megabytes.toFixed(1)} MB in ${seconds.toFixed(2)} s, checked`);
} finally {
  sender.close();
  receiver.close();
}
