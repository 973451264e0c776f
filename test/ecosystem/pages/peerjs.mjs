import './media.mjs';
import { Peer } from 'peerjs';
import { bytes, digest } from '../support/bytes.mjs';
import { judgeStream, knownStream } from './media.mjs';

let peer;
const calls = [];
let connection;

/** Opens a peer at the server that answers calls with known media and echoes messages with their digest. */
export async function start({ id, port, media }) {
  peer = new Peer(id, { host: '127.0.0.1', port, path: '/', secure: false, config: { iceServers: [] } });
  peer.on('connection', (incoming) => {
    connection = incoming;
    incoming.on('data', async (message) => {
      const data = new Uint8Array(message.file);
      incoming.send({ name: message.name, length: data.length, digest: await digest(data), nested: message.nested });
    });
  });
  const called = new Promise((resolve) =>
    peer.on('call', async (call) => {
      const stream = new Promise((arrived) => call.on('stream', arrived));
      call.answer(await knownStream(media));
      resolve(await stream);
    }),
  );
  calls.push(called);
  await new Promise((resolve, reject) => peer.on('open', resolve).on('error', reject));
}

export const judge = async (expected) => judgeStream(await calls[0], expected);

/** Sends a file of its own, once somebody has connected. */
export async function send(length, seed) {
  const data = bytes(length, seed);
  connection.send({ file: data });
  return digest(data);
}

export const destroy = () => void peer.destroy();
