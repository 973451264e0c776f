import './media.mjs';
import SimplePeer from 'simple-peer/simplepeer.min.js';
import { collector, write } from '../support/streaming.mjs';
import { judgeStream, knownStream } from './media.mjs';

let peer;
let received;
const events = {};

/** The first event of each type, whenever somebody asks. */
const keep = (type) => (events[type] = new Promise((resolve) => peer.once(type, resolve)));

export async function start({ initiator, stream }) {
  peer = new SimplePeer({ initiator, stream: stream && (await knownStream(stream)) });
  peer.on('signal', globalThis.signal);
  ['connect', 'stream', 'close', 'error'].forEach(keep);
  received = collector(peer);
}

export const signal = (message) => peer.signal(message);
export const connected = () => Promise.race([events.connect, events.error.then((error) => Promise.reject(error))]);
export const send = (length, seed) => write(peer, length, seed);
export const receive = (length) => received.take(length);
export const judge = async (expected) => judgeStream(await events.stream, expected);
export const closed = () => events.close.then(() => true);
export const destroy = () => void peer.destroy();
